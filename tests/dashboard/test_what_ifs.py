"""What one page makes of what-ifs of the region, one edit after the other; no browser."""

import numpy as np
import pytest
from bokeh.document import Document

import data
import tem
from dashboard import style
from dashboard.changes import NO_OFFSETS, Change, Kept
from dashboard.edits import PANEL
from dashboard.page import Page
from dashboard.paper import Figures
from dashboard.runs import CANCELLED, Job
from dashboard.verdicts import Verdicts
from dashboard.views.atlas import Atlas

ONE = data.GCMS[0]


@pytest.fixture
def page(library, monkeypatch):
    """A page whose what-ifs of the region run only when a test says so; `page.jobs` has them."""
    jobs = []

    def asked(rcp, gcms, change, changed, *, aside=False):
        jobs.append(Job(rcp, gcms, change, aside, cells=14))
        jobs[-1].changed = changed
        return jobs[-1]

    monkeypatch.setattr(library, "what_if_region", asked)
    shared = Atlas(library.region, library.grid), Verdicts(library), Figures(library)
    found = Page(library, *shared, {}, Document())
    found.jobs = jobs
    yield found
    found.close()


def due(page):
    """Let the callbacks come that the page has asked its document for."""
    for callback in page._document.session_callbacks:
        page._document.callbacks.remove_session_callback(callback)
        callback.callback()


def answer(page, job, scale):
    """Let *job* end as if the what-if had brought *scale* times the Baseline."""
    job.results = {g: scaled(page, g, scale) for g in data.GCMS}
    job.waiting = False
    job.changed(job)
    due(page)


def scaled(page, gcm, scale):
    result = page.library.climates["rcp85", gcm].result
    values = {name: array * np.asarray(scale, array.dtype) for name, array in result.values.items()}
    return type(result).of(values, result.years, page.library.weights)


def edit(page, text):
    """Move a slider to *text* and let it rest."""
    page.state.edits = (text,)
    due(page)
    due(page)


def drawn(page):
    """Return the what-if of production that is on the curves, and what maps and key say."""
    curve = np.array(page.series.sources["npp"].data["whatif_st"])
    return curve, page.maps._bars[0].title, page.series.key.object


def baseline(page, gcms=data.GCMS):
    found = [page.library.climates["rcp85", gcm].result.series("npp", 0)[0] for gcm in gcms]
    return np.mean(found, axis=0)


def test_a_newer_edit_cancels_the_older_run_and_only_the_newest_is_drawn(page):
    edit(page, "kd*=1.1")
    edit(page, "kd*=1.2")
    older, newer = page.jobs
    assert older.stopped.is_set()
    assert not newer.stopped.is_set()
    answer(page, older, 5.0)  # it had just finished
    assert np.isnan(drawn(page)[0]).all()
    answer(page, newer, 2.0)
    np.testing.assert_allclose(drawn(page)[0], 2 * baseline(page))
    assert page.selection.up_to_date()


def test_a_run_begins_only_once_the_slider_rests_and_the_older_one_ends_at_once(page):
    edit(page, "kd*=1.1")
    page.state.edits = ("kd*=1.2",)
    assert page.jobs[0].stopped.is_set()
    page.state.edits = ("kd*=1.3",)
    due(page)
    assert len(page.jobs) == 1  # it has moved meanwhile
    due(page)
    assert [job.change.edits for job in page.jobs] == [("kd*=1.1",), ("kd*=1.3",)]


def test_nothing_is_run_twice(page):
    edit(page, "kd*=1.1")
    page.run_region()  # the slider is released
    assert len(page.jobs) == 1
    answer(page, page.jobs[0], 2.0)
    page.run_region()
    assert len(page.jobs) == 1
    page.state.since = "2020"
    assert len(page.jobs) == 2


def test_without_the_switch_an_edit_runs_and_cancels_nothing(page):
    edit(page, "kd*=1.1")
    page.whatif.automatic.value = False
    edit(page, "kd*=1.2")
    assert len(page.jobs) == 1
    assert not page.jobs[0].stopped.is_set()
    answer(page, page.jobs[0], 2.0)
    curve, bar, key = drawn(page)
    np.testing.assert_allclose(curve, 2 * baseline(page))
    assert "(stale)" in bar
    assert "stale" in key


