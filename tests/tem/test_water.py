"""Water: known answers, and what no water balance may break."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tem import light, water
from tem.seasons import Bucket, Stores, water_month

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)
MONTH = 31.0
RAIN = st.just(0.0) | st.floats(0, 800)


def month_of(water_in, pet, available, capacity=150.0):
    return water.evapotranspiration(
        length=MONTH,
        water_in=water_in,
        pet=pet,
        available=available,
        capacity=capacity,
        wet=water.wet_days(water_in=water_in),
    )


def test_demand_as_tem_has_it():
    bright = light.irradiance(200.0)
    assert water.pet_jensen_haise(10.0, bright, MONTH) == pytest.approx(70.735, abs=5e-4)


def test_demand_with_elevation_at_nam_co():
    bright = light.irradiance(262.0)
    demand = water.pet_by_elevation(9.0, bright, MONTH, elevation=4730.0, warmest=9.0)
    assert demand == pytest.approx(123.61, abs=0.01)


@pytest.mark.parametrize("temperature", [-1.01, -5.0, -40.0])
def test_frost_asks_for_no_water(temperature):
    high = water.pet_by_elevation(temperature, 500.0, MONTH, elevation=4500.0, warmest=9.0)
    assert high == water.NO_DEMAND
    if temperature < -3.1:  # where Jensen and Haise's line crosses zero
        assert water.pet_jensen_haise(temperature, 500.0, MONTH) == water.NO_DEMAND


def test_the_higher_the_ground_the_more_the_air_asks_for():
    low, high = (water.pet_by_elevation(9.0, 500.0, MONTH, z, 9.0) for z in (500.0, 4500.0))
    assert high > 1.2 * low


@pytest.mark.parametrize(
    ("water_in", "pet", "available", "expected"),
    [
        (100, 80, 10, 80.0),
        (0, 80, 150, 80.0),
        (0, 80, 75, 73.931),
        (30, 80, 75, 74.638),
        (30, 80, 0, 9.308),
        (79, 80, 20, 50.531),
    ],
)
def test_what_soil_and_rain_give(water_in, pet, available, expected):
    found = month_of(float(water_in), float(pet), float(available))
    assert found == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize(
    ("fines", "capacity", "wilting"),
    [(0.44, 0.2692, 0.1392), (0.35, 0.2469, 0.1169), (0.55, 0.2964, 0.1664)],
)
def test_soil_holds_what_its_texture_says(fines, capacity, wilting):
    assert water.field_capacity(fines) == pytest.approx(capacity, abs=6e-5)
    assert water.wilting_point(fines) == pytest.approx(wilting, abs=6e-5)


@pytest.mark.parametrize("fines", [0.0, 0.3, 1.0])
def test_plants_can_drink_thirteen_percent_of_any_soil(fines):
    assert water.field_capacity(fines) - water.wilting_point(fines) == pytest.approx(0.13)


@pytest.mark.parametrize(
    ("temperature", "previous", "elevation", "share"),
    [
        (-1.1, 5.0, 4000.0, 0.0),  # frost holds all
        (-1.0, 5.0, 4000.0, 1.0),
        (3.0, -1.1, 4000.0, 0.5),  # high ground melts over two months
        (3.0, -1.1, 500.0, 1.0),
        (3.0, -1.0, 4000.0, 1.0),
    ],
)
def test_snow_melts(temperature, previous, elevation, share):
    assert water.snow_melt(60.0, temperature, previous, elevation) == share * 60.0


@pytest.mark.parametrize(
    ("temperature", "previous", "before", "elevation", "share"),
    [
        (-1.1, 0.0, 0.0, 4000.0, 0.0),
        (0.0, -1.1, 0.0, 4000.0, 0.1),
        (0.0, 0.0, -1.1, 4000.0, 0.25),
        (0.0, 0.0, -1.1, 400.0, 0.5),
        (0.0, 0.0, 0.0, 4000.0, 0.5),
    ],
)
def test_melt_water_leaves_slowly_at_first(temperature, previous, before, elevation, share):
    assert water.snow_release(temperature, previous, before, elevation) == share


def test_nitrogen_reaches_roots_with_the_cube_of_moisture():
    assert water.diffusion(0.2, 100.0) == pytest.approx(0.008 / 100)
    assert water.diffusion(0.4, 100.0) == pytest.approx(8 * water.diffusion(0.2, 100.0))


@SETTINGS
@given(RAIN, st.floats(0.001, 400), st.floats(0, 1), st.floats(5, 500))
def test_no_more_evaporates_than_is_asked_for_or_there(water_in, pet, filled, capacity):
    found = month_of(water_in, pet, filled * capacity, capacity)
    assert 0 <= found <= pet
    assert found <= water_in + filled * capacity


@pytest.mark.parametrize(
    "trace",
    [
        1e-300,
        1e-18,
        1e-12,
    ],
)
def test_a_trace_of_rain_is_as_no_rain(trace):
    assert month_of(trace, 80.0, 75.0) == pytest.approx(month_of(0.0, 80.0, 75.0))


@SETTINGS
@given(st.floats(0, 400), st.floats(0, 400), st.floats(0, 150))
def test_where_rain_meets_demand_all_of_it_evaporates(pet, more, available):
    assert month_of(pet + more, pet, available) == pet


STORES = st.builds(
    Stores,
    soil=st.floats(20, 200),
    snow=st.just(0.0) | st.floats(1e-3, 500),
    rain_fed=st.floats(0, 100),
    snow_fed=st.floats(0, 100),
)
AIR = st.floats(-40, 30)


@SETTINGS
@given(STORES, st.floats(0.001, 300), RAIN, AIR, AIR, AIR, st.floats(0, 6000))
def test_water_is_neither_made_nor_lost(stores, pet, rain, now, previous, before, elevation):
    bucket = Bucket(capacity=200.0, wilting=50.0, elevation=elevation)
    left, flows = water_month(stores, bucket, 30.0, pet, rain, now, previous, before)
    assert sum(left) == pytest.approx(sum(stores) + rain - flows.eet - flows.runoff, abs=1e-9)
    assert min(left) >= -1e-9
    assert flows.runoff >= 0
    assert 0 <= flows.eet <= pet * (1 + 1e-12)
    assert left.soil <= max(bucket.capacity, stores.soil) + 1e-9


@SETTINGS
@given(st.floats(50, 200), st.integers(1, 60), st.floats(1, 300))
def test_without_rain_no_more_evaporates_than_plants_can_drink(soil, months, pet):
    bucket = Bucket(capacity=200.0, wilting=50.0, elevation=4000.0)
    stores, total = Stores(soil, 0.0, 0.0, 0.0), 0.0
    for _ in range(months):
        stores, flows = water_month(stores, bucket, 30.0, pet, 0.0, 8.0, 8.0, 8.0)
        total += flows.eet
    assert total <= soil - bucket.wilting + 1e-9
    assert stores.soil >= bucket.wilting - 1e-9


def test_cold_months_store_their_precipitation_as_snow():
    bucket = Bucket(capacity=200.0, wilting=50.0, elevation=4000.0)
    still = Stores(60.0, 0.0, 0.0, 0.0)
    left, flows = water_month(still, bucket, 31.0, 0.001, 12.0, -10.0, -8.0, -5.0)
    assert left.snow == 12.0
    assert flows.runoff == 0.0
    assert left.soil == pytest.approx(60.0, abs=2e-3)


def test_dry_ground_finds_a_yearly_not_a_two_yearly_rhythm():
    """With one step a month the bucket of a dry place swings between two states for ever."""
    bucket = Bucket(capacity=200.0, wilting=50.0, elevation=4500.0)
    air = 6 * np.cos(2 * np.pi * (np.arange(12) - 6) / 12)
    stores, yearly = Stores(200.0, 0.0, 0.0, 0.0), []
    for _ in range(30):
        total = 0.0
        for m in range(12):
            rain, pet = (max(0.0, 4 * air[m]), 15 * air[m]) if air[m] > 0.1 else (0.0, 0.001)
            stores, flows = water_month(
                stores, bucket, 30.0, pet, rain, air[m], air[m - 1], air[m - 2]
            )
            total += flows.eet
        yearly.append(total)
    assert yearly[-1] == pytest.approx(yearly[-2], rel=1e-6)
