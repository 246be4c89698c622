"""What lies around the cells on a map: relief, outline and a few places, all from data tables."""

from functools import cache

import numpy as np
from contourpy import contour_generator

from dashboard.grid import BOX
from data.figures import table
from data.relief import elevation

HEIGHTS = (3000.0, 4000.0, 5000.0)  # m
PLACES = ("Lhasa", "Golmud", "Nagqu", "Madoi", "Shiquanhe")
SHORTEST = 24  # points of a contour line worth drawing
FINE = 0.125  # degrees between points of the relief


@cache
def _relief():
    west, east, south, north = BOX
    lon = np.arange(west, east + FINE, FINE)
    lat = np.arange(south, north + FINE, FINE)
    x, y = np.meshgrid(lon, lat)
    return lon, lat, elevation(y.ravel(), x.ravel()).reshape(x.shape)


@cache
def shade():
    """Return lon, lat and how dark the relief looks [lat, lon], 0 to 1, lit from the north-west."""
    lon, lat, height = _relief()
    north, east = np.gradient(height, FINE * 111_000.0)
    light = np.clip(0.5 + 12 * (east - north), 0, 1)
    return lon, lat, 1 - light


@cache
def contours():
    """Return the contour lines of the relief, each an array [point, (lon, lat)]."""
    lon, lat, height = _relief()
    lines = contour_generator(lon, lat, height)
    return [line for level in HEIGHTS for line in lines.lines(level) if len(line) > SHORTEST]


@cache
def outline():
    """Return the outline of the plateau, closed [point, (lon, lat)]."""
    corners = table("region_outline")[["lon", "lat"]].to_numpy(float)
    return np.vstack([corners, corners[:1]])


@cache
def places():
    """Return a few named stations as (lon, lat, name)."""
    named = table("stations").set_index("name")
    return [(float(named.lon[n]), float(named.lat[n]), n) for n in PLACES if n in named.index]
