"""The ground under one cell in one climate: warmth by depth, freezing fronts, carbon by depth."""

from typing import NamedTuple

import numpy as np

import tem
from tem import permafrost
from tem.columns import EDGES, LAYERS, STEPS, TEN_M

A_YEAR = 12 * STEPS  # steps of the soil column


class Fronts(NamedTuple):
    """Depths (m) at which the ground changes its phase; NaN where there is no such front."""

    thaw: np.ndarray  # down to which the ground is thawed from the surface
    frost: np.ndarray  # down to which the seasonal frost reaches, with unfrozen ground below
    bottom: np.ndarray  # of what is unfrozen; from below it frost comes up


class Profile(NamedTuple):
    """What a soil column of the Baseline does, in S_T."""

    years: np.ndarray  # [year]
    temperature: np.ndarray  # degC [year, step, layer], to 10 m
    fronts: Fronts  # m [year, step]
    alt: np.ndarray  # m [year]
    soc: np.ndarray  # g C m-2 in the active layer [year]
    counted: np.ndarray  # m [year], the thaw depth that eq. 1 counts
    b: float  # m, of eq. 2


def profile(library, rcp, gcm, cell) -> Profile:
    """Work out the `Profile` of a *cell* of a `runs.Library`, whose climate must be there."""
    region = library.region.isel(cell=[cell])
    ground = tem.ground(region, library.sky(rcp, gcm, [cell]), layers=True, workers=1)
    column = library.climates[rcp, gcm].environment.isel(cell=[cell])
    yearly = tem.experiment(column, runs=("S_T",), workers=1).isel(run=0, cell=0)
    steps = (ground.year.size, A_YEAR)
    warmth, liquid = (
        ground[name].isel(cell=0).to_numpy()[:, :TEN_M]
        for name in ("soil_temperature", "liquid_share")
    )
    return Profile(
        years=ground.year.to_numpy(),
        temperature=warmth.reshape(*steps, TEN_M),
        fronts=Fronts(*(front.reshape(steps) for front in fronts(liquid))),
        alt=ground.thaw_depth.isel(cell=0).to_numpy(),
        soc=yearly.soc.to_numpy(),
        counted=yearly.alt.to_numpy(),
        b=tem.ecosystems()[str(region.ecosystem.item())].b,
    )


def fronts(liquid) -> Fronts:
    """Return the `Fronts` [step] from the liquid share of layers [step, layer].

    A layer that is partly liquid holds one front: it is thawed from above if it is the first one
    that is not wholly thawed from the surface down, and else from below.
    """
    layers = liquid.shape[1]
    thickness, edges, number = LAYERS[:layers], EDGES[:layers], np.arange(layers)

    def within(layer, share):
        return edges[layer] + share * thickness[layer]

    def at(layer):
        return np.take_along_axis(liquid, layer[:, None], axis=1)[:, 0]

    some = liquid > 0
    last = layers - 1 - some[:, ::-1].argmax(axis=1)
    whole = np.cumprod(liquid >= 1, axis=1).sum(axis=1)  # layers thawed from the surface down
    halted = np.minimum(whole, layers - 1)
    freezes = (liquid[:, 0] == 0) | ((liquid[:, 0] < 1) & some[:, 1])
    below = some & (number > np.where(freezes, -1, halted)[:, None])
    first = below.argmax(axis=1)
    frozen_above = below.any(axis=1)
    thaw = within(halted, at(halted))
    share = np.where(frozen_above & (first == last), 1.0, at(last))
    bottom = np.maximum(within(last, share), np.where(freezes, 0.0, thaw))
    return Fronts(
        np.where(freezes, np.nan, thaw),
        np.where(frozen_above, within(first, 1 - at(first)), np.nan),
        np.where(some.any(axis=1), bottom, np.nan),
    )


def carbon(found: Profile, year: int, depth):
    """Return the soil carbon (g C m-2) between the surface and a *depth* (m, or many) by eq. 2."""
    at = year - int(found.years[0])
    return found.soc[at] * permafrost.exposure(depth, found.counted[at], found.b)
