"""Questions that take the model many runs: what is asked, and how it is answered.

From a question and the results of a `runs.Library` to numbers. A question is equal to another one
that has the same answer. Those that are here run cells that stand for all (see `samples`); what a
number is made of is asked of all cells (see `causes`). No Panel here.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import tem
from dashboard.edits import PANEL
from dashboard.samples import Where, drawn, scale_of, thinned_size, warmed
from data import GCMS, RCPS
from tem.parameters import FIELDS
from tem.sensitivity import USUAL, Bar, Span
from tem.summary import Measure, area_mean, measured
from tem.thin import standard_error

MOST = 16  # cells of each ecosystem that stand for all
MOST_WARMED = 4  # where heat and water run anew
SETS = 16  # of parameters, for shares of variance
TRIED = 11 + 1  # runs of `tem.threshold` at most, and one without change


def _unchanged(sky, measure, study):
    """Return the number of the Baseline [cell]."""
    yearly = tem.experiment(sky, runs=measure.runs, cancelled=study.stopped.is_set)
    return measured(yearly, measure)


# --- tornado -------------------------------------------------------------------------------------


class Bars(NamedTuple):
    """Both ends of every parameter so far, in the unit and size of the place."""

    bars: tuple[Bar, ...]
    value: float  # without change
    error: float  # of it, by thinning
    unit: str
    cells: int  # that were run
    stand_for: int


@dataclass(frozen=True)
class Tornado:
    """What each parameter, taken to both ends of its range, makes of a number."""

    where: Where
    measure: Measure
    change: float | str
    pace = "cells"

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that have such a range."""
        return tuple(n for n in PANEL if self.change != USUAL or FIELDS[n].about.usual)

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes, and of how many cells each."""
        return 2 * len(self.names) + 2, thinned_size(library, self.where, MOST)

    def answer(self, library, study) -> Bars:
        """Return all bars; *study* hears of each."""
        sample = drawn(library, self.where, self.measure, MOST)
        sky = sample.drivers(library, self.where.rcp)
        scale, unit = scale_of(library, self.where, self.measure)
        stand_for, bars = int(sky.stands_for.sum()), []

        plain = _unchanged(sky, self.measure, study)
        value, error = scale * area_mean(plain), scale * standard_error(plain, sky)

        def told():
            return Bars(tuple(bars), value, error, unit, sky.sizes["cell"], stand_for)

        def show(bar):
            ends = (bar.low, bar.high, bar.error_low, bar.error_high)
            low, high, error_low, error_high = (scale * end for end in ends)
            bars.append(Bar(bar.parameter, low, high, bar.edit_low, bar.edit_high,
                            error_low, error_high))  # fmt: skip
            study.show(told())

        study.show(told())
        tem.tornado(
            sky, self.measure, names=self.names, change=self.change, bar=show,
            progress=study.part(0, 1), cancelled=study.stopped.is_set,
        )  # fmt: skip
        return told()


# --- shares of variance --------------------------------------------------------------------------


class Variance(NamedTuple):
    """Where the spread of a number comes from."""

    shares: dict[str, float]  # by factor or interaction ("rcp × gcm"); none where nothing varies
    low: float
    high: float
    mean: float
    unit: str
    cells: int  # that were run in each climate
    stand_for: int


@dataclass(frozen=True)
class Shares:
    """The shares of scenarios, climate models and parameters in the spread of a number."""

    where: Where  # of its scenario only the cells are taken
    measure: Measure
    change: float | str
    sets: int = SETS
    pace = "cells"

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes, and of how many cells each."""
        cells = thinned_size(library, self.where, MOST, models=1)
        return self.sets * len(RCPS) * len(GCMS), cells

    def answer(self, library, study) -> Variance:
        """Return the shares; all climates must be there."""
        one = replace(self.where, gcms=self.where.gcms[:1])
        sample = drawn(library, one, self.measure, MOST)
        cells = sample.picks[0][1]
        area = {"cell_area": sample.area, "stands_for": sample.stands_for}
        skies = {
            key: climate.environment.isel(cell=cells).assign_coords(area)
            for key, climate in library.climates.items()
        }
        names = Tornado(self.where, self.measure, self.change).names
        sets = tem.variance.sample(self.sets, names, self.change)
        scale, unit = scale_of(library, self.where, self.measure)
        found = scale * tem.variance.outcomes(
            skies, sets, self.measure, progress=study.part(0, 1), cancelled=study.stopped.is_set
        )
        parts = tem.variance.shares(found).dropna("part")
        shares = dict(zip(parts.part.values.tolist(), parts.values.tolist(), strict=True))
        low, high, mean = (float(one) for one in (found.min(), found.max(), found.mean()))
        return Variance(shares, low, high, mean, unit, cells.size, int(sample.stands_for.sum()))


# --- threshold -----------------------------------------------------------------------------------


class Turning(NamedTuple):
    """Where a place turns from sink to source, or that it does not."""

    crossing: tem.threshold.Crossing  # outputs in the unit and size of the place
    error: float  # of the output without change, by thinning
    unit: str
    cells: int
    stand_for: int


@dataclass(frozen=True)
class Threshold:
    """The value of a parameter, or the warming, at which NEP changes its sign."""

    where: Where
    measure: Measure
    span: Span  # of a parameter; its name is "warming" for that

    @property
    def pace(self) -> str:
        """Which runs it takes, see `analyses`."""
        return "warming" if self.span.name == "warming" else "cells"

    @property
    def most(self) -> int:
        """How many cells of each ecosystem are run."""
        return MOST_WARMED if self.pace == "warming" else MOST

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes at most, and of how many cells each."""
        return TRIED, thinned_size(library, self.where, self.most)

    def answer(self, library, study) -> Turning:
        """Return the bracket."""
        sample = drawn(library, self.where, self.measure, self.most)
        hearing = {"progress": study.part(0, 1), "cancelled": study.stopped.is_set}
        low, high = self.span.low, self.span.high
        sky = sample.drivers(library, self.where.rcp)
        plain = _unchanged(sky, self.measure, study)
        if self.span.name == "warming":
            region, climate = warmed(library, sample, self.where.rcp)
            found = tem.threshold.of_warming(region, climate, low, high, self.measure, **hearing)
        else:
            found = tem.threshold.of_parameter(
                sky, self.span.name, low, high, self.measure, scales=self.span.scales, **hearing
            )
        scale, unit = scale_of(library, self.where, self.measure)
        error = scale * standard_error(plain, sky)
        found = found._replace(
            at_low=scale * found.at_low, at_high=scale * found.at_high,
            tried={value: scale * out for value, out in found.tried.items()},
        )  # fmt: skip
        return Turning(found, error, unit, sample.order.size, int(sample.stands_for.sum()))
