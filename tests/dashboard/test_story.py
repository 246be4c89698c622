"""The story: every step is a state of the page, and says the numbers of that state."""

import re
from string import Formatter
from types import SimpleNamespace

import numpy as np
import pytest

import data
from dashboard import link, storywords, style
from dashboard.selection import Selection
from dashboard.state import State
from dashboard.story import STEPS
from data import YEARS
from tem.environment import REFERENCE_YEAR


def test_every_step_has_words_whose_numbers_are_known():
    assert len(STEPS) >= 7
    assert [step.name for step in STEPS] == list(storywords.TITLES) == list(storywords.TEXTS)
    rows = data.published().index
    for text in storywords.TEXTS.values():
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert all(n in storywords.FIGURES or n.partition("_")[0] in rows for n in names)
        assert not re.search(r"\d{2,}", re.sub(r"\{.*?\}|RCP\d\.\d|Wang T\. 2020", "", text))


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_a_step_is_a_state_with_a_link_of_its_own(number):
    state = link.start(number)
    assert link.query(state, None) == f"story={number}"
    assert link.as_told(state, None)
    assert link.choices({"story": str(number)}, None)[0] == STEPS[number - 1].choices | {
        "story": number
    }
    state.year = 2050
    assert link.query(state, None) == f"story={number}&year=2050"
    assert not link.as_told(state, None)


def told(library, number, **choices):
    state = link.start(number)
    state.param.update(**choices)
    return storywords.told(STEPS[number - 1], Selection(state, library)), state


def test_sentences_say_the_numbers_of_the_figures(library):
    said, state = told(library, 4)
    results = library.results(state.rcp, state.gcms).values()
    at = state.year - YEARS[0]
    for name in ("npp", "rh"):
        runs = np.mean([one.totals(name)[:, at, 0] for one in results], axis=0)
        assert style.signed(runs[0] - runs[1]) in said
    gain = np.mean([one.gain(0)[at] for one in results])
    assert f"{style.signed(gain)}\u00a0Tg\u00a0C since {REFERENCE_YEAR}" in said
    assert "RCP8.5 in 2099" in said


def test_sentences_follow_what_the_visitor_changes(library):
    said, state = told(library, 3, ecosystem="Meadow", year=2060)
    meadow = [o.totals("alt")[0, 2060 - YEARS[0], state.group]
              for o in library.results("rcp45", state.gcms).values()]  # fmt: skip
    assert f"By 2060 it reaches {style.number(np.mean(meadow))}\u00a0m under RCP4.5" in said
    assert "the Meadow ecosystem" in said
    one, _ = told(library, 6, gcm="MIROC5")
    assert "MIROC5 only, so no range" in one


def test_published_numbers_are_told_as_such_with_their_source(library):
    said, _ = told(library, 1)
    assert re.search(r"Published \(Wang T\. 2020, in Liu et al\. §\u00a01\): 50\.43\u00a0Pg", said)
    thaw, _ = told(library, 5)
    assert "Published (Liu et al.): exposed 2.17 ± 0.38" in thaw.replace("\u00a0", " ")
    assert "Published" not in told(library, 5, ecosystem="Sparse")[0]


def test_before_there_are_results_the_story_says_so():
    empty = SimpleNamespace(told=dict)
    assert storywords.told(STEPS[0], empty) == storywords.AWAITED


def test_a_link_that_begins_in_a_step_can_take_each_of_its_choices_back():
    state = link.start(4)
    state.param.update(view="explore", maps=State().maps, curves="runs", spot="3", chart="gain")
    said = link.query(state, None)
    found, faults = link.choices(dict(p.split("=") for p in said.split("&")), None)
    assert faults == []
    again = State(**found)
    assert (again.view, again.maps, again.curves) == ("explore", State().maps, "runs")
    assert (again.chart, again.story) == ("gain", 4)
