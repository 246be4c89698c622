"""How each printed number of the paper is computed from the model.

What a row of published_results.csv says of itself (symbol, run, period, region, unit) says how:

========  ======  =================================================================================
run       symbol  measure
========  ======  =================================================================================
S_T-S_R   dX, SdX effect of thaw on the region's total of X in the last year of the period; of a
                  flux the sum over the period
any       X_PF    the same
S_T, S_R  dX      change of that run's total from 2020 to the end
any       X       mean over the period of the total in S_T, or, by the unit, of its density or depth
any       A/B     quotient of two of these
========  ======  =================================================================================

Where a row says too little, its id is named in `SYMBOLS` or `SPECIAL`. Rows that need no climate of
the region are in `settled`.
"""

import re
from collections.abc import Callable

import numpy as np
import xarray as xr

import data
import tem
from dashboard.runs import RCP_NAMES
from dashboard.settled import GRASSLAND, once
from tem import permafrost
from tem.columns import PRESENT  # also the paper's, where it prints no period
from tem.environment import REFERENCE_YEAR
from tem.summary import DECLARED, is_flux

LAST = data.YEARS[-1]
PROFILE = 25.0  # m, the depth to which Wang et al. (2020) count soil carbon
CONTRIBUTION = "(S_T-S_R)/S_T"  # a run of the table: the share of thaw in a change

REGIONS = {  # as the paper calls them: our ecosystems, or all
    "permafrost region (QTP)": None,
    "QTP": None,
    "alpine meadow": ("Meadow",),
    "alpine steppe": ("Steppe",),
    "alpine grassland": GRASSLAND,
    "steppe/meadow": GRASSLAND,
    "meadow and steppe": GRASSLAND,
}
SCENARIOS = {name: (rcp,) for rcp, name in RCP_NAMES.items()} | {"both": data.RCPS}
UNNAMED = ("rcp45",)  # where the paper names no scenario, it speaks of the present
NAMES = {field.about.symbol: (name,) for name, field in DECLARED.items()}
NAMES["EcoC"] = ("vegc", "soc")
SYMBOLS = {  # of rows that print none
    **dict.fromkeys(("P003", "P137", "P138"), "dRH/SOC_PF"),
    **dict.fromkeys(("P139", "P140"), "SdVegNup/SON_PF"),
    **dict.fromkeys(("P210", "P211"), "SOC_PF"),
}

Measure = Callable[[xr.Dataset], float]  # of both runs in a climate, in g, m or 1


def values(row, region, results) -> list[float]:
    """Return what the model makes of a printed *row*, in g, m, m2, yr or 1.

    *results*: by RCP, both runs for each GCM. One value a GCM (where the paper means both RCPs,
    their mean), or a single one where there is nothing to average.
    """
    settled = once(row)
    if settled is not None:
        return [settled(region)]
    kinds, rcps = REGIONS[row["region"]], SCENARIOS.get(row["scenario"], UNNAMED)
    cut = [
        [one if kinds is None else one.isel(cell=one.ecosystem.isin(kinds)) for one in results[rcp]]
        for rcp in rcps
    ]
    if row["run"] == CONTRIBUTION:
        return [contribution(*cut, min if row["quantity"].endswith("low") else max)]
    of_climate = measure(row)
    return [float(np.mean([of_climate(one) for one in gcm])) for gcm in zip(*cut, strict=True)]


def measure(row) -> Measure:
    """Return how a *row* is computed in a climate."""
    if row["id"] in SPECIAL:
        return SPECIAL[row["id"]]
    if depth := depth_of(row):
        return to_depth(depth, _of(row["symbol"], row), NAMES[row["symbol"]][0])
    parts = [_of(part, row) for part in symbol(row).split("/")]
    return share(*parts) if len(parts) > 1 else parts[0]


def symbol(row) -> str:
    """Return the symbol of a *row*, also where the paper prints none."""
    return row["symbol"] or SYMBOLS.get(row["id"], "")


def years(period) -> tuple[int, int]:
    """Return the first and last year of a printed *period*."""
    found = [int(year) for year in re.findall(r"\d{4}", period)]
    if not found:
        return PRESENT
    return min(found), min(found) + 9 if period.endswith("s") else max(found)


def depth_of(row) -> float | None:
    """Return the depth to which a printed stock is counted; None: that of the active layer."""
    found = re.search(r"\b0-(\d+) m\b", row["quantity"])
    return float(found[1]) if found else None


