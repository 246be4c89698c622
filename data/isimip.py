"""Climates of others: ISIMIP- and CMIP-style NetCDF files become months in the units of the model.

Files may be daily or monthly, one or many per variable, in any order and any calendar of CF.
What cannot be true is refused with its file, place and value; what is harmless is noted.
"""

import numpy as np
import xarray as xr

from data import calendars, limits, pieces
from data.figures import YEARS
from data.pieces import LIKE, part
from data.readings import Reading

UNITS = {"tas": "degC", "pr": "mm month-1", "rsds": "W m-2", "orog": "m"}
EXTREMES = ("tasmin", "tasmax")
SPAN = YEARS[0], YEARS[-1]
SAME = 1e-6  # share by which values that two files have in common may differ


def series(name, paths, box=None, *, variable=None, years=SPAN):
    """Return a variable month by month and the `Reading` that tells of it.

    Parameters
    ----------
    name : "tas", "pr" or "rsds"
    paths : its files in any order; they may overlap where they agree
    box : Box to cut out, with a line of cells around it; default: all there is
    variable : what it is called in the files, if neither so nor by CF's standard name
    years : the first and last wanted, all months of them

    Returns
    -------
    DataArray on (time, lat, lon), `time` in months since January of the first year, in degC,
    mm month-1 (of the calendar's own months) or W m-2, with the edges of the cells as coordinates
    `south` and `north` on lat, `west` and `east` on lon; NaN where the files never have a value.
    And a `data.readings.Reading`.

    Raises
    ------
    FileNotFoundError, ValueError
        Naming file, variable, index, value and what was expected.
    """
    parts = [part(path, name, box, variable) for path in paths]
    parts.sort(key=lambda one: one.at.number[0])
    reading = Reading(name, [one.path for one in parts], UNITS[LIKE.get(name, name)])
    joined, at, origin = _joined(parts, name, reading)
    try:
        months, values = calendars.monthly(joined, at)
    except ValueError as fault:
        raise ValueError(f"{_named(reading.files)}: {name}: {fault}") from None
    months, values = _cut(months, values, years, reading)
    if LIKE.get(name, name) == "pr":
        values *= _month_lengths(at, months)
    _check_gaps(values, months, parts[0], name, reading)
    limits.check_spikes(values, months, name, _naming(parts, at, origin, months))
    reading.tell(values, {one.conversion.words for one in parts})
    for one in parts:
        if one.doubt:
            reading.warn(one.doubt)
    reading.note(f"{at.kind}, calendar {at.calendar}")
    reading.calendar = at.calendar
    return _array(name, values, parts[0].axes), reading


def mean_of_extremes(lowest, highest, box=None, **choices):
    """Return tas as the middle of tasmin and tasmax, given the files of both; as `series`."""
    (low, said), (high, more) = (
        series(name, paths, box, **choices)
        for name, paths in zip(EXTREMES, (lowest, highest), strict=True)
    )
    if not (low.lat.equals(high.lat) and low.lon.equals(high.lon)):
        raise ValueError(f"{_named(said.files + more.files)}: tasmin and tasmax on different grids")
    if bool((low > high).any()):
        raise ValueError(f"{_named(said.files + more.files)}: tasmin exceeds tasmax")
    reading = Reading("tas", said.files + more.files, UNITS["tas"], said.notes + more.notes)
    mean = (low + high) / 2
    reading.tell(mean.to_numpy(), {said.conversion})
    reading.note("the middle of tasmin and tasmax")
    reading.calendar = said.calendar
    return mean.rename("tas"), reading


def relief(paths, box=None):
    """Return the relief of the climate as `series` returns a variable, of one moment, in m."""
    reading = Reading("orog", [str(path) for path in paths], "m")
    values, axes = pieces.relief(paths[0], box)
    return _array("orog", values[None], axes), reading


