"""The published climate change: how much, where and when.

How much and in which season, climate_change.csv says for each GCM and RCP (2080-2099 against
2006-2015). Where: more warming high up and in the north-west, more wetting in the north-west.
When: in step with the logarithm of CO2, which is an assumption; neither the lag of the ocean
nor aerosols shape the path.
"""

from functools import cache

import numpy as np

from data import normals
from data.figures import SEASONS, YEARS, table
from data.region import COARSEST, region

BASE, FUTURE = (2006, 2015), (2080, 2099)
RCP_NAMES = {"rcp45": "RCP4.5", "rcp85": "RCP8.5"}
BASE_SHIFT = 0.65  # degC from the normals 1981-2010 to 2006-2015 (baseline_shift)
PER_KM, ABOVE_KM = 0.05, 4.0  # more warming with height (EDW, product default)
NORTH_WEST_WARMING = 0.08  # more warming in the north-west than in the south-east (pattern_T)
NORTH_WEST_WETTING = 1.5  # ratio of the relative increases of precipitation (pattern_P)
# The diagonal of the region: its middle, and the reach to either end, degrees (our geometry)
MIDDLE_LAT, MIDDLE_LON, REACH_LAT, REACH_LON = 34.0, 88.0, 6.0, 15.6


def co2(rcp):
    """Return the concentration of the years 2006-2099, ppm, shape (year,)."""
    return table("co2_rcp").set_index("year").loc[list(YEARS), f"{RCP_NAMES[rcp]}_ppm"].to_numpy()


def path(rcp):
    """Return the share of the published change reached in each year, shape (year,).

    Its mean is 0 over 2006-2015 and 1 over 2080-2099.
    """
    forcing = np.log(co2(rcp))
    base, future = (forcing[window(*years)].mean() for years in (BASE, FUTURE))
    return (forcing - base) / (future - base)


def window(first, last):
    """Return the slice of the years *first* to *last*, both included."""
    return slice(first - YEARS[0], last - YEARS[0] + 1)


def warming(gcm, rcp):
    """Return the warming of each month where the pattern is 1, degC, shape (12,)."""
    months = _months("dT_QTP", gcm, rcp)
    place = reference()
    pattern = warming_pattern(place["lat"], place["lon"], place["elev"])
    mean = np.average(pattern, weights=place["area"]) * normals.annual_mean(months)
    return months * _annual("dT_QTP", gcm, rcp) / mean


def wetting(gcm, rcp):
    """Return the relative change of rain of each month where the pattern is 1, shape (12,)."""
    months = _months("dP_QTP", gcm, rcp)
    place = reference()
    rain = place["area"][:, None] * place["rain"]
    gain = rain * wetting_pattern(place["lat"], place["lon"])[:, None] * months
    return months * _annual("dP_QTP", gcm, rcp) / 100 * rain.sum() / gain.sum()


def brightening(gcm, rcp):
    """Return the relative change of radiation."""
    return _annual("dSW_QTP", gcm, rcp) / 100


def warming_pattern(lat, lon, elev):
    """Return warming relative to that low in the middle of the region, shape (cell,)."""
    height = 1 + PER_KM * np.maximum(np.asarray(elev) / 1000 - ABOVE_KM, 0)
    return height * (1 + NORTH_WEST_WARMING / 2 * _north_west(lat, lon))


def wetting_pattern(lat, lon):
    """Return relative wetting, 1 in the middle of the region, shape (cell,)."""
    tilt = (NORTH_WEST_WETTING - 1) / (NORTH_WEST_WETTING + 1)
    return 1 + tilt * _north_west(lat, lon)


@cache
def reference():
    """Return the coarsest region, over which the published regional means are met."""
    place = region(COARSEST)
    lat, lon = place.lat.to_numpy(), place.lon.to_numpy()
    return {
        "lat": lat,
        "lon": lon,
        "elev": place.elevation.to_numpy(),
        "area": place.cell_area.to_numpy(),
        "rain": normals.precipitation(lat, lon),
    }


def _north_west(lat, lon):
    """Return 1 in the north-west, -1 in the south-east, 0 between."""
    north = (np.asarray(lat) - MIDDLE_LAT) / REACH_LAT
    west = (MIDDLE_LON - np.asarray(lon)) / REACH_LON
    return np.clip(north + west, -1, 1)


def _rows(key, gcm, rcp):
    every = table("climate_change")
    chosen = (every.key == key) & (every.gcm == gcm) & (every.rcp == RCP_NAMES[rcp])
    return every[chosen].set_index("season").value.astype(float)


def _annual(key, gcm, rcp):
    return _rows(key, gcm, rcp)["annual"]


def _months(key, gcm, rcp):
    """Return the value of each month's season, shape (12,)."""
    rows = _rows(key, gcm, rcp)
    months = np.empty(12)
    for season, numbers in SEASONS.items():
        months[list(numbers)] = rows[season]
    return months
