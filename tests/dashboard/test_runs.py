"""The shared results without a page: against `tem.summary`, and what-ifs of cells and regions."""

import re
import threading
from types import SimpleNamespace

import numpy as np
import pytest

import data
import tem
from dashboard import runs, words
from dashboard.changes import Change
from dashboard.frames import NOTHING, agreeing, clipped, limits, needed, packed
from dashboard.quantities import MAPS, QUANTITIES, Quantity
from dashboard.results import SERIES, mean_sd
from dashboard.runs import RCP_NAMES, CellRun, Job, Library, thinned
from dashboard.selection import Selection
from dashboard.state import GROUPS, State
from dashboard.views.key import key
from tem import summary
from tests.dashboard.conftest import PATIENCE, until


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
    total, with_thaw = summary.cumulative(thaw), yearly.sel(run="S_T")
    expected = {
        "thaw": thaw, "sum": total, "st": with_thaw, "since": with_thaw - with_thaw.sel(year=2020)
    }  # fmt: skip
    for quantity in QUANTITIES.values():
        values = expected[quantity.aspect][quantity.variable].values
        largest = np.abs(yearly[quantity.variable].values).max()
        np.testing.assert_allclose(
            result.frames(quantity), values, rtol=1e-5, atol=1e-5 * largest, err_msg=quantity.name
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
            Change(edits),
            lambda run: (answer.append(run), came.set()),
        )
        assert came.wait(60)
        return answer[0]

    run = asked(())
    assert run.fault == ""
    assert list(run.curves) == list(data.GCMS)
    for gcm, curves in run.curves.items():
        baseline = library.climates["rcp85", gcm].result.series("nep", 0, 5)
        np.testing.assert_array_equal(curves["nep"], baseline)
    changed = asked(("kd*=1.3",)).curves
    environment = library.climates["rcp85", "MIROC5"].environment.isel(cell=[5])
    expected = tem.experiment(environment, ["kd*=1.3"]).rh.sel(run=["S_T", "S_R"])[..., 0]
    np.testing.assert_array_equal(changed["MIROC5"]["rh"], expected)
    assert "lies outside" in asked(("kd=9",)).fault