def test_a_cancelled_run_leaves_the_old_figures_marked(page):
    edit(page, "kd*=1.1")
    answer(page, page.jobs[0], 2.0)
    before = drawn(page)
    assert "stale" not in before[1] + before[2]
    edit(page, "kd*=1.2")
    page.cancel()
    page.jobs[1].failed = CANCELLED
    page.jobs[1].changed(page.jobs[1])
    due(page)
    curve, bar, key = drawn(page)
    np.testing.assert_array_equal(curve, before[0])
    assert "(stale)" in bar
    assert "stale" in key
    assert "stale" in page.about.object
    assert "Cancelled; the last result stays." in page.whatif.says.object


def test_the_badge_of_a_preview_is_there_until_the_answer_is(page):
    edit(page, "kd*=1.1")
    (job,) = page.jobs
    job.preview, job.previewed, job.waiting = {ONE: scaled(page, ONE, 3.0)}, 14, False
    job.changed(job)
    due(page)
    curve, bar, key = drawn(page)
    np.testing.assert_allclose(curve, 3 * baseline(page, [ONE]))
    badge = f"Preview: {ONE} only"
    assert "preview − Baseline" in bar  # which has little room
    assert badge in key
    assert "What-if (since the spin-up, preview): " in page.about.object
    answer(page, job, 2.0)
    curve, bar, key = drawn(page)
    np.testing.assert_allclose(curve, 2 * baseline(page))
    assert not any("preview" in text.lower() for text in (bar, key, page.about.object))


def test_reset_draws_no_what_if_that_ends_later(page):
    edit(page, "kd*=1.1")
    page.state.edits = ()
    answer(page, page.jobs[0], 2.0)
    assert np.isnan(drawn(page)[0]).all()
    assert page.state.shown == "Baseline"


def test_each_change_can_be_undone_and_made_again(page):
    edit(page, "kd*=1.1")
    edit(page, "kd*=1.2")
    page.state.offsets = tem.Offsets(warming=2)
    due(page)
    due(page)
    page.undo()
    assert page.state.change == Change(("kd*=1.2",))
    page.undo()
    assert page.state.edits == ("kd*=1.1",)
    page.undo()
    assert not page.state.change
    assert page.whatif.undo.disabled
    page.undo()  # there is nothing more
    page.redo()
    page.redo()
    page.redo()
    assert page.state.offsets == tem.Offsets(warming=2)
    assert page.whatif.redo.disabled
    page.undo()
    edit(page, "kd*=1.3")
    page.redo()  # what was undone is forgotten
    assert page.state.edits == ("kd*=1.3",)
    page.undo()
    assert page.state.change == Change(("kd*=1.2",))


def test_a_slider_on_its_way_is_one_step(page):
    for value in (1.1, 1.2, 1.3):
        page.state.edits = (f"kd*={value}",)
    due(page)
    due(page)
    page.undo()
    assert not page.state.change


def test_what_has_just_moved_can_be_undone_at_once(page):
    edit(page, "kd*=1.1")
    page.state.edits = ("kd*=1.2",)  # not at rest yet
    page.undo()
    assert page.state.edits == ("kd*=1.1",)


def test_one_change_is_taken_back_and_the_others_stay(page):
    page.state.param.update(
        edits=("kd*=1.1", "Meadow.b=0.6"), offsets=tem.Offsets(warming=2, co2=100)
    )
    due(page)
    assert page.whatif.changed.names == ("kd*=1.1", "Meadow.b=0.6", "warming=2", "co2=100")
    page.whatif.changed.press("kd*=1.1")
    page.whatif.changed.press("warming=2")
    assert page.state.change == Change(("Meadow.b=0.6",), offsets=tem.Offsets(co2=100))


