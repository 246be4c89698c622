"""How each printed number of the paper is computed from the model.

`MEASURES` are taken in every climate, `TOGETHER` of all climates of a scenario, `ONCE` on the
region or a site. Scenario, region, unit and
the number itself come from the printed row. To compare one more row, add one line.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import xarray as xr

import data
import tem
from tem import permafrost, summary
from tem.environment import REFERENCE_YEAR
from tem.experiment import SPIN_UP_YEARS

LAST = 2099
PRESENT = (2006, 2015)
TABLE_1 = (2006, 2011)
NINETIES = (2090, 2099)
PROFILE = 25.0  # m, the depth to which Wang et al. (2020) count soil carbon

REGIONS = {  # as the paper calls them: our ecosystems, or all
    "permafrost region (QTP)": None,
    "QTP": None,
    "alpine meadow": ("Meadow",),
    "alpine steppe": ("Steppe",),
    "alpine grassland": ("Meadow", "Steppe"),
    "steppe/meadow": ("Meadow", "Steppe"),
    "meadow and steppe": ("Meadow", "Steppe"),
}
PREFIXES = {"Pg": 1e15, "Tg": 1e12}  # of `summary.regional_total`

Measure = Callable[[xr.Dataset], float]


def _grams(dataset, name, year):
    """Return the total of one variable over the cells in one year or several' mean, g (a year)."""
    total = summary.regional_total(dataset[[name]])[name].sel(year=year)
    return float(total.mean()) * PREFIXES[total.attrs["units"].split()[0]]


# --- in every climate: from both runs to a number in g, m or 1 --------------------------------


def effect(name, year=LAST) -> Measure:
    """Effect of thaw on the region's total in one year."""
    return lambda y: _grams(summary.difference(y[[name]]), name, year)


def effect_summed(name) -> Measure:
    """Effect of thaw on the region's total, summed from 2020 to 2099."""
    return lambda y: _grams(summary.cumulative(summary.difference(y[[name]])), name, LAST)


def gain(*names, run="S_T") -> Measure:
    """Change of the region's total of a run from 2020 to 2099."""

    def measure(y):
        one = y.sel(run=run)
        return sum(_grams(one, n, LAST) - _grams(one, n, REFERENCE_YEAR) for n in names)

    return measure


def total(name, period) -> Measure:
    """Mean over the years of a period of the region's total in S_T."""
    return lambda y: _grams(y.sel(run="S_T"), name, slice(*period))


def density(name, period) -> Measure:
    """Mean over the years of a period and the region's area in S_T."""

    def measure(y):
        mean = summary.regional_mean(y[[name]].sel(run="S_T", year=slice(*period)))
        return float(mean[name].mean())

    return measure


def share(part: Measure, whole: Measure) -> Measure:
    """Quotient of two measures."""
    return lambda y: part(y) / whole(y)


def less(one: Measure, other: Measure) -> Measure:
    """Difference of two measures."""
    return lambda y: one(y) - other(y)


def to_depth(measure, name, depth: float) -> Measure:
    """A *measure* of the present stock from the surface to *depth* (m), by eq. 2."""

    def found(y):
        now = y[[name, "alt"]].sel(year=slice(*PRESENT))
        sets = tem.ecosystems()
        b = xr.DataArray([sets[str(kind)].b for kind in y.ecosystem.values], dims="cell")
        ratio = xr.apply_ufunc(permafrost.exposure, depth, now.alt, b, vectorize=True)
        now[name] = now[name].copy(data=(now[name] * ratio).transpose(*now[name].dims))
        return measure(name, PRESENT)(now)

    return found


def deeper_than(depth: float) -> Measure:
    """Share of the area whose active layer is at present thicker than *depth* (m)."""

    def measure(y):
        alt = y.alt.sel(run="S_T", year=slice(*PRESENT)).mean("year")
        return float(y.cell_area.where(alt > depth, 0.0).sum() / y.cell_area.sum())

    return measure


def _deepening(kind) -> Measure:
    def measure(y):
        alt = summary.regional_mean(y[["alt"]].sel(run="S_T"), y.ecosystem.values == kind).alt
        return float(alt.sel(year=LAST) - alt.sel(year=REFERENCE_YEAR))

    return measure


_decomposed = share(effect_summed("rh"), effect("soc_pf"))
_taken_up = share(effect_summed("vegnup"), effect("son_pf"))
_profile = to_depth(total, "soc", PROFILE)

