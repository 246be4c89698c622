"""What one page makes of what-ifs of the region, one edit after the other; no browser."""

import numpy as np
import pytest
from bokeh.document import Document

import data
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

    def asked(rcp, gcms, edits, since, changed):
        jobs.append(Job(rcp, gcms, edits, since, cells=14))
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
    assert [job.edits for job in page.jobs] == [("kd*=1.1",), ("kd*=1.3",)]


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
    assert badge in bar
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