def test_replay_shows_the_baseline_alone_and_then_the_what_if(page):
    page.flip()
    assert "Nothing is changed yet" in page.message.object
    edit(page, "kd*=1.1")
    answer(page, page.jobs[0], 2.0)
    assert page.state.shown == "Difference"
    lines = [line for line, place in page.series._beside if place < 0]
    page.flip()
    assert page.state.shown == "Baseline"
    assert not any(line.visible for line in lines)
    page.flip()
    assert page.state.shown == "What-if"
    assert all(line.visible for line in lines)
    page.flip()
    page.state.shown = "Difference"
    assert all(line.visible for line in lines)


def test_a_change_of_the_climate_is_a_what_if_of_its_own(page):
    page.state.offsets = tem.Offsets(warming=2)
    due(page)
    due(page)
    (job,) = page.jobs
    assert job.change == Change(offsets=tem.Offsets(warming=2))
    answer(page, job, 2.0)
    assert "climate what-if − Baseline" in page.maps._bars[0].title
    assert "Climate what-if" in page.series.key.object
    assert "Climate what-if (air +2.00 K from 2021 on): " in page.about.object
    page.state.offsets = NO_OFFSETS
    assert page.state.shown == "Baseline"
    assert np.isnan(drawn(page)[0]).all()


def test_what_has_no_result_is_said_in_the_panel_and_the_last_result_stays(page):
    edit(page, "kd*=1.1")
    answer(page, page.jobs[0], 2.0)
    edit(page, "kd*=1.2")
    job = page.jobs[1]
    job.failed = "The model does not hold so far from its defaults."
    job.changed(job)
    due(page)
    assert "does not hold so far" in page.whatif.says.object
    np.testing.assert_allclose(drawn(page)[0], 2 * baseline(page))
    assert page.state.edits == ("kd*=1.2",)
    edit(page, "kd*=1.1")
    assert "does not hold" not in page.whatif.says.object


def saved(page, name):
    page.whatif.saved.name.value = name
    page.whatif.saved.keep()
    due(page)


def test_saved_what_ifs_stay_on_the_curves_under_their_names(page):
    saved(page, "none")
    assert page.state.saved == ()
    assert "Nothing is changed yet" in page.whatif.saved.name.helper_text
    edit(page, "kd*=1.1")
    answer(page, page.jobs[0], 2.0)
    saved(page, "  slow   rot ")
    assert page.state.saved == (Kept("slow rot", Change(("kd*=1.1",))),)
    edit(page, "kd*=1.2")
    answer(page, page.jobs[1], 3.0)
    source = page.series.sources["npp"].data
    np.testing.assert_allclose(source["saved_0"], 2 * baseline(page))
    np.testing.assert_allclose(source["whatif_st"], 3 * baseline(page))
    assert len(page.jobs) == 2  # what is saved was not run once more
    assert "slow rot" in page.series.key.object
    page.state.gcm = ONE
    due(page)
    assert [job.change.edits for job in page.jobs if job.aside] == [("kd*=1.1",)]
    assert "slow rot (not there yet)" in page.series.key.object
    page.whatif.saved.list.press("slow rot", "Delete")
    due(page)
    assert page.state.saved == ()
    assert page.jobs[-2].stopped.is_set() or page.jobs[-1].stopped.is_set()
    assert np.isnan(page.series.sources["npp"].data["saved_0"]).all()


def test_a_saved_what_if_is_taken_up_again_with_all_that_it_changes(page):
    edit(page, "Meadow.b=0.6")
    page.state.param.update(since="2020", offsets=tem.Offsets(co2=100))
    due(page)
    kept = page.state.change
    saved(page, "deep")
    page.state.param.update(edits=("kd*=1.2",), since="2006", offsets=NO_OFFSETS)
    due(page)
    due(page)
    page.whatif.saved.list.press("deep")
    due(page)
    due(page)
    assert page.state.change == kept
    assert page.jobs[-1].change == kept
    page.whatif.where.value = "Meadow"
    assert page.whatif.sliders["b"].value == pytest.approx(0.6)
    page.undo()
    assert page.state.edits == ("kd*=1.2",)


