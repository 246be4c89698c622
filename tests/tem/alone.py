"""One place by itself: the kernels that march many side by side, called with plain numbers."""

from typing import NamedTuple

import numpy as np

from tem import ecosystem, spinup
from tem.ecosystem import Sky, place_of_lanes
from tem.variables import Fluxes, Pools


class Exposed(NamedTuple):
    """What thaw added on 1 January, in g m-2."""

    soc: float
    son: float
    availn: float


def put(schema, lanes, values):
    for name, value in zip(schema._fields, values, strict=True):
        lanes[name][0] = value


def take(schema, lanes):
    return schema(*(float(lanes[name][0]) for name in schema._fields))


def placed(pools, sky=None, litter=(0.0, 0.0), deep=0.0):
    place, _ = place_of_lanes()
    put(Pools, place["pools"], pools)
    put(Pools, place["at"], pools)
    place["sky"]["beyond_roots"][0] = deep
    if sky is not None:
        put(Sky, place["sky"], sky)
    place["litter"]["c"][0], place["litter"]["n"][0] = litter
    return place


def flow(pools, sky, p, wider=1.0):
    """Return the month's Fluxes."""
    place = placed(pools, sky)
    ecosystem.flow(place, 1, wider, p)
    return take(Fluxes, place["flux"])


def settle(pools, flux, months):
    """Return the Pools after the fluxes have run for *months*."""
    place = placed(pools)
    put(Fluxes, place["flux"], flux)
    place["pace"]["step"][0] = months
    ecosystem.reach(place, 1, 1.0)
    return take(Pools, place["at"])


def live_month(pools, sky, p, wider=1.0):
    """Return the Pools after a month, and its Fluxes."""
    place = placed(pools, sky)
    ecosystem.live_month(place, 1, wider, p)
    return take(Pools, place["pools"]), take(Fluxes, place["year"])


def live_year(pools, deep, litter_c, litter_n, drivers, first, co2, co2_start, p):
    """Return the Pools after a year of *drivers* [Drivers, month], and its Fluxes."""
    place = placed(pools, litter=(litter_c, litter_n), deep=deep)
    months = np.ascontiguousarray(drivers.T[:, :, None])
    ecosystem.live_year(place, 1, months, first, co2, co2_start, p)
    return take(Pools, place["pools"]), take(Fluxes, place["year"])


def expose(pools, deep, alt, previous, rooting, p):
    """Return the Pools after thaw, the nitrogen beyond roots, and what was Exposed."""
    place = placed(pools, deep=deep)
    ecosystem.expose(place, 1, *(np.array([float(x)]) for x in (alt, previous, rooting)), p)
    after, gained = take(Pools, place["pools"]), take(Exposed, place["exposed"])
    return after, float(place["sky"]["beyond_roots"][0]), gained


def equilibrium(drivers, co2, p, near=None):
    """Return Pools at rest under a mean year [Drivers, 12], its litter C and N, the change left.

    *near*: parameters whose rest is where the search begins.
    """
    place, _ = place_of_lanes()
    months = np.ascontiguousarray(drivers.T[:, :, None])
    if near is not None:
        spinup.equilibrium(place, months, co2, near)
        near = spinup.rest_of(place, 1)
    (change,) = spinup.equilibrium(place, months, co2, p, near)
    litter = (float(place["litter"][name][0]) for name in ("c", "n"))
    return take(Pools, place["pools"]), *litter, float(change)
