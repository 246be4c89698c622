"""The model against the printed numbers of the paper, recomputed every time.

`MEASURES` says how each published row is computed; scenario, region, unit and the number itself
come from the row. To compare one more row, add one line.
"""

import math
from collections.abc import Callable

import numpy as np
import xarray as xr

import data
from dashboard import baseline
from tem import summary
from tem.environment import REFERENCE_YEAR
from tem.experiment import RUNS

LAST = 2099
PRESENT = (2006, 2015)
TABLE_1 = (2006, 2011)
NINETIES = (2090, 2099)
NEAR, FAR = 1.0, 2.0  # published standard deviations at which pass ends, and near

SCENARIOS = {"RCP4.5": "rcp45", "RCP8.5": "rcp85"}
REGIONS = {  # as the paper calls them: our ecosystems, or all
    "permafrost region (QTP)": None,
    "alpine meadow": ("Meadow",),
    "alpine steppe": ("Steppe",),
    "alpine grassland": ("Meadow", "Steppe"),
}
SCALES = {  # what one published unit is in g, m, m2 or 1
    "Pg C": 1e15,
    "Tg C": 1e12,
    "Tg C/yr": 1e12,
    "Tg N": 1e12,
    "Tg N/yr (as printed)": 1e12,
    "g C/m2/yr": 1.0,
    "kg N/m2": 1e3,
    "m": 1.0,
    "1e6 km2": 1e12,
    "-": 1.0,
    "%": 0.01,
}
PREFIXES = {"Pg": 1e15, "Tg": 1e12}  # of `summary.regional_total`

Measure = Callable[[xr.Dataset], float]


def _grams(dataset, name, year):
    """Return the total of one variable over the cells in one year or several' mean, g (a year)."""
    total = summary.regional_total(dataset[[name]])[name].sel(year=year)
    return float(total.mean()) * PREFIXES[total.attrs["units"].split()[0]]


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


def area(y) -> float:
    """Area of the region, m2."""
    return float(y.cell_area.sum())


def calibrated_share(y) -> float:
    """Share of the region's area that the three calibrated ecosystems cover."""
    own = y.ecosystem.isin(("Shrubland", "Meadow", "Steppe"))
    return float(y.cell_area.where(own, 0.0).sum() / y.cell_area.sum())


_decomposed = share(effect_summed("rh"), effect("soc_pf"))
_taken_up = share(effect_summed("vegnup"), effect("son_pf"))

# fmt: off
MEASURES: dict[str, Measure] = {
    # headlines
    "P001": effect("soc_pf"),          "P002": effect("soc_pf"),
    "P004": effect("rh"),              "P005": effect("rh"),
    "P006": effect("npp"),             "P007": effect("npp"),
    "P008": effect_summed("nep"),      "P009": effect_summed("nep"),
    # the present
    "P010": calibrated_share,          "P051": area,
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
    # 2099 less 2020
    "P032": gain("vegc", "soc"),       "P035": gain("vegc", "soc"),
    "P033": gain("vegc"),              "P036": gain("vegc"),
    "P034": gain("soc"),               "P037": gain("soc"),
    "P038": gain("npp"),               "P040": gain("npp"),
    "P039": gain("rh"),                "P041": gain("rh"),
    "P129": gain("son"),               "P130": gain("son"),
    "P131": gain("son", run="S_R"),    "P132": gain("son", run="S_R"),
    # effect of thaw
    "P046": effect_summed("nep"),      "P047": effect_summed("nep"),
    "P048": effect_summed("nep"),      "P049": effect_summed("nep"),
    "P133": effect_summed("vegnup"),   "P134": effect_summed("vegnup"),
    "P135": effect("vegn"),            "P136": effect("vegn"),
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
}
# fmt: on


def scorecard(region, *, gcms=data.GCMS, store=None, bar=baseline.silent) -> list[dict]:
    """Return every published row beside what the model makes of it in *region*.

    Keys: id, quantity, scenario, region, unit, published, published_sd, model, model_sd (over
    *gcms*), difference (in published standard deviations), verdict (pass, near, far) and
    reason (why something is None). Runs all climates that *store* does not hold.
    """
    results = {
        rcp: [baseline.yearly(region, rcp, gcm, store=store, bar=bar) for gcm in gcms]
        for rcp in SCENARIOS.values()
    }
    return [_row(row, results) for row in data.published().reset_index().to_dict("records")]


def _row(row, results) -> dict:
    named = ("id", "quantity", "scenario", "region", "unit")
    found = {name: _said(row[name]) for name in named}
    found |= {"published": _said(row["mean"]), "published_sd": _said(row["sd"])}
    found |= dict.fromkeys(("model", "model_sd", "difference", "verdict", "reason"))
    if row["id"] not in MEASURES:
        return found | {"reason": _why_not(row)}
    # where the paper names no scenario, it speaks of the present, in which both agree
    climates = results[SCENARIOS.get(found["scenario"], "rcp45")]
    scale = SCALES[row["unit"]]
    values = [MEASURES[row["id"]](_cells(y, row["region"])) / scale for y in climates]
    found["model"] = float(np.mean(values))
    found["model_sd"] = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return found | _judged(found)


def _cells(yearly, region):
    kinds = REGIONS[region]
    return yearly if kinds is None else yearly.isel(cell=yearly.ecosystem.isin(kinds))


def _judged(found) -> dict:
    """Return difference and verdict, or why there is none."""
    away = found["model"] - found["published"]
    if not found["published_sd"]:
        return {
            "reason": "no standard deviation above 0 is published; the model is "
            f"{away / abs(found['published']):+.0%} off"
        }
    difference = away / found["published_sd"]
    size = abs(difference)
    verdict = "pass" if size <= NEAR else "near" if size <= FAR else "far"
    return {"difference": difference, "verdict": verdict}


def _why_not(row) -> str:
    if row["run"] in ("other", "obs"):
        return "an observation or a result of another study, not of this experiment"
    if isinstance(row["run"], str) and any(run in row["run"] for run in RUNS):
        known = row["region"] in REGIONS
        return "not in this scorecard yet" if known else "of a place that is no part of this run"
    return "an input or a setting, not a result"


def _said(value):
    """Return None for an empty place in the table."""
    return None if isinstance(value, float) and math.isnan(value) else value
