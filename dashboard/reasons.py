"""One line on why a printed number is missed or has no counterpart, and what to know of it anyway.

Causes of misses are likely ones; docs/model.md (section 7) gives what was computed for them. Each
is told only for the direction it explains. The model's numbers stay out, for they would not follow
the model.
"""

from functools import reduce
from typing import NamedTuple

from dashboard.language import N_, Later
from dashboard.measures import CONTRIBUTION, depth_of, per_area, symbol, years
from data import YEARS

THAW, RUNS = ("S_T-S_R",), ("S_T", "S_R", "S_R (context)")
MORE, LESS = 1, -1  # than printed, in size


class Cause(NamedTuple):
    """What explains a miss, and of which rows; what is left empty may be anything."""

    words: str
    kind: str = ""
    run: tuple = ()
    symbols: str = ""
    ids: str = ""
    way: int = 0
    within_spread: bool = False  # only if the miss is smaller than the model's standard deviation

    def explains(self, row) -> bool:
        """Return whether this may be why a *row* is missed."""
        way = MORE if abs(row["model"]) > abs(row["published"]) else LESS
        outside = abs(row["model"] - row["published"]) > (row["model_sd"] or 0)
        return (
            self.kind in ("", row["kind"])
            and (not self.run or row["run"] in self.run)
            and (not self.symbols or symbol(row) in self.symbols.split())
            and (not self.ids or row["id"] in self.ids.split())
            and self.way in (0, way)
            and not (self.within_spread and outside)
        )


UNKNOWN = N_("the cause is not known")
CAUSES = (  # the first that explains a miss is told
    # what was put in
    Cause("the grid is that of the climate, 0.5°; the paper's is 0.1°", ids="P018"),
    Cause("not the region or the settings of the paper", ids="P010 P017 P051"),
    Cause(
        "TEM's rule for roots of grassland has its maximum at a smaller depth, whatever the soil",
        ids="P161", way=LESS,
    ),
    Cause(
        "the embedded soils are much alike, with texture near the maximum of TEM's rule for roots",
        ids="P160 P141",
    ),
    Cause("not the site or the parameter of the paper", kind="input"),
    # other studies
    Cause(
        "eq. 2 puts nearly all carbon into the topmost metres; this estimate counts to 25 m",
        ids="P206 P207 P208", way=LESS,
    ),
    Cause(
        "counts thaw from a baseline earlier than 2020, in a profile that holds most of its carbon "
        "in the permafrost",
        ids="P210 P211", way=LESS,
    ),
    Cause(
        "the region is fitted to the paper's own total, which asks for more carbon a square metre",
        kind="other study", symbols="SOC", way=MORE,
    ),
    Cause("the region is fitted to the nitrogen of the paper", kind="other study", symbols="SON"),
    Cause("present thaw depth is fitted to the paper's own", kind="other study", symbols="ALT"),
    Cause("present thaw depth is fitted to the paper's own", ids="P209"),
    Cause(
        "another model, area or climate; the paper differs from it as well",
        kind="other study", symbols="NPP RH NEP",
    ),
    # what was fitted
    Cause(
        "meadow and steppe are as printed; at their shares of the embedded map, and with the other "
        "ecosystems no deeper than these two on average, the mean stays below this",
        ids="P024", way=LESS,
    ),
    Cause("fitted to the observed stock, not to the paper's own simulation of it",
          ids="P189 P191 P196 P198 P203 P205"),
    Cause("the fit weighs this against other targets", kind="fitted"),
    # predictions
    Cause("held against a course that is assumed, see the note", ids="P019 P020"),
    Cause(
        "nearly met under RCP4.5; under RCP8.5 most of the steppe thaws to the 10 m that are "
        "counted, and meadow catches up",
        ids="P050", way=LESS,
    ),
    Cause(
        "where the surface is above 0 °C on average, frost no longer returns and the ground thaws "
        "on, as far as the 10 m that are counted; the paper's mean stays near today's",
        run=RUNS, symbols="ALT", way=MORE,
    ),
    Cause(
        "follows from deeper thaw: eqs 1-2 expose more of the profile (see mean ALT, 2099)",
        run=THAW, symbols="SOC_PF dSOC dRH SdRH dNPP SdNEP SdLtrC", way=MORE,
    ),
    Cause(
        "by 2099 the exposed carbon has been thawed for a shorter time than soil carbon takes to "
        "turn over at the rates that fit today's stock",
        run=THAW, symbols="dRH/SOC_PF", way=LESS,
    ),
    Cause(
        "follows from deeper thaw, and from soil nitrogen fitted to the stock the paper observes: "
        "what the paper exposes holds less nitrogen per carbon",
        symbols="SON_PF dSON", way=MORE,
    ),
    Cause(
        "decomposers keep most nitrogen of the exposed matter they respire; plants gain what is "
        "mineralised net, as small a share in meadow as in steppe. Available nitrogen that thaw "
        "exposes is far less, and below the roots",
        run=THAW, symbols="SdVegNup/SON_PF dVegNup dVegN SdLtrN SdNetNMin",
    ),
    Cause(
        "the paper's other numbers give a larger least share as well; the rest is deeper thaw",
        ids="P042 P044", way=MORE,
    ),
    Cause("follows from deeper thaw, which exposes more", run=(CONTRIBUTION,), way=MORE),
    Cause("a small difference of two large fluxes, each of them nearer (see NPP and RH)",
          run=RUNS, symbols="NEP"),
    Cause(
        "smaller than the spread that the weather of two single years gives the GCMs",
        run=RUNS, symbols="dNPP dRH dNEP", within_spread=True,
    ),
    Cause(
        "half or more of the rise of production is CO2's effect on photosynthesis (TEM's half "
        "saturation); the rest is the reconstructed warming and rain",
        run=RUNS, symbols="NPP RH dVegC dSOC dEcoC",
    ),
)  # fmt: skip