def test_region_what_if_reruns_only_what_the_edit_touches(library):
    fractions = []
    job = library.what_if_region(
        "rcp85",
        ("MIROC5",),
        Change(("Meadow.kd=0.002",)),
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
    job = library.what_if_region("rcp85", data.GCMS, Change(("kd*=1.1",)), lambda _job: None)
    job.cancel()
    until(lambda: job.results or job.failed)
    assert job.cancelled
    assert job.results == {}


def test_a_what_if_stops_between_blocks_of_cells_and_leaves_nothing(library):
    told = []

    def changed(job):
        told.append(job.fraction)
        job.cancel()  # after the first block

    job = library.what_if_region("rcp85", data.GCMS, Change(("kd*=1.1",)), changed)
    until(lambda: job.failed)
    assert job.cancelled
    assert job.shown == {}
    assert 0 < told[0] < 0.25  # within the first of four climates
    assert len(told) <= 4  # blocks that ran already end, no other one begins


def test_what_ifs_do_not_wait_for_climates_that_are_simulated(library):
    released = threading.Event()
    library._simulations.add(lambda: released.wait(PATIENCE))
    try:
        job = library.what_if_region("rcp85", ("MIROC5",), Change(("kd*=1.1",)), lambda _j: None)
        until(lambda: job.results)
    finally:
        released.set()


@pytest.fixture
def seen(library):
    """Run a what-if of the region; what it showed at each change, as (fraction, shown)."""

    def run(gcms, pace):
        found, library.pace = [], pace
        job = library.what_if_region(
            "rcp85",
            gcms,
            Change(("kd*=1.2",)),
            lambda job: found.append((job.previewed, dict(job.shown))),
        )
        until(lambda: job.results or job.failed)
        assert job.failed == ""
        return job, found

    before = library.pace
    yield run
    library.pace = before


def test_one_climate_is_shown_first_if_all_take_long(library, seen, monkeypatch):
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    job, found = seen(data.GCMS, 1.0)
    first = next(shown for _, shown in found if shown)
    assert list(first) == [data.GCMS[0]]
    environment = library.climates["rcp85", data.GCMS[0]].environment
    expected = tem.experiment(environment, ["kd*=1.2"]).rh.sel(run=["S_T", "S_R"])
    np.testing.assert_array_equal(first[data.GCMS[0]].values["rh"], expected)
    assert list(job.results) == list(data.GCMS)
    assert job.results[data.GCMS[0]] is first[data.GCMS[0]]  # not run twice


def test_what_is_quick_has_no_preview(library, seen, monkeypatch):
    monkeypatch.setattr(runs, "PATIENCE", 1e9)
    job, found = seen(data.GCMS, 1.0)
    assert job.preview == {}
    assert all(not shown for _, shown in found[:-1])


def test_a_preview_of_many_cells_runs_few_and_the_others_follow(library, seen, monkeypatch):
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    monkeypatch.setattr(runs, "TILE", 10.0)
    cells = np.arange(library.region.sizes["cell"])
    few, follows = thinned(library.region, cells)
    assert 2 * few.size <= cells.size
    kinds = library.region.ecosystem.values
    assert (kinds[few][follows] == kinds).all()
    assert (follows[few] == np.arange(few.size)).all()
    job, found = seen(("MIROC5",), 1.0)
    assert job.previewed == few.size
    shown = next(shown for _, shown in found if shown)["MIROC5"]
    base, final = library.climates["rcp85", "MIROC5"].result, job.results["MIROC5"]
    for name in SERIES:
        np.testing.assert_array_equal(shown.values[name][..., few], final.values[name][..., few])
        moved = shown.values[name] - base.values[name]
        np.testing.assert_allclose(moved, moved[..., few][..., follows], atol=1e-6)


def test_a_preview_stands_beside_the_baseline_of_its_own_climate(library):
    state = State(edits=("kd*=1.2",), shown="Difference")
    selection = Selection(state, library)
    job = Job("rcp85", data.GCMS, state.change, cells=14, previewed=14)
    base = library.climates["rcp85", "MIROC5"].result
    job.preview = {"MIROC5": base}
    selection.region_run = job
    frames = selection.frames()
    assert frames.pictures[0].what == "preview − Baseline"
    assert all((one.values == 0).all() for one in frames.pictures)
    curves = selection.curves()["npp"]
    np.testing.assert_array_equal(curves["st"], base.series("npp", 0)[0])
    np.testing.assert_array_equal(curves["whatif_st"], curves["st"])
    assert "Preview: MIROC5 only" in key(selection)
    assert not selection.up_to_date()
    state.edits = ("kd*=1.3",)
    assert selection.on_maps() == "preview − Baseline (stale)"
    state.gcm = "HadGEM2-ES"
    assert selection.previewed() is None  # another climate is looked at
    assert selection.what_if() == {}
    state.gcm, state.edits = "ensemble", ("kd*=1.2",)
    job.results = {gcm: library.climates["rcp85", gcm].result for gcm in data.GCMS}
    assert selection.marks() == ()
    assert len(selection.told()) == len(data.GCMS)
    assert selection.up_to_date()


def test_a_cell_that_does_not_come_to_rest_is_told():
    curves = dict.fromkeys(data.GCMS)
    assert words.unrested_cell(CellRun(curves)) == ""
    assert words.unrested_cell(CellRun(curves, 2)).endswith("parameters in 2 of 4 climates.")
    assert words.unrested_cell(CellRun({"MIROC5": {}}, 1)).endswith("under these parameters.")


def test_cells_that_are_not_at_rest_are_counted(library, monkeypatch):
    """In the cell's what-if, and in a Baseline that is simulated in parts."""
    real, kept = tem.experiment, {}

    def experiment(*given, **named):
        return real(*given, **named).assign_attrs(cells_not_at_rest=2)

    monkeypatch.setattr(tem, "experiment", experiment)
    run = library._run_cell("rcp85", data.GCMS, 5, Change(("kd*=1.1",)))
    assert run.unrested == 2
    store = SimpleNamespace(get=lambda _key: None, put=kept.__setitem__)
    fresh = Library(region=library.region.isel(cell=slice(0, 5)), store=store)
    fresh._simulate(fresh.climates["rcp85", "MIROC5"])
    assert [one.attrs.get("cells_not_at_rest") for one in kept.values()] == [None, 2 * runs.FIRST]


def test_identical_parameters_give_a_difference_of_exactly_zero(library):
    selection = Selection(State(shown="Difference", edits=("kd*=1",)), library)
    job = library.what_if_region("rcp85", data.GCMS, Change(("kd*=1",)), lambda _job: None)
    until(lambda: job.results or job.failed)
    selection.region_run = job
    frames = selection.frames()
    assert frames.pictures[0].what == "what-if − Baseline"
    assert all((one.values == 0).all() for one in frames.pictures)


def test_headline_says_what_it_is_about(library):
    state = State(rcp="rcp85")
    place = words.place(state, library.region)
    said = words.headline(state, place, [-500.0, -300.0, -700.0, -420.0])
    assert said.replace("\u00a0", " ") == (
        "Under RCP8.5, by 2099, thaw since 2020 costs 480 Tg C of carbon uptake in the "
        "permafrost region (ΣΔNEP; −700 to −300 across 4 climate models)."
    )
    assert "no clear gain or loss" in words.headline(state, place, [-1.0, 2.0, 3.0, 4.0])
    state.year = 2015
    assert "choose a later year" in words.headline(state, place, [0.0, 0.0])


@pytest.mark.parametrize("ecosystem", ["All", "Meadow", "Steppe"])
@pytest.mark.parametrize("rcp", data.RCPS)
def test_published_numbers_are_told_digit_by_digit(ecosystem, rcp):
    said = words.printed(State(rcp=rcp, ecosystem=ecosystem)).translate({0x2212: "-", 0xA0: " "})
    rows = data.published()
    where = {"All": "permafrost region", "Meadow": "alpine meadow", "Steppe": "alpine steppe"}
    for name, symbol, unit in (("ΣΔNEP", "SdNEP", "Tg C"), ("exposed", "SOC_PF", "Pg C")):
        number, spread = re.search(rf"{name} (-?[\d.]+) ± ([\d.]+) {unit} \(", said).groups()
        (row,) = rows[(rows.mean_printed == number) & (rows.sd_printed == spread)].itertuples()
        assert row.symbol == symbol
        assert row.scenario == RCP_NAMES[rcp]
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
        job = library.what_if_region("rcp85", data.GCMS, Change(("kd*=1.1",)), lambda _job: None)
        until(lambda job=job: job.results or job.failed)
        selection.region_run = job
        told = words.region_run(selection.state, None, selection)
        assert told.startswith("The region is up to date with these edits.")
        cells = library.region.sizes["cell"]
        assert (f"8 of 4 × {cells} cells did not come to rest" in told) is bool(count)


def test_a_what_if_of_another_scenario_is_not_shown_and_not_stale(library):
    state = State(edits=("kd*=1.1",))
    selection = Selection(state, library)
    job = library.what_if_region("rcp85", data.GCMS, state.change, lambda _job: None)
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
    frames = library.climates["rcp85", "MIROC5"].result.frames(MAPS[1])
    cells = np.arange(frames.shape[1]) % 2 == 0
    whole, scale = packed(frames, cells)
    back = whole.reshape(frames.shape) * scale
    assert back[:, cells] == pytest.approx(
        frames[:, cells], abs=float(np.abs(frames).max()) / 30_000
    )
    assert (whole.reshape(frames.shape)[:, ~cells] == NOTHING).all()


def test_limits_hold_most_values_and_clipping_is_known():
    values = np.concatenate([np.linspace(1, 99, 99), [5000.0]])
    low, high = limits([values], two_sided=False)
    assert low <= 3
    assert 98 <= high < 5000
    assert clipped(values, low, high) == (False, True)
    low, high = limits([-values], two_sided=True)
    assert low == -high
    assert clipped(-values, low, high) == (True, False)
    nothing = np.full((2, 2), np.nan)
    assert limits([nothing], two_sided=True) == (-1.0, 1.0)
    assert limits([nothing], two_sided=False) == (0.0, 1.0)


def test_models_that_agree_are_counted():
    models = np.array([[1.0, -1.0, 0.0], [2.0, -1.0, 0.0], [3.0, 5.0, 0.0], [-1.0, -5.0, 0.0]])
    assert agreeing(models, models.mean(axis=0)).tolist() == [3, 3, 4]
    assert [needed(models) for models in (4, 5, 10)] == [4, 4, 8]


def test_agreement_is_told_of_what_has_a_sign_only(library):
    state = State(maps=(Quantity("npp", "st"), Quantity("soc"), Quantity("nep", "st")))
    plain, effect, balance = Selection(state, library).frames().pictures
    assert plain.agree is None
    assert 0 <= plain.limits[0] < plain.limits[1]
    assert effect.limits[0] == -effect.limits[1]
    thaw = [one.frames(state.maps[1]) for one in library.results("rcp85", data.GCMS).values()]
    same = [np.sign(one) == np.sign(np.mean(thaw, axis=0)) for one in thaw]
    np.testing.assert_array_equal(effect.agree, np.sum(same, axis=0))
    assert balance.models == 4
    state.gcm = "MIROC5"
    assert Selection(state, library).frames().pictures[1].agree is None


def test_maps_of_one_unit_share_a_scale_if_one_wishes(library):
    names = ("thaw.npp", "thaw.rh", "st.npp")
    state = State(maps=tuple(QUANTITIES[name] for name in names))
    own = [one.limits for one in Selection(state, library).frames().pictures]
    state.compare = "scale"
    npp, rh, amount = (one.limits for one in Selection(state, library).frames().pictures)
    assert own[0] != own[1]
    assert npp == rh == max(own[:2], key=lambda limits: limits[1])
    assert amount == own[2]


def test_scenarios_stand_side_by_side_on_one_scale(library):
    state = State(maps=(QUANTITIES["st.npp"], *MAPS[1:]), compare="scenarios", shown="Difference")
    low, high, apart = Selection(state, library).frames().pictures
    assert [one.note for one in (low, high, apart)] == ["RCP4.5", "RCP8.5", "RCP8.5 − RCP4.5"]
    assert low.limits == high.limits
    assert low.colours == high.colours != apart.colours
    np.testing.assert_allclose(apart.values, high.values - low.values, atol=1e-3)
    assert apart.limits[0] == -apart.limits[1]
    assert apart.agree.max() <= apart.models == len(data.GCMS)


def test_every_quantity_has_words_a_unit_and_colours():
    for name, quantity in QUANTITIES.items():
        assert quantity.name == name
        assert quantity.symbol
        assert quantity.label
        assert "{year}" in quantity.title
        assert quantity.unit.endswith("year-1") <= (quantity.aspect != "sum")


def test_a_climate_that_failed_is_tried_again_when_it_is_asked_for(monkeypatch):
    small = Library(region=data.region(0.5).isel(cell=[0]))
    real, failing = data.climate, [True]

    def climate(region, rcp, gcm):
        if failing[0] and (rcp, gcm) == ("rcp85", "MIROC5"):
            raise RuntimeError("planted")
        return real(region, rcp, gcm)

    monkeypatch.setattr(data, "climate", climate)
    small.start()
    until(lambda: small.ready == 7 and small.climates["rcp85", "MIROC5"].failed)
    small.prefer("rcp45", data.GCMS)
    assert small.climates["rcp85", "MIROC5"].failed  # nobody has asked for it
    failing[0] = False
    small.prefer("rcp85", ("MIROC5",))
    until(lambda: small.ready == 8)
    assert small.climates["rcp85", "MIROC5"].failed == ""
