"""The carbon and nitrogen month as one would write it without a compiler.

In plain NumPy, over any number of places at once, written afresh from docs/model.md; and, place
by place, the model's own equations in plain Python. What `tem.ecosystem` is held against.
"""

from types import SimpleNamespace

import numpy as np

from benchmarks.counting import uncompiled
from tem import soil, vegetation
from tem.ecosystem import HEUN
from tem.variables import Fluxes, Pools

VEGC, VEGNS, VEGNL, SOC, SON, AVAILN = range(len(Pools._fields))


def richness(pools, p):
    """Nitrogen of the soil against calibration; 1 where there is no soil."""
    there = (pools[SOC] > 0) & (pools[SON] > 0)
    ratio = p.cnsoil * pools[SON] / np.where(there, pools[SOC], 1.0)
    return np.where(there, np.clip(ratio, 1 / soil.RICHEST, soil.RICHEST), 1.0)


def foliage(vegc, p):
    """Share of the full canopy."""
    return 1 / (1 + vegetation.SEEDLING * np.exp(p.cov * vegc))


def flow(pools, sky, wider, p):
    """Return `Fluxes` [flux, place] of the month from *pools* [pool, place]."""
    c_even, c2n = p.c_even * wider, p.c2n * wider
    canopy = foliage(pools[VEGC], p)
    maintenance = p.kr * np.exp(p.kra * pools[VEGC]) * pools[VEGC] * sky.plant_warmth
    left = p.cmax * sky.production * canopy - maintenance
    innpp = np.where(left > 0, left * (1 - vegetation.GROWTH_COST), left)
    rh = sky.decomposition * pools[SOC]

    reached = np.maximum(pools[AVAILN] - sky.beyond_roots, 0)
    dissolved = reached * sky.diffusion
    bound = p.nup * dissolved / (p.kn2 + dissolved) * soil.DECAY * rh
    net, rich = sky.decomposition * pools[SON] - bound, richness(pools, p)
    freed = np.minimum(net * rich, pools[SON])
    netnmin = np.where(net >= 0, freed, np.maximum(net / rich, -reached))
    able = p.nmax * canopy * sky.plant_warmth * dissolved / (p.kn1 + dissolved)
    uptake = np.minimum(able, np.maximum(0, reached + netnmin))

    ltrc = p.cfall * pools[VEGC]
    ltrn = np.minimum(p.nfall * pools[VEGNS], ltrc / c_even)
    share = np.divide(
        pools[VEGNS], pools[VEGC], where=pools[VEGC] > 0, out=np.zeros_like(pools[VEGC])
    )
    spared = np.maximum(0, ltrc / c_even - p.nfall * pools[VEGNS])
    resorption = np.minimum(spared * share * c2n, np.maximum(0, (1 - p.nfall) * pools[VEGNS]))

    store = pools[VEGNL]
    offered = uptake + store
    enough = np.maximum(offered, vegetation.SCARCE_NITROGEN)
    scarce = innpp > c_even * enough
    ratio = innpp / enough
    product = ratio * (ratio - 2 * c_even)
    wanted = np.maximum(0, uptake * product / (product - (ratio - c_even) ** 2))
    needed = innpp / c_even
    most = np.maximum(0, pools[VEGNS] - ltrn - resorption)
    shrinking = (needed < 0) & (pools[VEGC] > 0)
    needed = np.where(shrinking, -np.minimum(-needed * share * c2n, most), needed)
    mobilised = np.minimum(needed, store)
    structural = np.where(store >= needed, 0, np.clip(needed - mobilised, 0, wanted))
    goal = p.labncon * (pools[VEGNS] + structural - ltrn - resorption + mobilised)
    kept = store + resorption - mobilised
    labile = np.maximum(0, np.minimum(wanted - structural, goal - kept))
    npp = np.where(scarce, c_even * offered, innpp)
    growth = vegetation.GROWTH_COST / (1 - vegetation.GROWTH_COST)
    return np.stack(Fluxes(
        gpp=npp + growth * np.maximum(npp, 0) + maintenance, innpp=innpp, npp=npp, ltrc=ltrc,
        rh=rh, ltrn=ltrn, netnmin=netnmin, structural_uptake=np.where(scarce, uptake, structural),
        labile_uptake=np.where(scarce, 0, labile), resorption=resorption,
        mobilisation=np.where(scarce, store, mobilised),
    ))  # fmt: skip


def change(flux):
    """Return what a month of *flux* [flux, place] does to the pools [pool, place]."""
    f = Fluxes(*flux)
    taken = f.structural_uptake + f.labile_uptake
    return np.stack(Pools(
        vegc=f.npp - f.ltrc,
        vegns=f.structural_uptake - f.ltrn - f.resorption + f.mobilisation,
        vegnl=f.labile_uptake + f.resorption - f.mobilisation,
        soc=f.ltrc - f.rh, son=f.ltrn - f.netnmin, availn=f.netnmin - taken,
    ))  # fmt: skip


def month_in_numpy(pools, sky, steps, wider, p):
    """Return *pools* [pool, place] after the month, and its fluxes [flux, place].

    *sky* has the fields of `tem.ecosystem.Sky`, each [place]; *steps* [place] are the model's.
    """
    total = np.zeros((len(Fluxes._fields), pools.shape[1]))
    for number in range(int(steps.max())):
        step = np.where(number < steps, 1 / steps, 0.0)
        at, moved = pools, 0.0
        for share, weight in HEUN:
            flux = flow(at, sky, wider, p)
            changed = change(flux)
            at = pools + share * step * changed
            moved = moved + weight * step * changed
            total += weight * step * flux
        pools = pools + moved
    return pools, total


def month_in_python(place, places: int, wider: float, p) -> None:
    """Let *place* (see `plain_place`) live through the month, in the model's own equations."""
    from tem import ecosystem

    with uncompiled():
        ecosystem.live_month(place, places, wider, p)


def plain_place(record):
    """Return a record of `tem.ecosystem` as lists of floats, which plain Python is fastest with."""
    fields = {}
    for name in record.dtype.names:
        own = record[name]
        fields[name] = plain_place(own) if own.dtype.names else own.tolist()
    return SimpleNamespace(**fields)
