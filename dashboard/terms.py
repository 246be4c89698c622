"""What analyses, their choices, their causes and their factors are called. Plain text; no Panel."""

from dashboard import style
from dashboard.causes import Causes
from dashboard.results import DECLARED
from dashboard.state import CHOICES
from data import GCMS, RCPS
from tem.environment import REFERENCE_YEAR
from tem.explain import BASE
from tem.parameters import FIELDS
from tem.sensitivity import USUAL
from tem.summary import THAW

CAUSES = {
    "carbon": "soil carbon that thaw exposes",
    "nitrogen": "nitrogen that thaw exposes",
    "warmth": "warmth (with light, leaf and frost)",
    "moisture": "moisture",
    "co2": "CO₂",
    "thaw": "depth of thaw",
    "legacy": "legacy (pools not at rest, weather)",
    "residual": "residual (interactions)",
}
BEFORE = f"{BASE[0]}–{BASE[1]}"
NUMBERS = {
    "summed": f"Effect of thaw since {REFERENCE_YEAR}, summed (ΣΔNEP)",
    "thaw": "Effect of thaw in the year",
    "change": f"Change of S_T, ten years to the year − {BEFORE}",
    "edits": "What-if − Baseline, S_T in the year",
    "edits-summed": "What-if − Baseline of ΣΔNEP",
}
ORDER = {
    "mean": "mean of both",
    "first": "acting alone",
    "last": "missing without it",
}
ANALYSES = {
    "explain": "Explain the number",
    "tornado": "Tornado",
    "shares": "Shares of variance",
    "threshold": "Threshold",
}
RUNS = {
    THAW: "Effect of thaw, S_T − S_R",
    "S_T": "S_T, with thaw",
    "S_R": f"S_R, thaw held at {REFERENCE_YEAR}",
}
RANGES = {"tenth": "± 10 % of the value", "usual": "Range in the literature"}
FACTORS = {
    "rcp": f"scenario ({len(RCPS)})",
    "gcm": f"climate model ({len(GCMS)})",
    "parameters": "parameters",
}


def output(name: str) -> str:
    """Return the name of an output of tornado and shares."""
    if name == "nep-summed":
        return f"NEP, summed since {REFERENCE_YEAR}"
    about = DECLARED[name].about
    return f"{about.symbol} · {about.label}"


OUTPUTS = {name: output(name) for name in CHOICES["output"]}


def parameter(name: str) -> str:
    """Return the name of what is moved to find a threshold."""
    if name == "warming":
        return f"Warming of the air after {REFERENCE_YEAR}, on top of the scenario"
    about = FIELDS[name].about
    return f"{about.symbol} · {about.label}"


def cause(name: str) -> str:
    """Return a cause in words."""
    return CAUSES.get(name) or parameter(name)


def short(name: str) -> str:
    """Return a cause in a word, of a parameter its symbol: where there is little room."""
    return cause(name).split(" (")[0].split(" · ")[0]


def number(question: Causes) -> str:
    """Return what is explained, in words."""
    first, last = question.years
    return {
        "summed": f"Effect of thaw on NEP, summed over {first}–{last}",
        "thaw": f"Effect of thaw on NEP in {last}",
        "change": f"Change of NEP (S_T), mean of {first}–{last} less that of {BEFORE}",
        "edits": f"NEP (S_T) of the what-if less the Baseline in {last}",
        "edits-summed": f"ΣΔNEP of {first}–{last}, what-if less Baseline",
    }[question.number]


def measured(measure) -> str:
    """Return what a measure is, in words."""
    about = DECLARED[measure.variable].about
    run = {THAW: "S_T − S_R"}.get(measure.run, measure.run)
    years = f"{measure.first}–{measure.last}" if measure.first < measure.last else measure.last
    if measure.over == "sum":
        return f"{about.symbol} ({run}), summed over {years}"
    return f"{about.symbol} ({run}) {'in' if measure.first == measure.last else 'mean of'} {years}"


def within(change) -> str:
    """Return how far parameters are taken, in words."""
    return "over its range in the literature" if change == USUAL else f"by ± {change:.0%}"


def end(edit: str) -> str:
    """Return an edit as an end of a bar is called: ×0.9, or =0.6 with its unit."""
    name, value = edit.split("=")
    size = style.bound(f"{float(value):.4g}")
    if name.endswith("*"):
        return f"×{size}"
    return f"{size} {style.unit(FIELDS[name].unit)}".strip()


def factor(part: str) -> str:
    """Return a factor, or an interaction of several, in words."""
    return " × ".join(FACTORS[one].split(" (")[0] for one in part.split(" × "))


def unit_of(question) -> str:
    """Return the unit of what is moved."""
    name = question.span.name
    return "K" if name == "warming" else style.unit(FIELDS[name].unit)


def axis(question) -> str:
    """Return the title of the axis of a threshold."""
    name = parameter(question.span.name)
    unit = "factor" if question.span.scales else unit_of(question)
    return f"{name} ({unit})" if unit else name
