"""The model against the printed numbers of the paper, recomputed every time."""

import math

import numpy as np

import data
from dashboard import baseline
from dashboard.measures import MEASURES, ONCE, REGIONS, TOGETHER
from dashboard.reasons import likely, missing

NEAR, FAR = 1.0, 2.0  # published standard deviations at which pass ends, and near
CLOSE, ROUGH = 0.10, 0.25  # the same where none is published: share of the printed number
AT_LEAST = ("P019", "P020", "P027", "P214", "P216")  # printed as lower bounds, or low ends
AT_MOST = ("P028", "P215", "P217")  # high ends of ranges

SCENARIOS = {"RCP4.5": ("rcp45",), "RCP8.5": ("rcp85",), "both": ("rcp45", "rcp85")}
PRESENT_RCP = ("rcp45",)  # where the paper names no scenario, it speaks of the present
SCALES = {  # what one published unit is in g, m, m2 or 1
    "Pg C": 1e15,
    "Tg C": 1e12,
    "Tg C/yr": 1e12,
    "Tg N": 1e12,
    "Tg N/yr (as printed)": 1e12,
    "g C/m2/yr": 1.0,
    "g C/m2": 1.0,
    "g N/m2": 1.0,
    "kg C/m2": 1e3,
    "kg N/m2": 1e3,
    "m": 1.0,
    "1e6 km2": 1e12,
    "degree": 1.0,
    "deg N": 1.0,
    "deg E": 1.0,
    "yr": 1.0,
    "-": 1.0,
    "%": 0.01,
}


def scorecard(region, *, gcms=data.GCMS, store=None, bar=baseline.silent) -> list[dict]:
    """Return every published row beside what the model makes of it in *region*.

    Keys: id, quantity, scenario, region, unit, published, published_sd, model, model_sd (over
    *gcms*), difference (in published standard deviations; None where none is published),
    relative (difference as a share of the printed number), verdict (pass, near, far) and reason
    (why there is no number, or the likely cause of a miss). Runs all climates that *store*
    does not hold.
    """
    results = {
        rcp: [baseline.yearly(region, rcp, gcm, store=store, bar=bar) for gcm in gcms]
        for rcp in SCENARIOS["both"]
    }
    return [_row(row, region, results) for row in data.published().reset_index().to_dict("records")]


def _row(row, region, results) -> dict:
    named = ("id", "quantity", "scenario", "region", "unit")
    found = {name: _said(row[name]) for name in named}
    found |= {"published": _said(row["mean"]), "published_sd": _said(row["sd"])}
    found |= dict.fromkeys(("model", "model_sd", "difference", "relative", "verdict", "reason"))
    values = _values(row, region, results)
    if not values:
        return found | {"reason": missing(row)}
    found["model"] = float(np.mean(values))
    found["model_sd"] = float(np.std(values, ddof=1)) if len(values) > 1 else None
    found |= _judged(found)
    return found | {"reason": likely(found)}


def _values(row, region, results) -> list[float]:
    """Return the model's values of a row in its unit: one a climate, one, or none."""
    if row["id"] in ONCE:
        return [ONCE[row["id"]](region) / SCALES[row["unit"]]]
    if row["id"] not in MEASURES | TOGETHER:
        return []
    climates = [one for rcp in SCENARIOS.get(row["scenario"], PRESENT_RCP) for one in results[rcp]]
    kinds, scale = REGIONS[row["region"]], SCALES[row["unit"]]
    if kinds is not None:
        climates = [one.isel(cell=one.ecosystem.isin(kinds)) for one in climates]
    if row["id"] in TOGETHER:
        return [TOGETHER[row["id"]](climates) / scale]
    return [MEASURES[row["id"]](one) / scale for one in climates]


def _judged(found) -> dict:
    """Return the difference and what to call it."""
    away = found["model"] - found["published"]
    relative = away / abs(found["published"])
    inside = (found["id"] in AT_LEAST and away >= 0) or (found["id"] in AT_MOST and away <= 0)
    if inside:
        return {"relative": relative, "verdict": "pass"}
    if not found["published_sd"]:
        return {"relative": relative, "verdict": _verdict(abs(relative), CLOSE, ROUGH)}
    difference = away / found["published_sd"]
    return {
        "difference": difference,
        "relative": relative,
        "verdict": _verdict(abs(difference), NEAR, FAR),
    }


def _verdict(size, near, far) -> str:
    return "pass" if size <= near else "near" if size <= far else "far"


def _said(value):
    """Return None for an empty place in the table."""
    return None if isinstance(value, float) and math.isnan(value) else value
