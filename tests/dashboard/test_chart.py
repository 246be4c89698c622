"""The chart that is presented: names that do not touch, curves that are those of the results."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import words
from dashboard.charted import DASHED, WITH, chart
from dashboard.selection import Selection
from dashboard.state import CHOICES, State
from dashboard.views.chart import MOST, BigChart, apart
from data import GCMS, YEARS


@given(st.lists(st.floats(-10, 10), max_size=8))
def test_names_keep_apart_and_their_order(places):
    moved = apart(places, 1.0)
    order = np.argsort(places, kind="stable")
    gaps = np.diff(np.array(moved)[order]) if places else np.array([])
    assert (gaps >= 1 - 1e-9).all()
    assert np.mean(moved or [0]) == pytest.approx(np.mean(places or [0]), abs=1e-9)


def test_names_that_do_not_touch_stay():
    assert apart([3.0, 1.0, 7.0], 1.5) == [3.0, 1.0, 7.0]


def charted(library, **chosen):
    return chart(Selection(State(**chosen), library))


def test_the_curve_of_the_headline_is_the_sum_that_it_tells(library):
    found = charted(library)
    (curve,) = found.curves
    gains = [one.gain(0) for one in library.results("rcp85", GCMS).values()]
    np.testing.assert_allclose(curve.values, np.mean(gains, axis=0))
    np.testing.assert_array_equal(curve.low, np.min(gains, axis=0))
    np.testing.assert_array_equal(curve.high, np.max(gains, axis=0))
    assert found.title == f"{words.GAIN} (Tg\u00a0C)"


def test_a_tug_of_war_is_what_thaw_adds_to_both_sides(library):
    plants, soil = charted(library, chart="tug").curves
    results = library.results("rcp85", GCMS).values()
    nep = np.mean([np.subtract(*one.series("nep", 0)) for one in results], axis=0)
    np.testing.assert_allclose(plants.values - soil.values, nep, atol=1e-9)


@pytest.mark.parametrize("name", CHOICES["chart"])
@pytest.mark.parametrize("lines", CHOICES["lines"])
@pytest.mark.parametrize("curves", CHOICES["curves"])
def test_every_choice_can_be_drawn(library, name, lines, curves):
    found = charted(library, chart=name, lines=lines, curves=curves)
    assert 1 <= len(found.curves) <= MOST
    assert all(one.values.shape == (len(YEARS),) for one in found.curves)
    drawn = BigChart(2050)
    drawn.show(found)
    assert drawn.figure.title.text == found.title
    assert found.curves[-1].line != DASHED
    assert any(one.line == WITH for one in found.curves)
