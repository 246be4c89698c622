"""The view Analyse: what it asks and when, what it says, and the real thing in Chromium."""

import re

import pytest
from bokeh.document import Document

import data
from dashboard import terms
from dashboard.analyses import Study
from dashboard.questions import Bars, Tornado, Variance
from dashboard.state import State
from dashboard.views.analyse import BRIEF, Analyse
from tem.sensitivity import Bar

SHARE = 12  # of the region's cells are served, see server.py
LONG = 120.0  # s until an analysis of the served cells is there
READ = """
(name) => {  // the columns of a named source that is drawn
  for (const model of Bokeh.documents[0].all_models)
    if (model.type == "ColumnDataSource" && model.name == name)
      return Object.fromEntries(Object.entries(model.data).map(([k, v]) => [k, [...v]]))
}
"""
END = """
(row) => {  // where an end of a tornado's bar is on screen
  for (const figure of Bokeh.documents[0].all_models) {
    if (figure.type != "Figure") continue
    const bars = figure.renderers?.find((one) => one.data_source?.name == "tornado-high")
    if (!bars) continue
    const view = Bokeh.index.find_one_by_id(figure.id), box = view.el.getBoundingClientRect()
    const {left, right, value} = bars.data_source.data
    const x = (left[row] + right[row]) / 2
    return [box.x + view.frame.x_scale.compute(x), box.y + view.frame.y_scale.compute(row)]
  }
}
"""


class Asked:
    """Stands for `analyses.Analyses`: answers come when a test says so."""

    def __init__(self, seconds=1.0):
        self.studies, self.kept, self.takes = [], {}, seconds

    def known(self, question):
        return self.kept.get(question)

    def seconds(self, _question):
        return self.takes

    def ask(self, question, changed):
        self.studies.append(Study(question, changed, waiting=False))
        return self.studies[-1]


class At(Document):
    """A document that does at once what is put off."""

    def add_next_tick_callback(self, callback):
        callback()

    def add_timeout_callback(self, callback, _wait):
        callback()


@pytest.fixture
def opened_view(library, monkeypatch):
    """A view that is open, and what it asked."""

    def at(seconds=1.0, **chosen):
        asked = Asked(seconds)
        monkeypatch.setattr(library, "analyses", asked)
        state = State(view="analyse", **chosen)
        view = Analyse(state, library, At())
        view.open()
        return view, state, asked

    return at


BAR = Bar("kd", -2.0, 3.0, "kd*=0.9", "kd*=1.1", 0.1, 0.2)


def bars(*many, value=1.0):
    return Bars(many, value, 0.1, "TgC", 4, 8)


def test_a_question_is_asked_at_once_only_if_it_takes_no_time(opened_view):
    view, state, asked = opened_view(seconds=BRIEF / 2)
    assert [one.question.number for one in asked.studies] == ["summed"]
    state.explained = "thaw"
    assert [one.question.number for one in asked.studies] == ["summed", "thaw"]
    assert asked.studies[0].stopped.is_set()
    asked.takes = 2 * BRIEF
    state.explained = "change"
    assert len(asked.studies) == 2
    assert re.search("This takes 32 runs of 14 cells, about 16 s", view.says.object)
    view._ask()
    assert asked.studies[-1].question.number == "change"


def test_nothing_is_asked_while_another_view_is_open(opened_view):
    _view, state, asked = opened_view()
    state.view = "explore"
    state.explained = "thaw"
    assert len(asked.studies) == 1


def test_bars_are_drawn_as_they_come_the_longest_on_top(opened_view):
    view, _state, asked = opened_view(analysis="tornado")
    study = asked.studies[0]
    study.show(bars(BAR))
    low, high = (view.answered.bars.sources[end].data for end in ("low", "high"))
    assert (list(low["left"]), list(low["right"])) == ([-2.0], [1.0])
    assert (list(high["left"]), list(high["right"])) == ([1.0], [3.0])
    assert (low["change"], high["change"]) == (["−3.00 ± 0.10 Tg C"], ["+2.00 ± 0.20 Tg C"])
    assert "of the bars at most 0.20 Tg\u00a0C" in view.words.object
    view._soon._last = 0.0
    study.show(bars(BAR, BAR._replace(parameter="cmax", high=9.0)))
    assert view.answered.bars.figure.yaxis.major_label_overrides[0].startswith("C_max")
    assert list(high["edit"]) == ["×1.1"]


