"""Equations of the ground surface: the month's course of the air, n-factors and snow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from data.change import BASE_SHIFT
from data.figures import table
from data.normals import monthly
from tem import surface
from tem.columns import MONTH_DAYS
from tem.parameters import Parameters

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)
WARMTH = st.floats(-60, 60)


def test_surface_follows_the_air_by_its_factors():
    assert surface.temperature(10.0, n_freeze=0.7, n_thaw=1.5) == 15
    assert surface.temperature(-10.0, n_freeze=0.7, n_thaw=1.5) == -7


@SETTINGS
@given(WARMTH, WARMTH, WARMTH, st.sampled_from([2, 6, 10, 30]))
def test_month_keeps_its_mean_temperature(before, now, after, steps):
    course = [surface.air_temperature(before, now, after, (k + 0.5) / steps) for k in range(steps)]
    assert np.mean(course) == pytest.approx(now, abs=1e-10)


@SETTINGS
@given(WARMTH, WARMTH, WARMTH, WARMTH)
def test_months_join_without_a_jump(first, second, third, fourth):
    end = surface.air_temperature(first, second, third, 1.0)
    start = surface.air_temperature(second, third, fourth, 0.0)
    assert end == pytest.approx(start, abs=1e-10)


def offsets(region, quantity):
    """Return the row of surface_offsets.csv on a quantity of a region."""
    rows = table("surface_offsets")
    (row,) = rows[(rows.region == region) & (rows.quantity == quantity)].itertuples()
    return row


@pytest.mark.parametrize(
    ("where", "column"),
    [("Yellow River source region, 11 stations", "value"), ("Heihe basin, stations", "low")],
)
def test_thaw_factor_is_that_of_the_published_stations(where, column):
    """Of a range of stations the low end is the coldest one."""
    air, ground = (
        getattr(offsets(where, f"{what} thawing index"), column)
        for what in ("air", "ground surface")
    )
    found = surface.thaw_factor(air, Parameters().thaw_gain, shade=0.0)
    assert found == pytest.approx(ground / air, abs=0.01)


def test_thaw_factor_where_it_hardly_thaws_is_bounded():
    assert surface.thaw_factor(0.0, 930.0, 0.0) == surface.MOST_N
    assert surface.thaw_factor(1.0, 930.0, 0.0) == surface.MOST_N
    assert np.isfinite(surface.thaw_factor(0.0, 0.0, 0.0))


def test_full_shade_leaves_the_warmth_of_the_air():
    assert surface.thaw_factor(800.0, 930.0, 1.0) == 1.0


@pytest.mark.parametrize(
    ("rain", "expected"), [(0, 0.2), (100, 0.2), (275, 0.4), (450, 0.6), (900, 0.6)]
)
def test_shade_closes_with_precipitation(rain, expected):
    assert surface.shade(float(rain), dry=0.2, wet=0.6) == pytest.approx(expected)


def test_offsets_of_bare_ground_are_those_of_plateau_stations():
    stations = data.stations()
    stations = stations[stations.group != "observatory"]  # whose air is partly assumed
    air = monthly(stations, "t_")
    cold = (air @ MONTH_DAYS) / 365 < 1
    now = air[cold] + BASE_SHIFT
    thawing, freezing = np.maximum(now, 0) @ MONTH_DAYS, np.maximum(-now, 0) @ MONTH_DAYS
    p = Parameters()
    n_thaw = np.array([surface.thaw_factor(index, p.thaw_gain, 0.0) for index in thawing])
    offset = ((n_thaw - 1) * thawing + (1 - p.n_freeze) * freezing) / 365
    print(f"{cold.sum()} stations: n_t {n_thaw.min():.2f}-{n_thaw.max():.2f}, n_f {p.n_freeze}, "
          f"offset {offset.min():.2f}-{offset.max():.2f}, mean {offset.mean():.2f} K")  # fmt: skip
    assert cold.sum() >= 14
    made = {
        "thawing n-factor": n_thaw,
        "freezing n-factor": np.array([p.n_freeze]),
        "surface offset (ground surface less air)": offset,
    }
    for quantity, found in made.items():
        row = offsets("plateau stations, MAAT below 1 C", quantity)
        assert row.low <= found.min() <= found.max() <= row.high, quantity


def test_snow_resists_by_its_depth():
    assert surface.snow_resistance(0.0) == 0
    # 25 mm of water are 10 cm of snow, which conducts like 0.1025 W m-1 K-1
    assert surface.snow_resistance(25.0) == pytest.approx(0.1 / 0.1025)
