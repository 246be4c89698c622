"""Equations of soil heat: state from enthalpy, and the month's course of the air."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tem import heat

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)
FROZEN, THAWED, LATENT = 1.8e6, 2.2e6, 0.2 * heat.LATENT_HEAT
WARMTH = st.floats(-60, 60)


@SETTINGS
@given(WARMTH)
def test_temperature_comes_back_from_enthalpy(warmth):
    enthalpy = heat.enthalpy_at(warmth, FROZEN, THAWED, LATENT)
    found = heat.temperature(enthalpy, 1 / FROZEN, 1 / THAWED, LATENT)
    assert found == pytest.approx(warmth, abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_soil_stays_at_zero_while_it_melts(share):
    assert heat.temperature(share * LATENT, 1 / FROZEN, 1 / THAWED, LATENT) == 0
    assert heat.liquid_fraction(share * LATENT, LATENT) == share


def test_dry_soil_counts_as_thawed_when_warm():
    assert heat.liquid_fraction(1.0, 0.0) == 1
    assert heat.liquid_fraction(-1.0, 0.0) == 0


def test_conductivity_is_that_of_the_pure_states_at_both_ends():
    assert heat.conductivity(0.0, frozen=2.0, thawed=1.2) == 2.0
    assert heat.conductivity(1.0, frozen=2.0, thawed=1.2) == 1.2
    assert heat.conductivity(0.5, frozen=2.0, thawed=0.5) == pytest.approx(1.0)  # geometric


def test_surface_follows_the_air_by_its_factors():
    assert heat.surface_temperature(10.0, n_freeze=0.7, n_thaw=1.5) == 15
    assert heat.surface_temperature(-10.0, n_freeze=0.7, n_thaw=1.5) == -7


@SETTINGS
@given(WARMTH, WARMTH, WARMTH, st.sampled_from([2, 6, 10, 30]))
def test_month_keeps_its_mean_temperature(before, now, after, steps):
    course = [heat.air_temperature(before, now, after, (k + 0.5) / steps) for k in range(steps)]
    assert np.mean(course) == pytest.approx(now, abs=1e-10)


@SETTINGS
@given(WARMTH, WARMTH, WARMTH, WARMTH)
def test_months_join_without_a_jump(first, second, third, fourth):
    end = heat.air_temperature(first, second, third, 1.0)
    start = heat.air_temperature(second, third, fourth, 0.0)
    assert end == pytest.approx(start, abs=1e-10)
