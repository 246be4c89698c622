"""Thaw: the ratios of eqs 1-2 and their limits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tem import permafrost

SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)
DEPTH, SCALE = st.floats(0.05, 10), st.floats(0.01, 50)


@pytest.mark.parametrize(
    ("alt", "previous", "b", "expected"),
    [(2.1, 2.0, 0.5374, 1.010188), (3.1, 3.0, 0.8627, 1.007257)],
)
def test_ten_centimetres_more(alt, previous, b, expected):
    assert permafrost.exposure(alt, previous, b) == pytest.approx(expected, abs=6e-7)


@SETTINGS
@given(DEPTH, DEPTH, SCALE)
def test_there_and_back_is_nowhere(one, other, b):
    there, back = permafrost.exposure(one, other, b), permafrost.exposure(other, one, b)
    assert there * back == pytest.approx(1, abs=1e-12)
    assert permafrost.exposure(one, one, b) == 1


@SETTINGS
@given(st.lists(DEPTH, min_size=2, max_size=60), SCALE)
def test_years_multiply_to_the_whole_change(depths, b):
    product = np.prod([permafrost.exposure(now, before, b) for before, now in pairwise(depths)])
    assert product == pytest.approx(permafrost.exposure(depths[-1], depths[0], b), rel=1e-12)


@SETTINGS
@given(DEPTH, DEPTH)
def test_limits_of_the_depth_scale(alt, previous):
    assert permafrost.exposure(alt, previous, 1e-9) == pytest.approx(1, abs=1e-7)
    assert permafrost.exposure(alt, previous, 1e9) == pytest.approx(alt / previous, rel=1e-7)


@SETTINGS
@given(DEPTH, DEPTH, st.floats(0.1, 3), SCALE)
def test_share_beyond_roots_is_a_share(alt, previous, rooting, b):
    assert 0 <= permafrost.beyond_roots(alt, previous, rooting, b) <= 1 + 1e-9


def test_roots_reach_all_that_thaws_above_their_end():
    assert permafrost.beyond_roots(alt=1.0, previous=0.8, rooting=1.2, b=0.6) == 0


def test_roots_reach_nothing_that_thaws_below_their_end():
    assert permafrost.beyond_roots(alt=2.1, previous=2.0, rooting=1.2, b=0.6) == 1


def test_roots_reach_part_of_what_thaws_across_their_end():
    b = 0.6
    found = permafrost.beyond_roots(alt=2.0, previous=1.0, rooting=1.2, b=b)
    share = [permafrost.proportion(z, b) for z in (1.0, 1.2, 2.0)]
    assert found == pytest.approx((share[2] - share[1]) / (share[2] - share[0]))


def test_what_refreezes_is_not_new():
    assert permafrost.beyond_roots(alt=1.9, previous=2.0, rooting=1.2, b=0.6) == 0
