"""Equations of soil heat: state from enthalpy, and where a front lies in its layer."""

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


def test_soil_counts_as_thawed_when_most_of_its_water_is_liquid():
    assert heat.is_thawed(0.6 * LATENT, LATENT)
    assert not heat.is_thawed(0.4 * LATENT, LATENT)
    assert heat.is_thawed(1.0, 0.0)
    assert not heat.is_thawed(-1.0, 0.0)


def test_the_way_from_a_front_to_the_edges_of_its_layer():
    """A fifth of the layer is thawed (1 K m2 W-1 of resistance), four fifths frozen (3)."""
    thawed, frozen = 1.0, 3.0
    cases = {  # is it thawed above, below → way up, way down
        (True, False): (1.0, 3.0),  # thawing from above
        (False, True): (3.0, 1.0),  # freezing from above
        (True, True): (0.5, 0.5),  # ice left in between
        (False, False): (1.5, 1.5),  # the last water between two freezing fronts
    }
    for (up, down), (way_up, way_down) in cases.items():
        assert heat.front_to_edge(thawed, frozen, up, down) == way_up
        assert heat.front_to_edge(thawed, frozen, down, up) == way_down