ABSENT = {  # symbols or ids of rows that the model has no counterpart of
    "Q10": N_(
        "respiration of whole ecosystems against air temperature, which TEM does not prescribe"
    ),
    "P218": N_("microbes are no part of TEM"),
    "P219": N_("TEM has one rooting depth, no profile of roots"),
}
ASSUMED = N_("the measurements of the paper's Figure 2 are not printed")
NOTES = {
    "P019": N_("held against courses assumed from air temperature, so nearly circular"),
    "P020": N_("held against an assumed course of the year"),
}


def likely(row) -> str | None:
    """Return the likely cause of a miss; None where the number is met."""
    if row["verdict"] == "pass":
        return None
    return next((cause.words for cause in CAUSES if cause.explains(row)), UNKNOWN)


def missing(row) -> str | None:
    """Return why the model has no number for a printed *row*; None if it has."""
    if row["unit"] == "count":
        return N_("a count of field observations, which are not printed")
    if row["region"] == "whole QTP":
        return N_("of the whole plateau; the model covers its permafrost region")
    if row["run"] == "other" and row["region"] == "QTP" and row["symbol"]:
        if years(row["period"])[0] < YEARS[0]:
            return Later("before {first}, where the model begins", first=YEARS[0])
        if not per_area(row["unit"]):
            return N_("a total over another area; its density is compared")
    return ABSENT.get(row["symbol"]) or ABSENT.get(row["id"])


def note(row) -> str | None:
    """Return what to know of a printed *row* whatever the verdict."""
    found = [row["note"]]
    if row["id"] in NOTES:
        found += [NOTES[row["id"]], ASSUMED]
    if row["run"] == CONTRIBUTION:
        found.append(
            N_(
                "quotient of means over the GCMs, without SD: the change of one of them between "
                "two years can be near nothing"
            )
        )
    if row["run"] in RUNS and row["symbol"] in ("dNPP", "dRH", "dNEP"):
        found.append(N_("one year less another: in a single GCM mostly their weather"))
    if depth_of(row) and missing(row) is None:
        found.append(N_("the model's active layer, taken to this depth by eq. 2"))
    told = [Later(one) for one in found if one]
    return reduce(_joined, told) if told else None


def _joined(one, more) -> Later:
    return Later("{one}; {more}", one=one, more=more)
