"""What a row of the scorecard says, in plain text: for the page and for the terminal."""

import math
import re

from dashboard import style
from dashboard.kinds import KINDS
from dashboard.language import N_, Later, listed, say
from dashboard.runs import RCP_NAMES
from dashboard.scorecard import CLOSE, FAR, NEAR, ROUGH, VERDICTS

MARKS = {"pass": "●", "near": "◐", "far": "○", None: "–"}
CALLED = {"pass": N_("pass"), "near": N_("near"), "far": N_("far"), None: N_("no number")}
MEANT = 2  # least digits of a model's number
RULE = Later(
    "Pass: within {near} published standard deviation; near: within {far}. Where none is "
    "published, or it rounds to nothing: within {close} and {rough} % of the number, or of the "
    "nearer end of a range.",
    near=f"{NEAR:g}", far=f"{FAR:g}", close=f"{100 * CLOSE:.0f}", rough=f"{100 * ROUGH:.0f}",
)  # fmt: skip
LOWER, HIGHER = RCP_NAMES.values()
AS_PRINTED = " (as printed)"  # of a unit that the paper misprints
_SPELLED = {
    "-": "",
    "count": "",
    "% lower": N_("% lower"),
    "degree": "°",
    "deg N": "° N",
    "deg E": "° E",
}


def counts(rows) -> dict[str, dict]:
    """Return how many rows there are, by kind and verdict."""
    kinds = {kind: [row["verdict"] for row in rows if row["kind"] == kind] for kind in KINDS}
    return {kind: {one: found.count(one) for one in VERDICTS} for kind, found in kinds.items()}


def headline(rows) -> str:
    """Return how the model's own predictions fare."""
    number = counts(rows)["predicted"]
    judged = {one: count for one, count in number.items() if one}
    told = listed(
        *(
            say("{count} {verdict}", count=count, verdict=say(CALLED[one]))
            for one, count in judged.items()
        )
    )
    return say(
        "Of {total} printed numbers that the model predicts: {told}.",
        total=sum(judged.values()), told=told,
    )  # fmt: skip


def conditions(row) -> list[str]:
    """Return what a number is of: region, scenario, run, period, symbol."""
    run = "" if row["run"] == "other" else (row["run"] or "").replace("-", " − ")
    scenario = row["scenario"]
    if scenario == "both":
        scenario = say("{one} and {other}", one=LOWER, other=HIGHER)
    region, period, called = (row[name] or "" for name in ("region", "period", "symbol"))
    said = (say(region), scenario, say(run), say(period), symbol(called))
    return [word for word in said if word]


def symbol(declared) -> str:
    """Return a symbol of the table as people print it: `SdNEP` becomes `ΣΔNEP`."""
    return re.sub(r"\b(S?)d(?=[A-Z])", lambda found: "Σ" * len(found[1]) + "Δ", declared)


def unit(declared) -> str:
    """Return a unit of the table as people print it: `g C/m2/yr` becomes `g C m⁻² yr⁻¹`."""
    if declared in _SPELLED:
        return say(_SPELLED[declared])
    if (declared or "").endswith(AS_PRINTED):
        return say("{unit} (as printed)", unit=unit(declared.removesuffix(AS_PRINTED)))
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
        return [say("inside")]
    share = f"{signed(100 * row['relative'], 0)} %"
    return [share] if row["difference"] is None else [f"{signed(row['difference'], 2)} SD", share]


def signed(value, places) -> str:
    """Return a number with its sign; what rounds to nothing has none."""
    told = f"{value:+.{places}f}"
    return _minus(told if float(told) else told[1:])


def source(row) -> str:
    """Return where the paper prints a number."""
    return say("; ").join(map(_place, row["where"].split("; ")))


def _place(place) -> str:
    return f"§\u00a0{place}" if place[0].isdigit() else say(place)


def remarks(row) -> dict[str, str]:
    """Return what is said on a row, by what it is: the reason of a miss or gap, and the note."""
    why = N_("No number") if row["model"] is None else N_("Likely cause")
    told = ((why, row["reason"]), (N_("Note"), row["note"]))
    return {say(name): say(text) for name, text in told if text}


def _minus(text) -> str:
    return re.sub(r"-(?=\d)", "−", text)


def _places(printed) -> int:
    """Return how many decimals a printed number has."""
    return len(re.search(r"\d+\.?(\d*)", printed)[1])


def _needed(value, digits) -> int:
    """Return how many decimals show so many digits of a number."""
    return max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
