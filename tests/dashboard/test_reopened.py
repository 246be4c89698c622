"""A finished run opens in the page as it was written; what is no run is refused in a sentence."""

import numpy as np
import pytest

from dashboard import exports, takeaway
from dashboard.changes import Change
from dashboard.receipt import of_run
from dashboard.reopened import Reopened
from dashboard.selection import Selection
from dashboard.state import State
from dashboard.takewords import FINISHED
from data.store import read_result, write_result

CHANGED = State(rcp="rcp45", edits=("kd*=1.2",), since="2020")


@pytest.fixture(scope="module")
def result(library):
    """Both runs of the small region under four climate models, with an edit."""
    made = of_run("?", 0.5, "run.nc", CHANGED)
    return exports.everything(library, CHANGED).assign_attrs(made.said(CHANGED))


@pytest.fixture(params=["run.nc", "run.zarr.zip", "run.zarr"])
def path(request, result, tmp_path):
    return takeaway.formats.write_dataset(result, tmp_path / request.param)


def test_every_number_is_that_of_the_file(path, result):
    library = Reopened(path)
    library.start()
    assert set(library.results("rcp45", State().gcms)) == set(State().gcms)
    assert library.results("rcp85", State().gcms) == {}
    assert library.chosen == {"rcp": "rcp45"}
    for gcm, one in library.results("rcp45", State().gcms).items():
        np.testing.assert_array_equal(one.values["npp"][0], result.npp.sel(gcm=gcm, run="S_T"))
    assert "kd*=1.2" in library.told()
    assert path.name in library.told()


def test_a_view_of_it_can_be_taken_away_and_tells_the_changes_of_the_file(path, tmp_path):
    library = Reopened(path)
    selection = Selection(State(rcp="rcp45"), library)
    assert exports.missing(selection) == ""
    found = exports.view(selection).assign_attrs(library.said)
    assert found.attrs["edits"] == '["kd*=1.2"]'
    back = read_result(write_result(found, tmp_path / "view.nc"))
    np.testing.assert_array_equal(back.npp, found.npp)


def test_a_what_if_of_it_is_refused_in_a_sentence(path):
    library = Reopened(path)
    library.start()
    heard = []
    library.what_if_cell("me", "rcp45", ("MIROC5",), 0, Change(("kd*=1.1",)), heard.append)
    job = library.what_if_region("rcp45", ("MIROC5",), Change(("kd*=1.1",)), heard.append)
    while len(heard) < 2:
        job.stopped.wait(0.05)
    assert FINISHED in {getattr(one, "fault", None) or getattr(one, "failed", "") for one in heard}
    assert job.failed == FINISHED


def faulty(result, kind):
    if kind == "no variable":
        return result.drop_vars("soc_pf"), "has no soc_pf"
    if kind == "one run":
        return result.sel(run=["S_T"]), "expected the runs S_T and S_R"
    if kind == "years":
        return result.isel(year=slice(10)), "expected the years 2006 to 2099"
    if kind == "gap":
        return result.where(result.year != 2050), "no number in"
    if kind == "unit":
        other = result.copy()
        other["npp"] = other.npp.assign_attrs(unit_as_modelled="kgC m-2 year-1")
        return other, "npp is not in gC m-2 year-1"
    if kind == "scenario":
        return result.assign_attrs(rcp="ssp585"), "rcp = ssp585"
    if kind == "width":
        return result.drop_attrs(deep=False).assign_attrs(rcp="rcp45"), "resolution"
    return result.assign_coords(ecosystem=("cell", ["Swamp"] * result.sizes["cell"])), "Swamp"


@pytest.mark.parametrize(
    "kind", ["no variable", "one run", "years", "gap", "unit", "scenario", "width", "ecosystem"]
)
def test_what_is_no_run_of_the_model_is_named(result, tmp_path, kind):
    other, told = faulty(result, kind)
    path = write_result(other, tmp_path / "other.nc")
    with pytest.raises(ValueError, match=told) as fault:
        Reopened(path)
    assert "other.nc" in str(fault.value)


def test_a_view_is_told_from_a_run(library, tmp_path):
    found = exports.view(Selection(State(), library)).assign_attrs(share_link="http://here/?x")
    path = write_result(found, tmp_path / "view.nc")
    with pytest.raises(ValueError, match=r"not a run; open its link instead: http://here/\?x"):
        Reopened(path)
