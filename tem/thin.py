"""Fewer cells that stand for all: a quick look at a large region, with its error.

Cells of an ecosystem are put in order of what is of interest and cut into groups; of each one
is drawn, by its share of the area, and stands for the area of all. Whatever weighs cells by
their area then needs to know nothing of it. A draw is right on average and tells its error; the
middle of a group would be neither.
"""

import numpy as np
import xarray as xr


def thin(dataset: xr.Dataset, by, most: int, *, seed=0) -> xr.Dataset:
    """Return at most so many cells of each ecosystem, each standing for others like it.

    Parameters
    ----------
    dataset : region, climate or environment on `cell`
    by : what puts cells in order [cell]; best what is asked for, as the Baseline has it
    most : cells of each ecosystem that are kept, at least 1
    seed : the same seed draws the same cells

    Returns
    -------
    Dataset whose `cell_area` is that of all cells stood for; the coordinate `stands_for` counts
    them. Raises ValueError if *most* or the length of *by* makes no sense.
    """
    by = np.asarray(by, float)
    if by.shape != (dataset.sizes["cell"],):
        raise ValueError(f"by has shape {by.shape}; the data has {dataset.sizes['cell']} cells")
    if most < 1:
        raise ValueError(f"most = {most}; at least one cell of each ecosystem is needed")
    of = dataset.ecosystem.values
    groups = []
    for name in dict.fromkeys(of):
        cells = np.flatnonzero(of == name)
        cells = cells[np.argsort(by[cells], kind="stable")]
        groups += np.array_split(cells, min(most, cells.size))
    area, numbers = dataset.cell_area.values, np.random.default_rng(seed)
    drawn = [numbers.choice(group, p=area[group] / area[group].sum()) for group in groups]
    return dataset.isel(cell=drawn).assign_coords(
        cell_area=("cell", [area[group].sum() for group in groups], dataset.cell_area.attrs),
        stands_for=("cell", [group.size for group in groups]),
    )


def standard_error(values, thinned: xr.Dataset) -> float:
    """Return the error of the area mean of *values* [cell] that comes of thinning; 0 without.

    NaN where one cell stands for a whole ecosystem. Neighbouring groups are taken as two draws
    from one (collapsed strata), which counts what truly differs between them as error too: it
    rather overstates.
    """
    if "stands_for" not in thinned.coords:
        return 0.0
    area, of = thinned.cell_area.values, thinned.ecosystem.values
    share, spread = area / area.sum(), 0.0
    unseen = 1 - 1 / thinned.stands_for.values
    for name in dict.fromkeys(of):
        cells = np.flatnonzero(of == name)
        steps = np.diff(np.asarray(values, float)[cells])
        if unseen[cells].any():
            variance = np.mean(steps**2) / 2 if steps.size else np.nan
            spread += variance * np.sum(share[cells] ** 2 * unseen[cells])
    return float(np.sqrt(spread))
