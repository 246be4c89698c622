"""Grids of others: regular latitude and longitude, either way round, and nothing else."""

from typing import NamedTuple

import numpy as np

CLOSE = 1e-4  # degrees by which rows of a 2-D coordinate may differ and still be one


class Axes(NamedTuple):
    """Lines of a grid in degrees, rising, longitude from -180; edges [line, 2] of its cells."""

    lat: np.ndarray
    lon: np.ndarray
    lat_edges: np.ndarray
    lon_edges: np.ndarray

    def name(self, row, column) -> str:
        """Return a place in words."""
        return f"lat {self.lat[row]:g}, lon {self.lon[column]:g}"

    def same(self, other) -> bool:
        """Return whether *other* is the same grid."""
        return all(
            one.shape == two.shape and np.allclose(one, two, atol=CLOSE)
            for one, two in zip(self, other, strict=True)
        )


def settled(file, array, path):
    """Return *array* on (..., lat, lon), both rising, and its `Axes`.

    Nothing is read but coordinates. Raises ValueError for coordinates that are missing or not
    finite, and for grids that are rotated, curvilinear or unstructured.
    """
    _refuse_mapped(file, array, path)
    lat, lon = (_coordinate(array, name, path) for name in ("latitude", "longitude"))
    _check(lat, path, 90.0)
    _check(lon, path, 360.0)
    array, lat, lon = _straight(array, lat, lon, path)
    dims = (lat.dims[0], lon.dims[0])
    east = (lon.to_numpy().astype(float) + 180) % 360 - 180
    rows, columns = np.argsort(lat.to_numpy()), np.argsort(east, kind="stable")
    columns = _single(east, columns, lon, path)
    _single(lat.to_numpy(), rows, lat, path)
    lats, lons = lat.to_numpy().astype(float)[rows], east[columns]
    shift = lons - lon.to_numpy().astype(float)[columns]
    axes = Axes(
        lats, lons, _edges(file, lat, lats, rows, 0 * lats), _edges(file, lon, lons, columns, shift)
    )
    array = array.isel({dims[0]: rows, dims[1]: columns}).transpose(..., *dims)
    return array, axes


def _refuse_mapped(file, array, path):
    mapping = array.attrs.get("grid_mapping") or array.encoding.get("grid_mapping")
    if mapping not in file.variables:
        return
    name = file[mapping].attrs.get("grid_mapping_name", "latitude_longitude")
    if name != "latitude_longitude":
        raise ValueError(
            f"{path}: {array.name} lies on a grid of the kind {name}; expected regular latitude "
            "and longitude (`cdo remapbil` makes one)"
        )


def _coordinate(array, kind, path):
    names = list(dict.fromkeys(array.cf.coordinates.get(kind, ())))
    names = [n for n in names if n in array.dims] or names
    if not names:
        there = ", ".join(map(str, array.coords)) or "none"
        raise ValueError(f"{path}: {array.name} has no coordinate of {kind}; it has {there}")
    if len(names) > 1:
        raise ValueError(f"{path}: {array.name} has {kind} more than once: {', '.join(names)}")
    return array[names[0]]


def _check(coordinate, path, most):
    """Raise ValueError where a coordinate is not finite or not on the globe."""
    values = coordinate.to_numpy()
    if values.dtype.kind not in "iuf":
        raise ValueError(f"{path}: {coordinate.name} holds {values.dtype}; expected degrees")
    wrong = ~(np.abs(values) <= most + CLOSE)  # also true where a value is not a number
    if wrong.any():
        at = ", ".join(map(str, np.argwhere(wrong)[0])) if values.ndim else "()"
        raise ValueError(
            f"{path}: {coordinate.name}[{at}] is {values[wrong][0]}; "
            f"expected degrees from {-most:g} to {most:g}"
        )


def _straight(array, lat, lon, path):
    """Return *array* with one dimension for each of *lat* and *lon*, and these on it."""
    if lat.ndim == lon.ndim == 0:  # one place
        array = array.expand_dims([lat.name, lon.name])
        return array, array[lat.name], array[lon.name]
    if lat.ndim == lon.ndim == 1:
        if lat.dims == lon.dims:
            raise ValueError(
                f"{path}: {array.name} lies on an unstructured grid ({lat.dims[0]}); expected "
                "regular latitude and longitude"
            )
        return array, lat, lon
    if lat.ndim == lon.ndim == 2 and lat.dims == lon.dims:  # noqa: PLR2004 - 2-D
        for along in (0, 1):
            rows = lat.dims[along], lat.dims[1 - along]
            if _constant(lat, rows[1]) and _constant(lon, rows[0]):
                lat, lon = lat.isel({rows[1]: 0}), lon.isel({rows[0]: 0})
                return array, lat, lon
    raise ValueError(
        f"{path}: {array.name} lies on a curvilinear grid: {lat.name} on {lat.dims}, {lon.name} on "
        f"{lon.dims}; expected regular latitude and longitude"
    )


def _constant(coordinate, dim) -> bool:
    return bool((abs(coordinate - coordinate.isel({dim: 0})) < CLOSE).all())


def _single(values, order, coordinate, path):
    """Return *order* without a line that closes the circle; ValueError where lines are double."""
    step = np.diff(values[order])
    double = np.flatnonzero(np.abs(step) < CLOSE / 10)
    raw = coordinate.to_numpy()
    closing = [k for k in double if abs(abs(raw[order[k]] - raw[order[k + 1]]) - 360) < CLOSE]
    if len(closing) < len(double):
        raise ValueError(f"{path}: {coordinate.name} has {values[order[double[0]]]:g} twice")
    return np.delete(order, np.array(closing, int) + 1)


def _edges(file, coordinate, values, order, shift):
    """Return both edges of each line, by its bounds if the file has them, else midway."""
    bounds = file.get(coordinate.attrs.get("bounds", ""))
    if bounds is not None and bounds.ndim == 2 and bounds.shape == (coordinate.size, 2):  # noqa: PLR2004
        edges = np.sort(bounds.to_numpy().astype(float)[order], axis=1) + shift[:, None]
        held = (edges[:, 0] - CLOSE <= values) & (values <= edges[:, 1] + CLOSE)
        if np.isfinite(edges).all() and held.all() and (np.diff(edges, axis=1) > 0).all():
            return edges
    if values.size == 1:
        return np.column_stack([values, values])
    half = np.diff(values) / 2
    low = values - np.concatenate([half[:1], half])
    high = values + np.concatenate([half, half[-1:]])
    return np.column_stack([low, high])
