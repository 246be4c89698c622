"""What a row of the scorecard says, in plain text: for the page and for the terminal."""

import math
import re

from dashboard import style
from dashboard.kinds import KINDS
from dashboard.runs import RCP_NAMES
from dashboard.scorecard import CLOSE, FAR, NEAR, ROUGH, VERDICTS

MARKS = {"pass": "●", "near": "◐", "far": "○", None: "–"}
CALLED = {"pass": "pass", "near": "near", "far": "far", None: "no number"}
MEANT = 2  # least digits of a model's number
RULE = (
    f"Pass: within {NEAR:g} published standard deviation; near: within {FAR:g}. Where none is "
    f"published, or it rounds to nothing: within {100 * CLOSE:.0f} and {100 * ROUGH:.0f} % of the "
    "number, or of the nearer end of a range."
)
BOTH = " and ".join(RCP_NAMES.values())
AS_PRINTED = " (as printed)"  # of a unit that the paper misprints
_SPELLED = {"-": "", "count": "", "degree": "°", "deg N": "° N", "deg E": "° E"}


def counts(rows) -> dict[str, dict]:
    """Return how many rows there are, by kind and verdict."""
    kinds = {kind: [row["verdict"] for row in rows if row["kind"] == kind] for kind in KINDS}
    return {kind: {one: found.count(one) for one in VERDICTS} for kind, found in kinds.items()}


def headline(rows) -> str:
    """Return how the model's own predictions fare."""
    number = counts(rows)["predicted"]
    judged = {one: count for one, count in number.items() if one}
    told = ", ".join(f"{count} {one}" for one, count in judged.items())
    return f"Of {sum(judged.values())} printed numbers that the model predicts: {told}."


def conditions(row) -> list[str]:
    """Return what a number is of: region, scenario, run, period, symbol."""
    run = "" if row["run"] == "other" else (row["run"] or "").replace("-", " − ")
    scenario = BOTH if row["scenario"] == "both" else row["scenario"]
    said = (row["region"], scenario, run, row["period"], symbol(row["symbol"] or ""))
    return [word for word in said if word]


def symbol(declared) -> str:
    """Return a symbol of the table as people print it: `SdNEP` becomes `ΣΔNEP`."""
    return re.sub(r"\b(S?)d(?=[A-Z])", lambda found: "Σ" * len(found[1]) + "Δ", declared)


def unit(declared) -> str:
    """Return a unit of the table as people print it: `g C/m2/yr` becomes `g C m⁻² yr⁻¹`."""
    if declared in _SPELLED:
        return _SPELLED[declared]
    whole, *parts = (declared or "").replace("1e6 ", "10⁶ ").split("/")
    below = (re.sub(r"^([a-z]+)(\d?)", lambda m: f"{m[1]}-{m[2] or 1}", part) for part in parts)
    return style.unit(" ".join((whole, *below)))


def published(row) -> str:
    """Return a printed number, digit by digit as the paper has it."""
    return _minus(row["printed"])


def model(row) -> str:
    """Return the model's number to the digits of the printed one, with its standard deviation."""
    value, spread = row["model"], row["model_sd"]
    if value is None:
        return MARKS[None]
    places = max(_places(row["printed"]), _needed(value, MEANT))
    told = f"{value:.{places}f}"
    if spread is not None:
        told += f" ± {spread:.{max(places, _needed(spread, 1))}f}"
    return _minus(told)


def model_unit(row) -> str:
    """Return the unit of the model's number: the printed one, where that is no misprint."""
    declared = row["unit"] or ""
    return unit(re.sub(rf"/yr{re.escape(AS_PRINTED)}$", "", declared))


def off_by(row) -> list[str]:
    """Return how far the model is off: in published standard deviations, and as a share."""
    if row["relative"] is None:
        return []
    if row["range"] and not row["relative"]:
        return ["inside"]
    share = f"{signed(100 * row['relative'], 0)} %"
    return [share] if row["difference"] is None else [f"{signed(row['difference'], 2)} SD", share]


def signed(value, places) -> str:
    """Return a number with its sign; what rounds to nothing has none."""
    told = f"{value:+.{places}f}"
    return _minus(told if float(told) else told[1:])


def source(row) -> str:
    """Return where the paper prints a number."""
    places = row["where"].split("; ")
    return "; ".join(f"§\u00a0{place}" if place[0].isdigit() else place for place in places)


def remarks(row) -> dict[str, str]:
    """Return what is said on a row, by what it is: the reason of a miss or gap, and the note."""
    why = "No number" if row["model"] is None else "Likely cause"
    return {name: text for name, text in ((why, row["reason"]), ("Note", row["note"])) if text}


def _minus(text) -> str:
    return re.sub(r"-(?=\d)", "−", text)


def _places(printed) -> int:
    """Return how many decimals a printed number has."""
    return len(re.search(r"\d+\.?(\d*)", printed)[1])


def _needed(value, digits) -> int:
    """Return how many decimals show so many digits of a number."""
    return max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
