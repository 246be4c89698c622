"""The year at rest: what a place returns to, year after year, under its mean climate."""

import numpy as np
import xarray as xr
from numba import njit

from tem import parameters as declared
from tem.blocks import alike, in_blocks
from tem.door import (
    annotated,
    as_floats,
    drivers_of,
    mean_year,
    places,
    rest_in,
    side_by_side,
)
from tem.ecosystem import begin_year, live_month, place_of_lanes, set_sky
from tem.lanes import LANES
from tem.spinup import equilibrium, rest_of
from tem.variables import Fluxes, Pools, Rest


@njit(nogil=True, cache=True, error_model="numpy")
def _live_month(place, n, drivers, co2, p):
    """Let *place* live through the month of *drivers* [Drivers, cell], summed up in `year`."""
    begin_year(place, n, p)
    set_sky(place, n, drivers, co2, p)
    live_month(place, n, 1.0, p)


def _held(schema, lanes, n) -> np.ndarray:
    """Return what *lanes* hold of a schema's quantities [cell, quantity]."""
    return np.stack([lanes[name][:n] for name in schema._fields], axis=1)


def rest(drivers, ecosystems, co2: float, *, cancelled=None, workers=None) -> np.ndarray:
    """Return the `Rest` [field, cell] of cells under their mean year and the default parameters.

    *drivers*: `Drivers`, each [cell, month] of whole years; *ecosystems* [cell]; *co2* in ppm;
    *cancelled*, *workers* as for `tem.experiment`.
    """
    types = declared.default_records()
    found = np.empty((len(Rest._fields), len(ecosystems)))
    blocks = alike(ecosystems, LANES)

    def work(one_block):
        for ecosystem, cells in blocks[one_block]:
            place, _ = place_of_lanes()
            p = types[declared.ECOSYSTEMS.index(ecosystem)]
            equilibrium(place, mean_year(side_by_side(drivers, cells)), co2, p)
            found[:, cells] = rest_of(place, cells.size)

    in_blocks(work, len(blocks), 1, None, cancelled, workers)
    return found


def at_rest(environment, parameters=None) -> xr.Dataset:
    """Return the year at rest under the mean year of *environment*, without thaw.

    Parameters
    ----------
    environment : what `tem.environment` returned; its first year's CO2 holds
    parameters : None, mapping of ecosystem to Parameters, Parameters, or edits as strings

    Returns
    -------
    Dataset of the `Fluxes` (g m-2 month-1) and `Pools` (g m-2, at the end of the month) on
    (cell, month). Raises ValueError for parameters it cannot use.
    """
    drivers, near = drivers_of(environment, "S_T"), rest_in(environment)
    types = declared.as_records(declared.settled(parameters))
    co2 = float(as_floats(environment.co2)[0])
    cells = environment.sizes["cell"]
    fluxes, pools = (np.empty((cells, len(one._fields), 12)) for one in (Fluxes, Pools))
    for ecosystem, block in alike(environment.ecosystem.values, LANES):
        usual = mean_year(side_by_side(drivers, block))
        p = types[declared.ECOSYSTEMS.index(ecosystem)]
        place, _ = place_of_lanes()
        equilibrium(place, usual, co2, p, near[:, block])
        for m in range(12):
            _live_month(place, block.size, usual[m], co2, p)
            fluxes[block, :, m] = _held(Fluxes, place["year"], block.size)
            pools[block, :, m] = _held(Pools, place["pools"], block.size)
    dims = ("cell", "month")
    return xr.Dataset(
        annotated(Fluxes, fluxes, dims) | annotated(Pools, pools, dims),
        coords=places(environment) | {"month": np.arange(1, 13)},
        attrs=environment.attrs,
    )
