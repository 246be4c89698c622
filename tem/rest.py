"""The year at rest: what a place returns to, year after year, under its mean climate."""

import numpy as np
import xarray as xr
from numba import njit

from tem import parameters as declared
from tem import soil
from tem.door import annotated, as_floats, drivers_of, places
from tem.ecosystem import live_month, month_of
from tem.spinup import equilibrium
from tem.variables import Fluxes, Pools


@njit(nogil=True, cache=True, error_model="numpy")
def march(drivers, co2, kinds, types, fluxes, pools_out):
    """Fill *fluxes* [cell, Fluxes, 12] and *pools_out* [cell, Pools, 12] (at each month's end).

    *drivers* [cell, Drivers, 12]; *co2* in ppm; *types* are records by ecosystem.
    """
    for c in range(drivers.shape[0]):
        p = types[kinds[c]]
        pools, litter_c, litter_n, _ = equilibrium(drivers[c], co2, p)
        rate = soil.decomposition_rate(rate=p.kd, litter_c=litter_c, litter_n=litter_n, cn=p.lcclnc)
        for m in range(12):
            month = month_of(
                drivers=drivers[c], m=m, rate=rate, co2=co2, wider=1.0, beyond_roots=0.0, p=p
            )
            pools, flux = live_month(pools, month, p)
            for k, value in enumerate(flux):
                fluxes[c, k, m] = value
            for k, value in enumerate(pools):
                pools_out[c, k, m] = value


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
    mean_year = np.ascontiguousarray(drivers.reshape(*drivers.shape[:2], -1, 12).mean(axis=2))
    kinds = declared.kinds(environment.ecosystem.values)
    types = declared.as_records(declared.settled(parameters))
    co2 = float(as_floats(environment.co2)[0])
    fluxes = np.empty((kinds.size, len(Fluxes._fields), 12))
    pools = np.empty((kinds.size, len(Pools._fields), 12))
    march(mean_year, co2, kinds, types, fluxes, pools)
    months = ("cell", "month")
    return xr.Dataset(
        annotated(Fluxes, fluxes, months) | annotated(Pools, pools, months),
        coords=places(environment) | {"month": np.arange(1, 13)},
        attrs=environment.attrs,
    )
