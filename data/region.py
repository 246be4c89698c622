"""The embedded plateau: relief, permafrost land, ecosystems and soils at any resolution."""

import numpy as np
import xarray as xr

from data import normals
from data.ecosystems import ecosystem
from data.figures import PAPER
from data.mask import cells
from data.relief import elevation
from data.soil import rooting_depth, texture, texture_from_files

FINEST, COARSEST = 0.1, 0.5  # degrees: a grid of about 12 000 cells, and one of about 500

ATTRS = {
    "lat": {"standard_name": "latitude", "units": "degrees_north", "long_name": "Latitude"},
    "lon": {"standard_name": "longitude", "units": "degrees_east", "long_name": "Longitude"},
    "ecosystem": {
        "long_name": "Ecosystem",
        "source": "vegetation_rules.csv, vegetation_boundaries.csv, vegetation_areas.csv",
    },
    "cell_area": {
        "standard_name": "cell_area",
        "units": "m2",
        "long_name": "Permafrost land of the cell, lakes taken off",
        "source": "permafrost_rows.csv, lakes.csv",
    },
    "elevation": {
        "standard_name": "surface_altitude",
        "units": "m",
        "long_name": "Elevation",
        "source": "elevation_lattice_1deg.csv, elevation_points.csv",
    },
    "sand": {"units": "%", "long_name": "Sand in the soil", "source": "soil_facts.csv"},
    "silt": {"units": "%", "long_name": "Silt in the soil", "source": "soil_facts.csv"},
    "clay": {"units": "%", "long_name": "Clay in the soil", "source": "soil_facts.csv"},
    "rooting_depth": {
        "standard_name": "root_depth",
        "units": "m",
        "long_name": "Rooting depth",
        "source": "rooting.csv",
    },
}
GLOBAL_ATTRS = {
    "title": "Permafrost region of the Qinghai-Tibetan Plateau, rebuilt from published figures",
    "summary": "Relief, permafrost extent, ecosystems and soils reconstructed from the published "
    "figures in data/tables; no map of others is included",
    "source": "data/tables (each row there names its source)",
    "references": PAPER,
    "Conventions": "CF-1.11, ACDD-1.3",
}


def region(resolution=0.5, texture=None):
    """Return the permafrost region of the plateau.

    Parameters
    ----------
    resolution : float
        Width of the cells, degrees; their edges are its multiples.
    texture : tuple of path, optional
        HWSD files of sand and silt to average over the cells; see
        :func:`data.soil.texture_from_files`. Cells without data keep the embedded texture and
        are counted in the attribute ``texture_filled_cells``.

    Returns
    -------
    xarray.Dataset
        On ``cell``: coordinates ``lat``, ``lon``, ``ecosystem`` and ``cell_area`` (permafrost
        land, m2); ``elevation`` (m, mean over that land), ``sand``, ``silt``, ``clay`` (%) and
        ``rooting_depth`` (m).

    Raises
    ------
    FileNotFoundError, ValueError
        If the resolution or a texture file cannot be used.
    """
    resolution = _allowed(resolution)
    grid = cells(resolution)
    lat, lon = (np.round((number + 0.5) * resolution, 6) for number in (grid.row, grid.column))
    height = _mean_elevation(grid.pieces)
    rain = normals.precipitation(lat, lon).sum(axis=1)
    july = normals.temperature(lat, lon, height)[:, 6]
    kind = ecosystem(lat, lon, grid.land, rain, july)
    result = places(lat, lon, height, kind, grid.land)
    result.attrs["resolution"] = resolution
    return result if texture is None else _with_texture(result, texture)


def _allowed(resolution):
    if isinstance(resolution, (int, float)) and FINEST <= resolution <= COARSEST:
        return float(resolution)
    raise ValueError(
        f"resolution = {resolution!r}: expected a number of degrees "
        f"from {FINEST} (finest) to {COARSEST} (coarsest)"
    )


def places(lat, lon, height, kind, land):
    """Return the places as a region with embedded soils.

    Parameters
    ----------
    lat, lon, height, kind, land : ndarray
        Latitude and longitude (degrees), height (m), ecosystem and area (m2), shape (cell,).
    """
    rain = normals.precipitation(lat, lon).sum(axis=1)
    sand, silt, clay = texture(kind, rain)
    fields = {
        "elevation": height,
        "sand": sand,
        "silt": silt,
        "clay": clay,
        "rooting_depth": rooting_depth(kind, sand),
    }
    coords = {"lat": lat, "lon": lon, "ecosystem": kind, "cell_area": land}
    return xr.Dataset(
        {name: ("cell", value, ATTRS[name]) for name, value in fields.items()},
        {name: ("cell", value, ATTRS[name]) for name, value in coords.items()},
        GLOBAL_ATTRS,
    )


def _mean_elevation(pieces):
    """Return the mean height of the permafrost land of each cell, m, shape (cell,)."""
    height = elevation(pieces.lat, pieces.lon)
    return np.bincount(pieces.cell, pieces.area * height) / np.bincount(pieces.cell, pieces.area)


def _with_texture(place, paths):
    """Return the region with the texture of files where they have it."""
    resolution = place.attrs["resolution"]
    read = texture_from_files(paths, place.lat.to_numpy(), place.lon.to_numpy(), resolution)
    missing = np.isnan(read[0])
    for name, values in zip(("sand", "silt", "clay"), read, strict=True):
        place[name] = place[name].copy(data=np.where(missing, place[name], values))
        place[name].attrs["source"] = f"{paths[0]}, {paths[1]} (HWSD v1.2, topsoil)"
    depth = rooting_depth(place.ecosystem.to_numpy(), place.sand.to_numpy())
    place["rooting_depth"] = place.rooting_depth.copy(data=depth)
    return place.assign_attrs(texture_filled_cells=int(missing.sum()))
