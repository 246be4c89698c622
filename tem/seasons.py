"""Water, light and leaf of one place through its months: the march of stage 1.

The equations stand in `water`, `light` and `soil`; here they meet month by month.
"""

from typing import NamedTuple

from numba import njit

from tem import light, soil, water
from tem.columns import MONTH_DAYS

FORGOTTEN = 20  # years after which the bucket's start no longer shows
WATER_STEPS = 10  # parts of a month in which the bucket is balanced; one month cycles spuriously
DRIEST = 0.001  # volumetric moisture that is never undercut


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


@njit(nogil=True, cache=True, error_model="numpy")
def snowpack(air, rain, elevation, pack):
    """Fill *pack* [cell, month] (mm at the end of each) from *air* (°C) and *rain* (mm).

    The first year is lived twice, the first time to find what snow it starts with.
    """
    for c in range(air.shape[0]):
        snow = 0.0
        for month in range(-12, air.shape[1]):
            m = month % 12 if month < 0 else month
            previous = air[c, m - 1 if m > 0 else 11]
            melt = water.snow_melt(
                pack=snow, temperature=air[c, m], previous=previous, elevation=elevation[c]
            )
            fallen = rain[c, m] if air[c, m] < water.SNOW_BELOW else 0.0
            snow += fallen - melt
            if month >= 0:
                pack[c, m] = snow
