"""What climate can be true: limits of single values, and spikes among months."""

import numpy as np

from data import normals
from data.calendars import DAILY
from data.change import BASE, window

# of daily means and of monthly means, in degC, mm day-1 and W m-2
LIMITS = {
    "tas": {DAILY: (-95.0, 60.0), "monthly": (-80.0, 48.0)},
    "pr": {DAILY: (0.0, 2000.0), "monthly": (0.0, 160.0)},
    "rsds": {DAILY: (0.0, 600.0), "monthly": (0.0, 560.0)},
}
UNIT = {"tas": "degC", "pr": "mm day-1", "rsds": "W m-2"}
NOISE = {"tas": 0.0, "pr": 1e-3, "rsds": 0.05}  # below zero by so little is interpolation, not rain
UNDECLARED = (-9999.0, -999.0, -99.0, -99.9, -999.9, -9999.9, -32768.0, 1e20, 9.969209968386869e36)
SPIKE = {"tas": 25.0, "tasmin": 25.0, "tasmax": 25.0}  # K off the middle of the same months
LEAP = 30.0  # K by which a day may differ from both its neighbours


def checked(values, kind, raw, about, naming):
    """Return *values* [step, ...], tiny negative amounts set to 0.

    Parameters
    ----------
    values : in the units of UNIT; raw : as the file has them
    about : what packing alone may make of zero, in those units; "daily" or "monthly"
    naming : what names the file, variable, step and place of an index

    Raises ValueError for the first value that cannot be true.
    """
    packing, steps = about
    low, high = LIMITS[kind][steps]
    slack = max(NOISE[kind], packing)
    if low == 0.0:
        tiny = (values < 0) & (values >= -slack)
        values = np.where(tiny, 0.0, values)
    wrong = (values < low) | (values > high)
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0])
        stands = float(raw[where])
        told = f"{stands:g} {naming.units}"
        if naming.units != UNIT[kind]:
            told += f" ({values[where]:g} {UNIT[kind]})"
        why = ""
        if any(np.isclose(stands, mark, rtol=1e-5) for mark in UNDECLARED):
            why = "; it looks like a missing value that the file does not declare (_FillValue)"
        raise ValueError(
            f"{naming(where)} is {told}; expected {low:g} to {high:g} {UNIT[kind]}{why} "
            f"({int(wrong.sum())} such values)"
        )
    if kind == "tas" and steps == DAILY:
        _check_leaps(values, naming)
    return values


def _check_leaps(values, naming):
    """Raise ValueError for a day that lies far off both its neighbours, to the same side."""
    if len(values) < 3:  # noqa: PLR2004 - a day between two others
        return
    step = np.diff(values, axis=0)
    off = np.minimum(abs(step[:-1]), abs(step[1:]))
    wrong = (off > LEAP) & (step[:-1] * step[1:] < 0)
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0] + np.array([1, 0, 0]))
        raise ValueError(
            f"{naming(where)} is {values[where]:.1f} degC, {off[wrong].max():.0f} K off the days "
            f"before and after; expected less than {LEAP:g} K"
        )


def check_spikes(values, months, name, naming):
    """Raise ValueError for a month far off the same months of other years.

    *values* [month, lat, lon] of whole years; *months* [month, 2].
    """
    if name not in SPIKE:
        return
    years = values.reshape(-1, 12, *values.shape[1:])
    middle = np.median(years, axis=0)
    off = np.abs(years - middle).reshape(values.shape)
    wrong = off > SPIKE[name]  # false where a value is not a number
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0])
        k, *place = where
        raise ValueError(
            f"{naming(where)}: {name} is {values[where]:.1f} degC, but "
            f"{middle[(months[k][1] - 1, *place)]:.1f} degC in the middle of all years; expected a "
            f"difference below {SPIKE[name]:g} K ({int(wrong.sum())} such months)"
        )


# --- where it is -------------------------------------------------------------------------------

SEA_LEVEL, BY_LATITUDE, BY_HEIGHT = 27.0, 47.0, 6.5  # degC, K from equator to pole, K km-1
OFF = 25.0  # K that a place may be off that rule
RAIN = (10.0, 12_000.0)  # mm year-1, in the middle of all cells
TWILIGHT, MORE = 8.0, 1.05  # W m-2, and factor, by which a month may exceed the top of the air
DARKEST = 0.2  # share of the radiation above the air that reaches the ground in a mean year


def check_places(name, values, region, path):
    """Raise ValueError for a climate [cell, month] that cannot be that of its latitude and height.

    The rules are wide: they find wrong units and shifted series, not errors of a model.
    """
    years = values.reshape(len(values), -1, 12)[:, window(*BASE)]
    lat, height = region.lat.to_numpy(), region.elevation.to_numpy()
    if name == "tas":
        rule = SEA_LEVEL - BY_LATITUDE * np.sin(np.radians(lat)) ** 2 - BY_HEIGHT * height / 1000
        found = years.mean(axis=(1, 2))
        _refuse(
            path,
            name,
            abs(found - rule) > OFF,
            region,
            found,
            "degC as the mean 2006-2015",
            lambda k: f"{rule[k] - OFF:.0f} to {rule[k] + OFF:.0f} degC at {height[k]:.0f} m",
        )
    elif name == "pr":
        found = years.sum(axis=2).mean(axis=1)
        middle = np.full_like(found, np.median(found))
        _refuse(
            path,
            name,
            (middle < RAIN[0]) | (middle > RAIN[1]),
            region,
            middle,
            "mm year-1 in the middle of all cells",
            lambda _k: f"{RAIN[0]:g} to {RAIN[1]:g}",
        )
    else:
        above = normals.extraterrestrial(lat)
        most = above * MORE + TWILIGHT
        found = values.reshape(len(values), -1, 12).max(axis=1)
        month = (found - most).argmax(axis=1)
        cells = np.arange(len(lat))
        _refuse(
            path,
            name,
            (found > most).any(axis=1),
            region,
            found[cells, month],
            "W m-2 in a month",
            lambda k: f"at most {most[k, month[k]]:.0f}, as above the air",
        )
        mean, least = years.mean(axis=(1, 2)), DARKEST * above.mean(axis=1)
        _refuse(
            path,
            name,
            mean < least,
            region,
            mean,
            "W m-2 as the mean 2006-2015",
            lambda k: f"at least {least[k]:.0f}",
        )


def _refuse(path, name, wrong, region, found, what, expected):
    if wrong.any():
        k = int(wrong.argmax())
        raise ValueError(
            f"{path}: {name} is {found[k]:.4g} {what} at lat {float(region.lat[k]):g}, lon "
            f"{float(region.lon[k]):g} ({int(wrong.sum())} such cells); expected {expected(k)}"
        )
