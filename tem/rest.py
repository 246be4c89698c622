"""The year at rest: what a place returns to, year after year, under its mean climate."""

import numpy as np
import xarray as xr
from numba import njit

from tem import parameters as declared
from tem.blocks import alike
from tem.door import annotated, as_floats, drivers_of, places, side_by_side
from tem.ecosystem import begin_year, live_month, place_of_lanes, set_sky
from tem.lanes import LANES
from tem.spinup import equilibrium
from tem.variables import Fluxes, Pools


@njit(nogil=True, cache=True, error_model="numpy")
def march(place, drivers, co2, p, fluxes, pools):
    """Fill *fluxes* [month, Fluxes, cell] and *pools* [month, Pools, cell] (at its end).

    *drivers* [12, Drivers, cell]; *co2* in ppm; *p* of the ecosystem.
    """
    n = drivers.shape[2]
    for m in range(12):
        begin_year(place, n, p)  # so that `year` sums up one month
        set_sky(place, n, drivers[m], co2, p)
        live_month(place, n, 1.0, p)
        year, held = place.year, place.pools
        for i in range(n):
            for k, value in enumerate(
                (
                    year.gpp[i], year.innpp[i], year.npp[i], year.ltrc[i], year.rh[i],
                    year.ltrn[i], year.netnmin[i], year.structural_uptake[i],
                    year.labile_uptake[i], year.resorption[i], year.mobilisation[i],
                )
            ):  # fmt: skip
                fluxes[m, k, i] = value
            for k, value in enumerate(
                (
                    held.vegc[i], held.vegns[i], held.vegnl[i],
                    held.soc[i], held.son[i], held.availn[i],
                )
            ):  # fmt: skip
                pools[m, k, i] = value


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
    drivers = drivers_of(environment, "S_T")
    types = declared.as_records(declared.settled(parameters))
    co2 = float(as_floats(environment.co2)[0])
    cells = environment.sizes["cell"]
    fluxes, pools = (np.empty((cells, len(one._fields), 12)) for one in (Fluxes, Pools))
    for ecosystem, block in alike(environment.ecosystem.values, LANES):
        found = [np.empty((12, len(one._fields), block.size)) for one in (Fluxes, Pools)]
        months = side_by_side(drivers, block)
        mean_year = months.reshape(-1, 12, *months.shape[1:]).mean(axis=0)
        p = types[declared.ECOSYSTEMS.index(ecosystem)]
        place, _ = place_of_lanes()
        equilibrium(place, mean_year, co2, p)
        march(place, mean_year, co2, p, *found)
        fluxes[block], pools[block] = (one.T for one in found)
    dims = ("cell", "month")
    return xr.Dataset(
        annotated(Fluxes, fluxes, dims) | annotated(Pools, pools, dims),
        coords=places(environment) | {"month": np.arange(1, 13)},
        attrs=environment.attrs,
    )
