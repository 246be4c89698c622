"""Files as others write them: any calendar, unit and grid, with months known in closed form."""

import cftime
import numpy as np
import xarray as xr

LAT, LON = np.array([34.25, 34.75]), np.array([91.25, 91.75, 92.25])
FIRST, LAST = (2006, 1), (2099, 12)
NAMES = {
    "tas": "air_temperature",
    "tasmin": "air_temperature",
    "tasmax": "air_temperature",
    "pr": "precipitation_flux",
    "rsds": "surface_downwelling_shortwave_flux_in_air",
}
CALENDARS = (
    "standard", "proleptic_gregorian", "julian", "noleap", "365_day", "360_day", "all_leap",
    "366_day",
)  # fmt: skip


def months(first=FIRST, last=LAST):
    """Return (year, month) from *first* to *last*, both included."""
    return [divmod(n, 12) for n in range(12 * first[0] + first[1] - 1, 12 * last[0] + last[1])]


def truth(name, year, month):
    """Return the mean of a month (month from 0) in degC, mm day-1 or W m-2, [lat, lon]."""
    wave = np.cos(2 * np.pi * (month - 6.5) / 12)
    place = np.arange(LAT.size * LON.size).reshape(LAT.size, LON.size) / 10
    if name == "pr":
        return 1.5 + wave + place
    if name == "rsds":
        return 200 + 60 * wave + place
    shift = {"tasmin": -4, "tasmax": 4}.get(name, 0)
    return -4 + 12 * wave + 0.03 * (year - 2006) + place + shift


def series(name="tas", calendar="noleap", *, daily=False, first=FIRST, last=LAST):
    """Return a variable in degC, mm day-1 or W m-2 (rates), with cftime dates."""
    dates, values = [], []
    for year, month in months(first, last):
        start = cftime.datetime(year, month + 1, 1, 12 if daily else 0, calendar=calendar)
        mean = truth(name, year, month)
        if daily:
            for day in range(start.daysinmonth):
                dates.append(start.replace(day=day + 1))
                values.append(mean * (1 + 0.02 * (day - (start.daysinmonth - 1) / 2) / 15))
        else:
            dates.append(start.replace(day=start.daysinmonth // 2 + 1))
            values.append(mean)
    return xr.Dataset(
        {name: (("time", "lat", "lon"), np.array(values), {"standard_name": NAMES[name]})},
        {
            "time": ("time", dates, {"standard_name": "time", "axis": "T"}),
            "lat": ("lat", LAT, {"standard_name": "latitude", "units": "degrees_north"}),
            "lon": ("lon", LON, {"standard_name": "longitude", "units": "degrees_east"}),
        },
    )


def lengths(file):
    """Return the days that each step of a file stands for, [time, 1, 1]."""
    dates = file.time.to_numpy()
    days = [date.daysinmonth for date in dates]
    is_daily = len(dates) > 1 and (dates[1] - dates[0]).days == 1
    return np.array([1.0] * len(dates) if is_daily else days, float)[:, None, None]


WRITTEN = {  # what a file in these units holds, from degC, mm day-1 or W m-2, and days of a step
    "K": lambda x, _days: x + 273.15,
    "degC": lambda x, _days: x,
    "Celsius": lambda x, _days: x,
    "kg m-2 s-1": lambda x, _days: x / 86_400,
    "mm day-1": lambda x, _days: x,
    "mm/day": lambda x, _days: x,
    "mm month-1": lambda x, days: x * days,
    "m s-1": lambda x, _days: x / 86_400_000,
    "kg m-2": lambda x, days: x * days,
    "W m-2": lambda x, _days: x,
    "W/m^2": lambda x, _days: x,
    "J m-2": lambda x, days: x * days * 86_400,
    "J m**-2": lambda x, days: x * days * 86_400,
}


def in_units(file, units):
    """Return a file with its variable in *units*."""
    name = next(iter(file.data_vars))
    values = WRITTEN[units](file[name].to_numpy(), lengths(file))
    return file.assign({name: file[name].copy(data=values).assign_attrs(units=units)})


def write(file, path, **encoding):
    """Write a file; *encoding* for its variable; return its path."""
    name = next(iter(file.data_vars))
    calendar = file.time.to_numpy()[0].calendar if file.time.dtype == object else "standard"
    times = {"units": "days since 1850-01-01", "calendar": calendar, "dtype": "f8"}
    kept = {name: encoding, "time": times if file.time.dtype == object else {}}
    file.to_netcdf(path, encoding=kept)
    return path


def expected(name, calendar):
    """Return the months 2006-2099 as the model wants them, [month, lat, lon]."""
    values = np.array([truth(name, *one) for one in months()])
    if name != "pr":
        return values
    days = [cftime.datetime(y, m + 1, 1, calendar=calendar).daysinmonth for y, m in months()]
    return values * np.array(days)[:, None, None]
