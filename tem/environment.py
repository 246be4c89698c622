"""Stage 1, what the climate permits: heat, water, light and leaf of every place.

Nothing here depends on b or a rate parameter, so it is worked out once per climate and kept.
"""

from typing import NamedTuple

import numpy as np
import xarray as xr
from numba import njit

from tem import light, permafrost, soil, water
from tem import parameters as declared
from tem.blocks import in_blocks
from tem.columns import LANES, MONTH_DAYS, in_lockstep
from tem.door import (
    annotated,
    as_floats,
    check_climate,
    check_region,
    check_same_cells,
    places,
    years_of,
)
from tem.variables import Drivers, Ground, GroundYear, WaterYear

SPIN_UP_CLIMATE = (2006, 2046)  # Liu et al., 2.3
REFERENCE_YEAR = 2020  # the last year in which S_R follows the climate; Liu et al., 2.3
# The ground starts in balance with the present, not with the mean of 2006-2046: deep frost
# outlasts decades, and a start warmed by a GCM's own future would make 2006 differ by GCM.
GROUND_CLIMATE = (2006, 2015)
GROUND_SPIN_UP = 100  # years of that climate's mean year
GROUND_SHARE = 0.9  # of the time that the environment takes, for progress
FORGOTTEN = 20  # years after which the bucket's start no longer shows
WATER_STEPS = 10  # parts of a month in which the bucket is balanced; one month cycles spuriously
DRIEST = 0.001  # volumetric moisture that is never undercut
PET = {"jh_elev": "by_elevation", "jh": "jensen_haise"}


class Stores(NamedTuple):
    """Water at one place, in mm."""

    soil: float  # rooting zone, all of it
    snow: float
    rain_fed: float  # ground water
    snow_fed: float


class Flows(NamedTuple):
    """Water that moved in a month, in mm."""

    eet: float
    runoff: float


class Bucket(NamedTuple):
    """What the soil can hold, in mm, and how high it lies (m)."""

    capacity: float
    wilting: float
    elevation: float


@njit(error_model="numpy")
def water_month(stores, bucket, length, pet, precipitation, temperature, previous, before):
    """Return the stores after a month and its evapotranspiration and runoff.

    *previous*, *before*: air temperature of the last month and the one before it (°C).
    Source: Vörösmarty (1989) as used in TEM 4.3.
    """
    snowing = temperature < water.SNOW_BELOW
    rain = 0.0 if snowing else precipitation
    melt = water.snow_melt(
        pack=stores.snow,
        temperature=temperature,
        previous=previous,
        elevation=bucket.elevation,
    )
    water_in = rain + melt
    wet = water.wet_days(water_in=water_in)
    holds = bucket.capacity - bucket.wilting
    part = 1.0 / WATER_STEPS
    content, eet, surplus = stores.soil, 0.0, 0.0
    for _ in range(WATER_STEPS):
        available = max(0.0, content - bucket.wilting)
        used = water.evapotranspiration(
            length=length * part,
            water_in=water_in * part,
            pet=pet * part,
            available=available,
            capacity=holds,
            wet=wet,
        )
        over = max(0.0, available + water_in * part - used - holds)
        content += water_in * part - used - over
        eet += used
        surplus += over
    rain_share = rain / water_in if water_in > 0.0 else 1.0
    rain_fed = stores.rain_fed + surplus * rain_share
    snow_fed = stores.snow_fed + surplus * (1.0 - rain_share)
    released = water.snow_release(
        temperature=temperature, previous=previous, before=before, elevation=bucket.elevation
    )
    runoff = 0.5 * rain_fed + released * snow_fed
    left = Stores(
        soil=content,
        snow=stores.snow + precipitation - rain - melt,
        rain_fed=0.5 * rain_fed,
        snow_fed=(1.0 - released) * snow_fed,
    )
    return left, Flows(eet=eet, runoff=runoff)


