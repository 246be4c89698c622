"""What questions to the model are answered, held against the runs that the page shows."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

import tem
from dashboard import questions, samples
from dashboard.analyses import PACES, Analyses, Pace, Study
from dashboard.asking import WARMEST, asked, measure_of
from dashboard.changes import Change
from dashboard.language import Fault
from dashboard.results import Weights
from dashboard.samples import Where
from dashboard.state import CHOICES, GROUPS, State
from data import GCMS, YEARS
from tem.explain import ORDERS
from tem.summary import Measure, measured, measured_mean
from tem.variance import FACTORS

PATIENCE = 120.0  # s
ONE = GCMS[0]
AT = 2090 - YEARS[0]


def ask(library, **chosen):
    """Return what is asked and its answer."""
    question = asked(State(**{"year": 2090} | chosen), library)
    return question, question.answer(library, Study(question))


def mean_of(library, value, rcp="rcp85", gcms=GCMS):
    """Return the mean over climate models of *value*, a function of a result."""
    return np.mean([value(library.climates[rcp, gcm].result) for gcm in gcms], axis=0)


def busiest(library):
    """Return the ecosystem with most cells."""
    names, counts = np.unique(library.region.ecosystem.values, return_counts=True)
    return str(names[np.argmax(counts)])


# --- explain -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["all", "ecosystem", "cell"])
@pytest.mark.parametrize("explained", ["summed", "thaw", "change"])
def test_parts_add_up_to_the_number_on_the_page_in_every_order(library, place, explained):
    kind = busiest(library)
    chosen = {"all": {}, "ecosystem": {"ecosystem": kind}, "cell": {"cell": 3}}[place]
    question, parts = ask(library, explained=explained, **chosen)
    group, cell = GROUPS.index(chosen.get("ecosystem", "All")), chosen.get("cell")

    def number(result):
        curve = result.series("nep", group, cell)
        if explained == "change":
            span = slice(2011 - YEARS[0], 2021 - YEARS[0])
            return curve[0, AT - 9 : AT + 1].mean() - curve[0, span].mean()
        return (
            result.gain(group, cell)[AT] if explained == "summed" else curve[0, AT] - curve[1, AT]
        )

    for at in range(len(ORDERS)):
        found = parts.values["nep"][at].sum(axis=0)
        found = found if cell is not None else found[0]
        np.testing.assert_allclose(found, mean_of(library, number), rtol=1e-9, atol=1e-9)
    assert question.years == ((2081, 2090) if explained == "change" else question.years)


def test_every_part_of_nep_is_that_of_npp_less_that_of_rh_and_ecosystems_add_up(library):
    _, parts = ask(library)
    npp, rh, nep = (parts.values[name] for name in ("npp", "rh", "nep"))
    np.testing.assert_allclose(nep, npp - rh, rtol=0, atol=1e-9)
    assert len(parts.columns) > 2
    np.testing.assert_allclose(nep[..., 1:].sum(axis=-1), nep[..., 0], rtol=0, atol=1e-9)
    assert parts.causes == ("carbon", "nitrogen", "residual")
    assert parts.unit == "TgC"


@pytest.mark.parametrize("explained", ["edits", "edits-summed"])
def test_parts_of_a_what_if_add_up_to_its_difference_from_the_baseline(library, explained):
    edits = ("kd*=1.2", "cmax*=1.1")
    _, parts = ask(library, explained=explained, edits=edits, gcm=ONE)
    climate = library.climates["rcp85", ONE]
    yearly = tem.experiment(climate.environment, edits)
    totals = Weights(library.region, GROUPS).totals("nep", yearly.nep.values)[..., 0]
    transient, reference = (totals[list(yearly.run.values).index(run)] for run in ("S_T", "S_R"))
    after = np.array(YEARS)[: AT + 1] > 2020
    if explained == "edits":
        change = transient[AT] - climate.result.series("nep", 0)[0, AT]
    else:
        summed = ((transient - reference)[: AT + 1] * after).sum()
        change = summed - climate.result.gain(0)[AT]
    np.testing.assert_allclose(parts.values["nep"][:, :, 0].sum(axis=1), change, atol=1e-9)
    assert parts.causes == ("cmax", "kd", "residual")


WARMED = ("warmth", "moisture", "thaw", "residual")
ALL_AT_ONCE = ("kd", "warmth", "moisture", "co2", "thaw", "residual")


@pytest.mark.parametrize(
    ("explained", "offsets", "edits", "causes"),
    [
        ("edits", tem.Offsets(co2=200.0), (), ("co2", "residual")),
        ("edits", tem.Offsets(warming=2.0), (), WARMED),
        ("edits", tem.Offsets(precipitation=1.2), (), WARMED),
        ("edits", tem.Offsets(2.0, 1.1, 100.0), ("kd*=1.2",), ALL_AT_ONCE),
        ("edits-summed", tem.Offsets(2.0, 1.1, 100.0), ("kd*=1.2",), ALL_AT_ONCE),
    ],
)
def test_parts_of_a_climate_what_if_add_up_to_what_the_page_shows(
    library, explained, offsets, edits, causes
):
    """Held against the what-if of the region; a cause that does not act has a part of 0."""
    _, parts = ask(library, explained=explained, edits=edits, offsets=offsets)
    over = threading.Event()
    job = library.what_if_region(
        "rcp85", GCMS, Change(edits, offsets=offsets),
        lambda one: (one.results or one.failed) and over.set(),
    )  # fmt: skip
    assert over.wait(PATIENCE)

    def number(result):
        return result.series("nep", 0)[0, AT] if explained == "edits" else result.gain(0)[AT]

    change = np.mean([number(job.results[gcm]) for gcm in GCMS]) - mean_of(library, number)
    assert parts.causes == causes
    assert abs(change) > 1e-3
    for order in parts.values["nep"][:, :, 0]:
        np.testing.assert_allclose(order.sum(), change, rtol=1e-6)
    assert np.abs(parts.values["nep"][-1, :-1, 0]).max() > 1e-3


def test_a_climate_what_if_of_one_cell_adds_up(library):
    offsets = tem.Offsets(warming=3.0)
    _, parts = ask(library, explained="edits", offsets=offsets, cell=3)
    over, told = threading.Event(), []
    library.what_if_cell(
        "me", "rcp85", GCMS, 3, Change(offsets=offsets),
        lambda run: (told.append(run), over.set()),
    )  # fmt: skip
    assert over.wait(PATIENCE)
    after = np.mean([curves["nep"][0, AT] for curves in told[0].curves.values()])
    change = after - mean_of(library, lambda result: result.series("nep", 0, 3)[0, AT])
    np.testing.assert_allclose(parts.values["nep"].sum(axis=1)[:, 0], change, rtol=1e-6)


def test_a_what_if_without_a_number_is_not_explained_but_refused_in_words(library, monkeypatch):
    real = tem.explain.experiment

    def lost(*given, **named):
        found = real(*given, **named)
        found["nep"][..., :1] = np.nan
        return found

    monkeypatch.setattr(tem.explain, "experiment", lost)
    with pytest.raises(Fault, match=f"in 1 of {library.region.sizes['cell']} cells .* no number"):
        ask(library, explained="edits", edits=("b*=0.5",))


def test_each_climate_model_is_shown_as_it_comes(library):
    shown = []
    question = asked(State(year=2090), library)
    study = Study(question, changed=lambda one: one.partial and shown.append(one.partial.gcms))
    question.answer(library, study)
    assert list(dict.fromkeys(shown)) == [GCMS[: k + 1] for k in range(len(GCMS))]


@pytest.mark.parametrize(
    "chosen",
    [
        {"explained": "summed"},
        {"explained": "change"},
        {"explained": "edits", "edits": ("kd*=1.2", "b*=1.1", "cmax*=1.1", "Meadow.ki*=1")},
        {"explained": "edits", "edits": ("kd*=1.2",), "offsets": tem.Offsets(precipitation=1.1)},
        {"analysis": "tornado", "range": "usual"},
        {"analysis": "threshold", "parameter": "kd"},
    ],
)
def test_as_many_runs_are_made_as_are_told(library, monkeypatch, chosen):
    runs = []

    def counted(environment, *args, **kwargs):
        runs.append(environment.sizes["cell"])
        return experiment(environment, *args, **kwargs)

    experiment = tem.experiment
    for module in (tem, tem.explain, tem.threshold, tem.sensitivity):
        monkeypatch.setattr(module, "experiment", counted)
    question, answer = ask(library, gcm=ONE, **chosen)
    told, cells = question.size(library)
    assert set(runs) == {cells}
    if chosen.get("analysis") == "threshold" and not answer.crossing.found:
        assert len(runs) < told
    else:
        assert len(runs) == told


def test_an_area_is_explained_as_the_sum_of_its_cells(library):
    lon, lat = library.grid.centres
    west, south, east, north = lon.min() - 1, lat.min() - 1, np.median(lon), lat.max() + 1
    area = ((west, south), (east, south), (east, north), (west, north))
    question, parts = ask(library, area=area)
    cells = question.where.cells(library)
    assert 0 < cells.size < lon.size
    whole = mean_of(library, lambda result: result.gain(0, cells=cells)[AT])
    np.testing.assert_allclose(parts.values["nep"][0].sum(axis=0)[0], whole, rtol=1e-9, atol=1e-9)


def test_an_area_without_such_cells_is_told(library):
    with pytest.raises(ValueError, match="no cell of this ecosystem in the drawn area"):
        asked(State(area=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))), library)


# --- tornado -------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["nep-summed", "soc"])
def test_a_bar_of_a_cell_is_what_its_slider_gives(library, output):
    question, bars = ask(library, analysis="tornado", output=output, cell=3)
    assert {bar.parameter for bar in bars.bars} == set(question.names)
    bar = next(bar for bar in bars.bars if bar.parameter == "kd")
    for edit, value in ((bar.edit_low, bar.low), (bar.edit_high, bar.high)):
        runs = [
            tem.experiment(library.climates["rcp85", gcm].environment.isel(cell=[3]), [edit])
            for gcm in GCMS
        ]
        found = np.mean([measured_mean(one, question.measure) for one in runs])
        np.testing.assert_allclose(value, found, rtol=1e-9, atol=1e-9)
    assert bars.error == 0
    assert bars.unit == {"nep-summed": "gC m-2", "soc": "gC m-2"}[output]


def test_a_thinned_region_comes_near_the_page_within_its_error(library, monkeypatch):
    monkeypatch.setattr(questions, "MOST", 4)
    question, bars = ask(library, analysis="tornado", range="usual")
    assert bars.cells < bars.stand_for == len(GCMS) * library.region.sizes["cell"]
    assert bars.cells == question.size(library)[1]
    whole = mean_of(library, lambda result: result.gain(0)[AT])
    assert bars.error > 0
    assert abs(bars.value - whole) < 4 * bars.error
    assert bars.unit == "TgC"


def test_a_sample_gives_every_cell_its_own_weather(library):
    measure = Measure("nep", "S_T", 2090, 2090)
    where = Where("rcp85", GCMS, 0, None)
    sample = samples.drawn(library, where, measure, 3)
    sky = sample.drivers(library, "rcp85")
    regions = [library.region.isel(cell=cells) for _, cells in sample.picks]
    assert (sample.joined(regions).ecosystem.values == sky.ecosystem.values).all()
    values = measured(tem.experiment(sky), measure).values
    parts = [
        library.climates["rcp85", gcm].result.values["nep"][0, AT, cells]
        for gcm, cells in sample.picks
    ]
    np.testing.assert_array_equal(np.concatenate(parts)[sample.order], values)
    total = len(GCMS) * float(library.region.cell_area.sum())
    assert float(sky.cell_area.sum()) == pytest.approx(total)


# --- shares of variance --------------------------------------------------------------------------


def test_shares_are_of_every_run_and_every_interaction_is_named(library, monkeypatch):
    """The share of scenarios, and the ends, held against runs of the same cells one by one."""
    found, experiment = [], tem.variance.experiment

    def kept(*args, **kwargs):
        found.append(experiment(*args, **kwargs))
        return found[-1]

    monkeypatch.setattr(questions, "MOST", 1)
    monkeypatch.setattr(tem.variance, "experiment", kept)
    question = questions.Shares(
        Where("rcp45", GCMS, 0, None), measure_of(State(year=2090)), 0.1, sets=3
    )
    answer = question.answer(library, Study(question))
    runs, cells = question.size(library)
    assert (len(found), found[0].sizes["cell"]) == (runs, cells) == (24, answer.cells)
    assert answer.cells < answer.stand_for == library.region.sizes["cell"]
    extent = library.weights.extent[0] / 1e12  # from g m-2 to Tg
    values = extent * np.reshape([measured_mean(one, question.measure) for one in found], (2, 4, 3))
    np.testing.assert_allclose(
        (answer.low, answer.mean, answer.high), (values.min(), values.mean(), values.max())
    )
    assert list(answer.shares) == [
        "rcp", "gcm", "parameters", "rcp × gcm", "rcp × parameters", "gcm × parameters",
        "rcp × gcm × parameters",
    ]  # fmt: skip
    assert answer.shares["rcp"] == pytest.approx(values.mean(axis=(1, 2)).var() / values.var())
    assert answer.shares["gcm"] == pytest.approx(values.mean(axis=(0, 2)).var() / values.var())
    assert sum(answer.shares.values()) == pytest.approx(1)


def test_where_nothing_varies_there_are_no_shares(library, monkeypatch):
    still = xr.DataArray(np.full((2, 4, 3), 7.0), dims=FACTORS)
    monkeypatch.setattr(tem.variance, "outcomes", lambda *_, **__: still)
    question = asked(State(analysis="shares", cell=3), library)
    found = question.answer(library, Study(question))
    assert (found.shares, found.low, found.mean, found.high) == ({}, 7, 7, 7)
    assert (found.cells, found.stand_for) == (1, 1)


def test_shares_wait_for_all_climates(library):
    few = SimpleNamespace(
        results=library.results, ready=3, climates=library.climates, weights=library.weights
    )
    with pytest.raises(ValueError, match="need all 8 climates; 3 are ready"):
        asked(State(analysis="shares"), few)


# --- threshold -----------------------------------------------------------------------------------


def test_without_warming_the_threshold_starts_from_the_baseline(library, monkeypatch):
    monkeypatch.setattr(questions, "MOST_WARMED", 1)
    question = asked(State(analysis="threshold", gcm=ONE, ecosystem=busiest(library)), library)
    sample = samples.drawn(library, question.where, question.measure, 1)
    sky = sample.drivers(library, "rcp85")
    plain = measured_mean(tem.experiment(sky), question.measure)
    found = question.answer(library, Study(question)).crossing
    extent = library.weights.extent[question.where.group] / 1e12
    np.testing.assert_allclose(found.tried[0.0], plain * extent, rtol=1e-12)
    assert found.high <= WARMEST


def test_a_parameter_moves_over_the_literature_in_one_ecosystem_and_by_half_in_several(library):
    state = State(analysis="threshold", parameter="kd", ecosystem=busiest(library))
    one = asked(state, library).span
    assert (one.scales, one.low, one.high) == (False, 0.0005, 0.01)
    state.ecosystem = "All"
    every = asked(state, library).span
    assert (every.scales, every.low, every.high) == (True, 0.5, 1.5)


# --- what makes no sense -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"year": 2015}, "the runs with and without thaw are one: choose a later year"),
        ({"explained": "edits"}, "Nothing is changed yet"),
        ({"explained": "edits", "offsets": tem.Offsets(co2=9.0), "year": 2020}, "from 2021 on"),
        ({"analysis": "tornado", "year": 2020}, "choose a later year"),
        ({"analysis": "threshold", "year": 2020}, "choose a later year"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(library, chosen, message):
    with pytest.raises(ValueError, match=message):
        asked(State(**chosen), library)


def test_edits_of_another_ecosystem_explain_nothing_here(library):
    names = np.unique(library.region.ecosystem.values).tolist()
    edited, looked_at = names[:2]
    state = State(explained="edits", edits=(f"{edited}.kd=0.003",), ecosystem=looked_at)
    with pytest.raises(ValueError, match="change nothing in this ecosystem"):
        asked(state, library)


def test_a_climate_that_is_not_there_is_awaited(library):
    empty = SimpleNamespace(results=lambda *_: {}, climates=library.climates)
    with pytest.raises(ValueError, match="still being simulated"):
        asked(State(), empty)


@pytest.mark.parametrize("analysis", CHOICES["analysis"])
def test_equal_choices_are_one_question(library, analysis):
    first, second = (asked(State(analysis=analysis, order=o), library) for o in ORDERS[:2])
    assert first == second
    assert hash(first) == hash(second)


# --- the lane ------------------------------------------------------------------------------------


class Slow:
    """A question that waits to be stopped, or fails."""

    def __init__(self, fault=None):
        self.fault, self.begun, self.count = fault, threading.Event(), 0

    def size(self, _library):
        return 10, 10

    def answer(self, _library, study):
        self.count += 1
        self.begun.set()
        if self.fault:
            raise Fault(self.fault)
        assert study.stopped.wait(PATIENCE)
        raise tem.Cancelled


def ended(analyses, question):
    """Ask, and return the study once it has ended."""
    over = threading.Event()
    study = analyses.ask(question, lambda one: one.running or over.set())
    return study, over


def test_an_analysis_can_be_cancelled_and_a_fault_is_told():
    analyses = Analyses(None)
    study, over = ended(analyses, slow := Slow())
    assert slow.begun.wait(PATIENCE)
    study.cancel()
    assert over.wait(PATIENCE)
    assert study.cancelled
    failed, over = ended(analyses, Slow("planted"))
    assert over.wait(PATIENCE)
    assert (failed.failed, failed.cancelled) == ("planted", False)


def test_an_answer_is_kept(library):
    analyses = Analyses(library)
    question = asked(State(gcm=ONE, cell=3), library)
    assert analyses.known(question) is None
    study, over = ended(analyses, question)
    assert over.wait(PATIENCE)
    assert analyses.ask(question, None) is study
    assert study.fraction == 1.0
    assert analyses.seconds(question) == pytest.approx(study.seconds, rel=0.05)


@pytest.mark.parametrize("slower", [(1.0, 1.0), (6.0, 6.0), (4.0, 0.5), (0.5, 4.0)])
@pytest.mark.parametrize("order", [(1, 530), (530, 1), (1, 14, 530)])
def test_a_question_of_one_cell_leaves_the_time_of_the_region_sensible(slower, order):
    """A computer may be slower in what a run takes, or in what each of its cells takes."""
    guessed = PACES["cells"]
    run, cell = np.multiply(guessed, slower)
    pace = Pace(*guessed)
    for asked_first in order:
        pace.learn(asked_first, run + asked_first * cell)
        for cells in (1, 530):
            off = pace.seconds(cells) / (run + cells * cell)
            assert 1 / 9 < off < 9
    for cells in (1, 530):
        assert pace.seconds(cells) == pytest.approx(run + cells * cell, rel=0.01)
