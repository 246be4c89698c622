"""The door: Datasets are checked and settled into the one layout that kernels were compiled for.

Only here does the model look at names, units and coordinates.
"""

import numpy as np
import xarray as xr

from tem.parameters import kinds
from tem.schema import fields
from tem.variables import Drivers, Rest

UNITS = {
    "tas": "degC",
    "pr": "mm month-1",
    "rsds": "W m-2",
    "co2": "ppm",
    "elevation": "m",
    "silt": "percent",
    "clay": "percent",
    "rooting_depth": "m",
}
SPELLINGS = {
    "%": "percent",
    "1e-6": "ppm",
    "°C": "degC",
    "celsius": "degC",
    "mm/month": "mm month-1",
}
RANGES = {  # what can be true on land, to catch a wrong unit or a fill value
    "tas": (-80.0, 60.0),
    "pr": (0.0, 5000.0),
    "rsds": (0.0, 600.0),
    "co2": (100.0, 5000.0),
    "elevation": (-500.0, 9000.0),
    "silt": (0.0, 100.0),
    "clay": (0.0, 100.0),
    "rooting_depth": (0.01, 20.0),
}
PLACES = ("lat", "lon", "ecosystem", "cell_area")


def as_floats(array) -> np.ndarray:
    """Return *array* as float64 with time last, in C order and writable.

    Anything else would make Numba compile every kernel once more.
    """
    last = [d for d in ("time", "year") if d in array.dims]
    if last and array.dims[-1] != last[-1]:
        array = array.transpose(..., *last)
    return np.require(array.values, float, ["C", "W"])


def of_run(environment: xr.Dataset, run: str) -> xr.Dataset:
    """Return the *environment* of one run: S_R's own if it has one, else that of S_T."""
    if "run" not in environment.dims:
        return environment
    return environment.sel(run="S_R" if run == "S_R" else "S_T")


def numbers_of(environment: xr.Dataset, name: str) -> np.ndarray:
    """Return a variable of *environment* as kernels take it.

    Raises ValueError where it is missing or not a number.
    """
    if name not in environment.variables:
        raise ValueError(f"environment has no variable {name}; make it anew with tem.environment")
    values = as_floats(environment.variables[name])
    if not np.isfinite(values.sum()):  # a sum is quicker than a look at each
        wrong = ~np.isfinite(values)
        where = ", ".join(map(str, np.argwhere(wrong)[0]))
        raise ValueError(
            f"environment.{name} is {values[wrong][0]} at [{where}] ({int(wrong.sum())} such "
            "values); expected finite numbers"
        )
    return values


def drivers_of(environment: xr.Dataset, run: str) -> list[np.ndarray]:
    """Return the `Drivers` of one run, each [cell, month]."""
    chosen = of_run(environment, run)
    return [numbers_of(chosen, name) for name in Drivers._fields]


def side_by_side(drivers: list[np.ndarray], cells) -> np.ndarray:
    """Return some *cells* of the *drivers* as [month, Drivers, cell]: what a kernel reads."""
    block = np.empty((drivers[0].shape[1], len(drivers), len(cells)))
    for k, driver in enumerate(drivers):
        block[:, k] = driver[cells].T
    return block


def mean_year(months: np.ndarray) -> np.ndarray:
    """Return the mean year [12, Drivers, cell] of *months* [month, Drivers, cell]."""
    return months.reshape(-1, 12, *months.shape[1:]).mean(axis=0)


def rest_in(environment: xr.Dataset) -> np.ndarray:
    """Return the `Rest` [field, cell] that *environment* holds."""
    return np.stack([numbers_of(environment, name) for name in Rest._fields])


def _check(dataset: xr.Dataset, name: str, what: str) -> None:
    if name not in dataset:
        raise ValueError(f"{what} has no variable {name} ({UNITS[name]})")
    units = dataset[name].attrs.get("units", "")
    if SPELLINGS.get(units, units) != UNITS[name]:
        raise ValueError(f"{what}.{name} has units {units!r}; expected {UNITS[name]!r}")
    values = dataset[name].values
    low, high = RANGES[name]
    wrong = ~((values >= low) & (values <= high))  # also true where a value is not a number
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = ", ".join(f"{d}={i}" for d, i in zip(dataset[name].dims, where, strict=True))
        raise ValueError(
            f"{what}.{name} is {values[where]} {UNITS[name]} at {place}"
            f" ({int(wrong.sum())} such values); expected {low:g} to {high:g}"
        )


