"""Year-to-year weather of the embedded climates: random, but the same in every run.

Each GCM has its own weather, drawn with a seed made of its name and shared by both RCPs, so that
the difference between RCPs is the forcing alone. A part is common to the region, the rest varies
smoothly in space: a sum of waves with random weights each month, so that a place has the same
weather at every resolution. The means over 2006-2015 and 2080-2099 are taken out, month by
month, so that the published change between them is met exactly.
"""

from functools import cache
from zlib import crc32

import numpy as np

from data.change import BASE, FUTURE, reference, window
from data.figures import MONTH_DAYS, YEARS
from data.normals import LON_DEGREE, mixed

# climate_change.csv: sd_T and cv_P of the region and of a single station
REGION_SD, STATION_SD = 0.42, 0.52  # degC, annual mean, detrended
REGION_CV, STATION_CV = 0.08, 0.16  # of the annual total
# sd_T of a single month: 1.4 degC on average, 2.2 in winter, 0.9 in summer (January first)
MONTH_SD = np.array([2.2, 2.2, 1.25, 1.25, 1.25, 0.9, 0.9, 0.9, 1.25, 1.25, 1.25, 2.2])
MONTH_CV = np.full(12, 0.3)  # assumed; leaves room for a part that lasts the year
MEMORY = 0.3  # correlation of the lasting part with the year before (assumed)
WAVES = 16
WAVE_REACH = 3.0  # degrees of latitude over which the local weather is alike (assumed)


def seed(gcm):
    """Return the seed of a GCM's weather."""
    return crc32(gcm.encode())


def temperature(gcm, lat, lon):
    """Return departures of temperature, degC, shape (cell, month of 2006-2099)."""
    return _field(gcm, "temperature", lat, lon)


def precipitation(gcm, lat, lon):
    """Return relative departures of precipitation, shape (cell, month of 2006-2099)."""
    return _field(gcm, "precipitation", lat, lon)


def _field(gcm, quantity, lat, lon):
    common, local = _weather(gcm)[quantity]
    field = mixed(_waves(gcm, lat, lon), local)
    field += common
    return field


@cache
def _weather(gcm):
    """Return, for each quantity, the common part (month,) and the weights of the waves."""
    rng = np.random.default_rng(seed(gcm))
    rain = reference()["area"] @ reference()["rain"]
    days = MONTH_DAYS / MONTH_DAYS.sum()
    return {
        "temperature": _parts(rng, days, MONTH_SD, REGION_SD, STATION_SD),
        "precipitation": _parts(rng, rain / rain.sum(), MONTH_CV, REGION_CV, STATION_CV),
    }


def _parts(rng, weights, month_sd, region_sd, station_sd):
    """Return the common part and the wave weights that have the given deviations.

    *weights* are the shares of the months in the annual value, *month_sd* (12,) the deviation of
    a single month at a station, the others those of the annual value.
    """
    # A month is a part that lasts the year and one of its own; the lasting part is what the
    # annual deviation asks for beyond the mean of twelve independent months.
    own = (weights**2).sum()
    own_variance = (weights**2 * month_sd**2).sum()
    lasting = np.sqrt((station_sd**2 - own_variance) / (1 - own))
    monthly = np.sqrt(month_sd**2 - lasting**2)
    common = _draw(rng, 1, lasting, monthly)[..., 0]
    common *= region_sd / (common @ weights).std()
    local = _draw(rng, 2 * WAVES, lasting, monthly)
    local *= np.sqrt(1 - (region_sd / station_sd) ** 2)
    return common.ravel(), local.reshape(-1, 2 * WAVES).T


def _draw(rng, size, lasting, monthly):
    """Return random departures (year, 12, size) without their means over the two windows."""
    years = len(YEARS)
    steady = rng.standard_normal((years, size))
    for year in range(1, years):
        steady[year] = MEMORY * steady[year - 1] + np.sqrt(1 - MEMORY**2) * steady[year]
    own = rng.standard_normal((years, 12, size))
    departures = lasting * steady[:, None] + monthly[:, None] * own
    base, future = departures[window(*BASE)].mean(axis=0), departures[window(*FUTURE)].mean(axis=0)
    line = (np.array(YEARS) - np.mean(BASE)) / (np.mean(FUTURE) - np.mean(BASE))
    return departures - base - line[:, None, None] * (future - base)


def _waves(gcm, lat, lon):
    """Return the waves at the places, shape (cell, 2 WAVES), without their regional mean."""
    numbers = np.random.default_rng(seed(gcm)).standard_normal((2, WAVES)) / WAVE_REACH
    mean, spread = _wave_level(gcm)
    return (_raw_waves(numbers, lat, lon) - mean) / spread


@cache
def _wave_level(gcm):
    """Return the regional mean of each wave and their root mean variance together."""
    numbers = np.random.default_rng(seed(gcm)).standard_normal((2, WAVES)) / WAVE_REACH
    place = reference()
    waves = _raw_waves(numbers, place["lat"], place["lon"])
    mean = np.average(waves, axis=0, weights=place["area"])
    variance = np.average(((waves - mean) ** 2).sum(axis=1), weights=place["area"])
    return mean, np.sqrt(variance)


def _raw_waves(numbers, lat, lon):
    phase = np.outer(lat, numbers[0]) + np.outer(lon * LON_DEGREE, numbers[1])
    return np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
