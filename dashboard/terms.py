"""What analyses, their choices, their causes and their factors are called. Plain text; no Panel."""

import re

from dashboard import style
from dashboard.causes import Causes
from dashboard.language import N_, Later, say
from dashboard.quantities import EFFECT
from dashboard.results import DECLARED
from tem.environment import REFERENCE_YEAR
from tem.explain import BASE
from tem.parameters import FIELDS
from tem.sensitivity import USUAL
from tem.summary import THAW

CAUSES = {
    "carbon": N_("soil carbon that thaw exposes"),
    "nitrogen": N_("nitrogen that thaw exposes"),
    "warmth": N_("warmth (with light, leaf and frost)"),
    "moisture": N_("moisture"),
    "co2": "CO₂",
    "thaw": N_("depth of thaw"),
    "legacy": N_("legacy (pools not at rest, weather)"),
    "residual": N_("residual (interactions)"),
}
BEFORE = f"{BASE[0]}–{BASE[1]}"
NUMBERS = {
    "summed": Later("Effect of thaw since {since}, summed (ΣΔNEP)", since=REFERENCE_YEAR),
    "thaw": N_("Effect of thaw in the year"),
    "change": Later("Change of S_T, ten years to the year − {before}", before=BEFORE),
    "edits": N_("What-if − Baseline, S_T in the year"),
    "edits-summed": N_("What-if − Baseline of ΣΔNEP"),
}
ORDER = {
    "mean": N_("mean of both"),
    "first": N_("acting alone"),
    "last": N_("missing without it"),
}
ANALYSES = {
    "explain": N_("Explain the number"),
    "tornado": N_("Tornado"),
    "shares": N_("Shares of variance"),
    "threshold": N_("Threshold"),
}
RUNS = {
    THAW: N_("Effect of thaw, S_T − S_R"),
    "S_T": N_("S_T, with thaw"),
    "S_R": Later("S_R, thaw held at {since}", since=REFERENCE_YEAR),
}
RANGES = {"tenth": N_("± 10 % of the value"), "usual": N_("Range in the literature")}
FACTORS = {
    "rcp": N_("scenario"),
    "gcm": N_("climate model"),
    "parameters": N_("parameters"),
}


def output(name: str) -> str:
    """Return the name of an output of tornado and shares."""
    if name == "nep-summed":
        return say("NEP, summed since {since}", since=REFERENCE_YEAR)
    about = DECLARED[name].about
    return f"{about.symbol} · {say(about.label)}"


def parameter(name: str) -> str:
    """Return the name of what is moved to find a threshold."""
    if name == "warming":
        return say("Warming after {since}, on top of the scenario", since=REFERENCE_YEAR)
    about = FIELDS[name].about
    return f"{about.symbol} · {say(about.label)}"


def cause(name: str) -> str:
    """Return a cause in words."""
    return say(CAUSES[name]) if name in CAUSES else parameter(name)


def short(name: str) -> str:
    """Return a cause in a word, of a parameter its symbol: where there is little room."""
    return re.split(r" \(| · |（", cause(name))[0]


def number(question: Causes) -> str:
    """Return what is explained, in words."""
    first, last = question.years
    text = {
        "summed": N_("Effect of thaw on NEP, summed over {first}–{last}"),
        "thaw": N_("Effect of thaw on NEP in {last}"),
        "change": N_("Change of NEP (S_T), mean of {first}–{last} less that of {before}"),
        "edits": N_("NEP (S_T) of the what-if less the Baseline in {last}"),
        "edits-summed": N_("ΣΔNEP of {first}–{last}, what-if less Baseline"),
    }[question.number]
    return say(text, first=first, last=last, before=BEFORE)


def measured(measure) -> str:
    """Return what a measure is, in words."""
    about = DECLARED[measure.variable].about
    run = {THAW: EFFECT}.get(measure.run, measure.run)
    told = {
        "symbol": about.symbol, "run": run, "first": measure.first, "last": measure.last,
    }  # fmt: skip
    if measure.over == "sum":
        return say("{symbol} ({run}), summed over {first}–{last}", **told)
    if measure.first == measure.last:
        return say("{symbol} ({run}) in {last}", **told)
    return say("{symbol} ({run}) mean of {first}–{last}", **told)


def within(change) -> str:
    """Return how far parameters are taken, in words."""
    if change == USUAL:
        return say("over its range in the literature")
    return say("by ± {change}", change=f"{change:.0%}")


def end(edit: str) -> str:
    """Return an edit as an end of a bar is called: ×0.9, or =0.6 with its unit."""
    name, value = edit.split("=")
    size = style.bound(f"{float(value):.4g}")
    if name.endswith("*"):
        return f"×{size}"
    return f"{size} {style.unit(FIELDS[name].unit)}".strip()


def factor(part: str) -> str:
    """Return a factor, or an interaction of several, in words."""
    return " × ".join(say(FACTORS[one]) for one in part.split(" × "))


def unit_of(question) -> str:
    """Return the unit of what is moved."""
    name = question.span.name
    return "K" if name == "warming" else style.unit(FIELDS[name].unit)


def axis(question) -> str:
    """Return the title of the axis of a threshold."""
    name = parameter(question.span.name)
    unit = say("factor") if question.span.scales else unit_of(question)
    return f"{name} ({unit})" if unit else name