def least(gains):
    """Return the mean of losses as the headline writes it."""
    return style.alike(np.mean(gains), min(gains), max(gains))[0].removeprefix("−")


def test_the_headline_says_whose_it_is_and_follows_the_maps(page):
    assert page.headline.object.startswith("Under ")
    edit(page, "kd*=1.1")
    assert page.headline.object.startswith("Under ")  # nothing to tell it from yet
    answer(page, page.jobs[0], 2.0)
    assert page.state.shown == "Difference"
    old, new = page.selection.gains()
    assert page.headline.object.startswith("What-if: Under ")
    assert f"costs {least(new)} Tg" in page.headline.object
    page._explain()
    assert (page.state.view, page.state.explained) == ("analyse", "edits-summed")
    page.state.view = "explore"
    page.flip()
    assert page.headline.object.startswith("Baseline: Under ")
    assert f"costs {least(old)} Tg" in page.headline.object
    assert "hidden, B shows it" in page.series.key.object
    page._explain()
    assert page.state.explained == "summed"
    page.state.view = "explore"
    page.flip()
    page.state.edits = ("kd*=1.2",)
    due(page)
    assert page.headline.object.startswith("What-if, stale: Under ")
    page.state.edits = ()
    due(page)
    assert page.headline.object.startswith("Under ")


def test_sliders_follow_a_tapped_cell_say_so_and_come_back(page):
    panel = page.whatif
    assert panel.holds.object == "One factor for all ecosystems."
    panel.where.value = "Shrubland"
    kinds = page.library.region.ecosystem.values
    for cell in (0, 1):
        page.state.cell = cell
        due(page)
        assert panel.where.value == kinds[cell]
        assert panel.holds.object == (f"For all {kinds[cell]} cells, as the tapped one.")
    page.leave()
    due(page)
    assert panel.where.value == "Shrubland"
    assert panel.holds.object == "For all Shrubland cells."
    page.state.cell = 0
    due(page)
    panel.where.value = "All"
    page.leave()
    due(page)
    assert panel.where.value == "All"  # as the visitor has chosen since


def test_a_slider_of_all_says_in_whom_it_does_not_hold(page):
    slider = page.whatif.sliders["b"]
    edit(page, "Meadow.b=0.6")
    assert slider.label.endswith(" · except Meadow")
    page.state.edits = ("Meadow.b=0.6", "Steppe.b=0.6")
    assert slider.label.endswith(" · except 2 ecosystems")
    assert "except" not in page.whatif.sliders["kd"].label
    page.whatif.where.value = "Meadow"
    assert "except" not in slider.label


@pytest.mark.parametrize("name", ["", "Baseline", "a;b", "x" * 31])
def test_a_name_that_cannot_be_one_is_refused_in_words(page, name):
    edit(page, "kd*=1.1")
    saved(page, name)
    assert page.state.saved == ()
    assert page.whatif.saved.name.helper_text


def test_there_is_room_for_as_many_as_there_are_kinds_of_lines(page):
    edit(page, "kd*=1.1")
    for name in "abcde":
        saved(page, name)
    assert [one.name for one in page.state.saved] == list("abcd")
    assert "delete one" in page.whatif.saved.name.helper_text
    edit(page, "kd*=1.2")
    saved(page, "b")  # replaces
    assert [one.change.edits[0] for one in page.state.saved] == ["kd*=1.1", "kd*=1.2"] + [
        "kd*=1.1"
    ] * 2


def test_parameters_behind_more_are_built_when_their_group_is_opened(page):
    assert "q10" not in page.whatif.sliders
    page.whatif.more.active = [1, 2, 3]
    assert set(page.whatif.sliders) == set(PANEL)
    page.whatif.where.value = "Meadow"
    slider = page.whatif.sliders["q10"]
    slider.value = 4.0
    assert page.state.edits == ("Meadow.q10=4",)
    assert slider.label.endswith("outside the literature")
    assert slider.color == "warning"
    due(page)
    assert "beyond the literature" in page.series.key.object
    slider.value = 2.5
    assert slider.color == "primary"
