"""From months and cells to sentences: differences, sums, regions, ensembles, budgets."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from tem.environment import REFERENCE_YEAR
from tem.experiment import RUNS, WITHHELD
from tem.parameters import ECOSYSTEMS
from tem.schema import fields
from tem.variables import Yearly

DECLARED = {field.name: field for field in fields(Yearly)}
THAW = "thaw"  # stands for S_T - S_R where a run is asked for
OVER = ("mean", "sum")
CLOSED = 1e-9  # residual, as a share of what passes through, that counts as round-off


class Measure(NamedTuple):
    """One number to ask of a result: a variable of a run over the years from first to last."""

    variable: str
    run: str = "S_T"  # any of an experiment, or THAW
    first: int = REFERENCE_YEAR + 1
    last: int = 2099
    over: str = "mean"  # the years; or their sum, for fluxes

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs of `tem.experiment` that it needs."""
        return RUNS if self.run == THAW else (self.run,)

    def checked(self, within: xr.DataArray) -> "Measure":
        """Return itself; ValueError if there is no such number in the years *within*."""
        if self.variable not in DECLARED:
            raise ValueError(f"{self.variable} is no output; choose from {', '.join(DECLARED)}")
        if self.run not in (*RUNS, *WITHHELD, THAW):
            raise ValueError(f"run = {self.run!r}; choose from {', '.join((*RUNS, THAW))}")
        if self.over not in OVER or (self.over == "sum" and not is_flux(self.variable)):
            raise ValueError(
                f"{self.variable} has no {self.over} over years; only fluxes have sums"
            )
        start, end = int(within[0]), int(within[-1])
        if not start <= self.first <= self.last <= end:
            raise ValueError(f"years {self.first}-{self.last} do not lie within {start}-{end}")
        return self


def measured(yearly: xr.Dataset, measure: Measure) -> xr.DataArray:
    """Return *measure* in every cell of a result that has its runs [cell].

    Raises ValueError if there is no such number.
    """
    array = yearly[measure.checked(yearly.year).variable]
    array = array.sel(year=slice(measure.first, measure.last))
    of = [array.sel(run=run, drop=True) for run in measure.runs]
    found = of[0] - of[1] if measure.run == THAW else of[0]
    # in one layout: the last digit of a sum depends on how its terms lie in memory
    found = found.transpose(..., "year")
    found = found.copy(data=np.ascontiguousarray(found.values))
    found = found.mean("year") if measure.over == "mean" else found.sum("year")
    units = array.attrs["units"]
    if measure.over == "sum":
        units = units.replace(" year-1", "")
    return found.assign_attrs(array.attrs | {"units": units}).rename(measure.variable)


def measured_mean(yearly: xr.Dataset, measure: Measure) -> float:
    """Return the area-weighted mean of *measure* over the cells of a result."""
    return area_mean(measured(yearly, measure))


def area_mean(array: xr.DataArray) -> float:
    """Return the area-weighted mean of what every cell has [cell]."""
    return float(np.average(array.values, weights=array.cell_area.values))


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


def by_ecosystem(dataset: xr.Dataset) -> xr.Dataset:
    """Return `regional_total` for the cells of each ecosystem, on the dimension `ecosystem`."""
    of = dataset.ecosystem.values
    names = [name for name in ECOSYSTEMS if name in of]
    totals = [regional_total(dataset, of == name) for name in names]
    return xr.concat(totals, "ecosystem", combine_attrs="override").assign_coords(ecosystem=names)


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


def closure(yearly: xr.Dataset, environment: xr.Dataset) -> xr.Dataset:
    """Return how well carbon, nitrogen, water and heat close, for a budget light.

    Parameters
    ----------
    yearly : a result of `tem.experiment`, to the end of its years
    environment : what it was made from, with the same cells

    Returns
    -------
    Dataset on `budget` (carbon, nitrogen, water, heat): `residual` (1), the worst of all cells,
    as a share of what passed through: of carbon and nitrogen since 2020 what plants took up, of
    water a year's runoff and evapotranspiration, of heat a year's exchange; `cells`, how many
    exceed `CLOSED`. What is not a number counts as not closed.
    """
    gaps = budget(yearly)
    later = yearly.sel(year=slice(REFERENCE_YEAR + 1, None)).sum("year")
    carbon = _worst(gaps, ("vegc", "soc"), later.gpp)
    nitrogen = _worst(gaps, ("vegn", "son", "availn"), later.vegnup)
    passed = environment.eet + environment.runoff
    shares = {
        "carbon": carbon,
        "nitrogen": nitrogen,
        "water": abs(environment.water_residual) / passed.clip(min=1.0),
        "heat": abs(environment.heat_residual),
    }
    by_cell = [_in_cells(share) for share in shares.values()]
    residual = [float(np.max(share)) for share in by_cell]
    cells = [int((~(share <= CLOSED)).sum()) for share in by_cell]
    return xr.Dataset(
        {
            "residual": ("budget", residual, {"units": "1", "long_name": "Not accounted for"}),
            "cells": ("budget", cells, {"units": "1", "long_name": "Cells that do not close"}),
        },
        coords={"budget": list(shares)},
    )


def _worst(gaps: xr.Dataset, pools, passed: xr.DataArray) -> xr.DataArray:
    """Return the largest of the *gaps* of *pools* as a share of what *passed*, at least 1 g m-2."""
    return abs(gaps[list(pools)]).to_dataarray("pool").max("pool", skipna=False) / passed.clip(
        min=1.0
    )


def _in_cells(share: xr.DataArray) -> np.ndarray:
    """Return the largest *share* of each cell [cell]."""
    return share.max([dim for dim in share.dims if dim != "cell"], skipna=False).values
