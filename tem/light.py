"""Equations of light, CO2, warmth and leaf: the factors that scale photosynthesis.

Source where not said otherwise: Raich et al. (1991), McGuire et al. (1992), TEM 4.3.
"""

from tem.lanes import equation
from tem.units import W_m2, degC, langley_day, mm_month, one, ppm

LANGLEY: one = 86400.0 / 41840.0  # W m-2 to cal cm-2 day-1
PHOTOSYNTHETIC: one = 0.5  # share of short-wave radiation; assumed, needs no cloud data
DEGREE: degC = 1.0  # empirical fits are in numbers of degrees


def irradiance(shortwave: W_m2) -> langley_day:
    """Short-wave radiation in TEM's unit."""
    return LANGLEY * shortwave


@equation
def light_factor(par: langley_day, half: langley_day) -> one:
    """Saturation of photosynthesis with light."""
    return par / (half + par)


@equation
def canopy_openness(eet: mm_month, pet: mm_month) -> one:
    """Relative opening of stomata, from how far the demand for water is met (Gv)."""
    if pet <= 0.0:
        return 0.0
    met = eet / pet
    if met > 0.1:
        return 0.1 + 0.9 * met
    return max(0.0, 2.9 * met - 10.0 * met**2)


@equation
def co2_factor(co2: ppm, openness: one, half: ppm) -> one:
    """Saturation of photosynthesis with the CO2 inside the leaf."""
    inside = co2 * openness
    return inside / (half + inside) if inside > 0.0 else 0.0


@equation
def warmth_factor(
    temperature: degC, low: degC, optimum_low: degC, optimum_high: degC, high: degC
) -> one:
    """Response of photosynthesis to air temperature: 0 outside the limits, 1 in the optimum."""
    if temperature <= low or temperature >= high:
        return 0.0
    if optimum_low <= temperature <= optimum_high:
        return 1.0
    nearest = optimum_low if temperature < optimum_low else optimum_high
    product = (temperature - low) * (temperature - high)
    return product / (product - (temperature - nearest) ** 2)


@equation
def leaf(
    eet: mm_month, most_eet: mm_month, previous: one, a: one, b: one, c: one, least: one
) -> one:
    """Unnormalised leaf of the month from evapotranspiration and last month's leaf."""
    grown = a * eet / most_eet + b * previous + c
    return min(max(grown, 0.5 * least), 1.0)


@equation
def relative_leaf(unnormalised: one, most: one, least: one) -> one:
    """Leaf of the month against last year's fullest."""
    return min(max(unnormalised / most, least), 1.0)


@equation
def plant_warmth(temperature: degC) -> one:
    """Rise of plant respiration and uptake with temperature, 1 at 0 °C. Source: TEM 4.3."""
    t = temperature / DEGREE
    q10 = 2.35665 - 0.053077 * t + 0.0023842 * t**2 - 4.11e-5 * t**3
    return max(q10, 1e-3) ** (t / 10.0)
