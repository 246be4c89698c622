"""Climates with offsets, through the library of the page: against the model, cell by cell."""

import threading

import numpy as np
import pytest

import data
import tem
from dashboard import skies
from dashboard.changes import Change, Kept
from dashboard.language import Fault
from dashboard.selection import Selection
from dashboard.shelf import Shelf
from dashboard.state import State
from tests.dashboard.conftest import until

WARM = tem.Offsets(warming=2, precipitation=1.2)
KEY = ("rcp85", "MIROC5")
EDITS = ("kd*=1.2",)
EASTERN = ((90.0, 26.0), (104.0, 26.0), (104.0, 40.0), (90.0, 40.0))


def ran(library, offsets, edits=EDITS, gcms=("MIROC5",), since="spin-up"):
    told = []
    job = library.what_if_region(
        "rcp85", gcms, Change(edits, since, offsets),
        lambda job: told.append((job.fraction, job.stage)),
    )  # fmt: skip
    until(lambda: job.results or job.failed)
    assert job.failed == ""
    return job, told


def expected(library, offsets, edits=EDITS):
    sky = tem.offset(data.climate(library.region, *KEY), **offsets._asdict())
    permitted = tem.environment(library.region, sky)
    past = library.climates[KEY].environment
    return tem.experiment(permitted, edits, past=past).sel(run=["S_T", "S_R"])


def test_a_climate_what_if_is_that_of_the_model(library):
    job, told = ran(library, WARM)
    found, asked = job.results["MIROC5"].values, expected(library, WARM)
    for name in ("npp", "rh", "alt"):
        np.testing.assert_array_equal(found[name], asked[name])
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    stages = [stage for _, stage in told]
    assert set(skies.STAGES) <= set(stages)
    assert stages[-1] == ""


def test_runs_share_the_history_of_the_baseline(library):
    found = ran(library, WARM, edits=())[0].results["MIROC5"]
    base = library.climates[KEY].result
    to_2020, after = base.years <= 2020, base.years > 2020
    for name, values in found.values.items():
        np.testing.assert_array_equal(values[:, to_2020], base.values[name][:, to_2020])
        np.testing.assert_array_equal(values[0, to_2020], values[1, to_2020])
    assert (found.values["npp"][:, after] != base.values["npp"][:, after]).any()


def test_carbon_dioxide_alone_is_as_if_all_were_run_again(library):
    rich = tem.Offsets(co2=150)
    found = ran(library, rich)[0].results["MIROC5"].values["npp"]
    np.testing.assert_array_equal(found, expected(library, rich).npp)
    assert (*KEY, rich) not in library.skies._kept  # nothing to keep


@pytest.mark.parametrize("offsets", [WARM, tem.Offsets(co2=150)])
def test_a_cell_is_that_of_the_region(library, offsets):
    whole = ran(library, offsets, gcms=data.GCMS)[0].results
    answer, came = [], threading.Event()
    library.what_if_cell(
        "me", "rcp85", data.GCMS, 5, Change(EDITS, offsets=offsets),
        lambda run: (answer.append(run), came.set()),
    )  # fmt: skip
    assert came.wait(60)
    (run,) = answer
    assert run.fault == ""
    for gcm, result in whole.items():
        np.testing.assert_allclose(run.curves[gcm]["rh"], result.values["rh"][..., 5], rtol=1e-9)


def test_environments_are_kept_and_few_of_them(library):
    ran(library, WARM, gcms=data.GCMS)
    kept = library.skies._kept
    assert {(("rcp85", gcm, WARM)) for gcm in data.GCMS} == set(kept)
    _, told = ran(library, WARM, edits=("b*=1.1",), gcms=data.GCMS)
    assert not any(stage for _, stage in told)  # only carbon and nitrogen
    ran(library, tem.Offsets(warming=1))
    assert len(kept) == skies.KEPT
    assert (*KEY, tem.Offsets(warming=1)) in kept


def test_a_climate_what_if_stops_between_blocks_and_leaves_nothing(library):
    def changed(job):
        if job.stage:
            job.cancel()

    offsets = tem.Offsets(warming=3)
    job = library.what_if_region("rcp85", data.GCMS, Change(offsets=offsets), changed)
    until(lambda: job.results or job.failed)
    assert job.cancelled
    assert job.shown == {}
    assert job.fraction <= 0.25 or job.fraction == 1.0
    assert not any(key[2] == offsets for key in library.skies._kept)


def test_a_run_without_a_number_is_refused_in_words(library, monkeypatch):
    real = tem.experiment

    def lost(*given, **named):
        found = real(*given, **named)
        found["nep"][..., :2] = np.nan
        return found

    monkeypatch.setattr(tem, "experiment", lost)
    job = library.what_if_region("rcp85", ("MIROC5",), Change(EDITS), lambda _job: None)
    until(lambda: job.results or job.failed)
    cells = library.region.sizes["cell"]
    assert f"no number any more in 2 of {cells} cells" in job.failed
    assert job.results == {}
    run = library._run_cell("rcp85", data.GCMS, 5, Change(EDITS, "2020"))
    assert "undo the last change" in run.fault


def test_an_offset_of_nothing_differs_by_exactly_zero(library):
    state = State(shown="Difference", offsets=tem.Offsets(co2=1e-15))
    selection = Selection(state, library)
    selection.region_run, _ = ran(library, state.offsets, edits=(), gcms=data.GCMS)
    for picture in selection.frames().pictures:
        assert picture.what == "climate what-if − Baseline"
        assert (picture.values == 0).all()


@pytest.mark.parametrize(
    ("cell", "area", "ecosystem"),
    [(None, (), "All"), (5, (), "All"), (None, EASTERN, "All"), (None, EASTERN, "Meadow")],
)
def test_a_saved_what_if_is_the_one_that_was_run(library, cell, area, ecosystem):
    state = State(
        cell=cell,
        area=area,
        ecosystem=ecosystem,
        saved=(Kept("slow", Change(EDITS, "2020")), Kept("warm", Change((), "2020", WARM))),
    )
    shelf = Shelf(state, library)
    assert shelf.missing() == ["not there yet"] * 2
    shelf.ask()
    until(lambda: shelf.missing() == [""] * 2)
    for runs, kept in zip(shelf.runs(), state.saved, strict=True):
        offsets, edits = kept.change.offsets, kept.change.edits
        result = ran(library, offsets, edits, data.GCMS, "2020")[0].results["MIROC5"]
        ours = runs[data.GCMS.index("MIROC5")]["nep"]
        where = Selection(state, library).where()
        np.testing.assert_allclose(ours, result.series("nep", **where), rtol=1e-9)


def test_a_saved_what_if_without_a_result_says_why(library, monkeypatch):
    def broken(*_given, **_named):
        raise Fault("It cannot be.")

    shelf = Shelf(State(saved=(Kept("odd", Change(EDITS)),)), library)
    monkeypatch.setattr(tem, "experiment", broken)
    shelf.ask()
    until(lambda: shelf.missing() == ["no result"])
    assert shelf.faults() == ["odd: It cannot be."]
    assert shelf.runs() == [[]]
