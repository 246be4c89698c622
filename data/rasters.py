"""Maps of others made of pixels, in any projection: their means over a grid of cells."""

from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyproj
import rasterio
import rasterio.warp
import rasterio.windows
from rasterio.transform import from_origin

from data import latlon
from data.files import opened

DEGREES = "EPSG:4326"
NETCDF = (".nc", ".nc4", ".cdf", ".netcdf")
STRIP = 1.0  # degrees of latitude worked on together: bounds the memory for a fine map
EVEN = 1e-3  # share of a step by which the lines of a raster may be uneven


class Cells(NamedTuple):
    """A grid of square cells, rows from south to north."""

    west: float
    south: float
    resolution: float
    shape: tuple[int, int]

    @property
    def lat(self):
        """Centres, degrees [row]."""
        return np.round(self.south + self.resolution * (np.arange(self.shape[0]) + 0.5), 6)

    @property
    def lon(self):
        """Centres, degrees [column]."""
        return np.round(self.west + self.resolution * (np.arange(self.shape[1]) + 0.5), 6)

    def strips(self):
        """Return slices of rows and the `Cells` in them."""
        size = max(1, round(STRIP / self.resolution))
        for start in range(0, self.shape[0], size):
            rows = slice(start, min(start + size, self.shape[0]))
            shape = (rows.stop - rows.start, self.shape[1])
            yield rows, self._replace(south=self.south + start * self.resolution, shape=shape)

    def transform(self, parts=1):
        """Return the affine map of the picture (first row north) with cells cut into *parts*."""
        north = self.south + self.resolution * self.shape[0]
        step = self.resolution / parts
        return from_origin(self.west, north, step, step)

    @property
    def bounds(self):
        """West, south, east, north."""
        rows, columns = self.shape
        return (
            self.west,
            self.south,
            self.west + columns * self.resolution,
            self.south + rows * self.resolution,
        )


def shares(paths, cells, fields, variable=None):
    """Return the means of *fields* over the cells, and how much of each cell the maps cover.

    Parameters
    ----------
    paths : files that hold pixels; tiles of one map
    cells : Cells
    fields : given pixels [y, x], NaN where the map is empty, returns [field, y, x]; a pixel that
        is NaN in a field counts as empty
    variable : name of the variable, for NetCDF files that hold several

    Returns
    -------
    Means [field, row, column], NaN where nothing is, and the shares 0 to 1 [row, column] of the
    cells that is not empty. Raises ValueError or FileNotFoundError that names the file.
    """
    total = covered = None
    for path in paths:
        with source(path, cells, variable) as raster:
            for rows, part in cells.strips():
                pixels, transform = _window(raster, part, path)
                if pixels is None:
                    continue
                values = np.asarray(fields(pixels), float)
                if total is None:
                    total = np.zeros((len(values), *cells.shape))
                    covered = np.zeros(cells.shape)
                there = ~np.isnan(values[0])
                stack = [*np.where(there, values, 0.0), there.astype(float)]
                means = [_averaged(one, transform, raster.crs, part) for one in stack]
                total[:, rows] += means[:-1]
                covered[rows] += means[-1]
    if total is None or not covered.any():
        raise ValueError(f"{paths[0]}: no data between {extent(cells)}")
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(covered > 0, total / covered, np.nan)
    return mean, np.clip(covered, 0, 1)


def extent(cells) -> str:
    """Return where the cells lie, in words."""
    west, south, east, north = cells.bounds
    return f"{south:g} and {north:g}° N, {west:g} and {east:g}° E"


def _averaged(field, transform, crs, part):
    """Return the mean of *field* [y, x] over each of the cells, rows from the south."""
    found = np.zeros(part.shape)
    rasterio.warp.reproject(
        field, found, src_transform=transform, src_crs=crs, dst_transform=part.transform(),
        dst_crs=DEGREES, resampling=rasterio.warp.Resampling.average,
    )  # fmt: skip
    return found[::-1]


def _window(raster, part, path):
    """Return the pixels around *part*, NaN where empty, also beyond the edge; and their place."""
    try:
        bounds = rasterio.warp.transform_bounds(DEGREES, raster.crs, *part.bounds)
    except rasterio.errors.CRSError as fault:
        raise ValueError(f"{path}: its projection cannot be used ({fault})") from fault
    wanted = rasterio.windows.from_bounds(*bounds, raster.transform)
    top, left = (int(np.floor(start)) - 1 for start in (wanted.row_off, wanted.col_off))
    size = [int(np.ceil(side)) + 3 for side in (wanted.height, wanted.width)]
    low = np.maximum([top, left], 0)
    high = np.minimum([top + size[0], left + size[1]], raster.shape)
    if (high <= low).any():
        return None, None
    window = rasterio.windows.Window.from_slices(*map(tuple, zip(low, high, strict=True)))
    try:
        inner = raster.read(1, window=window, masked=True)
    except rasterio.errors.RasterioIOError as fault:
        raise ValueError(f"{path}: truncated or damaged ({fault})") from fault
    pixels = np.full(size, np.nan)
    place = tuple(
        slice(a - start, b - start) for a, b, start in zip(low, high, (top, left), strict=True)
    )
    scaled = inner.astype(float) * raster.scales[0] + raster.offsets[0]
    pixels[place] = scaled.filled(np.nan)
    whole = rasterio.windows.Window(left, top, size[1], size[0])
    return pixels, rasterio.windows.transform(whole, raster.transform)