# fmt: off
MEASURES: dict[str, Measure] = {
    # headlines
    "P001": effect("soc_pf"),          "P002": effect("soc_pf"),          "P003": _decomposed,
    "P004": effect("rh"),              "P005": effect("rh"),
    "P006": effect("npp"),             "P007": effect("npp"),
    "P008": effect_summed("nep"),      "P009": effect_summed("nep"),
    # the present
    "P021": total("soc", PRESENT),
    "P024": density("alt", PRESENT),
    "P026": density("son", (2013, 2014)),
    "P158": density("alt", PRESENT),   "P159": density("alt", PRESENT),
    "P052": total("npp", TABLE_1),     "P053": density("npp", TABLE_1),
    "P054": total("rh", TABLE_1),      "P055": density("rh", TABLE_1),
    "P056": total("nep", TABLE_1),     "P057": density("nep", TABLE_1),
    # the end of the century
    "P058": total("npp", NINETIES),    "P059": density("npp", NINETIES),
    "P060": total("rh", NINETIES),     "P061": density("rh", NINETIES),
    "P062": total("nep", NINETIES),    "P063": density("nep", NINETIES),
    "P064": total("npp", NINETIES),    "P065": density("npp", NINETIES),
    "P066": total("rh", NINETIES),     "P067": density("rh", NINETIES),
    "P068": total("nep", NINETIES),    "P069": density("nep", NINETIES),
    "P142": density("alt", (LAST, LAST)), "P143": density("alt", (LAST, LAST)),
    "P050": share(_deepening("Steppe"), _deepening("Meadow")),
    # 2099 less 2020
    "P032": gain("vegc", "soc"),       "P035": gain("vegc", "soc"),
    "P033": gain("vegc"),              "P036": gain("vegc"),
    "P034": gain("soc"),               "P037": gain("soc"),
    "P038": gain("npp"),               "P040": gain("npp"),
    "P039": gain("rh"),                "P041": gain("rh"),
    "P123": gain("vegc", "soc", run="S_R"), "P125": gain("vegc", "soc", run="S_R"),
    "P124": gain("nep", run="S_R"),    "P126": gain("nep", run="S_R"),
    "P129": gain("son"),               "P130": gain("son"),
    "P131": gain("son", run="S_R"),    "P132": gain("son", run="S_R"),
    # effect of thaw
    "P046": effect_summed("nep"),      "P047": effect_summed("nep"),
    "P048": effect_summed("nep"),      "P049": effect_summed("nep"),
    "P133": effect_summed("vegnup"),   "P134": effect_summed("vegnup"),
    "P135": effect("vegn"),            "P136": effect("vegn"),
    "P137": _decomposed,               "P138": _decomposed,
    "P139": _taken_up,                 "P140": _taken_up,
    "P144": effect("soc"),             "P148": effect("soc"),
    "P145": effect_summed("ltrc"),     "P149": effect_summed("ltrc"),
    "P146": effect_summed("rh"),       "P150": effect_summed("rh"),
    "P147": _decomposed,               "P151": _decomposed,
    "P152": effect("son"),             "P153": effect_summed("ltrn"),
    "P154": effect_summed("netnmin"),  "P156": _taken_up,
    "P155": effect("son_pf"),          "P157": effect("son_pf"),
    # Table 3
    "P162": effect("soc_pf"),          "P163": _decomposed,
    "P164": effect("soc_pf"),          "P165": _decomposed,
    "P166": effect("son_pf"),          "P167": _taken_up,
    "P168": effect("son_pf"),          "P169": _taken_up,
    "P170": effect("soc_pf"),          "P171": _decomposed,
    "P172": effect("soc_pf"),          "P173": _decomposed,
    "P174": effect("son_pf"),          "P175": _taken_up,
    "P176": effect("son_pf"),          "P177": _taken_up,
    # results of others that the paper compares itself with
    "P022": total("soc", PRESENT),     "P023": to_depth(total, "soc", 2.0),
    "P025": density("alt", PRESENT),   "P209": deeper_than(3.0),
    "P027": to_depth(density, "son", 3.0), "P028": to_depth(density, "son", 3.0),
    "P206": _profile,                  "P207": less(_profile, to_depth(total, "soc", 3.0)),
    "P208": less(_profile, total("soc", PRESENT)),
    "P210": effect("soc_pf"),          "P211": effect("soc_pf"),
    "P214": to_depth(density, "soc", 2.0), "P215": to_depth(density, "soc", 2.0),
    "P216": to_depth(density, "soc", 2.0), "P217": to_depth(density, "soc", 2.0),
    "P102": density("npp", TABLE_1),   "P104": density("rh", TABLE_1),
    "P106": density("nep", TABLE_1),
    "P108": density("npp", NINETIES),  "P110": density("rh", NINETIES),
    "P112": density("nep", NINETIES),
    "P114": density("npp", NINETIES),  "P116": density("rh", NINETIES),
    "P118": density("nep", NINETIES),
    "P119": density("rh", (2050, 2050)), "P120": density("rh", (2050, 2050)),
    "P121": density("rh", (2070, 2070)), "P122": density("rh", (2070, 2070)),
}
# fmt: on

