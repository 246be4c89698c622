"""Equations of the ground surface: from the air of a month to the temperature that soil meets.

Snow, sward and sun make the surface of the plateau warmer than the air; n-factors hold the sum
of it, and a snowpack may take the place of the freezing one.
"""

from numba import njit

from tem.units import K_m2_W, W_m_K, degC, degC_day, kg_m3, m_mm, mm, mm_year, one

MOST_N: one = 3.0  # thawing n-factors published for the plateau end at 2.6
DRY: mm_year = 100.0  # precipitation up to which the ground is as good as bare
MOIST: mm_year = 450.0  # precipitation from which the sward is closed
SNOW_DENSITY: kg_m3 = 250.0  # Sturm et al. (1995), as in TEM
SNOW_CONDUCTIVITY: W_m_K = 0.1025  # at that density; Sturm et al. (1997), as in TEM
WATER_DENSITY: kg_m3 = 1000.0
MILLIMETRE: m_mm = 1e-3


@njit(error_model="numpy")
def air_temperature(previous: degC, current: degC, following: degC, share: one) -> degC:
    """Air temperature at a *share* of the month, linear between month edges and middle.

    Edges are the means of neighbouring months; the middle is set so that the month keeps its
    mean, which TEM's own interpolation does not (it damps the yearly wave by 3 %).
    """
    edge = 0.5 * (previous + current) if share < 0.5 else 0.5 * (current + following)
    middle = 1.5 * current - 0.25 * (previous + following)
    return middle + (edge - middle) * abs(1.0 - 2.0 * share)


def shade(precipitation: mm_year, dry: one, wet: one) -> one:
    """Share of bare ground's gain of warmth that sward and moisture take away.

    From *dry* where there is little precipitation to *wet* where the sward is closed; assumed.
    """
    closed = (precipitation - DRY) / (MOIST - DRY)
    return dry + (wet - dry) * min(max(closed, 0.0), 1.0)


@njit(error_model="numpy")
def thaw_factor(thawing_index: degC_day, gain: degC_day, shade: one) -> one:
    """Thawing n-factor: surface over air temperature while it thaws.

    The sun warms bare ground above the air by about the same degree-days a year (*gain*) at
    cold stations and at warm ones, so the factor is larger where summers are cold. Source: the
    difference of thawing indices at the stations of the Yellow River source region and of the
    Heihe basin (Wang et al. 2020; Cao et al. 2015).
    """
    gained = gain * (1.0 - shade)
    if gained >= (MOST_N - 1.0) * thawing_index:
        return MOST_N
    return 1.0 + gained / thawing_index


@njit(error_model="numpy")
def temperature(air: degC, n_freeze: one, n_thaw: one) -> degC:
    """Ground surface temperature from air temperature by n-factors. Source: Lunardini (1978)."""
    return air * (n_thaw if air > 0.0 else n_freeze)


@njit(error_model="numpy")
def snow_resistance(pack: mm) -> K_m2_W:
    """Resistance of a snowpack (mm of water) to heat. Source: Sturm et al. (1997), as in TEM."""
    depth = pack * MILLIMETRE * WATER_DENSITY / SNOW_DENSITY
    return depth / SNOW_CONDUCTIVITY
