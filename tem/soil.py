"""Equations of soil life: decomposition, and the nitrogen it frees or binds.

Source where not said otherwise: Raich et al. (1991), McGuire et al. (1992), TEM 4.3.
"""

from tem.lanes import equation, exp
from tem.units import (
    degC,
    gC_gN,
    gC_m2,
    gC_m2_month,
    gN_gC,
    gN_m2,
    gN_m2_month,
    month,
    one,
    per_month,
)

# Share of litter that decay leaves for microbes, at TEM's ratio of 0.2 to soil matter.
DECAY: one = 0.26299 + 1.14757 * 0.2 - 0.42956 * 0.2**2
LITTER_QUALITY: one = -0.784  # exponent of the decomposition rate on litter C:N
MONTH: month = 1.0  # the step in which a pool can be emptied at most
TEN_KELVIN: degC = 10.0
RICHEST: one = 1e6  # keeps a ratio finite where soil has next to no carbon or nitrogen
OPTIMUM: one = 0.5  # volumetric soil moisture at which decomposition is fastest


@equation
def moisture_factor(moisture: one) -> one:
    """Response of decomposition to volumetric soil moisture: 0 when dry or drowned."""
    v = min(max(moisture, 0.0), 1.0)
    product = v * (v - 1.0)
    return product / (product - (v - OPTIMUM) ** 2)


@equation
def warming(temperature: degC, log_q10: one) -> one:
    """Rise of decomposition with soil temperature, 1 at 0 °C; frozen soil goes on respiring.

    Q10 to the power of tenths of the temperature; *log_q10* is its natural logarithm.
    """
    return exp(log_q10 * (temperature / TEN_KELVIN))


@equation
def decomposition_rate(rate: per_month, litter_c: gC_m2, litter_n: gN_m2, cn: gC_gN) -> per_month:
    """Decomposition rate of a year from the C:N of last year's litter."""
    if litter_n <= 0.0 or litter_c <= 0.0:
        return rate
    return rate * (litter_c / litter_n / cn) ** LITTER_QUALITY


@equation
def immobilisation(most: gN_gC, saturation: one, respired: gC_m2_month) -> gN_m2_month:
    """Nitrogen that microbes bind."""
    return most * saturation * DECAY * respired


@equation
def _against(amount: gC_m2, other: gC_m2) -> one:
    """Ratio of two amounts, kept finite; 1 where either is nothing."""
    if amount <= 0.0 or other <= 0.0:
        return 1.0
    return min(max(amount / other, 1.0 / RICHEST), RICHEST)


@equation
def richness(soil_c: gC_m2, soil_n: gN_m2, cn: gC_gN) -> one:
    """How much richer in nitrogen soil is than at calibration; 1 where there is no soil."""
    return _against(cn * soil_n, soil_c)


@equation
def net_mineralisation(
    freed: gN_m2_month,
    bound: gN_m2_month,
    soil_c: gC_m2,
    soil_n: gN_m2,
    cn: gC_gN,
    available_n: gN_m2,
) -> gN_m2_month:
    """Nitrogen freed less nitrogen bound, held back from moving the C:N of soil.

    Rich soil frees more, poor soil binds more: times `richness`, or its inverse.
    """
    net, usual = freed - bound, cn * soil_n
    # one division serves both cases, which are the richness and its inverse
    amount = usual if net >= 0.0 else soil_c
    other = soil_c if net >= 0.0 else usual
    held = net * _against(amount, other)
    # law: in a month no more is freed than the soil holds, nor bound than is available
    return max(min(held, soil_n / MONTH), -available_n / MONTH)
