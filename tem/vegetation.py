"""Equations of plants: foliage, respiration, litter, uptake; how carbon and nitrogen agree.

Divisions set the pace of these equations, so none is made twice: ratios that several of them
need are handed in.
Source where not said otherwise: Raich et al. (1991), McGuire et al. (1992), TEM 4.3.
"""

from tem.lanes import equation, exp
from tem.units import (
    gC_gN,
    gC_m2,
    gC_m2_month,
    gN_gC,
    gN_litre,
    gN_m2,
    gN_m2_month,
    m2_gC,
    month,
    one,
    per_month,
)

GROWTH_COST: one = 0.2  # share of production before growth respiration that growth costs
SEEDLING: one = 1.6662  # TEM's kleafc: foliage of bare ground is 1 / (1 + 1.6662)
MONTH: month = 1.0  # the store of labile nitrogen counts as available within one month
SCARCE_NITROGEN: gN_m2_month = 1e-6  # keeps a ratio finite where there is no nitrogen
SCARCE_CARBON: gC_m2 = 1e-6  # the same where there are no plants


@equation
def foliage(vegetation_c: gC_m2, cov: m2_gC) -> one:
    """Share of the full canopy that plant carbon affords."""
    return 1.0 / (1.0 + SEEDLING * exp(cov * vegetation_c))


@equation
def maintenance(vegetation_c: gC_m2, rate: per_month, fall: m2_gC, warmth: one) -> gC_m2_month:
    """Maintenance respiration; the rate falls as plants grow."""
    return rate * exp(fall * vegetation_c) * vegetation_c * warmth


@equation
def unlimited_npp(gross: gC_m2_month, respired: gC_m2_month) -> gC_m2_month:
    """NPP if nitrogen were no limit (the paper's INNPP)."""
    left = gross - respired
    return left * (1.0 - GROWTH_COST) if left > 0.0 else left


@equation
def saturations(concentration: gN_litre, half: gN_litre, other: gN_litre):
    """Return Michaelis-Menten responses to available nitrogen, for two half saturations."""
    first, second = half + concentration, other + concentration
    both = concentration / (first * second)
    return second * both, first * both


@equation
def nitrogen_share(structural_n: gN_m2, vegetation_c: gC_m2) -> gN_gC:
    """Structural nitrogen per carbon of plants."""
    return structural_n / max(vegetation_c, SCARCE_CARBON)


@equation
def litter_nitrogen(
    litter_c: gC_m2_month, structural_n: gN_m2, rate: per_month, n_even: gN_gC
) -> gN_m2_month:
    """Nitrogen in litterfall; never richer in nitrogen than new growth."""
    return min(rate * structural_n, litter_c * n_even)


@equation
def resorption(
    litter_c: gC_m2_month,
    structural_n: gN_m2,
    share: gN_gC,
    rate: per_month,
    n_even: gN_gC,
    c2n: gC_gN,
) -> gN_m2_month:
    """Nitrogen withdrawn into the store before leaves fall; *share*: see `nitrogen_share`."""
    spared = max(0.0, litter_c * n_even - rate * structural_n)
    # law: no more leaves the structure in a month than is there
    most = max(0.0, structural_n / MONTH - rate * structural_n)
    return min(spared * share * c2n, most)


@equation
def uptake_wanted(uptake: gN_m2_month, balance: one) -> gN_m2_month:
    """Nitrogen uptake when carbon is the limit.

    *balance* is nitrogen needed over nitrogen on offer: at 0 nothing is taken up, at 1 all that
    can be had. TEM's ratio k (k - 2 c) / [k (k - 2 c) - (k - c)^2] with k = c *balance*, whose
    denominator is -c^2.
    """
    return max(0.0, uptake * (1.0 - (1.0 - balance) ** 2))


@equation
def agree(
    innpp: gC_m2_month,
    uptake: gN_m2_month,
    labile_n: gN_m2,
    structural_n: gN_m2,
    share: gN_gC,
    shed_n: gN_m2_month,
    resorbed: gN_m2_month,
    c_even: gC_gN,
    n_even: gN_gC,
    c2n: gC_gN,
    labncon: one,
):
    """Return NPP, structural uptake, labile uptake and mobilisation that fit each other.

    *share*: see `nitrogen_share`; *n_even* is 1 / *c_even*. Carbon-limited (INNPP over nitrogen
    on offer at most c_even): growth as the climate lets, uptake turned down. Nitrogen-limited:
    growth as nitrogen lets.
    """
    offered = uptake + labile_n / MONTH
    enough = max(offered, SCARCE_NITROGEN)
    if innpp > c_even * enough:
        return c_even * offered, uptake, 0.0, labile_n / MONTH
    needed = innpp * n_even
    wanted = uptake_wanted(uptake, needed / enough)
    if needed < 0.0:
        # law: no more leaves the structure in a month than is there
        most = max(0.0, structural_n / MONTH - shed_n - resorbed)
        needed = -min(-needed * share * c2n, most)
    if labile_n / MONTH >= needed:
        mobilised, structural = needed, 0.0
    else:
        mobilised = labile_n / MONTH
        structural = min(max(needed - mobilised, 0.0), wanted)
    goal = labncon * (structural_n + (structural - shed_n - resorbed + mobilised) * MONTH)
    kept = labile_n + (resorbed - mobilised) * MONTH
    labile = max(0.0, min(wanted - structural, (goal - kept) / MONTH))
    return innpp, structural, labile, mobilised


@equation
def gross_production(npp: gC_m2_month, maintenance: gC_m2_month) -> gC_m2_month:
    """Photosynthesis that pays for growth, its cost, and maintenance."""
    growth = npp * GROWTH_COST / (1.0 - GROWTH_COST) if npp > 0.0 else 0.0
    return npp + growth + maintenance
