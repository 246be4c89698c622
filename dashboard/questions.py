"""Questions that take the model many runs: what is asked, and how it is answered.

From a question and the results of a `runs.Library` to numbers. A question is equal to another one
that has the same answer. No Panel here.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import xarray as xr

import tem
from dashboard import areas
from dashboard.edits import PANEL, parsed
from dashboard.results import DECLARED, Weights, joined
from dashboard.state import GROUPS
from data import GCMS, RCPS, YEARS
from tem import explain
from tem.environment import REFERENCE_YEAR
from tem.parameters import FIELDS
from tem.sensitivity import USUAL, Bar, Span
from tem.summary import THAW, Measure, area_mean, measured
from tem.thin import standard_error

MOST = 16  # cells of each ecosystem that stand for all
MOST_WARMED = 4  # where heat and water run anew
SETS = 16  # of parameters, for shares of variance
DECADE = 10
DRIVEN = 8  # sets of drivers in which `tem.explain.change` runs
TRIED = 11  # runs of `tem.threshold` at most
ROUND_OFF = 1e-12  # of the largest part
FLUXES = ("npp", "rh", "nep")  # that are explained


@dataclass(frozen=True)
class Where:
    """The climates and the cells that a question is about."""

    rcp: str
    gcms: tuple[str, ...]
    group: int  # of `GROUPS`
    cell: int | None
    area: tuple = ()  # corners (lon, lat) of a drawn one

    def cells(self, library) -> np.ndarray:
        """Return the cells, as indices of the region."""
        if self.cell is not None:
            return np.array([self.cell])
        found = np.flatnonzero(library.weights.member[self.group])
        if self.area:
            found = np.intersect1d(found, areas.within(self.area, *library.grid.centres))
        return found


class Sample(NamedTuple):
    """Cells of several climates that stand for all cells there; in the order of `tem.thin`."""

    picks: list  # (climate model, its cells), those that have any
    order: np.ndarray  # from the cells of one model after the other to those of `tem.thin`
    area: xr.Variable  # that they stand for
    stands_for: xr.Variable

    def joined(self, parts) -> xr.Dataset:
        """Return *parts*, a Dataset for each of the picks, as one."""
        return joined(parts).isel(cell=self.order).assign_coords(
            cell_area=self.area, stands_for=self.stands_for
        )  # fmt: skip

    def drivers(self, library, rcp) -> xr.Dataset:
        """Return what the climates permit there."""
        climates = [(library.climates[rcp, gcm].environment, cells) for gcm, cells in self.picks]
        return self.joined([environment.isel(cell=cells) for environment, cells in climates])


def drawn(library, where, measure, most) -> Sample:
    """Return at most so many cells of each ecosystem, all climate models together."""
    cells, models = where.cells(library), where.gcms
    by = [_baseline(library.climates[where.rcp, gcm].result, measure, cells) for gcm in models]
    places = library.region[["ecosystem", "cell_area"]].isel(cell=np.tile(cells, len(models)))
    thinned = tem.thin(
        places.assign(at=("cell", np.arange(places.sizes["cell"]))), np.concatenate(by), most
    )
    model, cell = np.divmod(thinned["at"].values, cells.size)
    rows = [np.flatnonzero(model == k) for k in range(len(models))]
    picks = [(gcm, cells[cell[row]]) for gcm, row in zip(models, rows, strict=True) if row.size]
    order = np.argsort(np.concatenate(rows), kind="stable")
    return Sample(picks, order, thinned.cell_area.variable, thinned.stands_for.variable)


def _baseline(result, measure, cells) -> np.ndarray:
    """Return what the Baseline has of *measure* [cell]."""
    years = slice(measure.first - YEARS[0], measure.last - YEARS[0] + 1)
    transient, reference = result.values[measure.variable][:, years][..., cells].mean(axis=1)
    return {"S_T": transient, "S_R": reference, THAW: transient - reference}[measure.run]


# --- explain this number -------------------------------------------------------------------------


class Parts(NamedTuple):
    """The parts of a change of NPP, RH and NEP; in each order they add up to it."""

    causes: tuple[str, ...]  # the last is the residual
    values: dict  # by variable [order, cause, column]
    columns: tuple[int, ...]  # of `GROUPS`, all that is asked for first; of a cell its own
    unit: str  # as declared
    gcms: tuple[str, ...]  # whose mean it is


@dataclass(frozen=True)
class Causes:
    """What a change of NEP is made of."""

    where: Where
    number: str  # of state's `explained`
    year: int
    edits: tuple[str, ...] = ()
    since: str = "spin-up"

    @property
    def years(self) -> tuple[int, int]:
        """The years whose mean (or sum) is explained."""
        if self.number == "change":
            return max(self.year - DECADE + 1, REFERENCE_YEAR + 1), self.year
        return (REFERENCE_YEAR + 1 if self.summed else self.year), self.year

    @property
    def summed(self) -> bool:
        """Whether the years are summed."""
        return "summed" in self.number

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes, and of how many cells each."""
        models, cells = len(self.where.gcms), self.where.cells(library).size
        if self.number in ("summed", "thaw"):
            return models, cells
        if self.number == "change":
            return DRIVEN * models, cells
        edited = {parsed(edit).name for edit in self.edits}
        return len(explain.subsets(edited)) * models, cells

    def answer(self, library, study) -> Parts:
        """Return the parts, the mean over the climate models; *study* hears of each."""
        cells, models = self.where.cells(library), self.where.gcms
        sums, found = None, None
        for k, gcm in enumerate(models):
            environment = library.climates[self.where.rcp, gcm].environment.isel(cell=cells)
            parts = self._explained(
                environment, progress=study.part(k, len(models)), cancelled=study.stopped.is_set
            )
            values, columns, unit = self._added_up(library, parts, cells)
            sums = values if k == 0 else {name: sums[name] + values[name] for name in FLUXES}
            means = {name: total / (k + 1) for name, total in sums.items()}
            found = Parts(tuple(parts.part.values.tolist()), means, columns, unit, models[: k + 1])
            study.show(found)
        return found

    def _explained(self, environment, **hearing) -> xr.Dataset:
        asked = {"years": self.years, "variables": FLUXES} | hearing
        if self.number in ("summed", "thaw"):
            return explain.thaw(environment, **asked)
        if self.number == "change":
            return explain.change(environment, **asked)
        run = THAW if self.summed else "S_T"
        return explain.what_if(environment, self.edits, run=run, since=self.since, **asked)

    def _added_up(self, library, parts, cells):
        """Return values [order, cause, column], their columns and their unit."""
        years = self.years[1] - self.years[0] + 1 if self.summed else 1
        if self.where.cell is not None:
            values = {name: years * parts[name].values for name in FLUXES}
            unit, columns = DECLARED["nep"].unit, (self.where.group,)
        else:
            weights = Weights(library.region.isel(cell=cells), GROUPS)
            some = [k for k in range(1, len(GROUPS)) if weights.extent[k] > 0]
            columns = (0, *some) if len(some) > 1 else (0,)
            values = {
                name: years * weights.totals(name, parts[name].values)[..., list(columns)]
                for name in FLUXES
            }
            unit = weights.unit("nep")
        values = {name: _without_noise(one) for name, one in values.items()}
        return values, columns, unit.replace(" year-1", "") if self.summed else unit


