"""Monthly normals of the embedded climate, 1981-2010, at any latitude, longitude and height.

Temperature: a plane in height and position per month, refitted to the stations above 2000 m.
Precipitation: the square root of the annual total, shared out by a monthly shape. Clearness of
the air: a rule of cloud (rain) and height. What plane and rule leave at the stations is spread
by a Gaussian weight that fades to nothing far from every station.

The records of some observatories are recent (2005-2018) and so up to 0.65 degC too warm for
1981-2010; their values are assumed ones anyway (stations.csv) and are taken as they stand.
"""

from functools import cache

import numpy as np
import pandas as pd

from data.figures import MONTH_DAYS, MONTHS, table

LOWEST_STATION = 2000.0  # m; below it the lapse rate is no longer that of the plateau
RADIUS = 1.5  # degrees of latitude over which a station is felt
CLEARNESS_RADIUS = 3.0  # the same for radiation, which only nine stations measured
FADING = 0.3  # weight of "no residual" beside those of the stations
RAIN_FADING = 0.001  # the same for rain: the nearest station tells more than the mean of all
CENTRE_LAT, CENTRE_LON = 33.0, 92.0
LON_DEGREE = np.cos(np.radians(CENTRE_LAT))  # a degree of longitude in degrees of latitude

SOLAR_CONSTANT = 1361.0  # W m-2
MID_MONTH_DAY = np.cumsum(MONTH_DAYS) - MONTH_DAYS / 2
# radiation.csv, row "rule": least squares through its 108 monthly values, rmse 0.034
CLEARNESS_AT_4_KM, CLEARNESS_PER_KM, CLEARNESS_PER_LAT = 0.687, 0.0293, -0.0029
CLEARNESS_PER_ROOT_MM = -0.0145
CLEARNESS_LIMITS = (0.45, 0.78)


def stations():
    """Return the stations used: those of the plateau and its rim."""
    every = table("stations")
    return every[every.elev_m > LOWEST_STATION].reset_index(drop=True)


@cache
def radiation_stations():
    """Return the monthly clearness index of the stations that measured radiation."""
    every = table("radiation")
    return every[every.quantity == "clearness index Rs/Ra"].reset_index(drop=True)


def monthly(rows, prefix=""):
    """Return the twelve monthly columns of *rows*, shape (row, 12)."""
    return rows[[prefix + month for month in MONTHS]].to_numpy(float)


def temperature(lat, lon, elev, known=None):
    """Return mean air temperature 1981-2010, degC, shape (place, 12)."""
    known = stations() if known is None else known
    values = monthly(known, "t_")
    here = _plane(known.lat, known.lon, known.elev_m)
    slope = np.linalg.lstsq(here, values, rcond=None)[0]
    rest = mixed(_weights(lat, lon, known, RADIUS), values - here @ slope)
    return mixed(_plane(lat, lon, elev), slope) + rest


def precipitation(lat, lon, known=None):
    """Return mean precipitation 1981-2010, mm month-1, shape (place, 12)."""
    known = stations() if known is None else known
    values = monthly(known, "p_")
    total = values.sum(axis=1, keepdims=True)
    weights = _weights(lat, lon, known, RADIUS, RAIN_FADING)
    annual = _smooth(np.sqrt(total), weights) ** 2  # of root, logarithm and raw the least biased
    shape = _smooth(values / total, weights)
    return annual * shape  # both means of shares add to one, so the months add to the year


def clearness(lat, lon, elev, rain):
    """Return the share of radiation that reaches the ground, (place, 12), from *rain* (mm)."""
    known = radiation_stations()
    there = precipitation(known.lat, known.lon)
    left = monthly(known) - _clearness_rule(known.lat, known.elev_m, there)
    rest = mixed(_weights(lat, lon, known, CLEARNESS_RADIUS), left)
    return np.clip(_clearness_rule(lat, elev, rain) + rest, *CLEARNESS_LIMITS)


