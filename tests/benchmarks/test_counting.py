"""Operations are counted as the equations write them."""

import numpy as np
import pytest

from benchmarks import side
from benchmarks.counting import (
    Counted,
    Lane,
    Tally,
    cost_of_exp,
    counting_record,
    uncompiled,
)
from benchmarks.model import timed_experiment
from benchmarks.roofline import Kernel, catch
from tem import ecosystem, lanes, soil


@pytest.fixture
def tally():
    return Tally()


def number(value, tally):
    return Counted(value, tally)


def test_arithmetic_is_counted_and_right(tally):
    x = number(3.0, tally)
    y = (1.0 - x) / 4.0 + x * x - 2.0 * np.exp(-x)
    assert float(y) == pytest.approx((1 - 3) / 4 + 9 - 2 * np.exp(-3))
    assert tally == {"add": 3, "divide": 1, "multiply": 2, "exp": 1}


def test_numbers_of_numpy_count_as_well(tally):
    x = number(3.0, tally)
    assert float(np.float64(6.0) / x) == 2.0
    assert np.float64(2.0) < x
    assert tally == {"divide": 1, "compare": 1}


def test_powers(tally):
    x = number(3.0, tally)
    assert float(x**2) == 9.0
    assert float(x**0.5) == pytest.approx(3**0.5)
    assert tally == {"multiply": 1, "power": 1}


def test_least_and_most_are_comparisons(tally):
    assert float(min(max(number(3.0, tally), 0.0), 1.0)) == 1.0
    assert tally["compare"] == 2


def test_an_equation_of_the_model(tally):
    """v (v - 1) / (v (v - 1) - (v - 0.5)^2), clipped to 0..1."""
    with uncompiled():
        value = soil.moisture_factor(number(0.3, tally))
    assert float(value) == pytest.approx(soil.moisture_factor(0.3))
    assert (tally["divide"], tally["multiply"], tally["add"]) == (1, 2, 3)


def test_compiled_functions_come_back():
    before = soil.moisture_factor, lanes.exp, ecosystem.live
    with uncompiled():
        assert soil.moisture_factor is before[0].py_func
    assert (soil.moisture_factor, lanes.exp, ecosystem.live) == before


def test_what_a_round_touches_counts_once(tally):
    lane = Lane([1.0, 2.0, 3.0], 2, tally)
    for i in range(3):
        lane[i] = lane[i] + lane[i]
    assert (tally["load"], tally["store"]) == (2, 2)  # of the two that count
    assert tally["add"] == 2
    assert [float(lane[i]) for i in range(3)] == [2.0, 4.0, 6.0]


def test_the_model_exponential_is_a_polynomial():
    assert 25 < cost_of_exp() < 50


@pytest.mark.slow  # the month is compiled by itself
def test_a_month_counted_is_the_month_compiled(tally):
    one = side.block()
    place = counting_record(one.place, 2, tally)
    with uncompiled():
        ecosystem.live_month(place, 3, one.wider, one.p)
    ecosystem.live_month(one.place, 3, one.wider, one.p)
    for i in range(3):
        assert float(place.pools.soc[i]) == pytest.approx(one.place["pools"]["soc"][i], rel=1e-12)
    assert tally["divide"] > 50
    assert tally["exp"] >= 2 * 2 * 4  # foliage and maintenance, at four looks, in two places


def test_arguments_are_caught_as_they_were_before_the_call():
    def fill():
        soil.moisture_factor(np.zeros(1)[0])

    (value,) = catch("tem.soil", "moisture_factor", fill)
    assert value == 0.0


def test_bounds_of_a_kernel():
    counts = {"add": 10.0, "multiply": 20.0, "compare": 5.0, "divide": 3.0, "exp": 1.0}
    kernel = Kernel("", 1.0, counts, 0.5, "l1", own_exp=True)
    top = type("Top", (), dict.fromkeys(("flops", "divisions", "library", "l1"), 1e6))
    bounds = kernel.bounds(top)
    assert bounds["divisions"] == 3.0
    assert bounds["arithmetic"] == 35.0 + cost_of_exp()
    assert bounds["exponentials"] == 0.0
    assert bounds["l1 traffic"] == 500.0


def test_months_lived_are_those_of_the_protocol():
    """200 years of spin-up, 94 years, and a second time the 79 years after 2020; rest beside."""
    import data
    import tem

    region = data.region(0.5).isel(cell=[0, 1, 2])
    environment = tem.environment(region, data.climate(region, "rcp85", "HadGEM2-ES"))
    lived, rested, whole = timed_experiment(environment)
    assert lived.done == 3 * 12 * (200 + 94 + 79)
    assert rested.done == 3
    assert 0 < lived.seconds + rested.seconds < whole