# --- of all climates together ------------------------------------------------------------------


def contribution(of_several) -> Callable[[list[xr.Dataset]], float]:
    """Least or largest (*of_several* is min or max) share of thaw in the change of S_T.

    Means over climates first: the change between two years of one climate can be near nothing.
    """

    def mean(measure, climates):
        return np.mean([measure(one) for one in climates])

    def found(climates):
        names = ("vegc", "soc", "npp", "rh")
        return float(of_several(mean(effect(n), climates) / mean(gain(n), climates) for n in names))

    return found


TOGETHER: dict[str, Callable[[list[xr.Dataset]], float]] = {
    "P042": contribution(min),
    "P043": contribution(max),
    "P044": contribution(min),
    "P045": contribution(max),
}

# --- once: from the region, a site or the settings --------------------------------------------


def _calibrated_share(region) -> float:
    """Share of the region's area that the three calibrated ecosystems cover."""
    own = region.ecosystem.isin(("Shrubland", "Meadow", "Steppe"))
    return float(region.cell_area.where(own, 0.0).sum() / region.cell_area.sum())


def _roots(pick) -> Callable[[xr.Dataset], float]:
    def measure(region):
        grass = region.ecosystem.isin(("Meadow", "Steppe"))
        return float(pick(region.rooting_depth.values[grass.values]))

    return measure


@cache
def site(name: str) -> tuple[xr.Dataset, xr.Dataset, xr.Dataset]:
    """Return a site of Table S2: its place, what its climate permits, its year at rest."""
    place, climate = data.site(name)
    ecosystem, parameters = tem.sites()[name]
    permitted = tem.environment(place, climate)
    return place, permitted, tem.at_rest(permitted, {ecosystem: parameters})


def _stock(name, pool):
    return lambda _region: site(name)[2][pool][0, -1].item()


def _place(name, what):
    return lambda _region: site(name)[0][what].item()


def monthly_agreement(what: str) -> Callable[[xr.Dataset], float]:
    """Least squared correlation over the three sites of a year's months with site_monthly.csv."""

    def measure(_region):
        found = []
        for name in tem.sites():
            _, permitted, rest = site(name)
            ours = {
                "soil temperature": permitted.soil_warmth.values[0],
                "NEP": (rest.npp - rest.rh).values[0],
            }[what]
            found.append(np.corrcoef(ours, data.site_months(name, what))[0, 1] ** 2)
        return float(min(found))

    return measure


_BY_SITE = {"Zoige": 185, "NamCo": 192, "Haibei": 199}  # first row of each in Table S2
_B_ROWS = dict(
    zip(
        ("Steppe", "Meadow", "Sparse", "Desert", "Shrubland", "Forest", "Others"),
        (f"P{n}" for n in range(178, 185)),
        strict=True,
    )
)

ONCE: dict[str, Callable[[xr.Dataset], float]] = {
    "P010": _calibrated_share,
    "P017": lambda _region: SPIN_UP_YEARS,
    "P018": lambda region: region.attrs["resolution"],
    "P019": monthly_agreement("soil temperature"),
    "P020": monthly_agreement("NEP"),
    "P051": lambda region: float(region.cell_area.sum()),
    "P141": lambda region: float(summary.regional_mean(region[["rooting_depth"]]).rooting_depth),
    "P160": _roots(np.min),
    "P161": _roots(np.max),
}
ONCE |= {row: lambda _region, n=name: tem.ecosystems()[n].b for name, row in _B_ROWS.items()}
for _name, _first in _BY_SITE.items():
    _made = [
        _place(_name, "lat"), _place(_name, "lon"), _place(_name, "elevation"),
        _stock(_name, "soc"), _stock(_name, "soc"), _stock(_name, "son"), _stock(_name, "son"),
    ]  # fmt: skip
    ONCE |= {f"P{_first + k}": measure for k, measure in enumerate(_made)}
