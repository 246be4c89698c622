"""Soil life: known answers and limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tem import soil

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    ("moisture", "expected"),
    [(0, 0), (0.1, 0.36), (0.2, 0.64), (0.25, 0.75), (0.5, 1), (1, 0), (1.3, 0)],
)
def test_moisture_for_decomposition(moisture, expected):
    assert soil.moisture_factor(float(moisture)) == pytest.approx(expected)


def test_ten_degrees_double_decomposition():
    assert soil.warming(10.0, log_q10=np.log(2.0)) == pytest.approx(2.0, rel=1e-15)
    assert soil.warming(0.0, log_q10=np.log(3.0)) == 1.0
    assert soil.warming(-10.0, log_q10=np.log(2.0)) == pytest.approx(0.5)  # frozen soil goes on


def test_share_of_litter_left_to_microbes():
    assert pytest.approx(0.4753216) == soil.DECAY


def test_litter_as_at_calibration_leaves_the_rate_alone():
    assert soil.decomposition_rate(0.002, litter_c=500.0, litter_n=10.0, cn=50.0) == 0.002


def test_poor_litter_slows_decomposition():
    rate = soil.decomposition_rate(0.002, litter_c=1000.0, litter_n=10.0, cn=50.0)
    assert rate == pytest.approx(0.002 * 2**-0.784)


@pytest.mark.parametrize("litter", [(0.0, 0.0), (10.0, 0.0), (0.0, 1.0)])
def test_a_year_without_litter_leaves_the_rate_alone(litter):
    assert soil.decomposition_rate(0.002, *litter, cn=50.0) == 0.002


def test_net_mineralisation_holds_soil_cn_back():
    rich = {"soil_c": 1000.0, "soil_n": 100.0, "cn": 20.0, "available_n": 9.0}  # C:N 10 < 20
    assert soil.net_mineralisation(freed=3.0, bound=1.0, **rich) == pytest.approx(4.0)
    assert soil.net_mineralisation(freed=1.0, bound=3.0, **rich) == pytest.approx(-1.0)


@pytest.mark.parametrize("empty", [(0.0, 10.0), (10.0, 0.0), (0.0, 0.0)])
def test_no_soil_is_neither_rich_nor_poor(empty):
    assert soil.richness(*empty, cn=20.0) == 1


def test_next_to_no_soil_has_a_finite_richness():
    assert soil.richness(1e-300, 1e3, cn=20.0) == soil.RICHEST
    assert soil.richness(1e3, 1e-300, cn=20.0) == 1 / soil.RICHEST


def test_no_respiration_binds_no_nitrogen():
    assert soil.immobilisation(most=50.0, saturation=1.0, respired=0.0) == 0


@SETTINGS
@given(
    st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 9e4), st.floats(0, 9e3),
    st.floats(0, 50), st.floats(4, 60),
)  # fmt: skip
def test_no_more_nitrogen_moves_in_a_month_than_there_is(freed, bound, c, n, available, cn):
    assert -available <= soil.net_mineralisation(freed, bound, c, n, cn, available) <= n
