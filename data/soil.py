"""Texture of the soil and the depth of the roots.

Embedded texture: half the default of the ecosystem, half the rule by annual precipitation (both
of soil_facts.csv, both assumed), so that classes differ and each still grades from wet to dry.
"""

from pathlib import Path

import numpy as np
import xarray as xr

from data.figures import table

# soil_facts.csv, texture rule: sand = 72 - 0.05 (P - 100), silt = 0.68 (100 - sand)
SAND_DRY, SAND_PER_MM, RAIN_DRY = 72.0, -0.05, 100.0
SAND_LIMITS = (44.0, 72.0)
SILT_OF_FINES = 0.68
FILES = ("T_SAND", "T_SILT")  # names of the variables in the HWSD files


def texture(ecosystem, rain):
    """Return sand, silt and clay, %, shape (3, cell), from class and annual *rain* (mm)."""
    facts = table("soil_facts")
    default = facts[facts.topic == "texture default"]
    default = default.astype({"value": float}).pivot_table(
        values="value", index="class_or_region", columns="quantity"
    )
    by_class = default.loc[ecosystem, ["sand", "silt"]].to_numpy().T
    sand = np.clip(SAND_DRY + SAND_PER_MM * (rain - RAIN_DRY), *SAND_LIMITS)
    by_rain = np.stack([sand, SILT_OF_FINES * (100 - sand)])
    sand, silt = (by_class + by_rain) / 2
    return np.stack([sand, silt, 100 - sand - silt])


def texture_from_files(paths, lat, lon, resolution):
    """Return sand, silt and clay, %, shape (3, cell), averaged from HWSD grids; nan where none.

    Parameters
    ----------
    paths : tuple of path
        NetCDF file with ``T_SAND`` and NetCDF file with ``T_SILT``, both in %, on ``lat``, ``lon``.
    lat, lon : ndarray
        Centres of the cells, degrees.
    resolution : float
        Width of the cells, degrees.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file is missing or unreadable, or the two hold no such variables on one grid.
    """
    if isinstance(paths, str | Path) or len(paths) != len(FILES):
        raise ValueError(f"texture = {paths!r}: expected a pair (sand file, silt file)")
    box = [slice(centre.min() - resolution, centre.max() + resolution) for centre in (lat, lon)]
    sand, silt = (_grid(path, name, *box) for path, name in zip(paths, FILES, strict=True))
    if not (sand.lat.equals(silt.lat) and sand.lon.equals(silt.lon)):
        raise ValueError(f"{paths[0]} and {paths[1]}: expected sand and silt on the same grid")
    known = (sand + silt > 0).to_numpy()  # HWSD writes 0 % of both on water, ice and rock
    here = _cell_numbers(lat, lon, resolution)
    there = _cell_numbers(sand.lat, sand.lon, resolution)
    mean = [_cell_means(grid.to_numpy(), known, there, here) for grid in (sand, silt)]
    if np.isnan(mean[0]).all():
        raise ValueError(f"{paths[0]} and {paths[1]}: no data in any cell; expected the plateau")
    return np.stack([*mean, 100 - mean[0] - mean[1]])


def rooting_depth(ecosystem, sand):
    """Return the depth of the roots, m, from the share of silt and clay. Source: rooting.csv."""
    by_class = table("rooting").set_index("ecosystem").loc[ecosystem]
    fine = 1 - sand / 100
    depth = by_class.a * fine**2 + by_class.b * fine + by_class.c
    return np.maximum(by_class.min_m, depth).to_numpy()


def _grid(path, name, lats, lons):
    """Return variable *name* of the file, cut to the box, latitude rising."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file; expected a NetCDF file with {name} in %")
    try:
        with xr.open_dataset(path) as file:
            return file[name].sortby("lat").sel(lat=lats, lon=lons).load()
    except (KeyError, OSError, ValueError) as reason:
        raise ValueError(
            f"{path}: expected a NetCDF file with variable {name} on coordinates lat and lon "
            f"({reason})"
        ) from reason


def _cell_numbers(lat, lon, resolution):
    """Return row and column on the global grid of each latitude and longitude."""
    return tuple(np.floor(np.asarray(x) / resolution + 1e-9).astype(int) for x in (lat, lon))


def _cell_means(values, known, there, here):
    """Return the mean of the *known* values that fall in each cell, nan where there are none.

    *there* are the numbers of the cells in which rows and columns of *values* lie, *here* those
    of the cells asked for. The file was cut a cell beyond them, so the box is wider by as much.
    """
    south, west = (number.min() - 1 for number in here)
    shape = [number.max() - number.min() + 3 for number in here]
    total, count = np.zeros(shape), np.zeros(shape)
    place = np.ix_(there[0] - south, there[1] - west)
    np.add.at(total, place, np.where(known, values, 0))
    np.add.at(count, place, known)
    with np.errstate(invalid="ignore"):
        return (total / count)[here[0] - south, here[1] - west]
