"""Presenting and the story without a browser: what the keys and buttons of a page do."""

import pytest
from bokeh.document import Document

from dashboard import link, storywords
from dashboard.page import Page
from dashboard.paper import Figures
from dashboard.story import STEPS
from dashboard.verdicts import Verdicts
from dashboard.views.atlas import Atlas


@pytest.fixture
def page(library):
    """Return what opens a page with what its link says; the browser is there."""
    atlas, found = Atlas(library.region, library.grid), []

    def at(**said):
        page = Page(library, atlas, Verdicts(library), Figures(library), said, Document())
        found.append(page)
        page.begin()
        return page

    yield at
    for one in found:
        one.close()


def test_every_step_is_drawn_and_told(page):
    opened = page(story="1")
    for number, step in enumerate(STEPS, 1):
        assert opened.address._source.data["query"] == [f"story={number}"]
        assert storywords.TITLES[step.name] in opened.story.title.object
        assert len(opened.story.text.object) > 100
        assert opened.present.chart.curves.data["y"][0].size > 1
        assert not opened.message.object
        opened.story.step(1)
    assert opened.state.story == len(STEPS)  # the last one stays


def test_reset_shows_the_step_as_it_is_told(page):
    opened = page(story="4", year="2050", rcp="rcp45", zoom="80,90,30,35")
    assert opened.story.restore.visible
    opened.reset()
    assert opened.address._source.data["query"] == ["story=4"]
    assert not opened.story.restore.visible
    assert opened.maps.figures[0].x_range.start == 74


def test_the_story_is_left_for_what_was_before_and_returned_to(page):
    opened = page(rcp="rcp45", year="2050")
    before = link.query(opened.state, opened.library.region)
    opened.story.tell_or_not()
    opened.story.step(1)
    opened.state.year = 2010
    opened.story.tell_or_not()
    assert link.query(opened.state, opened.library.region) == before
    assert opened.story.begin.label == storywords.RETURN
    opened.story.tell_or_not()
    assert link.query(opened.state, opened.library.region) == "story=2&year=2010"


def test_a_story_that_began_as_a_link_is_left_where_it_is(page):
    opened = page(story="3")
    opened.story.tell_or_not()
    assert (opened.state.story, opened.state.view) == (0, "explore")
    assert opened.state.maps == link.start(3).maps


def test_the_story_goes_on_in_the_view_that_it_is_told_in(page):
    opened = page(story="3")
    opened.present_or_not()
    opened.story.step(1)
    assert (opened.state.story, opened.state.view) == (4, "explore")


def test_the_map_presented_shows_the_quantity_of_its_place(page):
    opened = page(view="present", spot="2", compare="scenarios")
    assert opened.present.maps.figures[0].below[-1].title == opened.maps._bars[1].title
    words = opened.present.maps._words.data
    assert words["title"] == [opened.maps._words.data["title"][1]]
