"""Where a question is asked, and the cells that stand for all cells there. No Panel here."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr

import tem
from dashboard import areas
from dashboard.results import DECLARED, joined
from data import YEARS
from tem.summary import THAW


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


def warmed(library, sample, rcp):
    """Return the region and the climate of a sample, for a warming to start from."""
    regions = [library.region.isel(cell=cells) for _, cells in sample.picks]
    skies = [library.sky(rcp, gcm, cells) for gcm, cells in sample.picks]
    return sample.joined(regions), sample.joined(skies)


def thinned_size(library, where, most, models=None) -> int:
    """Return how many cells `drawn` returns."""
    kinds = library.region.ecosystem.values[where.cells(library)]
    counts = np.unique(kinds, return_counts=True)[1] * (models or len(where.gcms))
    return int(np.minimum(counts, most).sum())


def scale_of(library, where, measure) -> tuple[float, str]:
    """Return the factor from an area mean to what is told of a place, and its unit."""
    weights, name = library.weights, measure.variable
    if where.cell is not None:
        factor, unit = 1.0, DECLARED[name].unit
    else:
        ones = np.ones(library.region.sizes["cell"])
        factor = float(weights.total(name, ones, where.cells(library)))
        unit = weights.unit(name)
    return factor, unit.replace(" year-1", "") if measure.over == "sum" else unit
