"""Stage 2, what life makes of it: carbon and nitrogen of one place, month by month.

`flow` looks at the pools and says what moves; `settle` moves it, and nothing else does but
thaw (`expose`). A month is a few Runge-Kutta steps; because every flux leaves one pool and
enters another, carbon and nitrogen close to round-off whatever the step.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from tem import light, permafrost, soil, vegetation
from tem.units import gC_gN, gN_m2, one, per_mm, per_month
from tem.variables import Drivers, Fluxes, Pools

EASY = 0.7  # how far the fastest pool may relax in one Runge-Kutta step: years within 0.2 %
MOST_STEPS = 400  # a month
POOREST = 0.05  # soil poorer in nitrogen than this against its calibration binds all there is
EMPTY = Fluxes(*(0.0,) * len(Fluxes._fields))


class Month(NamedTuple):
    """What holds during one month, whatever the pools do."""

    production: one
    plant_warmth: one
    decomposition: per_month  # rate with its moisture and warmth factors
    diffusion: per_mm
    beyond_roots: gN_m2  # available nitrogen that roots do not reach
    c_even: gC_gN
    c2n: gC_gN


class Exposed(NamedTuple):
    """What thaw added to the active layer on 1 January, in g m-2 (negative: refrozen)."""

    soc: float
    son: float
    availn: float


@njit(error_model="numpy")
def flow(pools, month, p):
    """Return every flux of the month; the pools are only looked at."""
    foliage = vegetation.foliage(vegetation_c=pools.vegc, cov=p.cov)
    maintenance = vegetation.maintenance(
        vegetation_c=pools.vegc, rate=p.kr, fall=p.kra, warmth=month.plant_warmth
    )
    innpp = vegetation.unlimited_npp(
        gross=p.cmax * month.production * foliage, respired=maintenance
    )
    rh = month.decomposition * pools.soc
    within_reach = max(pools.availn - month.beyond_roots, 0.0)
    concentration = within_reach * month.diffusion
    netnmin = soil.net_mineralisation(
        freed=month.decomposition * pools.son,
        bound=soil.immobilisation(
            most=p.nup,
            saturation=vegetation.saturation(concentration=concentration, half=p.kn2),
            respired=rh,
        ),
        richness=soil.richness(soil_c=pools.soc, soil_n=pools.son, cn=p.cnsoil),
        soil_n=pools.son,
        available_n=within_reach,
    )
    reach = p.nmax * foliage * month.plant_warmth
    uptake = min(
        reach * vegetation.saturation(concentration=concentration, half=p.kn1),
        max(0.0, within_reach / soil.MONTH + netnmin),
    )
    ltrc = p.cfall * pools.vegc
    ltrn = vegetation.litter_nitrogen(
        litter_c=ltrc, structural_n=pools.vegns, rate=p.nfall, c_even=month.c_even
    )
    resorbed = vegetation.resorption(
        litter_c=ltrc,
        vegetation_c=pools.vegc,
        structural_n=pools.vegns,
        rate=p.nfall,
        c_even=month.c_even,
        c2n=month.c2n,
    )
    npp, structural, labile, mobilised = vegetation.agree(
        innpp=innpp,
        uptake=uptake,
        labile_n=pools.vegnl,
        structural_n=pools.vegns,
        vegetation_c=pools.vegc,
        shed_n=ltrn,
        resorbed=resorbed,
        c_even=month.c_even,
        c2n=month.c2n,
        labncon=p.labncon,
    )
    return Fluxes(
        gpp=vegetation.gross_production(npp=npp, maintenance=maintenance),
        innpp=innpp,
        npp=npp,
        ltrc=ltrc,
        rh=rh,
        ltrn=ltrn,
        netnmin=netnmin,
        structural_uptake=structural,
        labile_uptake=labile,
        resorption=resorbed,
        mobilisation=mobilised,
    )


@njit(error_model="numpy")
def settle(pools, flux, months):
    """Return the pools after the fluxes have run for *months*."""
    return Pools(
        vegc=pools.vegc + months * (flux.npp - flux.ltrc),
        vegns=pools.vegns
        + months * (flux.structural_uptake - flux.ltrn - flux.resorption + flux.mobilisation),
        vegnl=pools.vegnl + months * (flux.labile_uptake + flux.resorption - flux.mobilisation),
        soc=pools.soc + months * (flux.ltrc - flux.rh),
        son=pools.son + months * (flux.ltrn - flux.netnmin),
        availn=pools.availn + months * (flux.netnmin - flux.structural_uptake - flux.labile_uptake),
    )


@njit(error_model="numpy")
def weighted(a, x, b, y):
    """Return x times the fluxes *a* plus y times the fluxes *b*."""
    return Fluxes(
        gpp=x * a.gpp + y * b.gpp,
        innpp=x * a.innpp + y * b.innpp,
        npp=x * a.npp + y * b.npp,
        ltrc=x * a.ltrc + y * b.ltrc,
        rh=x * a.rh + y * b.rh,
        ltrn=x * a.ltrn + y * b.ltrn,
        netnmin=x * a.netnmin + y * b.netnmin,
        structural_uptake=x * a.structural_uptake + y * b.structural_uptake,
        labile_uptake=x * a.labile_uptake + y * b.labile_uptake,
        resorption=x * a.resorption + y * b.resorption,
        mobilisation=x * a.mobilisation + y * b.mobilisation,
    )


@njit(error_model="numpy")
def steps_needed(pools, month, p):
    """Return how many steps resolve the fastest pool: mostly available nitrogen in moist soil."""
    reach = p.nmax * vegetation.foliage(vegetation_c=pools.vegc, cov=p.cov) * month.plant_warmth
    richness = soil.richness(soil_c=pools.soc, soil_n=pools.son, cn=p.cnsoil)
    bound = p.nup * soil.DECAY * month.decomposition * pools.soc
    bound /= max(min(richness, 1.0), POOREST)
    freed = month.decomposition * max(richness, 1.0)
    # one more for the store of labile nitrogen, which can empty within a month
    speed = month.diffusion * (reach / p.kn1 + bound / p.kn2) + freed + 1.0 / vegetation.MONTH
    return int(min(max(np.ceil(speed / EASY), 1.0), MOST_STEPS))


@njit(error_model="numpy")
def live_month(pools, month, p):
    """Return the pools after a month and the month's fluxes (Runge-Kutta, fourth order)."""
    steps = steps_needed(pools, month, p)
    step = 1.0 / steps
    total = EMPTY
    for _ in range(steps):
        k1 = flow(pools, month, p)
        k2 = flow(settle(pools, k1, 0.5 * step), month, p)
        k3 = flow(settle(pools, k2, 0.5 * step), month, p)
        k4 = flow(settle(pools, k3, step), month, p)
        outer = weighted(k1, 1.0 / 6.0, k4, 1.0 / 6.0)
        inner = weighted(k2, 1.0 / 3.0, k3, 1.0 / 3.0)
        flux = weighted(outer, 1.0, inner, 1.0)
        pools = settle(pools, flux, step)
        total = weighted(total, 1.0, flux, step)
    return pools, total