def check_region(region: xr.Dataset) -> None:
    """Raise ValueError unless *region* has every variable the model reads, in range."""
    missing = [name for name in PLACES if name not in region.coords]
    if missing:
        raise ValueError(f"region lacks the coordinates {', '.join(missing)}")
    if region.sizes.get("cell", 0) == 0:
        raise ValueError("region has no cells")
    for name in ("elevation", "silt", "clay", "rooting_depth"):
        _check(region, name, "region")
    fines = (region.silt + region.clay).values
    if (fines > 100.0).any():
        cell = int(np.argmax(fines))
        raise ValueError(f"region: silt + clay is {fines[cell]:g} percent at cell={cell}")
    kinds(region.ecosystem.values)


def check_climate(climate: xr.Dataset) -> None:
    """Raise ValueError unless *climate* has whole years of every variable, in range."""
    for dim in ("cell", "time", "year"):
        if dim not in climate.dims:
            raise ValueError(f"climate has no dimension {dim}; it has {list(climate.dims)}")
    for name in ("tas", "pr", "rsds", "co2"):
        _check(climate, name, "climate")
    months = climate.sizes["time"]
    if months == 0 or months % 12:
        raise ValueError(f"climate has {months} months; expected whole years")
    starts = climate.time.dt
    if int(starts.month[0]) != 1:
        raise ValueError(f"climate starts in month {int(starts.month[0])}; expected January")
    count = 12 * starts.year.values + starts.month.values
    gaps = np.flatnonzero(np.diff(count) != 1)
    if gaps.size:
        first = int(gaps[0])
        before, after = climate.time.dt.strftime("%Y-%m").values[first : first + 2]
        raise ValueError(
            f"climate.time: {after} comes after {before} at time={first + 1}; expected every month"
        )
    if climate.sizes["year"] != months // 12:
        raise ValueError(f"co2 has {climate.sizes['year']} years; the climate {months // 12}")


def check_same_cells(one: xr.Dataset, other: xr.Dataset, what: str, of: str = "region") -> None:
    """Raise ValueError unless *other* (a *what*) holds the cells of *one* in the same order."""
    if one.sizes["cell"] != other.sizes["cell"]:
        raise ValueError(f"{of} has {one.sizes['cell']} cells, {what} {other.sizes['cell']}")
    for name in ("lat", "lon"):
        if name in other.coords and not np.allclose(one[name], other[name], atol=1e-6):
            raise ValueError(f"{of} and {what} differ in {name}")


def years_of(climate: xr.Dataset) -> np.ndarray:
    """Return the calendar years of *climate* [year]."""
    return np.asarray(climate.time.dt.year.values[::12], np.int64)


def places(dataset: xr.Dataset) -> dict:
    """Return the coordinates that say where each cell lies."""
    return {name: dataset.variables[name] for name in PLACES}


# UDUNITS knows no gC: on disk the carbon is in the name, not in the unit.
def cf_units(unit: str) -> str:
    """Return a declared unit as CF writes it: `gC m-2` becomes `g m-2`."""
    return unit.replace("gC", "g").replace("gN", "g")


def attributes(unit: str, about) -> dict:
    """Return the CF attributes of a declared quantity, its own unit kept beside CF's."""
    found = {"units": cf_units(unit), "unit_as_modelled": unit, "long_name": about.label}
    found |= {"symbol": about.symbol, "kind": about.kind}
    found["cell_methods"] = f"area: mean time: {about.over_time}"
    return {key: value for key, value in found.items() if value}


def annotated(schema, block: np.ndarray, dims: tuple[str, ...], axis: int = -2) -> dict:
    """Name the fields of *block*, which lie along *axis*.

    Returns variables on *dims* (field taken out), with the attributes of their declaration.
    """
    values = np.moveaxis(block, axis, 0)
    return {
        name: (dims, np.ascontiguousarray(values[k]), attributes(unit, about))
        for k, (name, unit, about) in enumerate(fields(schema))
    }
