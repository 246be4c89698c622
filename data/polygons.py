"""Maps of others made of polygons, in any projection: how much of a cell they cover."""

from pathlib import Path

import geopandas
import numpy as np
import rasterio.features

from data.rasters import DEGREES, extent

ENDINGS = (".gpkg", ".shp", ".geojson", ".json", ".fgb")
PARTS = 20  # into which a cell is cut, each way, to see how much of it a polygon covers


def holds(path) -> bool:
    """Return whether a file holds polygons rather than pixels."""
    return Path(path).suffix.lower() in ENDINGS


def read(path, cells):
    """Return the polygons of a file around the cells, in degrees.

    Raises ValueError or FileNotFoundError that names the file.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        found = geopandas.read_file(path)
    except Exception as fault:  # pyogrio and GDAL have many of their own
        raise ValueError(f"{path}: cannot be read as polygons ({fault})") from fault
    if found.crs is None:
        raise ValueError(f"{path}: has no projection (CRS); expected one, such as {DEGREES}")
    found = found.to_crs(DEGREES)
    west, south, east, north = cells.bounds
    found = found.cx[west:east, south:north]
    found = found[found.geometry.type.isin(["Polygon", "MultiPolygon"])]
    if found.empty:
        raise ValueError(f"{path}: no polygon between {extent(cells)}")
    return found


def shares(found, numbers, count, cells):
    """Return how much of each cell polygons of each kind cover [kind, row, column].

    *numbers* [polygon]: its kind, from 0 to *count*; negative ones are left out. Where polygons
    overlap the last one counts.
    """
    shapes = [(one, k + 1) for one, k in zip(found.geometry, numbers, strict=True) if k >= 0]
    total = np.zeros((count, *cells.shape))
    if not shapes:
        return total
    for rows, part in cells.strips():
        fine = [PARTS * side for side in part.shape]
        drawn = rasterio.features.rasterize(
            shapes, out_shape=fine, transform=part.transform(PARTS), dtype="int32"
        )
        blocks = drawn.reshape(part.shape[0], PARTS, part.shape[1], PARTS)
        for k in range(count):
            total[k, rows] = (blocks == k + 1).mean(axis=(1, 3))[::-1]
    return total
