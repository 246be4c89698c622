"""The one chart of the view "present": which curves it has, from a `Selection`. No drawing."""

from typing import NamedTuple

import numpy as np

from dashboard import style, words
from dashboard.language import say
from dashboard.quantities import summed
from dashboard.results import DECLARED, mean_sd
from dashboard.runs import RCP_NAMES
from data import RCPS, YEARS
from tem.environment import REFERENCE_YEAR

TUG = ("npp", "rh")  # what pulls at the carbon of the land
WITH, WITHOUT, DASHED, THIN = "with", "without", "dashed", "thin"


class Curve(NamedTuple):
    """One curve and how it is drawn."""

    label: str
    values: np.ndarray  # [year]
    colour: str
    line: str  # of WITH, WITHOUT, DASHED, THIN
    low: np.ndarray | None = None  # range over the climate models [year]
    high: np.ndarray | None = None


class Chart(NamedTuple):
    """What is drawn."""

    title: str
    curves: list[Curve]


def chart(selection, *, dark=False, alone=False) -> Chart:
    """Return the chart that the state of *selection* asks for; no curves before results.

    *alone*: without the what-if.
    """
    title, curves = _asked(selection, dark=dark)
    return Chart(title, [one for one in curves if not alone or one.line != DASHED])


def _asked(selection, *, dark):
    name = selection.state.chart
    if name == "tug":
        return _title(say(words.TUG), selection.unit("npp")), _tug(selection)
    if name == "gain":
        title = _title(say(words.GAIN), selection.place.unit)
        return title, _of_models(selection, _gain, say(words.ALL_THAW), dark=dark)
    label = say(DECLARED[name].about.label).split(" (")[0].split("（")[0]
    unit = selection.unit(name)
    if selection.state.curves == "thaw":
        title = _title(say(words.EFFECT, quantity=label), unit)
        return title, _of_models(selection, _effect(name), say(words.ALL_THAW), dark=dark)
    return _title(label, unit), _both_runs(selection, name, dark=dark)


def _title(label, unit):
    return f"{label} ({style.unit(unit)})"


def _gain(series):
    """Return ΣΔNEP [year]; *series*(variable) is S_T and S_R [run, year]."""
    transient, reference = series("nep")
    return summed(transient - reference, YEARS)


def _effect(name):
    return lambda series: series(name)[0] - series(name)[1]


def _with_thaw(name):
    return lambda series: series(name)[0]


def _without_thaw(name):
    return lambda series: series(name)[1]


def _of_models(selection, number, label, *, dark):
    """Return the curve of *number*, see `_gain`, and those that stand beside it."""
    state, colour = selection.state, style.rcp(selection.state.rcp, dark=dark)
    runs = selection.series_of(selection.told())
    found = []
    if runs and state.lines == "models" and len(runs) > 1:
        found += [Curve(gcm, number(one), colour, THIN) for gcm, one in runs.items()]
        found.append(Curve(say(words.MEAN), _mean(runs, number), colour, WITH))
    elif runs:
        found.append(_ranged(runs, number, label, colour, WITH))
    if state.lines == "scenarios":
        found += _other_scenarios(selection, number, dark=dark)
    return found + _what_if(selection, number, say(words.WHAT_IF_CURVE), style.what_if(dark=dark))


def _both_runs(selection, name, *, dark):
    """Return the curves of a variable with thaw and without."""
    state, colour = selection.state, style.rcp(selection.state.rcp, dark=dark)
    rcp = RCP_NAMES[state.rcp]
    label = rcp if state.lines == "scenarios" else say(words.WITH_THAW)
    found = _of_models(selection, _with_thaw(name), label, dark=dark)
    runs = selection.series_of(selection.told())
    if runs and state.lines == "mean":
        still = _mean(runs, _without_thaw(name))
        label = say(words.WITHOUT_THAW, since=REFERENCE_YEAR)
        found.append(Curve(label, still, colour, WITHOUT))
    return found


def _tug(selection):
    """Return what thaw adds to plant growth and to what the soil breathes out."""
    runs, found = selection.series_of(selection.told()), []
    for name, colour in zip(TUG, (style.GAIN, style.LOSS), strict=True):
        number, label = _effect(name), say(words.TUG_CURVES[name])
        if runs:
            found.append(_ranged(runs, number, label, colour, WITH))
        changed = say(words.TUG_CHANGED[name])
        found += _what_if(selection, number, changed, colour)
    return found


def _other_scenarios(selection, number, *, dark):
    state, found = selection.state, []
    for rcp in RCPS:
        results = selection.library.results(rcp, state.gcms) if rcp != state.rcp else {}
        if results:
            runs = selection.series_of(results)
            colour = style.rcp(rcp, dark=dark)
            found.append(_ranged(runs, number, RCP_NAMES[rcp], colour, WITH))
    return found


def _what_if(selection, number, label, colour):
    runs = selection.changed_series()
    values = [number(one) for one in runs]
    return [Curve(label, np.mean(values, axis=0), colour, DASHED)] if values else []


def _mean(runs, number):
    return mean_sd([number(one) for one in runs.values()])[0]


def _ranged(runs, number, label, colour, line):
    """Return the mean of *number* over the climate models, with their range."""
    values = np.stack([number(one) for one in runs.values()])
    if len(values) == 1:
        return Curve(label, values[0], colour, line)
    return Curve(label, values.mean(axis=0), colour, line, values.min(axis=0), values.max(axis=0))