@pytest.mark.parametrize(("x", "edit"), [(-1.0, "kd*=0.9"), (2.5, "kd*=1.1")])
def test_a_click_on_an_end_sets_its_slider_and_says_so(opened_view, x, edit):
    view, state, asked = opened_view(analysis="tornado", edits=("kd=0.002", "cmax*=1.1"))
    asked.studies[0].show(bars(BAR))
    view.answered.bars._tapped(type("Event", (), {"x": x, "y": 0.2}))
    assert state.edits == ("cmax*=1.1", edit)
    assert "Set in the panel: k_d" in view.says.object
    view.answered.bars._tapped(type("Event", (), {"x": x, "y": 7.0}))
    assert state.edits == ("cmax*=1.1", edit)


def test_an_answer_that_is_known_is_drawn_without_asking(opened_view):
    view, state, asked = opened_view(analysis="tornado")
    study = Study(asked.studies[0].question, answer=bars(BAR), seconds=2.0, waiting=False)
    asked.kept[study.question] = study
    state.analysis = "threshold"
    count = len(asked.studies)
    state.analysis = "tornado"
    assert len(asked.studies) == count
    assert "Simulated by this model" in view.says.object
    assert isinstance(study.question, Tornado)
    assert view.answered.bars.pane.visible
    assert not view.answered.turn.pane.visible


def test_cancelled_and_failed_are_told_and_not_asked_again(opened_view):
    view, _state, asked = opened_view()
    (study,) = asked.studies
    study.failed = "cancelled"
    view.show()
    assert "Cancelled; what was there by then stays." in view.says.object
    study.failed = "planted"
    view.show()
    assert "could not be worked out: planted" in view.says.object
    assert len(asked.studies) == 1
    view._ask()
    assert len(asked.studies) == 2


def test_what_makes_no_sense_is_told_where_one_looks_and_the_figure_stays(opened_view):
    view, state, asked = opened_view(analysis="tornado")
    asked.studies[0].show(bars(BAR))
    state.year = 2015
    assert "choose a later year" in view.says.object
    assert view.answered.bars.pane.visible
    assert view.go.disabled


def test_what_was_asked_before_is_stale(opened_view):
    view, state, asked = opened_view(analysis="tornado")
    study = asked.studies[0]
    study.answer = bars(BAR)
    asked.takes = 2 * BRIEF
    state.range = "usual"
    assert "What is shown is stale." in view.says.object


def test_shares_are_drawn_only_where_something_varies(opened_view):
    view, _state, asked = opened_view(analysis="shares")
    study = asked.studies[0]
    study.show(Variance({"rcp": 0.25, "gcm": 0.75}, 1.0, 5.0, 3.0, "TgC", 14, 530))
    assert view.answered.shares.pane.visible
    view._soon._last = 0.0
    study.show(Variance({}, 3.0, 3.0, 3.0, "TgC", 14, 530))
    assert not view.answered.shares.pane.visible
    assert "Nothing varies here" in view.words.object


# --- in the browser ---


def place():
    """Return a cell that is served, as a link has it."""
    one = data.region(0.5).isel(cell=slice(None, None, SHARE)).isel(cell=20)
    return f"cell={float(one.lat):g},{float(one.lon):g}"


@pytest.mark.browser
def test_the_number_of_the_headline_is_explained(opened):
    page = opened("?gcm=MIROC5")
    page.drawn()
    page.page.get_by_role("button", name="Analyse").click()
    page.says("By cause: .* soil carbon that thaw exposes .* residual", LONG)
    found = page.page.evaluate(READ, "causes")
    parts, total = found["right"], found["text"][-1]
    assert len(parts) == 4
    page.page.get_by_role("button", name="Explore").click()
    said = re.search(r"(costs|brings).*? ([\d.]+) Tg C", page.text())
    assert total == {"costs": "−", "brings": "+"}[said[1]] + said[2]


