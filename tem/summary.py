"""From months and cells to sentences: differences, sums, regions, ensembles, budgets."""

import numpy as np
import xarray as xr

from tem.environment import REFERENCE_YEAR
from tem.schema import fields
from tem.variables import Yearly

DECLARED = {field.name: field for field in fields(Yearly)}


def is_flux(name: str) -> bool:
    """Return whether *name* is a quantity that is summed over time."""
    return DECLARED[name].about.over_time == "sum"


def difference(yearly: xr.Dataset) -> xr.Dataset:
    """Return S_T - S_R of every variable: the effect of thaw."""
    transient, reference = (yearly.sel(run=run, drop=True) for run in ("S_T", "S_R"))
    found = transient - reference
    for name in found:
        found[name].attrs = yearly[name].attrs | {
            "long_name": f"Effect of thaw on {yearly[name].attrs['long_name'].lower()}",
            "comment": "S_T minus S_R",
        }
    return found.assign_attrs(yearly.attrs)


def cumulative(yearly: xr.Dataset, since: int = REFERENCE_YEAR) -> xr.Dataset:
    """Return the running sum of every flux over the years after *since*; other variables go."""
    fluxes = yearly[[name for name in yearly if is_flux(name)]]
    summed = fluxes.where(fluxes.year > since, 0.0).cumsum("year").assign_coords(fluxes.coords)
    for name in summed:
        attrs = fluxes[name].attrs
        summed[name].attrs = attrs | {
            "units": attrs["units"].replace(" year-1", ""),
            "long_name": f"{attrs['long_name']}, summed since {since}",
        }
    return summed.assign_attrs(yearly.attrs)


def _weights(dataset: xr.Dataset, where) -> xr.DataArray:
    area = dataset.cell_area
    if where is None:
        return area
    chosen = xr.DataArray(np.asarray(where, bool), dims="cell")
    if chosen.sizes["cell"] != area.sizes["cell"]:
        raise ValueError(f"where has {chosen.size} cells; the data has {area.size}")
    if not chosen.any():
        raise ValueError("where selects no cell")
    return area.where(chosen, 0.0)


def regional_mean(dataset: xr.Dataset, where=None) -> xr.Dataset:
    """Return the area-weighted mean over the cells (those of the mask *where* [cell])."""
    weights = _weights(dataset, where)
    mean = dataset.weighted(weights.drop_vars(weights.coords)).mean("cell", keep_attrs=True)
    return mean.assign_attrs(dataset.attrs)


def regional_total(dataset: xr.Dataset, where=None) -> xr.Dataset:
    """Return totals over the cells: carbon stocks in Pg, fluxes in Tg a year, nitrogen in Tg.

    Quantities that are not amounts per area (such as depths) are left out.
    """
    weights = _weights(dataset, where)
    found = {}
    for name, array in dataset.items():
        units = array.attrs.get("units", "")
        if not units.startswith("g m-2"):
            continue
        nitrogen = DECLARED[name].unit.startswith("gN") if name in DECLARED else False
        small = units != "g m-2" or nitrogen
        scale, unit = (1e-12, "Tg") if small else (1e-15, "Pg")
        total = (array * weights).sum("cell") * scale
        total.attrs = array.attrs | {"units": units.replace("g m-2", unit)}
        found[name] = total
    return xr.Dataset(found, attrs=dataset.attrs).drop_vars(
        ("lat", "lon", "ecosystem", "cell_area"), errors="ignore"
    )


def ensemble(by_gcm) -> xr.Dataset:
    """Return Datasets of several GCMs (mapping of name to Dataset) on a new dimension `gcm`."""
    if not by_gcm:
        raise ValueError("an ensemble needs at least one GCM")
    names = list(by_gcm)
    joined = xr.concat(list(by_gcm.values()), "gcm", combine_attrs="drop_conflicts", join="exact")
    return joined.assign_coords(gcm=names)


def spread(dataset: xr.Dataset) -> tuple[xr.Dataset, xr.Dataset]:
    """Return mean and standard deviation (ddof 1) over the dimension `gcm`."""
    mean = dataset.mean("gcm", keep_attrs=True)
    return mean, dataset.std("gcm", ddof=1, keep_attrs=True)


def budget(yearly: xr.Dataset) -> xr.Dataset:
    """Return how far carbon and nitrogen are from closing, in g m-2 [run, cell].

    Checks the identities of the study over the years after 2020: what a pool gained must be
    what flowed in, less what flowed out, plus what thaw exposed.
    """
    later = yearly.sel(year=slice(REFERENCE_YEAR + 1, None)).sum("year")
    gained = yearly.isel(year=-1) - yearly.sel(year=REFERENCE_YEAR)
    checks = {
        "vegc": gained.vegc - (later.npp - later.ltrc),
        "soc": gained.soc - (gained.soc_pf + later.ltrc - later.rh),
        "vegn": gained.vegn - (later.vegnup - later.ltrn),
        "son": gained.son - (gained.son_pf + later.ltrn - later.netnmin),
        "availn": gained.availn - (gained.availn_pf + later.netnmin - later.vegnup),
    }
    return xr.Dataset(checks).reset_coords(drop=True)
