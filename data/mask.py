"""Where there is permafrost land: cells, their share of permafrost, and the lakes taken off.

The extent is that of permafrost_rows.csv at every resolution, by exact overlap of cell and row,
so that a finer grid shows the same region and the same area. Rows are a quarter of a degree
high; the rule behind them (mean annual air temperature below -1.65 degC) holds on that scale.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from data.figures import table

EARTH_RADIUS = 6.371e6  # m
LAKES_AREA = 25e9  # m2 of lakes, small ones too, in the permafrost region (permafrost_rules.csv)
LAKE_POINTS = 1000  # equal pieces a lake is cut into to find the cells it lies in
LEAST_SHARE = 0.02  # of a cell; slivers of permafrost and cells drowned by a lake are left out
SUBCELL = 0.125  # degrees; cells are looked at in pieces no larger than this
COLUMNS = 100_000  # more than any grid has; makes one number of row and column
KM = 1e3
DEGREE = np.pi / 180


class Pieces(NamedTuple):
    """Parts of cells: number of the cell, centre (degrees) and permafrost area (m2)."""

    cell: np.ndarray
    lat: np.ndarray
    lon: np.ndarray
    area: np.ndarray


class Cells(NamedTuple):
    """Row and column on the global grid, permafrost land (m2) without lakes, and the parts."""

    row: np.ndarray
    column: np.ndarray
    land: np.ndarray
    pieces: Pieces


def area(south, north, west, east):
    """Return the area between parallels and meridians (degrees), m2, on the sphere."""
    band = np.sin(north * DEGREE) - np.sin(south * DEGREE)
    return EARTH_RADIUS**2 * (east - west) * DEGREE * band


def cells(resolution):
    """Return the cells with permafrost land at *resolution* (degrees)."""
    parts = int(np.ceil(resolution / SUBCELL - 1e-9))
    step = resolution / parts
    lat, lon, size = _pieces(step)
    rows = np.floor(lat / resolution).astype(int)
    columns = np.floor(lon / resolution).astype(int)
    keys, cell = np.unique(_key(rows, columns), return_inverse=True)
    gross = np.bincount(cell, size)
    land = (gross - _lakes(keys, resolution)) * (1 - _small_lake_share())
    row, column = np.divmod(keys, COLUMNS)
    south, west = row * resolution, column * resolution
    kept = land > LEAST_SHARE * area(south, south + resolution, west, west + resolution)
    number = np.cumsum(kept) - 1
    inside = kept[cell]
    pieces = Pieces(number[cell[inside]], lat[inside], lon[inside], size[inside])
    return Cells(row[kept], column[kept], land[kept], pieces)


def _key(row, column):
    return row * COLUMNS + column


def _pieces(step):
    """Return centres (degrees) and permafrost area (m2) of the pieces that have any."""
    rows = table("permafrost_rows")
    south = (rows.lat_center - rows.lat_half_width).to_numpy()[:, None]
    north = (rows.lat_center + rows.lat_half_width).to_numpy()[:, None]
    west, east = rows.lon_west.to_numpy()[:, None], rows.lon_east.to_numpy()[:, None]
    lat = np.arange(np.floor(south.min() / step), np.ceil(north.max() / step)) * step
    lon = np.arange(np.floor(west.min() / step), np.ceil(east.max() / step)) * step
    low, high = np.maximum(south, lat), np.minimum(north, lat + step)
    tall = np.where(high > low, np.sin(high * DEGREE) - np.sin(low * DEGREE), 0)
    wide = np.maximum(np.minimum(east, lon + step) - np.maximum(west, lon), 0) * DEGREE
    size = EARTH_RADIUS**2 * tall.T @ wide
    i, j = np.nonzero(size > 1)
    return lat[i] + step / 2, lon[j] + step / 2, size[i, j]


@cache
def _lake_pieces():
    """Return latitude, longitude and area (m2) of equal pieces of lake inside the region."""
    lakes = table("lakes")
    order = np.arange(LAKE_POINTS) + 0.5
    turn = order * np.pi * (3 - np.sqrt(5))  # the golden angle spreads points evenly on a disc
    out = np.sqrt(order / LAKE_POINTS)
    radius = lakes.equiv_radius_km.to_numpy()[:, None] * KM / (EARTH_RADIUS * DEGREE)
    lat = lakes.lat.to_numpy()[:, None] + radius * out * np.sin(turn)
    lon = lakes.lon.to_numpy()[:, None] + radius * out * np.cos(turn) / np.cos(lat * DEGREE)
    size = np.repeat(lakes.area_km2.to_numpy() * KM**2 / LAKE_POINTS, LAKE_POINTS)
    inside = _in_rows(lat.ravel(), lon.ravel())
    return lat.ravel()[inside], lon.ravel()[inside], size[inside]


def _in_rows(lat, lon):
    """Return whether each place lies in a row of the permafrost region."""
    rows = table("permafrost_rows")
    off = np.abs(np.subtract.outer(lat, rows.lat_center.to_numpy()))
    in_height = off <= rows.lat_half_width.to_numpy()
    west, east = rows.lon_west.to_numpy(), rows.lon_east.to_numpy()
    return (in_height & (lon[:, None] >= west) & (lon[:, None] <= east)).any(axis=1)


def _lakes(keys, resolution):
    """Return the area of the listed lakes in the cells *keys* (sorted), m2."""
    lat, lon, size = _lake_pieces()
    key = _key(np.floor(lat / resolution).astype(int), np.floor(lon / resolution).astype(int))
    return np.bincount(np.searchsorted(keys, key), size, minlength=len(keys))


@cache
def _small_lake_share():
    """Return the share of the rest that is under lakes too small for the list."""
    listed = _lake_pieces()[2].sum()
    return (LAKES_AREA - listed) / (_pieces(SUBCELL)[2].sum() - listed)
