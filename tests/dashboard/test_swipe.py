"""Two scenarios on one map: one west of a line, the other east of it."""

import numpy as np
import pytest

import data
from dashboard import exports, link
from dashboard.quantities import MAPS
from dashboard.selection import Selection
from dashboard.state import State


def pictures(library, divide):
    return Selection(State(compare="swipe", divide=divide), library).frames().pictures


def test_each_side_of_the_divide_is_of_its_scenario(library):
    east = library.grid.centres[0] >= 92.0
    assert 0 < east.sum() < east.size
    for quantity, picture in zip(MAPS, pictures(library, 92.0), strict=True):
        low, high = (
            np.mean([r.frames(quantity) for r in library.results(rcp, data.GCMS).values()], axis=0)
            for rcp in ("rcp45", "rcp85")
        )
        np.testing.assert_array_equal(picture.values[:, ~east], low[:, ~east])
        np.testing.assert_array_equal(picture.values[:, east], high[:, east])
        assert (low[-1, east] != high[-1, east]).any()
        assert picture.limits == library.limits(quantity)  # one scale for both
        assert picture.note == "RCP4.5 west of 92° E, RCP8.5 east of it"


def test_at_the_end_of_the_way_a_map_is_of_one_scenario(library):
    for quantity, picture in zip(MAPS, pictures(library, 74.0), strict=True):
        results = library.results("rcp85", data.GCMS).values()
        whole = np.mean([r.frames(quantity) for r in results], axis=0)
        np.testing.assert_array_equal(picture.values, whole)


def test_a_swipe_is_exported_with_what_is_where(library):
    found = exports.view(Selection(State(compare="swipe", divide=92.0), library))
    soc = found["thaw_soc_rcp45_west_of_92_e_rcp85_east_of_it"]
    assert soc.attrs["scenario"] == "RCP4.5 west of 92° E, RCP8.5 east of it"


def test_a_link_keeps_the_divide(library):
    said = {"compare": "swipe", "divide": "88.5"}
    chosen, faults = link.choices(said, library.grid)
    assert not faults
    assert "compare=swipe&divide=88.5" in link.query(State(**chosen), library.region)
    assert "74 to 104 degrees east" in link.choices({"divide": "120"}, library.grid)[1][0]


@pytest.mark.browser
def test_the_divide_is_moved_on_the_page_and_a_what_if_ends_it(opened):
    page = opened("?compare=swipe")
    first = page.drawn()
    assert "RCP4.5 west of 92° E, RCP8.5 east of it" in first["titles"][0]
    page.press("RCP4.5 west", "End", 1)
    low = page.wait(lambda found: found["images"] != first["images"])
    page.links("divide=104")
    page.press("RCP4.5 west", "Home", 1)
    high = page.wait(lambda found: found["images"] not in (first["images"], low["images"]))
    page.choose("Compare", "Quantities")
    plain = page.wait(lambda found: "RCP4.5" not in found["titles"][0])
    assert plain["images"] == high["images"]  # of RCP8.5, as chosen at the left
