"""The model against the printed numbers of the paper, recomputed every time."""

import math

import numpy as np

import data
from dashboard import baseline
from dashboard.kinds import kind
from dashboard.measures import SCENARIOS, values
from dashboard.reasons import likely, missing, note

NEAR, FAR = 1.0, 2.0  # published standard deviations at which pass ends, and near
CLOSE, ROUGH = 0.10, 0.25  # the same where none is published: share of the printed number
VERDICTS = ("pass", "near", "far", None)  # None: the model has no such number

RANGES = (  # low and high end of one interval
    ("P027", "P028"),
    ("P030", "P031"),
    ("P214", "P215"),
    ("P216", "P217"),
)
AT_LEAST = ("P019", "P020", "P219")  # printed as lower bounds
WORDS = ("quantity", "symbol", "scenario", "run", "region", "period", "unit", "where")
FIELDS = (
    *("id", "kind", *WORDS, "published", "published_sd", "printed", "range", "model", "model_sd"),
    *("difference", "relative", "verdict", "reason", "note"),
)
SCALES = {  # what one published unit is in g, m, m2, yr, degree or 1
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

    Keys: id; kind (see `kinds`); quantity, symbol, scenario, run, region, period, unit and where
    as in published_results.csv; published, published_sd, and printed, both with the digits of the
    paper; range (low and high, None: open) of a printed interval; model, model_sd (over *gcms*;
    None where there is one value only); difference (in published standard deviations; None where
    none is published); relative (difference as a share of the printed number, or of the end of
    the range that is missed); verdict (pass, near, far; None: no number of the model); reason
    (why there is no number, or the likely cause of a miss); note (what to know whatever the
    verdict). Runs all climates that *store* does not hold.
    """
    results = {
        rcp: [baseline.yearly(region, rcp, gcm, store=store, bar=bar) for gcm in gcms]
        for rcp in SCENARIOS["both"]
    }
    printed = data.published()
    rows = printed.reset_index().to_dict("records")
    return [_row(row | printed_as(row["id"], printed), region, results) for row in rows]


def _row(row, region, results) -> dict:
    found = dict.fromkeys(FIELDS) | {name: row[name] or None for name in ("id", *WORDS)}
    found |= {"kind": kind(row), "printed": row["printed"], "range": row["range"]}
    found |= {"published": row["mean"], "published_sd": _or_none(row["sd"])}
    found |= {"note": note(row), "reason": missing(row)}
    if found["reason"] is None:
        of_gcms = np.array(values(row, region, results)) / SCALES[row["unit"]]
        found["model"] = float(of_gcms.mean())
        found["model_sd"] = float(of_gcms.std(ddof=1)) if of_gcms.size > 1 else None
        found |= judged(found)
        found["reason"] = likely(found)
    return found


def printed_as(name, printed) -> dict:
    """Return a row's number with the digits of the paper, and its range if it is an end of one."""
    row = printed.loc[name]
    if name in AT_LEAST:
        return {"printed": f"> {row.mean_printed}", "range": [row["mean"], None]}
    for ends in RANGES:
        if name in ends:
            low, high = (printed.loc[end] for end in ends)
            span = f"{low.mean_printed}–{high.mean_printed}"
            return {"printed": span, "range": [low["mean"], high["mean"]]}
    spread = f" ± {row.sd_printed}" if row.sd_printed else ""
    return {"printed": row.mean_printed + spread, "range": None}


def judged(found) -> dict:
    """Return how far the model is off, and what to call it."""
    end = _missed_end(found)
    if end is None:
        return {"relative": 0.0, "verdict": "pass"}
    away = found["model"] - end
    relative = away / abs(end)
    if not found["published_sd"]:
        return {"relative": relative, "verdict": _verdict(abs(relative), CLOSE, ROUGH)}
    difference = away / found["published_sd"]
    verdict = _verdict(abs(difference), NEAR, FAR)
    return {"difference": difference, "relative": relative, "verdict": verdict}


def _missed_end(found) -> float | None:
    """Return what the model is held against; None if it lies inside a printed range."""
    if found["range"] is None:
        return found["published"]
    low, high = found["range"]
    if found["model"] < low:
        return low
    return high if high is not None and found["model"] > high else None


def _verdict(size, near, far) -> str:
    return "pass" if size <= near else "near" if size <= far else "far"


def _or_none(value):
    """Return None for an empty place in the table."""
    return None if math.isnan(value) else value
