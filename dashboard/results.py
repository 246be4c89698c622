"""What one climate gives, as the small arrays that the page draws.

Sums agree with `tem.summary` (a test compares them); numpy here, for these are hot paths.
"""

import numpy as np
import xarray as xr

from dashboard.changes import ROOM
from dashboard.quantities import MAPS, summed
from tem.columns import EDGES, TEN_M
from tem.experiment import RUNS
from tem.summary import DECLARED

SERIES = ("alt", "npp", "rh", "nep")  # drawn as curves at first
SETS = {  # what is drawn as curves together
    "fluxes": SERIES,
    "pools": ("vegc", "soc", "vegn", "son"),
    "nitrogen": ("vegnup", "netnmin", "availn", "ltrn"),
}
CURVES = tuple(name for names in SETS.values() for name in names)
SAVED = tuple(f"saved_{k}" for k in range(ROOM))  # columns of saved what-ifs beside them
TOLD = ("soc_pf", "soc_pf_gross")  # told in words: exposed carbon, net and gains only
DEEPEST = float(EDGES[TEN_M])  # m, to which thaw is counted
AT_LIMIT = DEEPEST - 0.005  # m, from which on an active layer has reached it
PRECISE = {*SERIES, *TOLD, *(one.variable for one in MAPS)}  # kept in double precision


def unrested(yearly) -> int:
    """Return how many cells of an experiment did not come to rest before it began."""
    return int(yearly.attrs.get("cells_not_at_rest", 0))


def both_runs(yearly, name) -> np.ndarray:
    """Return a variable of an experiment in S_T and S_R [run, ...]."""
    return yearly[name].to_numpy()[[list(yearly.run.values).index(run) for run in RUNS]]


class Weights:
    """How cells add up to the region and to each ecosystem."""

    def __init__(self, region, groups):
        kind = region.ecosystem.to_numpy()
        member = np.array([np.ones(kind.size, bool), *(kind == name for name in groups[1:])])
        self.groups = tuple(groups)
        self.member = member  # [group, cell]
        self.area = (member * region.cell_area.to_numpy()).T  # m2 [cell, group]
        self.extent = self.area.sum(axis=0)

    def totals(self, name, values):
        """Return *values* [..., cell] over each group: totals of amounts, means of the rest."""
        amount, _ = self._scale(name)
        with np.errstate(invalid="ignore"):  # a group without cells has no mean
            return _added(values, self.area) / (amount or self.extent)

    def total(self, name, values, cells):
        """Return *values* [..., cell] over *cells* [index], as `totals` has them for a group."""
        amount, _ = self._scale(name)
        area = self.area[cells, :1]
        return _added(values[..., cells], area)[..., 0] / (amount or area.sum())

    def unit(self, name) -> str:
        """Return the unit of `totals`."""
        return self._scale(name)[1]

    def _scale(self, name):
        unit = DECLARED[name].unit
        element = unit[:2] if unit[:2] in ("gC", "gN") else None
        if element is None:
            return None, unit
        prefix = "T" if "year" in unit or element == "gN" else "P"
        amount = 1e12 if prefix == "T" else 1e15
        return amount, unit.replace(" m-2", "").replace("g", prefix + "g", 1)


def _added(values, area):
    """Return *values* [..., cell] times *area* [cell, group], added up over cells.

    By einsum in one layout: the last digit of a product by BLAS depends on how *values* lie in
    memory and on its threads, and what is equal would differ by round-off.
    """
    return np.einsum("...c,cg->...g", np.ascontiguousarray(values), area)


class Result:
    """One climate's answer: cells for maps and taps, totals for the region's curves."""

    def __init__(self, yearly, weights):
        self.years = yearly.year.to_numpy()
        self.values = {
            name: both_runs(yearly, name).astype(_kept_as(name), copy=False) for name in DECLARED
        }  # [run, year, cell]
        self._weights, self._totals = weights, {}

    @classmethod
    def nothing_yet(cls, like, weights):
        """Return a result in which every cell is missing, with the years of *like*."""
        cells = weights.member.shape[1]
        missing = {
            name: np.full((*array.shape[:-1], cells), np.nan, array.dtype)
            for name, array in like.values.items()
        }
        return cls.of(missing, like.years, weights)

    @classmethod
    def of(cls, values, years, weights):
        """Return the result that has these *values* [run, year, cell] by variable."""
        new = object.__new__(cls)
        new.values, new.years = values, years
        new._weights, new._totals = weights, {}
        return new

    def frames(self, quantity):
        """Return *quantity* of every cell [year, cell]."""
        return quantity.of(self.values[quantity.variable], self.years)

    def series(self, name, group, cell=None, cells=None):
        """Return S_T and S_R [run, year] of a cell, or of *cells* [index], or of a group."""
        if cell is not None:
            return self.values[name][..., cell]
        if cells is not None:
            return self._weights.total(name, self.values[name], cells)
        return self.totals(name)[..., group]

    def totals(self, name):
        """Return S_T and S_R [run, year, group] of all groups."""
        if name not in self._totals:
            self._totals[name] = self._weights.totals(name, self.values[name])
        return self._totals[name]

    def gain(self, *where, **what):
        """Return ΣΔNEP [year] since 2020; of which cells, as for `series`."""
        transient, reference = self.series("nep", *where, **what)
        return summed(transient - reference, self.years)

    def exposed(self, *where, **what):
        """Return soil carbon exposed by thaw [TOLD, year]: net of refreezing, and gains only.

        Of which cells, as for `series`.
        """
        return np.array([self.series(name, *where, **what)[0] for name in TOLD])


def less(one: Result, other: Result) -> Result:
    """Return *one* − *other*: sums and effects of thaw are then differences as well."""
    values = {name: array - other.values[name] for name, array in one.values.items()}
    return Result.of(values, one.years, one._weights)  # noqa: SLF001 - of its own kind


def spliced(base: Result, part: Result, cells, weights) -> Result:
    """Return *base* with *cells* replaced by *part*: cells do not know of one another."""

    def replace(array, fresh):
        array[..., cells] = fresh

    return _altered(base, part, weights, replace)


def followed(base: Result, part: Result, few, cells, follows, weights) -> Result:
    """Return *base* with *few* cells replaced by *part*, and others changed by as much as they.

    Each of *cells* changes by as much as that one of *few* whose index is in *follows* [cell].
    """

    def follow(array, fresh):
        array[..., cells] += (fresh - array[..., few])[..., follows]
        array[..., few] = fresh

    return _altered(base, part, weights, follow)


def _altered(base, part, weights, alter) -> Result:
    """Return a copy of *base* whose arrays *alter*(array, that of *part*) has changed."""
    values = {key: array.copy() for key, array in base.values.items()}
    for key, array in values.items():
        alter(array, part.values[key])
    return Result.of(values, base.years, weights)


def _kept_as(name):
    return np.float64 if name in PRECISE else np.float32


def joined(parts) -> xr.Dataset:
    """Return Datasets that differ in their cells alone as one, cell after cell."""
    return parts[0] if len(parts) == 1 else xr.concat(
        parts, "cell", data_vars="minimal", coords="minimal", compat="override",
        combine_attrs="override", join="override",
    )  # fmt: skip


def mean_sd(arrays):
    """Return mean and standard deviation (n - 1) over climate models; sd is None for one."""
    stack = np.stack(list(arrays))
    return stack.mean(axis=0), stack.std(axis=0, ddof=1) if len(stack) > 1 else None
