"""The shared results without a page: against `tem.summary`, and what-ifs of cells and regions."""

import threading
import time

import numpy as np
import pytest

import data
import tem
from dashboard import words
from dashboard.frames import NOTHING, limit, packed
from dashboard.results import MAPS, SERIES, mean_sd
from dashboard.runs import RCP_NAMES, Library
from dashboard.selection import Selection
from dashboard.state import GROUPS, State
from tem import summary

PATIENCE = 300


def until(true, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def library():
    found = Library(region=data.region(0.5).isel(cell=slice(None, None, 40)))
    found.start()
    until(lambda: found.ready == len(found.climates))
    assert not any(climate.failed for climate in found.climates.values())
    return found


@pytest.fixture(scope="module")
def yearly(library):
    return tem.experiment(library.climates["rcp85", "MIROC5"].environment)


def test_totals_are_those_of_the_summary(library, yearly):
    result = library.climates["rcp85", "MIROC5"].result
    for group, name in enumerate(GROUPS):
        where = library.weights.member[group]
        if not where.any():
            continue
        totals, means = summary.regional_total(yearly, where), summary.regional_mean(yearly, where)
        for variable in SERIES:
            expected = (totals if variable in totals else means)[variable].sel(run=["S_T", "S_R"])
            np.testing.assert_allclose(result.series(variable, group), expected, rtol=1e-9)
        gains = summary.cumulative(summary.difference(totals)).nep
        np.testing.assert_allclose(result.gain(group), gains, rtol=1e-6, atol=1e-9)
        assert name in GROUPS


def test_maps_are_those_of_the_summary(library, yearly):
    result, thaw = library.climates["rcp85", "MIROC5"].result, summary.difference(yearly)
    assert result.maps[MAPS[0]] == pytest.approx(thaw.vegc.values, rel=1e-5, abs=1e-3)
    assert result.maps[MAPS[2]] == pytest.approx(
        summary.cumulative(thaw).nep.values, rel=1e-5, abs=1e-3
    )


def test_spread_is_that_of_the_summary(library):
    results = library.results("rcp85", data.GCMS)
    mean, sd = mean_sd([one.series("npp", 0) for one in results.values()])
    stack = np.array([one.series("npp", 0) for one in results.values()])
    assert len(stack) == 4
    assert mean == pytest.approx(stack.mean(axis=0))
    assert sd == pytest.approx(np.sqrt(((stack - mean) ** 2).sum(axis=0) / 3))
    assert mean_sd(stack[:1])[1] is None


def test_cell_what_if_is_the_model_and_no_edit_is_the_baseline(library):
    def asked(edits):
        answer, came = [], threading.Event()
        library.what_if_cell(
            "me",
            "rcp85",
            data.GCMS,
            5,
            edits,
            "spin-up",
            lambda *said: (answer.append(said), came.set()),
        )
        assert came.wait(60)
        return answer[0]

    results, fault = asked(())
    assert fault == ""
    for gcm, curves in results.items():
        baseline = library.climates["rcp85", gcm].result.series("nep", 0, 5)
        np.testing.assert_array_equal(curves["nep"], baseline)
    changed, _ = asked(("kd*=1.3",))
    environment = library.climates["rcp85", "MIROC5"].environment.isel(cell=[5])
    expected = tem.experiment(environment, ["kd*=1.3"]).rh.sel(run=["S_T", "S_R"])[..., 0]
    np.testing.assert_array_equal(changed["MIROC5"]["rh"], expected)
    _, fault = asked(("kd=9",))
    assert "lies outside" in fault


def test_region_what_if_reruns_only_what_the_edit_touches(library):
    fractions = []
    job = library.what_if_region(
        "rcp85",
        ("MIROC5",),
        ("Meadow.kd=0.002",),
        "spin-up",
        lambda job: fractions.append(job.fraction),
    )
    until(lambda: job.results or job.failed)
    assert job.failed == ""
    assert fractions == sorted(fractions)
    new, old = job.results["MIROC5"], library.climates["rcp85", "MIROC5"].result
    meadow = library.region.ecosystem.values == "Meadow"
    np.testing.assert_array_equal(new.values["rh"][..., ~meadow], old.values["rh"][..., ~meadow])
    assert (new.values["rh"][..., meadow] != old.values["rh"][..., meadow]).any()
    environment = library.climates["rcp85", "MIROC5"].environment
    full = tem.experiment(environment, ["Meadow.kd=0.002"]).sel(run=["S_T", "S_R"])
    np.testing.assert_array_equal(new.values["nep"], full.nep)


def test_region_what_if_can_be_cancelled(library):
    job = library.what_if_region("rcp85", data.GCMS, ("kd*=1.1",), "spin-up", lambda _job: None)
    job.cancel()
    until(lambda: job.results or job.failed)
    assert job.cancelled
    assert job.results == {}


def test_identical_parameters_give_a_difference_of_exactly_zero(library):
    selection = Selection(State(shown="Difference", edits=("kd*=1",)), library)
    job = library.what_if_region("rcp85", data.GCMS, ("kd*=1",), "spin-up", lambda _job: None)
    until(lambda: job.results or job.failed)
    selection.region_run = job
    frames = selection.frames()
    assert frames.what == "what-if − Baseline"
    assert all((one == 0).all() for one in frames.values)


def test_headline_says_what_it_is_about(library):
    state = State(rcp="rcp85")
    place = words.place(state, library.region)
    said = words.headline(state, place, [-500.0, -300.0, -700.0, -420.0])
    assert said.replace("\u00a0", " ") == (
        "Under RCP8.5, by 2099, thaw since 2020 costs the permafrost region 480 Tg C of carbon "
        "uptake (ΣΔNEP; −700 to −300 across 4 climate models)."
    )
    assert "no clear gain or loss" in words.headline(state, place, [-1.0, 2.0, 3.0, 4.0])
    state.year = 2015
    assert "choose a later year" in words.headline(state, place, [0.0, 0.0])


@pytest.mark.parametrize("ecosystem", ["All", "Meadow", "Steppe"])
@pytest.mark.parametrize("rcp", data.RCPS)
def test_published_numbers_are_told_digit_by_digit(ecosystem, rcp):
    said = words.printed(State(rcp=rcp, ecosystem=ecosystem)).translate({0x2212: "-", 0xA0: " "})
    number, spread = said.split(": ")[1].removesuffix(" Tg C.").split(" ± ")
    rows = data.published()
    (row,) = rows[(rows.mean_printed == number) & (rows.sd_printed == spread)].itertuples()
    assert row.symbol == "SdNEP"
    assert row.scenario == RCP_NAMES[rcp]
    where = {"All": "permafrost region", "Meadow": "alpine meadow", "Steppe": "alpine steppe"}
    assert row.region.startswith(where[ecosystem])


def test_where_nothing_is_published_nothing_is_told():
    for state in (State(ecosystem="Forest"), State(year=2050), State(cell=3)):
        assert words.printed(state) == ""


def test_cells_that_do_not_come_to_rest_are_told(library, monkeypatch):
    real = tem.experiment
    selection = Selection(State(edits=("kd*=1.1",)), library)
    for count in (0, 2):
        monkeypatch.setattr(
            tem,
            "experiment",
            lambda *a, n=count, **k: real(*a, **k).assign_attrs(cells_not_at_rest=n),
        )
        job = library.what_if_region("rcp85", data.GCMS, ("kd*=1.1",), "spin-up", lambda _job: None)
        until(lambda job=job: job.results or job.failed)
        selection.region_run = job
        told = words.region_run(selection.state, None, selection)
        assert told.startswith("The region is up to date with these edits.")
        cells = library.region.sizes["cell"]
        assert (f"8 of 4 × {cells} cells did not come to rest" in told) is bool(count)


def test_a_what_if_of_another_scenario_is_not_shown_and_not_stale(library):
    state = State(edits=("kd*=1.1",))
    selection = Selection(state, library)
    job = library.what_if_region("rcp85", data.GCMS, state.edits, "spin-up", lambda _job: None)
    until(lambda: job.results or job.failed)
    selection.region_run = job
    assert not selection.stale()
    state.edits = ("kd*=1.2",)
    assert selection.stale()
    assert "stale" in words.region_run(state, None, selection)
    state.rcp = "rcp45"
    assert not selection.stale()
    assert "not rerun with these edits yet" in words.region_run(state, None, selection)


def test_packed_frames_come_back(library):
    frames = library.climates["rcp85", "MIROC5"].result.maps[MAPS[1]]
    cells = np.arange(frames.shape[1]) % 2 == 0
    whole, scale = packed(frames, cells)
    back = whole.reshape(frames.shape) * scale
    assert back[:, cells] == pytest.approx(
        frames[:, cells], abs=float(np.abs(frames).max()) / 30_000
    )
    assert (whole.reshape(frames.shape)[:, ~cells] == NOTHING).all()
    assert limit([frames]) >= np.percentile(np.abs(frames[frames != 0]), 98) * 0.99
    assert limit([np.full((2, 2), np.nan)]) == 1.0
