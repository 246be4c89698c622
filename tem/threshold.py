"""The value of a parameter, or the warming, at which a region turns from sink to source.

A coarse scan finds where the sign changes, so that a second crossing is not overlooked unseen;
the interval of the first change is then halved. The answer is a bracket: two values
that were run, and what came out.
"""

from math import ceil, isfinite, log2
from typing import NamedTuple

import numpy as np

from tem.environment import environment as permitted
from tem.experiment import experiment
from tem.offset import offset
from tem.parameters import edited, settled
from tem.sensitivity import Span
from tem.summary import Measure, measured_mean

NEP = Measure("nep", "S_T", 2090, 2099)
SCAN = 5  # points of the coarse scan
NARROW = 0.005  # of the range: width of the bracket, which takes six more runs


class Crossing(NamedTuple):
    """Between which two values an output changes sign, if it does; 0 counts as above."""

    found: bool
    low: float  # of the bracket, or of the range
    high: float
    at_low: float  # the output there
    at_high: float
    more: int  # further changes of sign that the scan saw above
    tried: dict[float, float]  # all values that were run, in order, and their outputs


def crossing(output, within: Span, *, scan=SCAN, narrow=NARROW, progress=None) -> Crossing:
    """Return where *output*, a function of one number, first changes sign.

    Parameters
    ----------
    output : called with values of the span
    within : range; a wide one is divided by factors (see `Span.at`)
    scan : points, both ends among them, at which signs are compared first
    narrow : share of the range that the bracket may span
    progress : called with the finished fraction

    Raises ValueError for a range that is none, and if an output is not a number.
    """
    if not within.low < within.high or scan < 2:
        raise ValueError(f"{within.low:g} to {within.high:g} in {scan} points is no range to scan")
    seen, tell = {}, progress or (lambda _: None)
    runs = scan + max(0, ceil(-log2(narrow * (scan - 1))))

    def above(share):
        value = within.at(share)
        seen[value] = float(output(value))
        if not isfinite(seen[value]):
            raise ValueError(f"the output at {value:g} is {seen[value]}")
        tell(len(seen) / runs)
        return seen[value] >= 0

    shares = np.linspace(0.0, 1.0, scan).tolist()
    signs = [above(share) for share in shares]
    changes = [k for k in range(scan - 1) if signs[k] != signs[k + 1]]
    low, high = shares[0], shares[-1]
    if changes:
        low, high = shares[changes[0]], shares[changes[0] + 1]
        while high - low > narrow:
            middle = (low + high) / 2
            if above(middle) == signs[changes[0]]:
                low = middle
            else:
                high = middle
    tell(1.0)
    low, high = within.at(low), within.at(high)
    return Crossing(
        bool(changes), low, high, seen[low], seen[high], max(len(changes) - 1, 0),
        dict(sorted(seen.items())),
    )  # fmt: skip


def of_parameter(
    environment,
    name,
    low,
    high,
    measure=NEP,
    parameters=None,
    *,
    scales=False,
    since="spin-up",
    past=None,
    progress=None,
    cancelled=None,
    workers=None,
    **search,
) -> Crossing:
    """Return the value of a parameter at which the area mean of *measure* changes sign.

    Parameters
    ----------
    environment : the cells that count
    name : of the parameter, for one ecosystem as in edits (`Meadow.kd`), or for all
    low, high : range of its value, or, if it *scales*, of the factor by which it is multiplied
    measure : `tem.summary.Measure` (default: NEP of S_T, mean of the 2090s)
    parameters, since, past : where all others stay, as for `tem.experiment`
    progress, cancelled, workers : as for `tem.experiment`
    search : `scan` and `narrow` of `crossing`

    Raises ValueError for unknown names or values out of bounds; Cancelled if stopped.
    """
    measure.checked(environment.year)
    sets, within = settled(parameters), Span(name, low, high, scales)
    for end in (low, high):
        edited([within.edit(end)], sets)

    def output(value):
        yearly = experiment(
            environment, edited([within.edit(value)], sets), measure.runs,
            since=since, past=past, cancelled=cancelled, workers=workers,
        )  # fmt: skip
        return measured_mean(yearly, measure)

    return crossing(output, within, progress=progress, **search)


def of_warming(
    region,
    climate,
    low=0.0,
    high=6.0,
    measure=NEP,
    parameters=None,
    *,
    progress=None,
    cancelled=None,
    workers=None,
    **search,
) -> Crossing:
    """Return the warming since 2020 (K) at which the area mean of *measure* changes sign.

    Every warming tried runs ground, water and light anew, minutes for a large region: `tem.thin`
    it. History to 2020 is that without warming.

    Parameters
    ----------
    region, climate : the cells that count, as for `tem.environment`
    low, high : range of the warming of the air (K)
    measure, parameters, progress, cancelled, workers, search : as for `of_parameter`

    Raises ValueError for a warming out of bounds; Cancelled if stopped.
    """
    measure.checked(climate.year)
    common = {"cancelled": cancelled, "workers": workers}
    for end in (low, high):
        offset(climate, warming=end)
    past = permitted(region, climate, parameters, **common)

    def output(kelvin):
        warmer = offset(climate, warming=kelvin)
        now = past if kelvin == 0 else permitted(region, warmer, parameters, **common)
        yearly = experiment(now, parameters, measure.runs, past=past, **common)
        return measured_mean(yearly, measure)

    return crossing(output, Span("warming", low, high, scales=False), progress=progress, **search)