def _named(paths) -> str:
    """Return files in few words."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more}"


# --- many files --------------------------------------------------------------------------------


def _joined(parts, name, reading):
    """Return values [step, lat, lon] of all files in order, their `Steps` and files [step]."""
    first = parts[0]
    for one in parts[1:]:
        if not one.axes.same(first.axes):
            raise ValueError(f"{one.path}: {name} lies on another grid than in {first.path}")
        if (one.at.calendar, one.at.kind) != (first.at.calendar, first.at.kind):
            raise ValueError(
                f"{one.path}: {name} is {one.at.kind} in the calendar {one.at.calendar}; expected "
                f"{first.at.kind} and {first.at.calendar} as in {first.path}"
            )
    origin = np.repeat(np.arange(len(parts)), [one.at.year.size for one in parts])
    number = np.concatenate([one.at.number for one in parts])
    values = np.concatenate([one.values for one in parts])
    order = np.argsort(number, kind="stable")
    if any((np.diff(one.at.number) < 0).any() for one in parts):
        reading.warn("the steps of a file were not in order and have been sorted")
    at = _taken(parts, order)
    values, origin = values[order], origin[order]
    double = np.flatnonzero(np.diff(at.number) == 0)
    if double.size:
        _check_agreement(values, at, origin, double, parts, name)
        reading.warn(
            f"{double.size} steps are there twice, the first on {at.name(double[0])} in "
            f"{_pair(parts, origin, double[0])}, with the same values; one of them is used"
        )
        kept = np.setdiff1d(np.arange(number.size), double + 1)
        values, origin = values[kept], origin[kept]
        at = at._replace(**{n: getattr(at, n)[kept] for n in ("year", "month", "day", "days")})
    return values, at, origin


def _taken(parts, order):
    """Return the `Steps` of all *parts* in *order*."""
    arrays = {
        name: np.concatenate([getattr(one.at, name) for one in parts])[order]
        for name in ("year", "month", "day", "days")
    }
    return parts[0].at._replace(**arrays)


def _pair(parts, origin, k) -> str:
    one, two = (parts[origin[i]].path for i in (k, k + 1))
    return one if one == two else f"{one} and {two}"


def _check_agreement(values, at, origin, double, parts, name):
    """Raise ValueError where a step is there twice with different values."""
    for k in double:
        one, two = values[k], values[k + 1]
        wrong = ~np.isclose(one, two, rtol=SAME, atol=0, equal_nan=True)
        if wrong.any():
            place = tuple(np.argwhere(wrong)[0])
            raise ValueError(
                f"{_pair(parts, origin, k)}: {name} on {at.name(k)} at "
                f"{parts[0].axes.name(*place)} is {one[place]:g} and {two[place]:g}, converted; "
                "expected one value, or files that do not overlap"
            )


def _cut(months, values, years, reading):
    """Return months and values of *years* alone; ValueError where some lack."""
    missing = calendars.lacking(months, years)
    if missing:
        raise ValueError(
            f"{_named(reading.files)}: {reading.variable} lacks {calendars.named(missing)}; "
            f"expected every month of {years[0]} to {years[1]}"
        )
    kept = (months[:, 0] >= years[0]) & (months[:, 0] <= years[1])
    if not kept.all():
        out = [calendars.month_name(*one) for one in months[~kept]]
        reading.note(f"outside {years[0]}-{years[1]} and left out: {calendars.named(out)}")
    return months[kept], values[kept].astype(float)


def _month_lengths(at, months):
    """Return the days of each month [month, 1, 1] in the calendar of the files."""
    known = dict(zip(zip(at.year, at.month, strict=True), at.days, strict=True))
    return np.array([known[tuple(one)] for one in months], float)[:, None, None]


def _check_gaps(values, months, first, name, reading):
    """Raise ValueError for a month, or a month of a cell, without value; count empty cells."""
    lost = np.isnan(values)
    nothing = lost.all(axis=(1, 2))
    if nothing.any():
        out = [calendars.month_name(*one) for one in months[nothing]]
        raise ValueError(f"{_named(reading.files)}: {name} has no value in {calendars.named(out)}")
    never = lost.all(axis=0)
    partly = lost & ~never
    if partly.any():
        k, row, column = np.argwhere(partly)[0]
        raise ValueError(
            f"{_named(reading.files)}: {name} has no value in {calendars.month_name(*months[k])} "
            f"at {first.axes.name(row, column)} ({int(partly.sum())} such values), but has in "
            "other months; expected all months or none"
        )
    if never.any():
        reading.note(f"{int(never.sum())} of {never.size} grid cells never have a value")


def _naming(parts, at, origin, months):
    """Return what names the file, month and place of an index of the monthly values."""
    files = dict(zip(zip(at.year, at.month, strict=True), origin, strict=True))
    axes = parts[0].axes

    def name(where):
        k, row, column = where
        path = parts[files[tuple(months[k])]].path
        return f"{path}: {calendars.month_name(*months[k])} at {axes.name(row, column)}"

    return name


def _array(name, values, axes):
    return xr.DataArray(
        values,
        {
            "time": np.arange(len(values)),
            "lat": axes.lat,
            "lon": axes.lon,
            "south": ("lat", axes.lat_edges[:, 0]),
            "north": ("lat", axes.lat_edges[:, 1]),
            "west": ("lon", axes.lon_edges[:, 0]),
            "east": ("lon", axes.lon_edges[:, 1]),
        },
        ("time", "lat", "lon"),
        name=name,
        attrs={"units": UNITS[LIKE.get(name, name)]},
    )
