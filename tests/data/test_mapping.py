"""From the grid of a climate to cells: shared in blocks or interpolated; sea borrows, gaps fail."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import data
from data import isimip, limits, mapping
from data.latlon import Axes
from data.readings import Reading

MONTHS = 24


def field(values, lat, lon):
    """Return *values* [lat, lon] as a field whose months are 0, 1, 2 … higher."""
    edges = [np.column_stack([lines - 0.25, lines + 0.25]) for lines in (lat, lon)]
    months = np.arange(MONTHS)[:, None, None] + np.asarray(values, float)
    return isimip._array("tas", months, Axes(lat, lon, *edges))


def cells(lat, lon, height=4500.0):
    """Return places as a region."""
    lat, lon = np.atleast_1d(lat).astype(float), np.atleast_1d(lon).astype(float)
    return xr.Dataset(
        {"elevation": ("cell", np.broadcast_to(height, lat.shape).astype(float))},
        {"lat": ("cell", lat), "lon": ("cell", lon)},
    )


@pytest.fixture
def reading():
    return Reading("tas", ["a.nc"], "degC")


LAT, LON = np.arange(33.25, 36, 0.5), np.arange(90.25, 93, 0.5)
PLANE = 3 * LAT[:, None] - 2 * LON


def test_each_value_is_shared_by_its_five_by_five_cells(reading):
    fine = np.round(np.arange(34.05, 35, 0.1), 6), np.round(np.arange(91.05, 92, 0.1), 6)
    lat, lon = (axis.ravel() for axis in np.meshgrid(*fine, indexing="ij"))
    found = mapping.mapped(field(PLANE, LAT, LON), cells(lat, lon), "block", reading)
    assert found.shape == (100, MONTHS)
    _, counts = np.unique(found[:, 0], return_counts=True)
    assert counts.tolist() == [25] * 4
    wanted = 3 * (np.floor(lat * 2 + 1e-6) / 2 + 0.25) - 2 * (np.floor(lon * 2 + 1e-6) / 2 + 0.25)
    assert np.allclose(found[:, 0], wanted)
    assert np.allclose(found[:, 7], wanted + 7)


@given(st.floats(33.3, 35.7), st.floats(90.3, 92.7))
def test_a_plane_is_interpolated_without_error(lat, lon):
    reading = Reading("tas", ["a.nc"], "degC")
    found = mapping.mapped(field(PLANE, LAT, LON), cells(lat, lon), "bilinear", reading)
    assert np.allclose(found[0], 3 * lat - 2 * lon + np.arange(MONTHS))


@pytest.mark.parametrize("method", mapping.METHODS)
def test_cells_in_the_sea_borrow_and_are_counted(reading, method):
    values = np.where(LON < 91, np.nan, PLANE)
    found = mapping.mapped(field(values, LAT, LON), cells([34.25, 34.25], [90.75, 92.25]), method,
                           reading)  # fmt: skip
    assert found[0, 0] == pytest.approx(3 * 34.25 - 2 * 91.25)
    assert found[1, 0] == pytest.approx(3 * 34.25 - 2 * 92.25)
    assert reading.missing == "1 cells without value took that of the nearest grid cell"


def test_values_too_far_away_are_not_borrowed(reading):
    values = np.where(LON < 92, np.nan, PLANE)
    with pytest.raises(
        ValueError, match=r"a\.nc: tas has no value within 0.75° of the cell at lat"
    ):
        mapping.mapped(field(values, LAT, LON), cells(34.25, 90.75), "block", reading)


def test_a_grid_that_does_not_cover_a_cell_is_refused(reading):
    with pytest.raises(ValueError, match=r"lon 90 to 93, but not the cell at lat 34.25, lon 93.25"):
        mapping.mapped(field(PLANE, LAT, LON), cells(34.25, 93.25), "block", reading)


def test_an_unknown_method_is_refused(reading):
    with pytest.raises(ValueError, match="'cubic': expected block or bilinear"):
        mapping.mapped(field(PLANE, LAT, LON), cells(34.25, 91.25), "cubic", reading)


def test_air_is_colder_where_cells_lie_above_the_relief_of_the_climate(reading):
    air = np.zeros((2, MONTHS))
    found = mapping.lifted(
        air, np.array([4500.0, 4000.0]), np.array([4000.0, 4000.0]), 6.0, reading
    )
    assert np.allclose(found[0], -3)
    assert np.allclose(found[1], 0)


# --- what can be true of a place ---


@pytest.fixture(scope="module")
def sky():
    region = data.region(0.5)
    return region, data.climate(region, "rcp85", "HadGEM2-ES")


@pytest.mark.parametrize(
    ("name", "change"),
    [("tas", lambda v: v), ("pr", lambda v: v), ("rsds", lambda v: v), ("pr", lambda v: v / 3)],
)
def test_the_climate_of_the_plateau_is_believed(sky, name, change):
    region, climate = sky
    limits.check_places(name, change(climate[name].to_numpy()), region, "a.nc")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("tas", lambda v: v + 40, r"degC as the mean 2006-2015 at lat .* degC at \d+ m"),
        ("tas", lambda v: v - 40, "degC as the mean 2006-2015"),
        ("pr", lambda v: v / 86_400, "mm year-1 in the middle of all cells"),
        ("pr", lambda v: v * 100, "expected 10 to 12000"),
        ("rsds", lambda v: v * 2.5, "W m-2 in a month .* as above the air"),
        ("rsds", lambda v: v / 30, "W m-2 as the mean 2006-2015"),
    ],
)
def test_series_that_are_wrong_as_a_whole_are_found(sky, name, change, said):
    region, climate = sky
    with pytest.raises(ValueError, match=rf"a\.nc: {name} is .*{said}"):
        limits.check_places(name, change(climate[name].to_numpy()), region, "a.nc")


def test_polar_night_is_no_fault():
    region = cells(78.0, 16.0, 100.0)
    above = data.normals.extraterrestrial(np.array([78.0]))
    assert above.min() == 0
    limits.check_places("rsds", np.tile(0.5 * above, (1, 94)), region, "a.nc")
