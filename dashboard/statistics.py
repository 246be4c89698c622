"""Numbers of an area in one year: its means and totals, and those of every ecosystem."""

from typing import NamedTuple

import numpy as np

from dashboard.quantities import Quantity
from dashboard.results import CURVES, DECLARED, mean_sd
from dashboard.state import GROUPS
from data import YEARS

ROWS = (*CURVES, "soc_pf")  # what an area is described by
FLUXES, STOCKS = ("npp", "rh", "nep"), ("vegc", "soc")  # totals of the ecosystems
GAIN = Quantity("nep", "sum")


class Row(NamedTuple):
    """One variable of an area; means over its climate models."""

    name: str
    mean: float  # over the area, with thaw
    sd: float | None  # over its cells, of equal areas the same weight; of one cell there is none
    total: float  # with thaw; the mean again of what has no total
    total_sd: float | None  # over the climate models
    effect: float  # of thaw on the total
    effect_sd: float | None


class Share(NamedTuple):
    """Totals of the region or of an ecosystem, with thaw; each a mean and its SD over models."""

    name: str
    extent: float  # m2
    cells: int
    totals: dict  # by variable
    gain: tuple  # ΣΔNEP


def cells_of(selection):
    """Return the cells that curves and headline are about, in indices."""
    state, cells = selection.state, selection.cells()
    if state.cell is not None:
        return np.array([state.cell])
    return np.flatnonzero(selection.library.weights.member[state.group]) if cells is None else cells


def of_area(selection) -> list[Row]:
    """Return the statistics of the area looked at in the year chosen; none before results.

    They are of what the maps show, as are those of `of_ecosystems`.
    """
    results, cells = list(selection.shown().values()), cells_of(selection)
    at = selection.state.year - YEARS[0]
    weights = selection.library.weights
    return [_row(name, results, cells, at, weights) for name in (ROWS if results else ())]


def _row(name, results, cells, at, weights):
    fields = [one.values[name][:, at] for one in results]  # S_T and S_R [run, cell]
    area = weights.area[cells, 0]
    field = np.mean([runs[0, cells] for runs in fields], axis=0, dtype=float)
    mean = float(np.average(field, weights=area))
    sd = float(np.sqrt(np.average((field - mean) ** 2, weights=area))) if area.size > 1 else None
    totals = [weights.total(name, runs.astype(float), cells) for runs in fields]
    return Row(name, mean, sd, *_of_models([st for st, _ in totals]),
               *_of_models([st - sr for st, sr in totals]))  # fmt: skip


def of_ecosystems(selection) -> list[Share]:
    """Return the totals of the region and of its ecosystems in the year chosen."""
    results, weights = list(selection.shown().values()), selection.library.weights
    at = selection.state.year - YEARS[0]
    return [
        Share(
            name, weights.extent[group], int(weights.member[group].sum()),
            {v: _of_models([r.series(v, group)[0, at] for r in results]) for v in FLUXES + STOCKS},
            _of_models([r.gain(group)[at] for r in results]),
        )
        for group, name in enumerate(GROUPS)
        if results and weights.extent[group]
    ]  # fmt: skip


def _of_models(numbers):
    mean, sd = mean_sd(numbers)
    return float(mean), None if sd is None else float(sd)


def has_total(name) -> bool:
    """Return whether *name* is an amount per area, which adds up."""
    return DECLARED[name].unit.startswith(("gC", "gN"))
