"""Time axes of others: decoded by cftime, made months with the calendar's own lengths."""

from typing import NamedTuple

import cftime
import numpy as np
import xarray as xr

DAILY, MONTHLY = "daily", "monthly"
SHORTEST_MONTH, A_DAY = 28.0, 1.0  # days
TOLERANCE = 1.01  # days by which bounds may miss the ends of a month


class Steps(NamedTuple):
    """The steps of a file, each in the day or month that it stands for."""

    year: np.ndarray  # [step]
    month: np.ndarray  # [step], from 1
    day: np.ndarray  # [step], from 1; 1 where steps are months
    days: np.ndarray  # [step] in its month
    calendar: str
    kind: str  # DAILY or MONTHLY

    @property
    def number(self) -> np.ndarray:
        """A number that rises from step to step [step]; equal ones are the same day or month."""
        return (12 * self.year + self.month - 1) * 32 + self.day

    @property
    def length(self) -> np.ndarray:
        """Length of each step in days."""
        return self.days.astype(float) if self.kind == MONTHLY else np.ones(self.days.size)

    def name(self, k) -> str:
        """Return step *k* as a date."""
        day = f"-{self.day[k]:02d}" if self.kind == DAILY else ""
        return f"{month_name(self.year[k], self.month[k])}{day}"


def month_name(year, month) -> str:
    """Return a month as 2031-05."""
    return f"{year:04d}-{month:02d}"


def steps(file, array, path) -> Steps:
    """Return the `Steps` of *array*, a variable of *file* whose times are not decoded yet.

    A step that has bounds stands for their middle. Raises ValueError for a time axis that is
    missing, not a number, not decodable, or neither daily nor monthly.
    """
    name = _axis(array, path)
    time = file[name]
    if time.dims != (name,):
        raise ValueError(f"{path}: time coordinate {name} lies on {time.dims}; expected ({name},)")
    numbers = np.asarray(time.to_numpy())
    if numbers.dtype.kind not in "iuf":
        raise ValueError(f"{path}: {name} holds {numbers.dtype} where numbers are expected")
    if numbers.size == 0:
        raise ValueError(f"{path}: {name} has no steps")
    lost = ~np.isfinite(numbers.astype(float))
    if lost.any():
        raise ValueError(f"{path}: {name}[{int(lost.argmax())}] is missing; expected a number")
    dates = _dates(_middles(file, time, numbers), time, path)
    kind, calendar = _kind(dates, path, name), dates[0].calendar
    year, month, day = (np.array([getattr(d, part) for d in dates]) for part in _PARTS)
    days = np.array([date.daysinmonth for date in dates])
    return Steps(year, month, day if kind == DAILY else np.ones_like(day), days, calendar, kind)


_PARTS = ("year", "month", "day")


def _axis(array, path) -> str:
    """Return the name of the dimension of *array* that is time."""
    named = [*array.cf.axes.get("T", ()), *array.cf.coordinates.get("time", ())]
    for name in (*named, "time"):
        if name in array.dims and name in array.coords:
            return name
    raise ValueError(
        f"{path}: {array.name} has no time coordinate; it lies on {', '.join(map(str, array.dims))}"
    )


def _middles(file, time, numbers):
    """Return the middles of the steps by their bounds, or *numbers* where there are none of use."""
    bounds = time.attrs.get("bounds")
    if bounds not in file or file[bounds].shape != (numbers.size, 2):
        return numbers
    ends = file[bounds].to_numpy().astype(float)
    if not np.isfinite(ends).all() or not (ends[:, 1] > ends[:, 0]).all():
        return numbers
    inside = (ends[:, 0] <= numbers) & (numbers <= ends[:, 1])
    return ends.mean(axis=1) if inside.all() else numbers


def _dates(numbers, time, path):
    """Return *numbers* as cftime dates."""
    units, calendar = (time.attrs.get(name) for name in ("units", "calendar"))
    if units is None:
        raise ValueError(
            f"{path}: {time.name} has no units; expected such as days since 2006-01-01"
        )
    plain = xr.Variable(("time",), numbers, {"units": units, "calendar": calendar or "standard"})
    coder = xr.coders.CFDatetimeCoder(use_cftime=True)
    try:
        dates = coder.decode(plain, name="time").to_numpy()
    except (ValueError, OverflowError, KeyError, TypeError) as fault:
        raise ValueError(
            f"{path}: {time.name} cannot be decoded: units {units!r}, calendar {calendar!r} "
            f"({' '.join(str(fault).split())})"
        ) from fault
    if not isinstance(dates[0], cftime.datetime):
        raise ValueError(  # noqa: TRY004 - the file is wrong
            f"{path}: {time.name} has units {units!r}; expected such as days since 2006-01-01"
        )
    return dates


def _kind(dates, path, name) -> str:
    """Return whether steps are days or months."""
    if len(dates) == 1:
        return MONTHLY
    gaps = np.diff(sorted({date.toordinal(fractional=True) for date in dates}))
    usual = float(np.median(gaps)) if gaps.size else SHORTEST_MONTH
    if abs(usual - A_DAY) < 1e-3 * A_DAY:
        return DAILY
    if SHORTEST_MONTH - TOLERANCE <= usual <= 31 + TOLERANCE:
        return MONTHLY
    raise ValueError(
        f"{path}: steps of {name} are {usual:g} days apart; expected one a day or one a month"
    )


def monthly(values, at: Steps):
    """Return (year and month [month, 2], means [month, ...]) of *values* [step, ...], rising.

    Steps must rise and be single. Raises ValueError (without a file) for a month of which days
    are missing; those at either end that are not whole are cut.
    """
    if at.kind == MONTHLY:
        return np.stack([at.year, at.month], axis=1), np.asarray(values, float)
    count = 12 * at.year + at.month - 1
    first = np.flatnonzero(np.diff(count, prepend=count[0] - 1))
    there = np.diff([*first, count.size])
    whole = there == at.days[first]
    ragged = np.flatnonzero(~whole)
    inner = ragged[(ragged > 0) & (ragged < first.size - 1)]
    if inner.size:
        k = first[inner[0]]
        raise ValueError(
            f"{month_name(at.year[k], at.month[k])} has {there[inner[0]]} days; expected "
            f"{at.days[k]} in the calendar {at.calendar}"
        )
    sums = np.add.reduceat(np.asarray(values, float), first, axis=0)
    means = sums / there.reshape(-1, *[1] * (sums.ndim - 1))
    months = np.stack([at.year[first], at.month[first]], axis=1)
    return months[whole], means[whole]


def lacking(months, years) -> list[str]:
    """Return the months of *years* (first, last) that are not among *months* [month, 2]."""
    there = {(int(year), int(month)) for year, month in months}
    wanted = ((y, m) for y in range(years[0], years[1] + 1) for m in range(1, 13))
    return [month_name(*one) for one in wanted if one not in there]


def named(months) -> str:
    """Return names of months in few words."""
    few = 6
    if len(months) <= few:
        return ", ".join(months)
    return f"{', '.join(months[: few // 2])} … {months[-1]} ({len(months)} months)"
