"""Light, CO2, warmth and leaf: known answers and limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tem import light

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)
LIMITS = {"low": -1.0, "optimum_low": 9.2, "optimum_high": 20.0, "high": 22.0}


def test_radiation_in_langleys():
    assert light.irradiance(200.0) == pytest.approx(413.0, abs=0.01)


def test_half_saturation_halves():
    assert light.light_factor(75.0, half=75.0) == 0.5
    assert light.co2_factor(400.0, openness=1.0, half=400.0) == 0.5


def test_doubled_co2_lifts_photosynthesis_by_a_third():
    single, double = (light.co2_factor(c, openness=1.0, half=400.0) for c in (380.0, 760.0))
    assert double / single == pytest.approx(1.345, abs=5e-4)


def test_without_half_saturation_co2_has_no_effect():
    assert light.co2_factor(380.0, 0.5, 0.0) == light.co2_factor(760.0, 0.5, 0.0) == 1.0


def test_closed_stomata_let_nothing_in():
    assert light.co2_factor(400.0, openness=0.0, half=400.0) == 0.0
    assert light.co2_factor(400.0, openness=0.0, half=0.0) == 0.0


@pytest.mark.parametrize(
    ("met", "expected"), [(0.05, 0.12), (0.1, 0.19), (0.5, 0.55), (1, 1), (0, 0)]
)
def test_stomata_open_as_demand_is_met(met, expected):
    assert light.canopy_openness(eet=met * 80.0, pet=80.0) == pytest.approx(expected)


def test_no_demand_no_opening():
    assert light.canopy_openness(eet=0.0, pet=0.0) == 0.0


def test_stomata_do_not_jump_where_the_curves_meet():
    below, above = (light.canopy_openness(x, 1.0) for x in (0.1 - 1e-9, 0.1 + 1e-9))
    assert above == pytest.approx(below, abs=1e-7)


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [
        (0, 0.2063), (2, 0.53648), (5, 0.85256), (8, 0.98870), (10, 1), (20, 1),
        (21, 0.95652), (22, 0), (-1, 0), (30, 0), (-30, 0),
    ],
)  # fmt: skip
def test_warmth_for_photosynthesis(temperature, expected):
    assert light.warmth_factor(float(temperature), **LIMITS) == pytest.approx(expected, abs=6e-6)


@SETTINGS
@given(
    st.floats(-60, 50), st.floats(-20, 5), st.floats(5, 25), st.floats(10, 36), st.floats(21, 50)
)
def test_warmth_factor_is_a_share_for_any_limits(temperature, low, first, last, high):
    optimum = min(max(first, 5.0), last)  # as the march clamps it
    assert 0 <= light.warmth_factor(temperature, low, optimum, last, high) <= 1


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(-20, 0.04526), (-10, 0.31576), (0, 1), (10, 2.0232), (20, 3.68636)],
)
def test_warmth_for_respiration(temperature, expected):
    assert light.plant_warmth(float(temperature)) == pytest.approx(expected, abs=6e-6)


def test_leaf_follows_evapotranspiration():
    grown = light.leaf(eet=50.0, most_eet=100.0, previous=0.4, a=0.8, b=0.5, c=-0.1, least=0.0)
    assert grown == pytest.approx(0.8 * 0.5 + 0.5 * 0.4 - 0.1)


@SETTINGS
@given(
    st.floats(0, 300), st.floats(0.001, 300), st.floats(0, 1), st.floats(0, 2), st.floats(0, 1),
    st.floats(-1, 1), st.floats(0, 1), st.floats(0.001, 1),
)  # fmt: skip
def test_leaf_stays_within_its_limits(eet, most, previous, a, b, c, least, fullest):
    leaf = light.leaf(eet, most, previous, a, b, c, least)
    assert 0.5 * least <= leaf <= 1
    assert least <= light.relative_leaf(leaf, fullest, least) <= 1