@pytest.mark.browser
def test_a_climate_what_if_is_explained_as_the_difference_that_explore_tells(opened):
    page = opened("?gcm=MIROC5&warming=2")
    told = r"Climate what-if \(air \+2.00 K from 2021 on\): .*?difference ([+−][\d.]+) Tg C"
    page.says(told, LONG)
    difference = re.search(told, page.text())[1]
    page.page.get_by_role("button", name="Analyse").click()
    page.says("By cause: ", LONG)
    page.choose("What is explained", terms.NUMBERS["edits-summed"])
    page.says("depth of thaw|This takes", LONG)
    if not re.search("depth of thaw", page.text()):  # what takes long waits for its button
        page.page.get_by_role("button", name="Explain", exact=True).click()
    page.says(r"By cause: .*warmth .*moisture .*depth of thaw .*residual", LONG)
    assert f"ΔNEP {difference} = ΔNPP" in page.text()
    assert page.page.evaluate(READ, "causes")["text"][-1] == difference


@pytest.mark.browser
def test_a_bar_of_the_tornado_equals_the_run_of_its_slider(opened):
    page = opened(f"?view=analyse&analysis=tornado&gcm=MIROC5&{place()}")
    page.says("runs of 1 cell, about|runs of 1 cell took", LONG)
    button = page.page.get_by_role("button", name="Draw the tornado")
    if "This takes" in page.text() and button.is_enabled():  # it has learnt that runs take long
        button.click()
    page.says("Simulated by this model. 5\\d runs of 1 cell took", LONG)
    at = []  # until the page lies still

    def still(_found):
        at.append(page.page.evaluate(END, 0))
        return len(at) > 5 and at[-1] == at[-5]

    page.wait(still)
    high = page.page.evaluate(READ, "tornado-high")
    page.page.mouse.click(*at[-1])
    page.says("Set in the panel: ")
    page.page.get_by_role("button", name="Explore").click()
    page.says(r"What-if \(since the spin-up\): ")
    told = float(re.search(r"spin-up\): (−?[\d.]+)", page.text())[1].replace("−", "-"))
    assert told == pytest.approx(high["value"][0], abs=0.01 * abs(told) + 0.01)
    page.links("edits=")


@pytest.mark.browser
def test_shares_of_variance_add_up(opened):
    page = opened(f"?view=analyse&analysis=shares&{place()}")
    if page.page.get_by_role("button", name="Take apart").is_enabled():
        page.page.get_by_role("button", name="Take apart").click()
    page.says("128 runs of 1 cell took", LONG)
    page.says("all 100.0 %")
    ends = [page.page.evaluate(READ, f"share-{k}")["right"][0] for k in range(7)]
    assert ends == sorted(ends)
    assert ends[-1] == pytest.approx(100)


@pytest.mark.browser
def test_a_threshold_of_warming_is_looked_for(opened):
    page = opened(f"?view=analyse&analysis=threshold&gcm=MIROC5&{place()}")
    there = "turns from|No crossing in range"
    page.says(f"{there}|This takes", LONG)
    if not re.search(there, page.text()):  # what takes long waits for its button
        page.page.get_by_role("button", name="Look for the threshold").click()
    page.says(there, LONG)
    page.wait(lambda _found: page.page.evaluate(READ, "threshold")["x"])
    tried = page.page.evaluate(READ, "threshold")
    assert (tried["x"][0], tried["x"][-1]) == (0, 6)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_nothing_is_wider_than_the_page(opened, size):
    page = opened("?view=analyse&gcm=MIROC5", size)
    page.says("By cause: ", LONG)
    wide, high = page.extent()
    assert wide <= size[0]
    assert high <= size[1]
