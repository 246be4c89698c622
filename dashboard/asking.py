"""What a page asks the model: from a `State` to one of the `questions`, or why there is none."""

from dataclasses import replace

import numpy as np

from dashboard.causes import DECADE, Causes
from dashboard.changes import NO_OFFSETS
from dashboard.edits import touched
from dashboard.language import N_, Fault
from dashboard.questions import Shares, Threshold, Tornado
from dashboard.samples import Where
from data import GCMS, RCPS
from tem.environment import REFERENCE_YEAR
from tem.parameters import FIELDS
from tem.sensitivity import USUAL, Span, span
from tem.summary import THAW, Measure

WARMEST = 6.0  # K
CHANGES = {"tenth": 0.1, "usual": USUAL}
AROUND = 0.5  # share of its value by which a parameter is moved to find a threshold

EARLY = N_("Until {since} the runs with and without thaw are one: choose a later year.")
UNCHANGED = N_("Nothing is changed yet: move a slider, and its effect can be explained.")
LATER = N_("The climate changes from {first} on: choose a later year.")
THRESHOLDS = N_("Thresholds are looked for after {since}: choose a later year.")
UNTOUCHED = N_("The edits change nothing in this ecosystem; choose another one.")
EMPTY = N_("There is no cell of this ecosystem in the drawn area; choose another one.")
COMING = N_("The climates chosen are still being simulated.")
ALL_NEEDED = N_("Shares of variance need all {total} climates; {ready} are ready.")


def early() -> Fault:
    """Return what is wrong where thaw has had no year yet."""
    return Fault(EARLY, since=REFERENCE_YEAR)


def asked(state, library):
    """Return the question that *state* asks; `Fault` tells why there is none, in a sentence."""
    where = _where(state, library)
    return {
        "explain": _causes,
        "tornado": _tornado,
        "shares": _shares,
        "threshold": _threshold,
    }[state.analysis](state, library, where)


def _where(state, library) -> Where:
    ready = tuple(library.results(state.rcp, state.gcms))
    if not ready:
        raise Fault(COMING)
    area = state.area if state.cell is None else ()
    where = Where(state.rcp, ready, state.group, state.cell, area)
    if not where.cells(library).size:
        raise Fault(EMPTY)
    return where


def _causes(state, library, where) -> Causes:
    number = state.explained
    if not number.startswith("edits"):
        if state.year <= REFERENCE_YEAR:
            raise early()
        return Causes(where, number, state.year)
    if not state.change:
        raise Fault(UNCHANGED)
    if state.year <= REFERENCE_YEAR and (number == "edits-summed" or not state.edits):
        raise early() if number == "edits-summed" else Fault(LATER, first=REFERENCE_YEAR + 1)
    kinds = library.region.ecosystem.values[where.cells(library)]
    if state.offsets == NO_OFFSETS and not np.isin(kinds, touched(state.edits)).any():
        raise Fault(UNTOUCHED)
    return Causes(where, number, state.year, state.change)


def measure_of(state) -> Measure:
    """Return the number that tornado and shares are about; `Fault` if there is none."""
    summed = state.output == "nep-summed"
    if state.year <= REFERENCE_YEAR and (summed or state.run == THAW):
        raise early()
    if summed:
        return Measure("nep", state.run, REFERENCE_YEAR + 1, state.year, "sum")
    return Measure(state.output, state.run, state.year, state.year)


def _tornado(state, _library, where) -> Tornado:
    return Tornado(where, measure_of(state), CHANGES[state.range])


def _shares(state, library, where) -> Shares:
    ready, total = library.ready, len(library.climates)
    if ready < total:
        raise Fault(ALL_NEEDED, ready=ready, total=total)
    everywhere = replace(where, rcp=RCPS[0], gcms=GCMS)
    return Shares(everywhere, measure_of(state), CHANGES[state.range])


def _threshold(state, library, where) -> Threshold:
    if state.year <= REFERENCE_YEAR:
        raise Fault(THRESHOLDS, since=REFERENCE_YEAR)
    first = max(state.year - DECADE + 1, REFERENCE_YEAR + 1)
    measure = Measure("nep", "S_T", first, state.year)
    return Threshold(where, measure, _within(state.parameter, library, where))


def _within(name, library, where) -> Span:
    """Return the range to look in: from the literature where one ecosystem has it, else ± half."""
    if name == "warming":
        return Span(name, 0.0, WARMEST, scales=False)
    kinds = set(library.region.ecosystem.values[where.cells(library)].tolist())
    if FIELDS[name].about.usual and len(kinds) == 1:
        return span(name, USUAL)
    return span(name, AROUND, ecosystems=kinds)
