"""Results in the form of the CF conventions, and back.

The model's results have years and names on their axes (`year`, `run`, `gcm`, `rcp`). CF wants a
time with bounds, names beside their axes, and says which area and which map a number is of.
"""

import numpy as np
import xarray as xr

from data.figures import YEARS

DAYS = 365.0  # of a year: the model's months are those of a year without leap days
CALENDAR = "365_day"
LABELS = {  # axes whose places have names
    "run": "Run: in S_T thaw follows the climate, in S_R it stays as in 2020",
    "gcm": "Climate model after which the climate is reconstructed",
    "rcp": "Emission scenario",
    "curve": "Curve",
}
CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))  # of a cell, from its centre: east, north
TIME, BOUNDS, CORNER = "time", "bnds", "vertices"
EXTENT = {"lat", "lon"}
PLACES = ({"cell"}, EXTENT)  # dimensions: a list of cells, or a grid
CRS = {
    "grid_mapping_name": "latitude_longitude",
    "long_name": "Latitude and longitude on WGS 84",
    "semi_major_axis": 6378137.0,
    "inverse_flattening": 298.257223563,
    "longitude_of_prime_meridian": 0.0,
}


def conforming(dataset: xr.Dataset) -> xr.Dataset:
    """Return a result of the model in the form of CF-1.11; its numbers stay as they are.

    *dataset* may have the dimensions rcp, gcm, run, curve and year, and cell or lat and lon. With
    the attribute `resolution` (degrees) cells get their bounds.
    """
    found = _timed(_labelled(dataset))
    if "cell_area" in found.coords:
        found = found.reset_coords("cell_area")
        found.cell_area.attrs = found.cell_area.attrs | {
            "coverage_content_type": "auxiliaryInformation"
        }
    places = [dims for dims in PLACES if dims <= set(found.dims)]
    if not places or not found.variables.keys() >= EXTENT:
        return found
    for name in found.data_vars:
        if places[0] <= set(found[name].dims):
            area = {"cell_measures": "area: cell_area"} if "cell_area" in found else {}
            measured = {} if name == "cell_area" else area
            found[name].attrs = found[name].attrs | {"grid_mapping": "crs"} | measured
    if "resolution" in found.attrs:
        found = _bounded(found) if places[0] == EXTENT else _cornered(found)
    return found.assign(crs=((), np.int32(0), CRS))


def _labelled(dataset):
    """Return *dataset* with the names of places on an axis beside the axis."""
    found = dataset.copy()
    for dim in LABELS.keys() & dataset.indexes.keys():
        names = dataset[dim].to_numpy()
        found = found.drop_vars(dim)
        found = found.assign_coords({label(dim): (dim, names, {"long_name": LABELS[dim]})})
    return found


def label(dim: str) -> str:
    """Return what the names of the places on *dim* are called in a file."""
    return f"{dim}_name"


def time_axis(years) -> xr.Dataset:
    """Return the time of whole *years* as CF has it: the middle of each, with its bounds."""
    start = DAYS * (np.asarray(years, float) - YEARS[0])
    said = {
        "standard_name": "time", "long_name": "Middle of the year", "axis": "T",
        "units": f"days since {YEARS[0]}-01-01", "calendar": CALENDAR, "bounds": "time_bnds",
    }  # fmt: skip
    return xr.Dataset(
        {"time_bnds": ((TIME, BOUNDS), np.stack([start, start + DAYS], axis=-1))},
        {
            TIME: (TIME, start + DAYS / 2, said),
            "year": (TIME, np.asarray(years), {"long_name": "Year", "units": "1"}),
        },
    )


def _timed(dataset):
    """Return *dataset* with a time of CF in the place of its years."""
    if "year" not in dataset.indexes:
        return dataset
    years = dataset.year.to_numpy()
    found = dataset.drop_vars("year").rename_dims(year=TIME)
    for name in found.data_vars:
        found[name].attrs = found[name].attrs | _method(found[name].attrs)
    return found.merge(time_axis(years), combine_attrs="override", join="exact")


def _method(attrs) -> dict:
    """Return how a number of a year comes about: a rate a year is a mean, a stock that at its end.

    `time: sum` of months would ask for a unit without "year-1".
    """
    method = attrs.get("cell_methods", "").replace("time: point", "time: point (end of the year)")
    if "year-1" in attrs.get("units", ""):
        method = method.replace("time: sum", "time: mean")
    return {"cell_methods": method} if method else {}


def _bounded(found):
    """Return *found*, on a grid, with the bounds of its rows and columns."""
    half = float(found.attrs["resolution"]) / 2
    for name, axis in (("lat", "Y"), ("lon", "X")):
        centre = found[name].to_numpy()
        found[name].attrs = found[name].attrs | {"bounds": f"{name}_bnds", "axis": axis}
        ends = np.stack([centre - half, centre + half], axis=-1)
        found[f"{name}_bnds"] = ((name, BOUNDS), ends)
    return found


def _cornered(found):
    """Return *found* with the corners of its cells."""
    half = float(found.attrs["resolution"]) / 2
    for name, along in (("lon", 0), ("lat", 1)):
        centre = found[name].to_numpy()[:, None]
        found[name].attrs = found[name].attrs | {"bounds": f"{name}_bnds"}
        corners = centre + half * np.array(CORNERS, float)[:, along]
        found[f"{name}_bnds"] = (("cell", CORNER), corners)
    return found


def modelled(dataset: xr.Dataset) -> xr.Dataset:
    """Return what `conforming` made as it was: years and names on their axes."""
    found = dataset.drop_vars(
        ["crs", *(name for name in dataset.variables if str(name).endswith("_bnds"))],
        errors="ignore",
    )
    if TIME in found.dims:
        found = found.swap_dims({TIME: "year"}).drop_vars(TIME)
    for dim in LABELS.keys() & set(found.dims):
        if label(dim) in found.variables:
            found = found.rename_vars({label(dim): dim}).set_xindex(dim)
    return found.set_coords([name for name in ("cell_area",) if name in found])
