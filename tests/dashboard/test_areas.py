"""Areas that are drawn, and the numbers of the cells in them."""

from types import SimpleNamespace

import numpy as np
import pytest

import data
from dashboard import areas, statistics, words
from dashboard.changes import Change
from dashboard.results import CURVES, SETS, less
from dashboard.runs import Job
from dashboard.selection import Selection
from dashboard.state import GROUPS, State
from dashboard.views.key import key
from dashboard.views.numbers import Numbers
from dashboard.views.series import further

LON, LAT = (axis.ravel() for axis in np.meshgrid(np.arange(80, 100, 0.5), np.arange(28, 38, 0.5)))
ROUND = np.linspace(0, 2 * np.pi, 600)
EVERYWHERE = ((74.0, 26.0), (104.0, 26.0), (104.0, 40.0), (74.0, 40.0))


def lasso(lon, lat):
    return areas.corners({"type": "poly", "x": list(lon), "y": list(lat)})


def test_a_box_has_four_corners_whichever_way_it_is_drawn():
    there = areas.corners({"type": "rect", "x0": 80.0, "x1": 90.123, "y0": 30.0, "y1": 35.0})
    back = areas.corners({"type": "rect", "x0": 90.123, "x1": 80.0, "y0": 35.0, "y1": 30.0})
    assert there == back == ((80.0, 30.0), (90.12, 30.0), (90.12, 35.0), (80.0, 35.0))


def test_a_long_lasso_keeps_its_cells_with_fewer_corners():
    lon, lat = 90 + 5 * np.cos(ROUND), 33 + 3 * np.sin(ROUND)
    found = lasso(lon, lat)
    assert len(found) <= areas.MOST
    inside = ((LON - 90) / 5) ** 2 + ((LAT - 33) / 3) ** 2 <= 1
    wrong = np.setxor1d(areas.within(found, LON, LAT), np.flatnonzero(inside))
    assert wrong.size < 0.05 * inside.sum()


def test_a_jagged_lasso_fits_into_a_link():
    far = 1 + 0.5 * (np.arange(600) % 2)
    assert len(lasso(90 + 3 * far * np.cos(ROUND), 33 + 2 * far * np.sin(ROUND))) <= areas.MOST


def test_both_wings_of_a_crossed_lasso_count():
    bow = ((80.0, 30.0), (90.0, 35.0), (90.0, 30.0), (80.0, 35.0))
    inside = areas.within(bow, np.array([81.0, 89.0, 85.0]), np.array([32.5, 32.5, 34.5]))
    assert inside.tolist() == [0, 1]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "rect", "x0": 80.0, "x1": 80.0, "y0": 30.0, "y1": 35.0},
        {"type": "poly", "x": [80.0], "y": [30.0]},
        {"type": "poly", "x": [80.0, 80.0, 80.0], "y": [30.0, 30.0, 30.0]},
    ],
)
def test_what_has_no_extent_is_no_area(geometry):
    assert areas.corners(geometry) == ()


@pytest.fixture
def selection(library):
    return Selection(State(), library)


def seen(library, variable):
    """Return S_T of *variable* in 2099 [model, cell] and the area of the cells."""
    results = library.results("rcp85", data.GCMS).values()
    values = np.array([one.values[variable][0, -1] for one in results], float)
    return values, library.region.cell_area.to_numpy()


def test_an_area_of_all_cells_is_the_region(selection):
    region = {name: selection.curves()[name]["st"] for name in selection.state.variables}
    gains = selection.gains()[0]
    selection.state.area = EVERYWHERE
    for name, curve in region.items():
        np.testing.assert_allclose(selection.curves()[name]["st"], curve)
    np.testing.assert_allclose(selection.gains()[0], gains)
    assert selection.place.name == f"the area of {selection.library.region.sizes['cell']} cells"


def test_an_area_of_one_cell_has_the_mean_of_that_cell(selection):
    lon, lat = (axis[5] for axis in selection.library.grid.centres)
    west, east, south, north = lon - 0.1, lon + 0.1, lat - 0.1, lat + 0.1
    selection.state.area = ((west, south), (east, south), (east, north), (west, north))
    assert selection.cells().tolist() == [5]
    assert selection.place.name == "the area of 1 cell"
    rows = {row.name: row for row in statistics.of_area(selection)}
    values, area = seen(selection.library, "soc")
    assert rows["soc"].mean == pytest.approx(values[:, 5].mean())
    assert rows["soc"].sd is None
    assert rows["soc"].total == pytest.approx(values[:, 5].mean() * area[5] / 1e15)


def test_the_ecosystem_looked_at_narrows_an_area(selection):
    selection.state.param.update(area=EVERYWHERE, ecosystem="Meadow")
    kinds = selection.library.region.ecosystem.values
    assert set(kinds[selection.cells()]) == {"Meadow"}
    assert "Meadow cell" in selection.place.name
    assert "km²" in key(selection)