def per_area(unit) -> bool:
    """Return whether a printed *unit* is that of a density or a depth, not of a total."""
    return "/m2" in unit or unit == "m"


def _of(word, row) -> Measure:
    """Return the measure of one symbol in a *row*."""
    marks, bare = re.fullmatch(r"(S?d)?(.+)", word).groups()
    if bare.endswith("_PF") or (marks and row["run"] == "S_T-S_R"):
        return effect(NAMES[bare], years(row["period"]))
    if marks:
        return change(NAMES[bare], row["run"].split()[0])
    return mean(NAMES[bare], years(row["period"]), per_area=per_area(row["unit"]))


# --- from both runs of a climate to a number -----------------------------------------------------


def _total(yearly, names) -> xr.DataArray:
    """Return the sum over cells (and *names*) of amounts an area: g, g yr-1, or m m2."""
    return sum((yearly[name] * yearly.cell_area).sum("cell") for name in names)


def effect(names, period) -> Measure:
    """Effect of thaw on the total in the last year of *period*; of a flux, the sum over it."""
    first, last = period[0], min(period[1], LAST)

    def found(yearly):
        total = _total(yearly, names)
        thaw = total.sel(run="S_T") - total.sel(run="S_R")
        if is_flux(names[0]):
            return float(thaw.sel(year=slice(first, last)).sum())
        return float(thaw.sel(year=last))

    return found


def change(names, run) -> Measure:
    """Change of the total of a *run* from 2020 to the end."""

    def found(yearly):
        total = _total(yearly, names).sel(run=run)
        return float(total.sel(year=LAST) - total.sel(year=REFERENCE_YEAR))

    return found


def mean(names, period, *, per_area) -> Measure:
    """Mean of the total in S_T over the years of *period*; *per_area*: over the region as well."""

    def found(yearly):
        total = float(_total(yearly, names).sel(run="S_T", year=slice(*period)).mean())
        return total / float(yearly.cell_area.sum()) if per_area else total

    return found


def share(part: Measure, whole: Measure) -> Measure:
    """Quotient of two measures."""
    return lambda yearly: part(yearly) / whole(yearly)


def less(one: Measure, other: Measure) -> Measure:
    """Difference of two measures."""
    return lambda yearly: one(yearly) - other(yearly)


def to_depth(depth, stock: Measure, name) -> Measure:
    """A *stock* of the present from the surface to *depth* (m), by eq. 2."""

    def found(yearly):
        now = yearly[[name, "alt"]].sel(year=slice(*PRESENT))
        sets = tem.ecosystems()
        b = xr.DataArray([sets[str(kind)].b for kind in yearly.ecosystem.values], dims="cell")
        ratio = xr.apply_ufunc(permafrost.exposure, depth, now.alt, b, vectorize=True)
        now[name] = now[name] * ratio
        return stock(now)

    return found


def deeper_than(depth) -> Measure:
    """Share of the area whose active layer is at present thicker than *depth* (m)."""

    def found(yearly):
        alt = yearly.alt.sel(run="S_T", year=slice(*PRESENT)).mean("year")
        return float(yearly.cell_area.where(alt > depth, 0.0).sum() / yearly.cell_area.sum())

    return found


def _deepening(kind) -> Measure:
    def found(yearly):
        cells = yearly.isel(cell=yearly.ecosystem.values == kind)
        return change(NAMES["ALT"], "S_T")(cells) / float(cells.cell_area.sum())

    return found


_ACTIVE = mean(NAMES["SOC"], PRESENT, per_area=False)
_WHOLE = to_depth(PROFILE, _ACTIVE, "soc")

SPECIAL: dict[str, Measure] = {
    "P050": share(_deepening("Steppe"), _deepening("Meadow")),
    "P206": _WHOLE,
    "P207": less(_WHOLE, to_depth(3.0, _ACTIVE, "soc")),
    "P208": less(_WHOLE, _ACTIVE),
    "P209": deeper_than(3.0),
}


def contribution(climates, of_several) -> float:
    """Least or largest (*of_several* is min or max) share of thaw in the change of S_T.

    Means over GCMs first: the change of one of them between two years can be near nothing.
    """

    def share_of(names):
        thaw, whole = effect(names, (LAST, LAST)), change(names, "S_T")
        return np.mean([thaw(one) for one in climates]) / np.mean([whole(one) for one in climates])

    return float(of_several(share_of(NAMES[one]) for one in ("VegC", "SOC", "NPP", "RH")))