def _without_noise(values):
    """Return *values* with 0 where only the round-off of larger ones is left."""
    return np.where(np.abs(values) < ROUND_OFF * np.abs(values).max(), 0.0, values)


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

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that have such a range."""
        return tuple(n for n in PANEL if self.change != USUAL or FIELDS[n].about.usual)

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes, and of how many cells each."""
        return 2 * len(self.names) + 2, _thinned_size(library, self.where, MOST)

    def answer(self, library, study) -> Bars:
        """Return all bars; *study* hears of each."""
        sample = drawn(library, self.where, self.measure, MOST)
        sky = sample.drivers(library, self.where.rcp)
        scale, unit = _scale(library, self.where, self.measure)
        stand_for, bars = int(sky.stands_for.sum()), []

        plain = measured(
            tem.experiment(sky, runs=self.measure.runs, cancelled=study.stopped.is_set),
            self.measure,
        )
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

    shares: dict[str, float]  # by factor or interaction (such as "rcp × gcm")
    low: float
    high: float
    mean: float
    unit: str
    runs: int
    cells: int


@dataclass(frozen=True)
class Shares:
    """The shares of scenarios, climate models and parameters in the spread of a number."""

    where: Where  # of its scenario only the cells are taken
    measure: Measure
    change: float | str
    sets: int = SETS

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes, and of how many cells each."""
        cells = _thinned_size(library, self.where, MOST, models=1)
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
        scale, unit = _scale(library, self.where, self.measure)
        found = scale * tem.variance.outcomes(
            skies, sets, self.measure, progress=study.part(0, 1), cancelled=study.stopped.is_set
        )
        parts = tem.variance.shares(found)
        shares = dict(zip(parts.part.values.tolist(), parts.values.tolist(), strict=True))
        low, high, mean = (float(one) for one in (found.min(), found.max(), found.mean()))
        return Variance(shares, low, high, mean, unit, found.size, cells.size)


# --- threshold -----------------------------------------------------------------------------------


class Turning(NamedTuple):
    """Where a place turns from sink to source, or that it does not."""

    crossing: tem.threshold.Crossing  # outputs in the unit and size of the place
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
    def most(self) -> int:
        """How many cells of each ecosystem are run."""
        return MOST_WARMED if self.span.name == "warming" else MOST

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes at most, and of how many cells each."""
        return TRIED, _thinned_size(library, self.where, self.most)

    def answer(self, library, study) -> Turning:
        """Return the bracket."""
        sample = drawn(library, self.where, self.measure, self.most)
        hearing = {"progress": study.part(0, 1), "cancelled": study.stopped.is_set}
        low, high = self.span.low, self.span.high
        if self.span.name == "warming":
            region, sky = warmed(library, sample, self.where.rcp)
            found = tem.threshold.of_warming(region, sky, low, high, self.measure, **hearing)
        else:
            sky = sample.drivers(library, self.where.rcp)
            found = tem.threshold.of_parameter(
                sky, self.span.name, low, high, self.measure, scales=self.span.scales, **hearing
            )
        scale, unit = _scale(library, self.where, self.measure)
        found = found._replace(
            at_low=scale * found.at_low, at_high=scale * found.at_high,
            tried={value: scale * out for value, out in found.tried.items()},
        )  # fmt: skip
        return Turning(found, unit, sample.order.size, int(sample.stands_for.sum()))


def warmed(library, sample, rcp):
    """Return the region and the climate of a sample, for a warming to start from."""
    regions = [library.region.isel(cell=cells) for _, cells in sample.picks]
    skies = [library.sky(rcp, gcm, cells) for gcm, cells in sample.picks]
    return sample.joined(regions), sample.joined(skies)


def _thinned_size(library, where, most, models=None) -> int:
    """Return how many cells `drawn` returns."""
    kinds = library.region.ecosystem.values[where.cells(library)]
    counts = np.unique(kinds, return_counts=True)[1] * (models or len(where.gcms))
    return int(np.minimum(counts, most).sum())


def _scale(library, where, measure) -> tuple[float, str]:
    """Return the factor from an area mean to what is told of a place, and its unit."""
    weights, name = library.weights, measure.variable
    if where.cell is not None:
        factor, unit = 1.0, DECLARED[name].unit
    else:
        ones = np.ones(library.region.sizes["cell"])
        factor = float(weights.total(name, ones, where.cells(library)))
        unit = weights.unit(name)
    return factor, unit.replace(" year-1", "") if measure.over == "sum" else unit