# --- files with pixels -------------------------------------------------------------------------


@contextmanager
def source(path, cells, variable=None):
    """Give a map of pixels as rasterio has them, whatever kind of file it is."""
    path = Path(path)
    if path.suffix.lower() in NETCDF:
        with _from_netcdf(path, cells, variable) as raster:
            yield raster
        return
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty; expected a raster")
    try:
        raster = rasterio.open(path)
    except rasterio.errors.RasterioIOError as fault:
        raise ValueError(f"{path}: cannot be read as a raster ({fault})") from fault
    with raster:
        if raster.crs is None:
            raise ValueError(f"{path}: has no projection (CRS); expected one, such as {DEGREES}")
        if raster.count > 1:
            raise ValueError(f"{path}: has {raster.count} bands; expected one")
        if raster.transform.b or raster.transform.d:
            raise ValueError(f"{path}: is rotated; expected a raster with north up")
        yield raster


@contextmanager
def _from_netcdf(path, cells, variable):
    with opened(path) as raw:
        file = raw.cf.guess_coord_axis()
        name = variable or only(file, path)
        if name not in file:
            raise ValueError(f"{path}: has no variable {name}; it has {', '.join(file.data_vars)}")
        array, transform, crs = _placed(file, file[name], cells, path)
        pixels = array.to_numpy().astype(float)
    with rasterio.MemoryFile() as memory:
        shape = {"height": pixels.shape[0], "width": pixels.shape[1], "count": 1}
        with memory.open(
            driver="GTiff", dtype="float64", nodata=np.nan, crs=crs, transform=transform, **shape
        ) as file:
            file.write(pixels, 1)
        with memory.open() as raster:
            yield raster


def only(file, path) -> str:
    """Return the one variable on a grid."""
    bounds = {name for names in file.cf.bounds.values() for name in names}
    grids = [name for name in file.data_vars if file[name].ndim > 1 and name not in bounds]
    if len(grids) == 1:
        return grids[0]
    there = ", ".join(map(str, grids)) or "none"
    raise ValueError(f"{path}: expected one variable on a grid, or its name; it has {there}")


def _placed(file, array, cells, path):
    """Return *array* [y, x] from the north, its affine map and projection."""
    array = array.squeeze(drop=True)
    mapping = array.attrs.get("grid_mapping") or array.encoding.get("grid_mapping")
    said = file[mapping].attrs if mapping in file.variables else {}
    if said.get("grid_mapping_name", "latitude_longitude") == "latitude_longitude":
        return _in_degrees(file, array, cells, path)
    axes = [array.cf.axes.get(axis, []) for axis in ("Y", "X")]
    if [len(names) for names in axes] != [1, 1] or array.ndim != 2:  # noqa: PLR2004 - a map
        raise ValueError(f"{path}: {array.name} lies on {array.dims}; expected a map on y and x")
    y, x = (names[0] for names in axes)
    array = array.transpose(y, x).sortby(y, ascending=False).sortby(x)
    return array, _affine(array[y], array[x], path), pyproj.CRS.from_cf(said)


def _in_degrees(file, array, cells, path):
    """Do as `_placed` for a map on latitude and longitude, cut to the cells."""
    array, axes = latlon.settled(file, array, path)
    if array.ndim > 2:  # noqa: PLR2004 - a map
        raise ValueError(f"{path}: {array.name} also lies on {array.dims[0]}; expected a map")
    y, x = array.dims
    array = array.assign_coords({y: axes.lat, x: axes.lon})
    west, south, east, north = cells.bounds
    rows = np.flatnonzero((axes.lat_edges[:, 1] > south) & (axes.lat_edges[:, 0] < north))
    columns = np.flatnonzero((axes.lon_edges[:, 1] > west) & (axes.lon_edges[:, 0] < east))
    if not (rows.size and columns.size):
        raise ValueError(f"{path}: {array.name} has no data between {extent(cells)}")
    rows, columns = _with_neighbour(rows, axes.lat), _with_neighbour(columns, axes.lon)
    array = array[rows[::-1], columns]
    return array, _affine(array[y], array[x], path), pyproj.CRS(DEGREES)


def _with_neighbour(lines, of):
    """Return *lines* and one more on either side where there is one: two tell a step."""
    return np.arange(max(lines[0] - 1, 0), min(lines[-1] + 2, of.size))


def _affine(y, x, path):
    """Return the affine map of a raster with its lines at *y*, falling, and *x*, rising."""
    steps = []
    for lines in (y, x):
        gaps = abs(np.diff(lines.to_numpy()))
        if not gaps.size or np.ptp(gaps) > EVEN * gaps.mean():
            raise ValueError(f"{path}: {lines.name} is not evenly spaced; expected a regular map")
        steps.append(float(gaps.mean()))
    return from_origin(float(x[0]) - steps[1] / 2, float(y[0]) + steps[0] / 2, steps[1], steps[0])