@njit(nogil=True, cache=True, error_model="numpy")
def march(
    air, rain, irradiance, pet, ground, ratio, fines, rooting, elevation, kinds, types, cycle,
    drivers, yearly,
):  # fmt: skip
    """Fill *drivers* [cell, Drivers, month] and *yearly* [cell, WaterYear, year].

    *air*, *rain*, *irradiance*, *pet* [cell, month]; *ground* [cell, Ground, month]; *ratio*
    [cell, year], by which thaw widens the soil's water on 1 January. The first *cycle* months
    are lived beforehand, unrecorded and without thaw, as often as stores take to forget their
    start.
    """
    cells, months = air.shape
    silent_months = cycle * (1 + 12 * FORGOTTEN // cycle)
    for c in range(cells):
        p = types[kinds[c]]
        bucket = Bucket(
            capacity=water.field_capacity(fines=fines[c]) * rooting[c] * 1000.0,
            wilting=water.wilting_point(fines=fines[c]) * rooting[c] * 1000.0,
            elevation=elevation[c],
        )
        stores = Stores(soil=bucket.capacity, snow=0.0, rain_fed=0.0, snow_fed=0.0)
        most_eet, most_leaf, leaf, warmest_leaf = pet[c, :12].max(), 1.0, 0.0, p.t_optmin
        for month in range(-silent_months, months):
            silent = month < 0
            m = month % cycle if silent else month
            before = cycle if m == 0 else m
            previous = air[c, before - 1]
            earlier = air[c, before - 2 if before > 1 else cycle - 1]
            if m % 12 == 0:
                year = m // 12
                year_eet, year_leaf, leaf_warmth = 0.0, 0.0, p.t_optmin
                at_start = stores.soil + stores.snow + stores.rain_fed + stores.snow_fed
                thawed = min(stores.soil * ratio[c, year], bucket.capacity) - stores.soil
                thawed = 0.0 if silent or ratio[c, year] == 1.0 else thawed
                stores = Stores(
                    soil=stores.soil + thawed,
                    snow=stores.snow,
                    rain_fed=stores.rain_fed,
                    snow_fed=stores.snow_fed,
                )
                eet_sum, pet_sum, run_sum, rain_sum = 0.0, 0.0, 0.0, 0.0
            stores, flows = water_month(
                stores=stores,
                bucket=bucket,
                length=MONTH_DAYS[m % 12],
                pet=pet[c, m],
                precipitation=rain[c, m],
                temperature=air[c, m],
                previous=previous,
                before=earlier,
            )
            leaf = light.leaf(
                eet=flows.eet, most_eet=most_eet, previous=leaf,
                a=p.leaf_a, b=p.leaf_b, c=p.leaf_c, least=p.leaf_min,
            )  # fmt: skip
            year_eet = max(year_eet, flows.eet)
            if leaf > year_leaf:
                year_leaf, leaf_warmth = leaf, air[c, m]
            if not silent:
                _set_drivers(
                    drivers[c, :, m], p, irradiance[c, m], air[c, m], ground[c, :, m],
                    flows.eet, pet[c, m], stores.soil, rooting[c], leaf, most_leaf, warmest_leaf,
                )  # fmt: skip
                eet_sum += flows.eet
                pet_sum += pet[c, m]
                run_sum += flows.runoff
                rain_sum += rain[c, m]
            if m % 12 == 11:
                most_eet, most_leaf = max(year_eet, water.NO_DEMAND), max(year_leaf, DRIEST)
                warmest_leaf = leaf_warmth
                if not silent:
                    total = stores.soil + stores.snow + stores.rain_fed + stores.snow_fed
                    residual = at_start + thawed + rain_sum - eet_sum - run_sum - total
                    for k, value in enumerate((eet_sum, pet_sum, run_sum, total, thawed, residual)):
                        yearly[c, k, year] = value


@njit(error_model="numpy")
def _set_drivers(
    out, p, irradiance, air, ground, eet, pet, soil_water, rooting, leaf, most_leaf, optimum
):
    """Set one month's `Drivers` from that month's weather, ground, water and leaf."""
    moisture = max(soil_water / (1000.0 * rooting), DRIEST)
    out[0] = (
        light.light_factor(par=light.PHOTOSYNTHETIC * irradiance, half=p.ki)
        * light.warmth_factor(
            temperature=air,
            low=p.t_min,
            optimum_low=min(max(optimum, p.t_optmin), p.t_optmax),
            optimum_high=p.t_optmax,
            high=p.t_max,
        )
        * light.relative_leaf(unnormalised=leaf, most=most_leaf, least=p.leaf_min)
        * ground[1]
    )
    out[1] = light.canopy_openness(eet=eet, pet=pet)
    out[2] = light.plant_warmth(temperature=air)
    out[3] = ground[0]
    out[4] = soil.moisture_factor(moisture=moisture)
    out[5] = water.diffusion(moisture=moisture, soil_water=max(soil_water, DRIEST))


@njit(nogil=True, cache=True, error_model="numpy")
def demand(air, irradiance, elevation, warmest, high, pet):
    """Fill *pet* [cell, month] (mm) from *air* (°C) and *irradiance* (langley a day)."""
    for c in range(air.shape[0]):
        for m in range(air.shape[1]):
            length = MONTH_DAYS[m % 12]
            if high:
                pet[c, m] = water.pet_by_elevation(
                    air[c, m], irradiance[c, m], length, elevation[c], warmest[c]
                )
            else:
                pet[c, m] = water.pet_jensen_haise(air[c, m], irradiance[c, m], length)


def ground(region, climate, parameters=None, *, progress=None, cancelled=None, workers=None):
    """Return soil temperature and thaw of *region* under *climate*.

    Parameters
    ----------
    region : Dataset on `cell` with coordinates lat, lon, ecosystem, cell_area
    climate : Dataset with `tas` (degC), `pr` (mm month-1) [cell, time], whole years
    parameters : None, mapping of ecosystem to Parameters, Parameters, or edits as strings
    progress : called with the finished fraction; cancelled : asked whether to stop
    workers : threads (default: one per processor)

    Returns
    -------
    Dataset with `soil_warmth` (degC), `thawed_share` (1) [cell, time] and `thaw_depth` (m),
    `magt` (degC), `heat_residual` (1) [cell, year]. A spin-up on the mean year of 2006-2015
    comes first. Raises ValueError for inputs it cannot use.
    """
    check_region(region)
    check_climate(climate)
    check_same_cells(region, climate, "climate")
    sets = declared.settled(parameters)
    air, rain = as_floats(climate.tas), as_floats(climate.pr)
    years = years_of(climate)
    cycle, present = 12 * _years(years, SPIN_UP_CLIMATE), 12 * _years(years, GROUND_CLIMATE)
    wetness = rain[:, :cycle].sum(axis=1) * 12 / cycle
    monthly = np.empty((air.shape[0], len(Ground._fields), air.shape[1]))
    yearly = np.empty((air.shape[0], len(GroundYear._fields), years.size))
    blocks = _alike(region.ecosystem.values, LANES)

    def work(one_block):
        for name, cells in blocks[one_block]:
            monthly[cells], yearly[cells] = in_lockstep(
                air[cells], wetness[cells], sets[name], GROUND_SPIN_UP, present
            )

    in_blocks(work, len(blocks), 1, progress, cancelled, workers)
    return xr.Dataset(
        annotated(Ground, monthly, ("cell", "time"))
        | annotated(GroundYear, yearly, ("cell", "year")),
        coords=places(region) | {"time": climate.time, "year": ("year", years)},
        attrs=climate.attrs,
    )


def _alike(ecosystems, size: int) -> list:
    """Return (ecosystem, cells) for blocks of at most *size* cells of one ecosystem."""
    found = []
    for name in np.unique(ecosystems):
        cells = np.flatnonzero(ecosystems == name)
        found += [(str(name), cells[i : i + size]) for i in range(0, cells.size, size)]
    return found


def _years(years, period) -> int:
    """Return how many leading years make a spin-up climate: the period's, or all if fewer."""
    first, last = period
    return int(min(last - first + 1, years.size))


def environment(
    region,
    climate,
    parameters=None,
    *,
    ground=None,
    pet="jh_elev",
    thaw_water=False,
    progress=None,
    cancelled=None,
    workers=None,
):
    """Return all that the carbon and nitrogen cycle needs to know of the climate.

    Parameters
    ----------
    region : Dataset on `cell`: coordinates lat, lon, ecosystem, cell_area; elevation (m),
        silt, clay (percent), rooting_depth (m)
    climate : Dataset: tas (degC), pr (mm month-1), rsds (W m-2) [cell, time]; co2 (ppm) [year]
    parameters : None, mapping of ecosystem to Parameters, Parameters, or edits as strings
    ground : what `ground` returned for the same region and climate, to save its time
    pet : "jh_elev" (Jensen-Haise with elevation terms) or "jh" (as TEM has it)
    thaw_water : whether eq. 1 also widens soil water; drivers then differ between runs
    progress, cancelled, workers : as for `ground`

    Returns
    -------
    Dataset with the `Drivers` [cell, time] ([run, cell, time] with *thaw_water*), the `WaterYear`
    and thaw depth [cell, year], co2 [year] and rooting_depth [cell].
    Raises ValueError for inputs it cannot use.
    """
    if pet not in PET:
        raise ValueError(f"pet = {pet!r} is unknown; choose one of {', '.join(PET)}")
    if ground is None:
        ground = globals()["ground"](
            region,
            climate,
            parameters,
            progress=progress and (lambda fraction: progress(GROUND_SHARE * fraction)),
            cancelled=cancelled,
            workers=workers,
        )
    check_region(region)
    check_climate(climate)
    check_same_cells(region, climate, "climate")
    check_same_cells(region, ground, "ground")
    sets = declared.settled(parameters)
    kinds = declared.kinds(region.ecosystem.values)
    types = declared.as_records(sets)
    years = years_of(climate)
    cycle = 12 * _years(years, SPIN_UP_CLIMATE)
    air, rain = as_floats(climate.tas), as_floats(climate.pr)
    irradiance = light.irradiance(as_floats(climate.rsds))
    elevation, rooting = as_floats(region.elevation), as_floats(region.rooting_depth)
    fines = as_floats(region.silt + region.clay) / 100
    mean_year = air[:, :cycle].reshape(air.shape[0], -1, 12).mean(axis=1)
    monthly = np.ascontiguousarray(
        np.stack([as_floats(ground[name]) for name in Ground._fields], axis=1)
    )
    alt = as_floats(ground.thaw_depth)
    wanted = np.empty_like(air)
    late = progress and (lambda fraction: progress(GROUND_SHARE + (1 - GROUND_SHARE) * fraction))

    def fill_demand(block):
        demand(
            air[block], irradiance[block], elevation[block],
            mean_year[block].max(axis=1), pet == "jh_elev", wanted[block],
        )  # fmt: skip

    in_blocks(fill_demand, air.shape[0], 64, None, cancelled, workers)

    def run(ratio):
        drivers = np.empty((air.shape[0], len(Drivers._fields), air.shape[1]))
        yearly = np.empty((air.shape[0], len(WaterYear._fields), years.size))

        def work(block):
            march(
                air[block], rain[block], irradiance[block], wanted[block], monthly[block],
                ratio[block], fines[block], rooting[block], elevation[block], kinds[block],
                types, cycle, drivers[block], yearly[block],
            )  # fmt: skip

        in_blocks(work, air.shape[0], 64, late, cancelled, workers)
        return drivers, yearly

    if thaw_water:
        followed = _water_ratio(alt, sets, kinds)
        still = np.where(years > REFERENCE_YEAR, 1.0, followed)
        both = [run(followed), run(still)]
        drivers, yearly = (np.stack(pair, axis=1) for pair in zip(*both, strict=True))
        extra, runs = ("run",), {"run": ["S_T", "S_R"]}
        drivers, yearly = drivers.transpose(1, 0, 2, 3), yearly.transpose(1, 0, 2, 3)
    else:
        drivers, yearly = run(np.ones_like(alt))
        extra, runs = (), {}
    return xr.Dataset(
        annotated(Drivers, drivers, (*extra, "cell", "time"))
        | annotated(WaterYear, yearly, (*extra, "cell", "year"))
        | {name: ground[name] for name in GroundYear._fields}
        | {"co2": climate.co2, "rooting_depth": region.rooting_depth},
        coords=places(region) | runs | {"time": climate.time, "year": ("year", years)},
        attrs=climate.attrs | {"pet": pet, "thaw_water": int(thaw_water)},
    )


def _water_ratio(alt, sets, kinds) -> np.ndarray:
    """Return eq. 1's ratio [cell, year] for soil water; 1 in the first year, which has no past."""
    b, cap = (
        np.array([getattr(sets[name], field) for name in declared.ECOSYSTEMS])[kinds][:, None]
        for field in ("b", "z_cap")
    )
    alt = np.minimum(alt, cap)
    ratio = np.ones_like(alt)
    ratio[:, 1:] = permafrost.exposure(alt[:, 1:], alt[:, :-1], b)
    return ratio