def extraterrestrial(lat):
    """Return mid-month radiation at the top of the air, W m-2, (place, 12). FAO-56 eq. 21-25."""
    day = 2 * np.pi * MID_MONTH_DAY / 365
    nearness = 1 + 0.033 * np.cos(day)
    declination = 0.409 * np.sin(day - 1.39)
    phi = np.radians(np.asarray(lat, float))[:, None]
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1, 1))  # polar day and night
    height = sunset * np.sin(phi) * np.sin(declination)
    height = height + np.cos(phi) * np.cos(declination) * np.sin(sunset)
    return SOLAR_CONSTANT / np.pi * nearness * height


def leave_one_out():
    """Return what the interpolation makes of each station when it is left out.

    Returns
    -------
    pandas.DataFrame
        A row per station: name, lat, lon, elev_m, observed and estimated ``maat`` (degC) and
        annual ``precipitation`` (mm), and the errors; the root mean square errors are in
        ``attrs`` (``rmse_maat`` in degC, ``rmse_precipitation`` in mm).
    """
    known = stations()
    result = known[["name", "lat", "lon", "elev_m"]].copy()
    result["maat"] = annual_mean(monthly(known, "t_"))
    result["precipitation"] = monthly(known, "p_").sum(axis=1)
    result[["maat_estimate", "precipitation_estimate"]] = [
        _estimate(known.iloc[[i]], known.drop(index=i)) for i in known.index
    ]
    for name in ("maat", "precipitation"):
        error = result[f"{name}_estimate"] - result[name]
        result[f"{name}_error"] = error
        result.attrs[f"rmse_{name}"] = float(np.sqrt(np.mean(error**2)))
    return result


def mixed(weights, values):
    """Return *weights* (place, part) @ *values* (part, month), each place as if it were alone.

    What `@` calls adds up in another order at the edge of its blocks, which lies where the number
    of places and of threads puts it.
    """
    return np.einsum("pk,km->pm", weights, values)


def annual_mean(values):
    """Return the mean of the year, by the length of the months, of *values* (place, 12)."""
    return np.average(values, axis=-1, weights=MONTH_DAYS)


def _estimate(one: pd.DataFrame, others: pd.DataFrame):
    maat = annual_mean(temperature(one.lat, one.lon, one.elev_m, others))
    return maat[0], precipitation(one.lat, one.lon, others).sum()


def _plane(lat, lon, elev):
    """Return the regressors of temperature, shape (place, 5)."""
    y, x = np.asarray(lat, float) - CENTRE_LAT, np.asarray(lon, float) - CENTRE_LON
    return np.column_stack([np.ones_like(y), np.asarray(elev, float) / 1000, y, x, x * y])


def _weights(lat, lon, known, radius, fading=FADING):
    """Return the weight of each station at each place, shape (place, station), rows below 1."""
    north = np.subtract.outer(np.asarray(lat, float), known.lat.to_numpy())
    east = np.subtract.outer(np.asarray(lon, float), known.lon.to_numpy()) * LON_DEGREE
    near = np.exp(-(north**2 + east**2) / (2 * radius**2))
    return near / (near.sum(axis=1, keepdims=True) + fading)


def _smooth(values, weights):
    """Return *values* of the stations at the places; far from all of them, their mean."""
    mean = values.mean(axis=0)
    return mean + mixed(weights, values - mean)


def _clearness_rule(lat, elev, rain):
    """Return the clearness index by the rule of radiation.csv, before its limits."""
    height = CLEARNESS_PER_KM * (np.asarray(elev, float) / 1000 - 4)
    position = CLEARNESS_PER_LAT * (np.asarray(lat, float) - CENTRE_LAT)
    cloud = CLEARNESS_PER_ROOT_MM * np.sqrt(rain)
    return CLEARNESS_AT_4_KM + (height + position)[:, None] + cloud
