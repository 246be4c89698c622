"""What one climate gives, as the small arrays that the page draws.

Sums agree with `tem.summary` (a test compares them); numpy here, for these are hot paths.
"""

from typing import NamedTuple

import numpy as np

from tem import summary
from tem.environment import REFERENCE_YEAR
from tem.experiment import RUNS
from tem.summary import DECLARED

SERIES = ("alt", "npp", "rh", "nep")  # drawn as curves
TOLD = ("soc_pf", "soc_pf_gross")  # told in words: exposed carbon, net and gains only


class Quantity(NamedTuple):
    """What a map shows: the effect of thaw on a variable, summed over the years or not."""

    variable: str
    summed: bool = False

    @property
    def symbol(self) -> str:
        """How it is written, such as ΔSOC."""
        return ("ΣΔ" if self.summed else "Δ") + DECLARED[self.variable].about.symbol

    @property
    def unit(self) -> str:
        """Its unit, as declared."""
        unit = DECLARED[self.variable].unit
        return unit.replace(" year-1", "") if self.summed else unit


MAPS = (Quantity("vegc"), Quantity("soc"), Quantity("nep", summed=True))


def unrested(yearly) -> int:
    """Return how many cells of an experiment did not come to rest before it began."""
    return int(yearly.attrs.get("cells_not_at_rest", 0))


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
        divisor, _ = self._scale(name)
        with np.errstate(invalid="ignore"):  # a group without cells has no mean
            return values @ self.area / divisor

    def unit(self, name) -> str:
        """Return the unit of `totals`."""
        return self._scale(name)[1]

    def _scale(self, name):
        unit = DECLARED[name].unit
        element = unit[:2] if unit[:2] in ("gC", "gN") else None
        if element is None:
            return self.extent, unit
        prefix = "T" if "year" in unit or element == "gN" else "P"
        amount = 1e12 if prefix == "T" else 1e15
        return amount, unit.replace(" m-2", "").replace("g", prefix + "g", 1)


class Result:
    """One climate's answer: cells for maps and taps, totals for the region's curves."""

    SERIES = SERIES

    def __init__(self, yearly, weights):
        runs = yearly.sel(run=list(RUNS))
        thaw = summary.difference(yearly[[q.variable for q in MAPS]])
        total = summary.cumulative(thaw)
        self.years = yearly.year.to_numpy()
        self.values = {
            name: runs[name].to_numpy() for name in (*SERIES, *TOLD)
        }  # [run, year, cell]
        self.maps = {
            q: (total if q.summed else thaw)[q.variable].to_numpy().astype(np.float32) for q in MAPS
        }
        self.totals = _totals(self.values, weights)

    @classmethod
    def nothing_yet(cls, like, cells):
        """Return a result of *cells* cells that are all missing, with the years of *like*."""
        new = object.__new__(cls)
        new.years = like.years

        def missing(array):
            return np.full((*array.shape[:-1], cells), np.nan, array.dtype)

        new.values = {name: missing(array) for name, array in like.values.items()}
        new.maps = {quantity: missing(array) for quantity, array in like.maps.items()}
        new.totals = {}
        return new

    def series(self, name, group, cell=None):
        """Return S_T and S_R [run, year] of a cell, or of a group of cells."""
        return self.values[name][..., cell] if cell is not None else self.totals[name][..., group]

    def gain(self, group, cell=None):
        """Return ΣΔNEP [year] since 2020: of a cell, or of a group of cells."""
        transient, reference = self.series("nep", group, cell)
        return np.where(self.years > REFERENCE_YEAR, transient - reference, 0.0).cumsum()

    def exposed(self, group, cell=None):
        """Return soil carbon exposed by thaw [TOLD, year]: net of refreezing, and gains only."""
        return np.array([self.series(name, group, cell)[0] for name in TOLD])


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
    new = object.__new__(Result)
    new.years = base.years
    new.values = {key: array.copy() for key, array in base.values.items()}
    new.maps = {key: array.copy() for key, array in base.maps.items()}
    for out, fresh in ((new.values, part.values), (new.maps, part.maps)):
        for key, array in out.items():
            alter(array, fresh[key])
    new.totals = _totals(new.values, weights)
    return new


def _totals(values, weights) -> dict:
    return {name: weights.totals(name, array) for name, array in values.items()}


def mean_sd(arrays):
    """Return mean and standard deviation (n - 1) over climate models; sd is None for one."""
    stack = np.stack(list(arrays))
    return stack.mean(axis=0), stack.std(axis=0, ddof=1) if len(stack) > 1 else None
