"""One line on why a printed number is missed, or has no counterpart in the model.

The causes were looked for, not guessed: docs/model.md tells how. Numbers stay out of the lines,
for they would not follow the model.
"""

_WHY = {
    "deep thaw": (
        "where the surface is above 0 °C on average, frost no longer returns and the ground thaws "
        "on, as far as the 10 m that are counted; the paper's mean stays near today's"
    ),
    "exposed": "follows from deeper thaw: eqs 1-2 expose more of the profile (see mean ALT, 2099)",
    "decomposed": (
        "much is exposed late in the century and has little time to decompose at rates that "
        "fit today's stock"
    ),
    "nitrogen": (
        "follows from deeper thaw, and from soil nitrogen fitted to the stock the paper observes: "
        "what the paper exposes holds less nitrogen per carbon"
    ),
    "out of reach": (
        "the active layer is deeper than the roots everywhere, so exposed nitrogen is out of "
        "reach; plants gain only what the larger stock mineralises near them"
    ),
    "balance": "a small difference of two large fluxes, each of them nearer (see NPP and RH)",
    "one year": (
        "one year less another: the weather of the reconstructed climates varies more from year "
        "to year and by model than this change"
    ),
    "response": (
        "follows the reconstructed warming and rain, and how CO2 acts on photosynthesis (TEM's "
        "half saturation, C:N that widens with CO2)"
    ),
    "present thaw": (
        "fitted between this and the observed 2.3 m: ecosystems beside meadow and steppe thaw less"
    ),
    "ratio": "meadow thaws deeper than in the paper, steppe reaches the 10 m that are counted",
    "grid": "the page runs the grid of the climate; `run --resolution 0.1` is the paper's",
    "assumed months": (
        "held against assumed monthly courses (site_monthly.csv); the measurements of Figure 2 "
        "are not printed"
    ),
    "texture": "the embedded texture varies less than the soil map that the paper used",
    "site": "fitted to the observed stock, not to the paper's own simulation of it",
    "stock": (
        "the region is fitted to the paper's own total of 15.64 Pg, which asks for more carbon a "
        "square metre"
    ),
    "profile": "eq. 2 puts nearly all carbon into the topmost metres; this estimate counts to 25 m",
    "setting": "not the region or the settings of the paper",
    "elsewhere": "another model, area or climate; the paper differs from it as well",
}  # fmt: skip

_ROWS = {
    "deep thaw": "P142 P143",
    "exposed": (
        "P001 P002 P004 P005 P006 P007 P008 P009 P042 P043 P044 P045 P046 P047 P048 P049 P144 "
        "P145 P146 P148 P149 P150 P162 P164 P170 P172 P210 P211"
    ),
    "decomposed": "P003 P137 P138 P147 P151 P163 P165 P171 P173",
    "nitrogen": "P129 P130 P131 P132 P152 P155 P157 P166 P168 P174 P176",
    "out of reach": ("P133 P134 P135 P136 P139 P140 P153 P154 P156 P167 P169 P175 P177"),
    "balance": "P056 P057 P062 P063 P068 P069",
    "one year": "P038 P039 P040 P041 P124 P126",
    "response": (
        "P032 P033 P034 P035 P036 P037 P052 P053 P054 P055 P058 P059 P060 P061 P064 P065 P066 "
        "P067 P123 P125"
    ),
    "present thaw": "P024 P025 P158 P159 P209",
    "ratio": "P050",
    "grid": "P018",
    "assumed months": "P019 P020",
    "texture": "P141 P160 P161",
    "site": "P188 P189 P190 P191 P195 P196 P197 P198 P202 P203 P204 P205",
    "stock": "P021 P022 P023 P026 P027 P028 P214 P215 P216 P217",
    "profile": "P206 P207 P208",
    "setting": "P010 P017 P051 "
    + " ".join(f"P{n}" for n in (*range(178, 188), 192, 193, 194))
    + " P199 P200 P201",
    "elsewhere": "P102 P104 P106 P108 P110 P112 P114 P116 P118 P119 P120 P121 P122",
}
_LIKELY = {row: _WHY[why] for why, rows in _ROWS.items() for row in rows.split()}

_NO_COUNTERPART = {
    "a count of field observations, which are not printed": "P011 P012 P013 P014 P015 P016",
    "of the whole plateau; the model covers its permafrost region": "P029 P030 P031 P127 P128",
    "a total over another area; its density is compared": "P101 P103 P105 P107 P109 P111 P113 P115 "
    "P117",
    "respiration of whole ecosystems against air temperature, which TEM does not prescribe": "P212 "
    "P213",
    "microbes are no part of TEM": "P218",
    "TEM has one rooting depth, no profile of roots": "P219",
    "before 2006, where the model begins": " ".join(f"P{n:03}" for n in range(70, 101)),
}
_MISSING = {row: why for why, rows in _NO_COUNTERPART.items() for row in rows.split()}


def likely(found: dict) -> str | None:
    """Return the likely cause of a miss; None where the number is met."""
    return None if found["verdict"] == "pass" else _LIKELY.get(found["id"])


def missing(row: dict) -> str:
    """Return why the model has no number for a printed *row*."""
    return _MISSING[row["id"]]
