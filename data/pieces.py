"""One file of a climate: what it holds of a variable in a box, checked value by value."""

from typing import NamedTuple

import numpy as np

from data import calendars, latlon, limits, units
from data.calendars import MONTHLY
from data.files import opened, variable

STANDARD_NAMES = {
    "tas": ("air_temperature",),
    "tasmin": (),  # CF calls them air_temperature too
    "tasmax": (),
    "pr": ("precipitation_flux", "lwe_precipitation_rate", "precipitation_amount",
           "lwe_thickness_of_precipitation_amount"),
    "rsds": ("surface_downwelling_shortwave_flux_in_air",),
}  # fmt: skip
LIKE = {"tasmin": "tas", "tasmax": "tas"}  # the variable of the model that has their units


class Box(NamedTuple):
    """What is wanted of the globe, degrees."""

    west: float
    east: float
    south: float
    north: float


class Part(NamedTuple):
    """What one file holds of a variable, in the units wanted (rates: per day)."""

    path: str
    values: np.ndarray  # [step, lat, lon]
    at: calendars.Steps
    axes: latlon.Axes
    conversion: units.Conversion
    doubt: str  # whether it is the right variable, or nothing


def part(path, name, box, called=None) -> Part:
    """Return what a file holds of *name* in *box*, checked value by value.

    *called*: the name of the variable in the file, where it is known.
    """
    with opened(path) as raw:
        file = raw.cf.guess_coord_axis()
        array = file[variable(file, path, called or name, () if called else STANDARD_NAMES[name])]
        doubt = _doubt(array, name, path)
        at = calendars.steps(file, array, path)
        array, axes = latlon.settled(file, array, path)
        array, axes = _boxed(array, axes, box, path)
        array = _alone(array, path)
        try:
            convert = units.conversion(
                LIKE.get(name, name), array.attrs.get("units"), monthly=at.kind == MONTHLY
            )
        except ValueError as fault:
            raise ValueError(f"{path}: {array.name} {fault}") from None
        found = array.to_numpy()
        noise = abs(float(array.encoding.get("scale_factor", 0.0)))
    values = convert(found, at.length[:, None, None])
    per_unit = abs(float(convert(1.0) - convert(0.0)))
    naming = _Naming(path, array.name, convert.found, at, axes)
    values = limits.checked(
        values, LIKE.get(name, name), found, (noise * per_unit, at.kind), naming
    )
    return Part(str(path), values.astype(np.float32), at, axes, convert, doubt)


def _doubt(array, name, path) -> str:
    """Return in words that a variable calls itself something else, or nothing."""
    said, known = array.attrs.get("standard_name"), STANDARD_NAMES[LIKE.get(name, name)]
    if said is None or said in known or not str(said).strip() or said == "unknown":
        return ""
    return f"{path}: {array.name} has standard_name {said}; expected {known[0]} for {name}"


def relief(path, box):
    """Return the height of the climate's relief, m [lat, lon], and its `Axes`."""
    with opened(path) as raw:
        file = raw.cf.guess_coord_axis()
        array = file[variable(file, path, "orog", ("surface_altitude",))]
        array, axes = latlon.settled(file, array.squeeze(drop=True), path)
        array, axes = _boxed(array, axes, box, path)
        if array.ndim > 2:  # noqa: PLR2004 - a map
            raise ValueError(f"{path}: {array.name} also lies on {array.dims[0]}; expected a map")
        try:
            convert = units.conversion("orog", array.attrs.get("units"))
        except ValueError as fault:
            raise ValueError(f"{path}: {array.name} {fault}") from None
        return convert(array.to_numpy()), axes


class _Naming(NamedTuple):
    """How a value of a file is named in a message."""

    path: object
    variable: str
    units: str
    at: calendars.Steps
    axes: latlon.Axes

    def __call__(self, where) -> str:
        step, row, column = where
        return (
            f"{self.path}: {self.variable} on {self.at.name(step)} at "
            f"lat {self.axes.lat[row]:g}, lon {self.axes.lon[column]:g} (time={step})"
        )


def _boxed(array, axes, box, path):
    """Return *array* and *axes* cut to the lines that touch *box*, and one more on each side."""
    if box is None:
        return array, axes
    kept = []
    for edges, low, high, dim in (
        (axes.lat_edges, box.south, box.north, "lat"),
        (axes.lon_edges, box.west, box.east, "lon"),
    ):
        touching = np.flatnonzero((edges[:, 1] >= low) & (edges[:, 0] <= high))
        if not touching.size:
            raise ValueError(
                f"{path}: {array.name} covers {dim} {edges.min():g} to {edges.max():g}; "
                f"expected {low:g} to {high:g}"
            )
        kept.append(slice(max(touching[0] - 1, 0), touching[-1] + 2))
    rows, columns = kept
    axes = latlon.Axes(
        axes.lat[rows], axes.lon[columns], axes.lat_edges[rows], axes.lon_edges[columns]
    )
    return array[..., rows, columns], axes


def _alone(array, path):
    """Return *array* on (time, lat, lon); ValueError where it has more."""
    more = [str(dim) for dim in array.dims[:-2] if array.sizes[dim] > 1]
    time = [dim for dim in array.dims[:-2] if dim in _times(array)]
    wrong = [dim for dim in more if dim not in time]
    if wrong:
        raise ValueError(
            f"{path}: {array.name} also lies on {wrong[0]} ({array.sizes[wrong[0]]}); expected "
            "time, latitude and longitude alone"
        )
    single = [dim for dim in array.dims[:-2] if dim not in time]
    return array.squeeze(single, drop=True)


def _times(array):
    return {*array.cf.axes.get("T", ()), *array.cf.coordinates.get("time", ()), "time"}
