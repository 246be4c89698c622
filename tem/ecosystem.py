"""Stage 2, what life makes of it: carbon and nitrogen of places side by side, month by month.

`flow` looks at the pools and says what moves; `reach` and `count` move it, and nothing else
does but thaw (`expose`). A month is a few Runge-Kutta steps; because every flux leaves one pool and
enters another, carbon and nitrogen close to round-off whatever the step. All places of a
record are of one ecosystem under one climate; *n* says how many of its lanes are in use.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from tem import light, permafrost, soil, vegetation
from tem.lanes import LANES, equation, lanes_of
from tem.units import gN_m2, one, per_mm, per_month
from tem.variables import Drivers, Fluxes, Pools

EASY = 1.2  # how far the fastest pool may relax in one Runge-Kutta step
SPARE = 3.5  # steps more where stores may run empty within a month; years are within 0.2 %
DORMANT = 0.5  # steps more where nothing grows
MOST_STEPS = 400  # a month
HEUN = ((1 / 3, 1 / 4), (2 / 3, 0.0), (0.0, 3 / 4))  # reach of a look and its weight
POOREST = 0.05  # soil poorer in nitrogen than this against its calibration binds all there is


class Sky(NamedTuple):
    """What holds during one month, whatever the pools do."""

    production: one
    plant_warmth: one
    decomposition: per_month  # the rate with its moisture and warmth factors
    diffusion: per_mm
    beyond_roots: gN_m2  # available nitrogen that roots do not reach


# One record holds all that changes, so that the compiler sees that nothing overlaps.
PLACE = np.dtype(
    [
        ("pools", lanes_of(Pools._fields)),  # at the start of a step
        ("at", lanes_of(Pools._fields)),  # those that fluxes are looked up for
        ("moved", lanes_of(Pools._fields)),  # what a step changes
        ("sky", lanes_of(Sky._fields)),
        ("flux", lanes_of(Fluxes._fields)),
        ("year", lanes_of(Fluxes._fields)),  # summed since `begin_year`
        ("exposed", lanes_of(("soc", "son", "availn"))),  # by thaw this 1 January; g m-2
        ("withheld", lanes_of(("c", "n"))),  # share of what thaw would expose; 0 but in factorials
        ("aside", lanes_of(("foliage", "maintenance", "uptake", "share"))),  # on the way to a flux
        ("pace", lanes_of(("steps", "step", "rate"))),  # of a month; month; month-1
        ("litter", lanes_of(("c", "n"))),  # of last year, which sets this year's decomposition
    ]
)


def place_of_lanes() -> tuple[np.void, np.ndarray]:
    """Return a record of LANES places, all pools empty, and the same as [field, lane]."""
    lanes = np.zeros((PLACE.itemsize // 8 // LANES, LANES))
    return lanes.reshape(-1).view(PLACE)[0], lanes


@equation
def _carbon(place, n, p):
    """Set growth that the climate permits, and what decomposes."""
    at, sky, flux, aside = place.at, place.sky, place.flux, place.aside
    cmax, kr, kra, cov = p.cmax, p.kr, p.kra, p.cov
    for i in range(n):
        foliage = vegetation.foliage(vegetation_c=at.vegc[i], cov=cov)
        maintenance = vegetation.maintenance(
            vegetation_c=at.vegc[i], rate=kr, fall=kra, warmth=sky.plant_warmth[i]
        )
        aside.foliage[i] = foliage
        aside.maintenance[i] = maintenance
        flux.innpp[i] = vegetation.unlimited_npp(
            gross=cmax * sky.production[i] * foliage, respired=maintenance
        )
        flux.rh[i] = sky.decomposition[i] * at.soc[i]


@equation
def _nitrogen(place, n, p):
    """Set net mineralisation and, aside, the uptake that roots are capable of."""
    at, sky, flux, aside = place.at, place.sky, place.flux, place.aside
    nup, nmax, kn1, kn2, cnsoil = p.nup, p.nmax, p.kn1, p.kn2, p.cnsoil
    for i in range(n):
        within_reach = max(at.availn[i] - sky.beyond_roots[i], 0.0)
        for_plants, for_microbes = vegetation.saturations(
            concentration=within_reach * sky.diffusion[i], half=kn1, other=kn2
        )
        netnmin = soil.net_mineralisation(
            freed=sky.decomposition[i] * at.son[i],
            bound=soil.immobilisation(most=nup, saturation=for_microbes, respired=flux.rh[i]),
            soil_c=at.soc[i],
            soil_n=at.son[i],
            cn=cnsoil,
            available_n=within_reach,
        )
        flux.netnmin[i] = netnmin
        aside.uptake[i] = min(
            nmax * aside.foliage[i] * sky.plant_warmth[i] * for_plants,
            max(0.0, within_reach / soil.MONTH + netnmin),
        )


@equation
def _litter(place, n, wider, p):
    """Set litterfall, and the nitrogen withdrawn before it."""
    at, flux, aside = place.at, place.flux, place.aside
    cfall, nfall, n_even, c2n = p.cfall, p.nfall, 1.0 / (p.c_even * wider), p.c2n * wider
    for i in range(n):
        ltrc = cfall * at.vegc[i]
        share = vegetation.nitrogen_share(structural_n=at.vegns[i], vegetation_c=at.vegc[i])
        aside.share[i] = share
        flux.ltrc[i] = ltrc
        flux.ltrn[i] = vegetation.litter_nitrogen(
            litter_c=ltrc, structural_n=at.vegns[i], rate=nfall, n_even=n_even
        )
        flux.resorption[i] = vegetation.resorption(
            litter_c=ltrc,
            structural_n=at.vegns[i],
            share=share,
            rate=nfall,
            n_even=n_even,
            c2n=c2n,
        )


@equation
def _growth(place, n, wider, p):
    """Set NPP and uptake so that carbon and nitrogen agree."""
    at, flux, aside = place.at, place.flux, place.aside
    c_even, c2n, labncon = p.c_even * wider, p.c2n * wider, p.labncon
    n_even = 1.0 / c_even
    for i in range(n):
        npp, structural, labile, mobilised = vegetation.agree(
            innpp=flux.innpp[i],
            uptake=aside.uptake[i],
            labile_n=at.vegnl[i],
            structural_n=at.vegns[i],
            share=aside.share[i],
            shed_n=flux.ltrn[i],
            resorbed=flux.resorption[i],
            c_even=c_even,
            n_even=n_even,
            c2n=c2n,
            labncon=labncon,
        )
        flux.npp[i] = npp
        flux.structural_uptake[i] = structural
        flux.labile_uptake[i] = labile
        flux.mobilisation[i] = mobilised
        flux.gpp[i] = vegetation.gross_production(npp=npp, maintenance=aside.maintenance[i])


@njit(error_model="numpy")
def flow(place, n, wider, p):
    """Set every flux of the month from the pools `at`, which are only looked at.

    *wider*: by how much CO2 widens the C:N of plants.
    """
    _carbon(place, n, p)
    _nitrogen(place, n, p)
    _litter(place, n, wider, p)
    _growth(place, n, wider, p)


@equation
def _gains(flux, i):
    """Return what each of the `Pools` gains in a month."""
    return (
        flux.npp[i] - flux.ltrc[i],
        flux.structural_uptake[i] - flux.ltrn[i] - flux.resorption[i] + flux.mobilisation[i],
        flux.labile_uptake[i] + flux.resorption[i] - flux.mobilisation[i],
        flux.ltrc[i] - flux.rh[i],
        flux.ltrn[i] - flux.netnmin[i],
        flux.netnmin[i] - flux.structural_uptake[i] - flux.labile_uptake[i],
    )


@equation
def reach(place, n, share):
    """Set `at` to where the fluxes lead within a *share* of the step."""
    pools, at, flux, step = place.pools, place.at, place.flux, place.pace.step
    for i in range(n):
        plants, structure, store, soil_c, soil_n, available = _gains(flux, i)
        during = share * step[i]
        at.vegc[i] = pools.vegc[i] + during * plants
        at.vegns[i] = pools.vegns[i] + during * structure
        at.vegnl[i] = pools.vegnl[i] + during * store
        at.soc[i] = pools.soc[i] + during * soil_c
        at.son[i] = pools.son[i] + during * soil_n
        at.availn[i] = pools.availn[i] + during * available


@equation
def count(place, n, weight):
    """Add the fluxes to what the step has `moved` and to the `year`, by their *weight*."""
    moved, flux, year, step = place.moved, place.flux, place.year, place.pace.step
    for i in range(n):
        plants, structure, store, soil_c, soil_n, available = _gains(flux, i)
        during = weight * step[i]
        moved.vegc[i] += during * plants
        moved.vegns[i] += during * structure
        moved.vegnl[i] += during * store
        moved.soc[i] += during * soil_c
        moved.son[i] += during * soil_n
        moved.availn[i] += during * available
    for i in range(n):
        during = weight * step[i]
        year.gpp[i] += during * flux.gpp[i]
        year.innpp[i] += during * flux.innpp[i]
        year.npp[i] += during * flux.npp[i]
        year.ltrc[i] += during * flux.ltrc[i]
        year.rh[i] += during * flux.rh[i]
        year.ltrn[i] += during * flux.ltrn[i]
        year.netnmin[i] += during * flux.netnmin[i]
        year.structural_uptake[i] += during * flux.structural_uptake[i]
        year.labile_uptake[i] += during * flux.labile_uptake[i]
        year.resorption[i] += during * flux.resorption[i]
        year.mobilisation[i] += during * flux.mobilisation[i]


@equation
def _begin_step(place, n, number):
    """Set `at` to the pools, and the length of step *number* (0 where the month is over)."""
    pools, at, moved, pace = place.pools, place.at, place.moved, place.pace
    for i in range(n):
        pace.step[i] = 1.0 / pace.steps[i] if number < pace.steps[i] else 0.0
        at.vegc[i], moved.vegc[i] = pools.vegc[i], 0.0
        at.vegns[i], moved.vegns[i] = pools.vegns[i], 0.0
        at.vegnl[i], moved.vegnl[i] = pools.vegnl[i], 0.0
        at.soc[i], moved.soc[i] = pools.soc[i], 0.0
        at.son[i], moved.son[i] = pools.son[i], 0.0
        at.availn[i], moved.availn[i] = pools.availn[i], 0.0


@equation
def _end_step(place, n):
    pools, moved = place.pools, place.moved
    for i in range(n):
        pools.vegc[i] += moved.vegc[i]
        pools.vegns[i] += moved.vegns[i]
        pools.vegnl[i] += moved.vegnl[i]
        pools.soc[i] += moved.soc[i]
        pools.son[i] += moved.son[i]
        pools.availn[i] += moved.availn[i]


@njit(error_model="numpy")
def _set_steps(place, n, p):
    """Set how many steps resolve the fastest pool: available nitrogen in moist, warm soil."""
    pools, sky, pace = place.pools, place.sky, place.pace
    nmax, cov, nup, kn1, kn2, cnsoil = p.nmax, p.cov, p.nup, p.kn1, p.kn2, p.cnsoil
    for i in range(n):
        foliage = vegetation.foliage(vegetation_c=pools.vegc[i], cov=cov)
        reach = nmax * foliage * sky.plant_warmth[i]
        richness = soil.richness(soil_c=pools.soc[i], soil_n=pools.son[i], cn=cnsoil)
        bound = nup * soil.DECAY * sky.decomposition[i] * pools.soc[i]
        bound /= max(min(richness, 1.0), POOREST)
        freed = sky.decomposition[i] * max(richness, 1.0)
        speed = sky.diffusion[i] * (reach / kn1 + bound / kn2) + freed
        spare = SPARE if sky.production[i] > 0.0 else DORMANT
        pace.steps[i] = min(np.ceil(speed / EASY + spare), MOST_STEPS)


@njit(error_model="numpy")
def take_steps(place, n, most, wider, p):
    """Let the places live through a month in their own `steps`, of which there are *most* so many.

    Runge-Kutta after Heun, third order: three looks a step. A place that is through waits for
    the others.
    """
    for number in range(most):
        _begin_step(place, n, number)
        for share, weight in HEUN:
            flow(place, n, wider, p)
            if share > 0.0:
                reach(place, n, share)
            if weight > 0.0:
                count(place, n, weight)
        _end_step(place, n)


@njit(error_model="numpy")
def live_month(place, n, wider, p):
    """Let the places live through the month that `sky` says."""
    _set_steps(place, n, p)
    most = 0.0
    for i in range(n):
        most = max(most, place.pace.steps[i])
    take_steps(place, n, int(most), wider, p)


@equation
def set_sky(place, n, month, co2, p):
    """Set what a *month* [Drivers, place] permits; *co2* in ppm."""
    sky, rate = place.sky, place.pace.rate
    drivers = Drivers(month[0], month[1], month[2], month[3], month[4], month[5])
    log_q10, half = np.log(p.q10), p.kc
    for i in range(n):
        speed = drivers.soil_moisture[i] * soil.warming(drivers.soil_warmth[i], log_q10)
        # law: no more is respired in a month than is there
        sky.decomposition[i] = min(rate[i] * speed, 1.0 / soil.MONTH)
        sky.production[i] = drivers.production[i] * light.co2_factor(
            co2=co2, openness=drivers.openness[i], half=half
        )
        sky.plant_warmth[i] = drivers.plant_warmth[i]
        sky.diffusion[i] = drivers.diffusion[i]


@njit(error_model="numpy")
def begin_year(place, n, p):
    """Set the year's fluxes to nothing, and its decomposition rate from last year's litter."""
    year = place.year
    for i in range(n):
        year.gpp[i], year.innpp[i], year.npp[i], year.ltrc[i], year.rh[i] = 0.0, 0.0, 0.0, 0.0, 0.0
        year.ltrn[i], year.netnmin[i], year.structural_uptake[i] = 0.0, 0.0, 0.0
        year.labile_uptake[i], year.resorption[i], year.mobilisation[i] = 0.0, 0.0, 0.0
        place.pace.rate[i] = soil.decomposition_rate(
            rate=p.kd, litter_c=place.litter.c[i], litter_n=place.litter.n[i], cn=p.lcclnc
        )


@njit(error_model="numpy")
def live_year(place, n, drivers, first, co2, co2_start, p):
    """Let the places live through a year, which sums up in `year`.

    *drivers* [month, Drivers, place] are read from month *first*; `litter` of last year sets the
    decomposition rate (0: as at calibration) and becomes that of this year; *co2* (ppm) is this
    year's, *co2_start* that of the spin-up.
    """
    begin_year(place, n, p)
    wider = 1.0 + p.dc2n * (co2 - co2_start)
    for m in range(first, first + 12):
        set_sky(place, n, drivers[m], co2, p)
        live_month(place, n, wider, p)
    for i in range(n):
        place.litter.c[i] = place.year.ltrc[i]
        place.litter.n[i] = place.year.ltrn[i]


@njit(error_model="numpy")
def expose(place, n, alt, previous, rooting, p):
    """Let thaw change the pools, and nitrogen sink beyond roots; `exposed` says by how much.

    *alt*, *previous*, *rooting* [place] in m.
    Source: Liu et al., eqs 1-2 and 2.1 (only nitrogen within the rooting zone is taken up).
    """
    pools, exposed, withheld, sky = place.pools, place.exposed, place.withheld, place.sky
    b, cap = p.b, p.z_cap
    for i in range(n):
        now, before = min(alt[i], cap), min(previous[i], cap)
        gained = permafrost.exposure(alt=now, previous=before, b=b) - 1.0
        share = permafrost.beyond_roots(alt=now, previous=before, rooting=rooting[i], b=b)
        if gained < 0.0:
            share = 1.0  # what freezes is the deepest
        carbon, nitrogen = gained * (1.0 - withheld.c[i]), gained * (1.0 - withheld.n[i])
        exposed.soc[i] = carbon * pools.soc[i]
        exposed.son[i] = nitrogen * pools.son[i]
        exposed.availn[i] = nitrogen * pools.availn[i]
        pools.soc[i] += exposed.soc[i]
        pools.son[i] += exposed.son[i]
        pools.availn[i] += exposed.availn[i]
        sky.beyond_roots[i] = max(0.0, sky.beyond_roots[i] + share * exposed.availn[i])


@njit(error_model="numpy")
def _book(place, exposed):
    """Add what thaw exposed this year to *exposed* [what, place]; last, gains of carbon alone."""
    new = place.exposed
    for i in range(exposed.shape[1]):
        exposed[0, i] += new.soc[i]
        exposed[1, i] += new.son[i]
        exposed[2, i] += new.availn[i]
        exposed[3, i] += max(new.soc[i], 0.0)


@njit(error_model="numpy")
def _report(out, place, exposed):
    """Write one year of `Yearly` (all but what the environment knows) into *out* [field, place]."""
    year, pools = place.year, place.pools
    for i in range(out.shape[1]):
        uptake = year.structural_uptake[i] + year.labile_uptake[i]
        for k, value in enumerate(
            (
                year.gpp[i], year.gpp[i] - year.npp[i], year.npp[i], year.innpp[i], year.rh[i],
                year.npp[i] - year.rh[i], year.ltrc[i], year.ltrn[i], year.netnmin[i], uptake,
                pools.vegc[i], pools.soc[i], pools.vegns[i] + pools.vegnl[i], pools.son[i],
                pools.availn[i], exposed[0, i], exposed[1, i], exposed[2, i], exposed[3, i],
            )
        ):  # fmt: skip
            out[k, i] = value


@njit(nogil=True, cache=True, error_model="numpy")
def live(place, drivers, years, thaw, before, rooting, co2, co2_start, p, exposed, out):
    """Let the places live through *years*: thaw on 1 January, then twelve months.

    *drivers* [month, Drivers, place]; *years* [step] index them; *thaw* and, the year *before*,
    [step, place] in m; *rooting* [place] in m; *co2* [step] in ppm. *exposed* [4, place] grows by
    what thaw exposes; *out* [Yearly, step, place] is filled, or has no steps.
    """
    n = rooting.size
    for k in range(years.size):
        expose(place, n, thaw[k], before[k], rooting, p)
        live_year(place, n, drivers, 12 * years[k], co2[k], co2_start, p)
        _book(place, exposed)
        if out.shape[1] > 0:
            _report(out[:, k], place, exposed)