@njit(error_model="numpy")
def month_of(drivers, m, rate, co2, wider, beyond_roots, p):
    """Return what month *m* of *drivers* [Drivers, month] permits.

    *rate*: this year's decomposition rate (month-1); *co2* in ppm; *wider*: by how much CO2
    widens the C:N of plants; *beyond_roots*: nitrogen out of reach (g m-2).
    """
    sky = Drivers(
        drivers[0, m], drivers[1, m], drivers[2, m], drivers[3, m], drivers[4, m], drivers[5, m]
    )  # fmt: skip
    speed = sky.soil_moisture * soil.warming(temperature=sky.soil_warmth, q10=p.q10)
    return Month(
        production=sky.production * light.co2_factor(co2=co2, openness=sky.openness, half=p.kc),
        plant_warmth=sky.plant_warmth,
        # law: no more is respired in a month than is there
        decomposition=min(rate * speed, 1.0 / soil.MONTH),
        diffusion=sky.diffusion,
        beyond_roots=beyond_roots,
        c_even=p.c_even * wider,
        c2n=p.c2n * wider,
    )


@njit(error_model="numpy")
def live_year(pools, beyond_roots, litter_c, litter_n, drivers, first, co2, co2_start, p):
    """Return the pools after a year and the year's fluxes.

    *drivers* [Drivers, month] are read from month *first*; *litter_c*, *litter_n* are last
    year's litterfall, which sets the decomposition rate of this one (0 where there is none);
    *co2* (ppm) is this year's, *co2_start* that of the spin-up.
    """
    rate = soil.decomposition_rate(rate=p.kd, litter_c=litter_c, litter_n=litter_n, cn=p.lcclnc)
    wider = 1.0 + p.dc2n * (co2 - co2_start)
    year = EMPTY
    for m in range(first, first + 12):
        month = month_of(
            drivers=drivers, m=m, rate=rate, co2=co2, wider=wider, beyond_roots=beyond_roots, p=p
        )
        pools, flux = live_month(pools, month, p)
        year = weighted(year, 1.0, flux, 1.0)
    return pools, year


@njit(error_model="numpy")
def expose(pools, beyond_roots, alt, previous, rooting, p):
    """Return the pools after thaw, the nitrogen beyond roots, and what was `Exposed`.

    Source: Liu et al., eqs 1-2 and 2.1 (only nitrogen within the rooting zone is taken up).
    """
    gained = permafrost.exposure(alt=alt, previous=previous, b=p.b) - 1.0
    exposed = Exposed(gained * pools.soc, gained * pools.son, gained * pools.availn)
    share = permafrost.beyond_roots(alt=alt, previous=previous, rooting=rooting, b=p.b)
    if gained < 0.0:
        share = 1.0  # what freezes is the deepest
    beyond_roots = max(0.0, beyond_roots + share * exposed.availn)
    thawed = Pools(
        vegc=pools.vegc,
        vegns=pools.vegns,
        vegnl=pools.vegnl,
        soc=pools.soc + exposed.soc,
        son=pools.son + exposed.son,
        availn=pools.availn + exposed.availn,
    )
    return thawed, beyond_roots, exposed
