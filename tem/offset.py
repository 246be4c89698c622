"""A climate made warmer, wetter or richer in carbon dioxide, everything else kept.

An offset is the same in every month and cell. It starts as a step after 2020, so that all runs
share their history, or holds at all times.
"""

from typing import Annotated as A
from typing import NamedTuple

import numpy as np
import xarray as xr

from tem.door import check_climate
from tem.environment import REFERENCE_YEAR
from tem.schema import About, build
from tem.units import kelvin, one, ppm

SINCE = ("spin-up", str(REFERENCE_YEAR))


def _added(label, low, high, symbol, stage="ground"):
    return About(label, low, high, symbol=symbol, stage=stage)


# fmt: off
class Offsets(NamedTuple):
    """What may be added to a climate."""

    warming:       A[kelvin, _added("Warming of the air, all months alike", -5, 10, "ΔT")] = 0.0
    precipitation: A[one,    _added("Precipitation, as a multiple", 0, 3, "×P")] = 1.0
    co2:           A[ppm,    _added("Carbon dioxide added", -250, 1500, "ΔCO₂", "ecosystem")] = 0.0
# fmt: on


def offset(climate, *, since=str(REFERENCE_YEAR), **values) -> xr.Dataset:
    """Return *climate* with offsets.

    Parameters
    ----------
    climate : Dataset as for `tem.environment`
    since : "2020" (from January 2021 on) or "spin-up" (at all times, also before 2006)
    values : any of the `Offsets`: warming (K), precipitation (factor), co2 (ppm)

    Returns
    -------
    Dataset with the same attributes. The attribute `offset` says in words what was added, and so
    does the `comment` of each variable that it changes; both pass into results.

    Raises ValueError for offsets outside their bounds or that take the climate out of its own.

    Notes
    -----
    An experiment spins up under the climate of 2006-2046. For an offset since 2020 give it the
    environment without offset as `past`, or its years before 2021 will differ from the Baseline.
    CO2 alone changes neither ground nor drivers: `environment.assign(co2=...)` will do. So does
    the old `ground` for precipitation since 2020, where no snowpack insulates it.
    """
    if str(since) not in SINCE:
        raise ValueError(f"since = {since!r}; choose one of {', '.join(SINCE)}")
    added = build(Offsets, values, "offset")
    check_climate(climate)
    late = {dim: _late(climate, dim, str(since)) for dim in ("time", "year")}
    new = {
        "tas": climate.tas + added.warming * late["time"],
        "pr": climate.pr * (1 + (added.precipitation - 1) * late["time"]),
        "co2": climate.co2 + added.co2 * late["year"],
    }
    words = dict(zip(new, _words(added), strict=True))
    changed = {
        name: array.astype(climate[name].dtype).assign_attrs(_noted(climate[name], words[name]))
        for name, array in new.items()
        if words[name]
    }
    result = climate.assign(changed)
    try:
        check_climate(result)
    except ValueError as fault:
        raise ValueError(f"offset: {fault}") from None
    said = ", ".join(filter(None, words.values()))
    when = "at all times" if str(since) == SINCE[0] else f"from {REFERENCE_YEAR + 1} on"
    return result.assign_attrs({"offset": f"{said}, {when}"} if said else {})


def _late(climate: xr.Dataset, dim: str, since: str) -> xr.DataArray:
    """Return 1 where the offset holds along *dim*, else 0."""
    years = climate.time.dt.year.values if dim == "time" else climate.year.values
    first = -np.inf if since == SINCE[0] else REFERENCE_YEAR + 1
    return xr.DataArray((years >= first).astype(float), dims=dim)


def _words(added: Offsets) -> tuple[str, str, str]:
    """Return what was added to temperature, precipitation and CO2, or nothing."""
    return (
        f"air {added.warming:+g} K" if added.warming else "",
        f"precipitation ×{added.precipitation:g}" if added.precipitation != 1 else "",
        f"CO2 {added.co2:+g} ppm" if added.co2 else "",
    )


def _noted(array: xr.DataArray, words: str) -> dict:
    before = array.attrs.get("comment", "")
    return array.attrs | {"comment": f"{before}; offset: {words}" if before else f"offset: {words}"}
