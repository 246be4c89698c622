"""Equations of water: demand of the air, snow, what the soil gives, runoff.

Source where not said otherwise: the water balance model of Vörösmarty (1989) as used in TEM.
"""

import numpy as np
from numba import njit

from tem.units import (
    days,
    days_month,
    degC,
    hPa,
    langley_day,
    metre,
    mm,
    mm_langley,
    mm_month,
    month_mm,
    one,
    per_mm,
)

SNOW_BELOW: degC = -1.0  # precipitation falls as snow in colder months
HIGH_GROUND: metre = 500.0  # above it snow melts over two months
DRYING: one = 5.0  # curvature of the soil's drying curve
RAIN_DAY: month_mm = 0.005  # how the chance of a wet day grows with the month's water
NO_DEMAND: mm_month = 0.001  # TEM's least potential evapotranspiration
JENSEN_HAISE: mm_langley = 0.016742  # radiation to the water it evaporates
DIURNAL_HALF_RANGE: degC = 5.5  # assumed, for the vapour pressures of Jensen and Haise
DEGREE: degC = 1.0  # empirical fits are in numbers of degrees,
FOOT: metre = 0.3048  # of feet
HECTOPASCAL: hPa = 1.0  # and of hectopascals
DAY: days = 1.0


@njit(error_model="numpy")
def vapour_pressure(temperature: degC) -> hPa:
    """Saturation vapour pressure. Source: Tetens (1930)."""
    t = temperature / DEGREE
    return 6.1078 * HECTOPASCAL * np.exp(17.269 * t / (237.3 + t))


@njit(error_model="numpy")
def pet_jensen_haise(temperature: degC, light: langley_day, length: days_month) -> mm_month:
    """Potential evapotranspiration as TEM computes it. Source: Jensen & Haise (1963)."""
    fahrenheit = 1.8 * temperature / DEGREE + 32.0
    return max(NO_DEMAND, (0.014 * fahrenheit - 0.37) * light * JENSEN_HAISE * length)


@njit(error_model="numpy")
def pet_by_elevation(
    temperature: degC, light: langley_day, length: days_month, elevation: metre, warmest: degC
) -> mm_month:
    """Potential evapotranspiration with Jensen's terms for high, dry air (*warmest* month).

    Without them the plateau never runs short of water. Source: Jensen (1970) in PRMS.
    """
    if temperature < SNOW_BELOW:
        return NO_DEMAND
    thousand_feet = elevation / FOOT / 1000.0
    most = vapour_pressure(warmest + DIURNAL_HALF_RANGE)
    span = (most - vapour_pressure(warmest - DIURNAL_HALF_RANGE)) / HECTOPASCAL
    coefficient = 1.0 / (68.0 - 3.6 * thousand_feet + 13.0 * 50.0 / span)
    intercept = 27.5 - 0.25 * span - thousand_feet  # °F
    fahrenheit = 1.8 * temperature / DEGREE + 32.0
    demand = coefficient * (fahrenheit - intercept) * light * JENSEN_HAISE * length
    return max(NO_DEMAND, demand)


@njit(error_model="numpy")
def snow_melt(pack: mm, temperature: degC, previous: degC, elevation: metre) -> mm:
    """Water that a snowpack gives up in a month."""
    if temperature < SNOW_BELOW:
        return 0.0
    if elevation > HIGH_GROUND and previous < SNOW_BELOW:
        return 0.5 * pack
    return pack


@njit(error_model="numpy")
def snow_release(temperature: degC, previous: degC, before: degC, elevation: metre) -> one:
    """Share of the snow-fed ground store that runs off in a month."""
    if temperature < SNOW_BELOW:
        return 0.0
    if previous < SNOW_BELOW:
        return 0.1
    if before < SNOW_BELOW:
        return 0.25 if elevation > HIGH_GROUND else 0.5
    return 0.5


@njit(error_model="numpy")
def wet_days(water_in: mm_month) -> one:
    """Share of days on which the month's water arrives."""
    return -np.expm1(-RAIN_DAY * water_in)


@njit(error_model="numpy")
def evapotranspiration(
    length: days, water_in: mm, pet: mm, available: mm, capacity: mm, wet: one
) -> mm:
    """Actual evapotranspiration of a period.

    All that is asked for where *water_in* suffices, else what rain spread over the *wet* share
    of days and the drying soil can give.
    """
    if water_in >= pet:
        return pet
    demand = pet / length * DAY  # mm on a day
    dryness = (1.0 - np.exp(-DRYING * available / capacity)) / (1.0 - np.exp(-DRYING))
    change = -demand * dryness
    if wet > 0.0:
        storm = water_in / (length * wet) * DAY  # mm on a wet day
        deficit = demand + capacity - available
        change += (storm * wet) * (
            dryness + (1.0 - dryness) * np.exp(-demand / storm) - np.exp(-deficit / storm)
        )
    return min(max(water_in - length / DAY * change, 0.0), pet, water_in + available)


@njit(error_model="numpy")
def field_capacity(fines: one) -> one:
    """Volumetric field capacity from the share of silt and clay. Source: TEM 4.3."""
    return (24.75 * fines + 16.025) / 100.0


@njit(error_model="numpy")
def wilting_point(fines: one) -> one:
    """Volumetric wilting point from the share of silt and clay. Source: TEM 4.3."""
    return (24.75 * fines + 3.025) / 100.0


@njit(error_model="numpy")
def diffusion(moisture: one, soil_water: mm) -> per_mm:
    """Ease with which nitrogen reaches roots, per unit of soil water. Source: Raich (1991)."""
    return moisture**3 / soil_water