def test_the_share_that_thaws_deeper_than_is_counted_is_told(selection):
    deep, area = seen(selection.library, "alt")
    share = np.average((deep >= 10).mean(axis=0), weights=area)
    assert selection.limited() == pytest.approx(share)
    selection.state.cell = int(np.argmax(deep.mean(axis=0)))
    assert selection.limited() == np.mean(deep[:, selection.state.cell] >= 10)
    assert words.deeper(0.25, None) == "25.0 % of the area ≥ 10 m by 2099"
    assert words.deeper(1.0, 3) == "100 % of models ≥ 10 m by 2099"
    assert words.deeper(0.0, None) == ""


def test_numbers_are_those_that_the_maps_show(selection):
    """What-if, and what-if − Baseline; sums and effects of thaw are differences as well."""
    library, state = selection.library, selection.state
    old = library.results("rcp85", data.GCMS)
    doubled = {gcm: less(one, less(less(one, one), one)) for gcm, one in old.items()}
    job = Job("rcp85", data.GCMS, Change(("kd*=1.4",)), aside=False, cells=14)
    job.results = doubled
    base = {row.name: row for row in statistics.of_area(selection)}
    selection.region_run, state.edits = job, ("kd*=1.4",)
    for shown, times in (("What-if", 2), ("Difference", 1)):
        state.shown = shown
        for row in statistics.of_area(selection):
            own = base[row.name]
            expected = [times * one for one in (own.mean, own.total, own.effect)]
            np.testing.assert_allclose([row.mean, row.total, row.effect], expected, rtol=1e-5)
    job.results = old
    assert all(row.mean == row.total == 0 for row in statistics.of_area(selection))
    assert statistics.of_ecosystems(selection)[0].gain == (0, 0)


def test_statistics_are_those_of_the_weighted_cells(selection):
    values, area = seen(selection.library, "npp")
    rows = {row.name: row for row in statistics.of_area(selection)}
    assert set(CURVES) < set(rows)
    field = values.mean(axis=0)
    mean = (field * area).sum() / area.sum()
    assert rows["npp"].mean == pytest.approx(mean)
    assert rows["npp"].sd == pytest.approx(np.sqrt((area * (field - mean) ** 2).sum() / area.sum()))
    totals = values @ area / 1e12
    assert rows["npp"].total == pytest.approx(totals.mean())
    assert rows["npp"].total_sd == pytest.approx(totals.std(ddof=1))
    assert rows["nep"].effect == pytest.approx(rows["npp"].effect - rows["rh"].effect)
    assert not statistics.has_total("alt")


def test_ecosystems_add_up_to_the_region(selection):
    region, *kinds = statistics.of_ecosystems(selection)
    assert region.name == GROUPS[0]
    assert sum(one.cells for one in kinds) == region.cells
    for name in (*statistics.FLUXES, *statistics.STOCKS):
        assert sum(one.totals[name][0] for one in kinds) == pytest.approx(region.totals[name][0])
    assert sum(one.gain[0] for one in kinds) == pytest.approx(region.gain[0])


def test_tables_have_units_and_the_models_behind_them(selection):
    numbers = Numbers()
    numbers.show(selection)
    written = numbers.pane.object
    for part in ("Permafrost region in 2099", "± SD over 4 climate models", "Tg C yr⁻¹", "Pg C"):
        assert part in written
    selection.state.gcm = "MIROC5"
    numbers.show(selection)
    assert "of one model" in numbers.pane.object


def test_before_there_are_results_no_number_is_written(library):
    waiting = SimpleNamespace(
        results=lambda *_: {}, partial=lambda *_: None, region=library.region,
        weights=library.weights, grid=library.grid,
    )  # fmt: skip
    numbers = Numbers()
    numbers.show(Selection(State(), waiting))
    assert "on their way" in numbers.pane.object


@pytest.mark.parametrize("panel", SETS)
def test_each_climate_model_and_the_other_scenario_can_be_drawn(selection, panel):
    selection.state.param.update(panel=panel, lines="models")
    more, curves = selection.more_lines(), selection.curves()
    assert list(more) == list(curves) == list(SETS[panel])
    for name, lines in more.items():
        assert [line.gcm for line in lines] == list(data.GCMS)
        np.testing.assert_allclose(
            np.mean([line.values for line in lines], axis=0), curves[name]["st"], rtol=1e-6
        )
        rows, _ = further(lines, "rcp85")
        assert len({tuple(dash) for dash in rows["dash"]}) == len(data.GCMS)
        assert len(set(rows["colour"])) == 1
    selection.state.lines = "scenarios"
    (other,) = selection.more_lines()[SETS[panel][0]]
    there = Selection(State(rcp="rcp45"), selection.library)
    there.state.panel = panel
    columns = there.curves()[SETS[panel][0]]
    np.testing.assert_array_equal(other.values, columns["st"])
    np.testing.assert_array_equal(other.values - other.sd, columns["st_low"])


def test_a_published_number_of_the_region_is_not_told_of_an_area():
    assert words.printed(State(area=EVERYWHERE)) == ""
