"""Presenting and telling the story in Chromium, and the link that restores all of it."""

import re
from urllib.parse import quote

import numpy as np
import pytest

from dashboard import storywords
from dashboard.story import STEPS

pytestmark = pytest.mark.browser

SIZE = (1280, 720)  # of a projector
LEAST = 15.5  # px of any letter that is drawn in a figure
FIGURES = """
() => {  // the figures that are seen: where they are, and how large their type is
  const found = []
  for (const figure of Bokeh.documents[0].all_models) {
    if (figure.type != "Figure") continue
    const view = Bokeh.index.find_one_by_id(figure.id), box = view?.el.getBoundingClientRect()
    if (!box || box.width < 10) continue
    const sizes = [figure.title.text_font_size, ...[...figure.below, ...figure.left]
      .map((one) => one.major_label_text_font_size)]
    found.push({title: figure.title.text, box: [box.left, box.top, box.right, box.bottom],
      shape: figure.inner_width / figure.inner_height, sizes: sizes.map(parseFloat),
      map: figure.below.length > 1})
  }
  return found
}
"""
RANGES = """
() => {
  for (const model of Bokeh.documents[0].all_models)
    if (model.type == "Figure" && model.below.length > 1)
      return [model.x_range.start, model.x_range.end, model.y_range.start, model.y_range.end]
}
"""
ZOOM = """
() => {
  for (const model of Bokeh.documents[0].all_models)
    if (model.type == "Figure" && model.below.length > 1) {
      model.x_range.setv({start: 80.5, end: 95.25})
      model.y_range.setv({start: 30.25, end: 37})
      return
    }
}
"""
PRESENTED = """
() => {
  const source = [...Bokeh.documents[0].all_models].find((model) => model.name == "presented")
  return source ? source.data.y.map((row) => [...row].map((v) => Number.isNaN(v) ? null : v)) : []
}
"""


def seen(page):
    return page.page.evaluate(FIGURES)


def presented(page):
    """Return the curves that are presented."""
    return [row for row in page.page.evaluate(PRESENTED) if len(row) > 1]


def sliders(page):
    return [one for one in page.page.get_by_role("slider").all() if one.is_visible()]


@pytest.mark.parametrize("size", [SIZE, (1024, 768), (1920, 1080)])
def test_one_link_presents_one_map_one_chart_and_three_sliders(opened, size):
    page = opened("?view=present", size)
    page.says("Under RCP8.5, by 2099, thaw since 2020")
    page.wait(lambda _found: len(presented(page)) == 1)
    page.wait(lambda _found: min(min(one["sizes"]) for one in seen(page)) >= LEAST)
    figures = seen(page)
    assert sorted(one["map"] for one in figures) == [False, True]
    assert next(one for one in figures if one["map"])["shape"] == pytest.approx(1.797, rel=0.01)
    assert len(sliders(page)) == 3
    assert page.extent() == list(size)
    assert all(box[3] <= size[1] and box[2] <= size[0] for box in (one["box"] for one in figures))
    used = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (one["box"] for one in figures))
    assert used > 0.55 * size[0] * size[1]
    assert not page.page.get_by_role("button", name="Explore").is_visible()


def test_on_a_small_screen_the_map_stands_above_the_chart(opened):
    """As on a projector of 1280 x 720 at a zoom of 200 %."""
    page = opened("?story=4", (640, 360))
    page.wait(lambda _found: len(presented(page)) == 2)

    def stacked(_found):
        above, below = sorted(seen(page), key=lambda one: one["box"][1])
        shaped = above["map"] and above["shape"] == pytest.approx(1.797, rel=0.01)
        high = below["box"][3] - below["box"][1] > 180
        return shaped and high and above["box"][3] <= below["box"][1] + 1

    page.wait(stacked)
    assert page.extent()[0] == 640


def test_the_map_presented_is_the_map_explored(opened):
    page = opened("?view=present&year=2070")
    shown = page.wait(lambda found: any(v is not None for v in found["images"][-1]))
    assert shown["titles"][-1].startswith("ΣΔNEP 2021–2070")
    page.page.keyboard.press("p")
    page.links_no("view")
    found = page.drawn()
    np.testing.assert_array_equal(
        np.array(found["images"][2], float), np.array(shown["images"][-1], float)
    )


def test_keys_turn_years_flip_and_reset(opened):
    page = opened("?view=present&edits=kd*=1.3")
    page.says(r"What-if \(since the spin-up\): .*; Baseline: .* difference")
    page.wait(lambda _found: len(presented(page)) == 2)
    page.page.keyboard.press("ArrowLeft")
    page.says("by 2098")
    page.wait(lambda found: found["titles"][-1].startswith("ΣΔNEP 2021–2098"))
    page.page.keyboard.press("b")
    page.wait(lambda _found: len(presented(page)) == 1)
    page.wait(lambda found: found["bars"][-1].endswith("S_T − S_R"))
    page.page.keyboard.press("b")
    page.wait(lambda _found: len(presented(page)) == 2)
    page.page.keyboard.press("?")
    told = page.page.get_by_text("flip between Baseline and what-if")
    told.wait_for()
    page.page.keyboard.press("Escape")
    told.wait_for(state="hidden")
    page.page.keyboard.press("r")
    page.links_no("edits")
    page.wait(lambda _found: len(presented(page)) == 1)


def test_a_slider_reruns_the_region_while_presenting(opened):
    page = opened("?view=present")
    page.wait(lambda _found: len(presented(page)) == 1)
    page.press("k_d", "ArrowRight", 4)
    page.wait(lambda _found: len(presented(page)) == 2)
    page.links("edits=kd*=1.2")
    page.says(r"What-if \(since the spin-up\): ")
    baseline, changed = presented(page)
    assert changed[-1] != baseline[-1]


def test_the_story_is_told_step_by_step_with_keys(opened):
    page = opened("?story=1", SIZE)
    for number, step in enumerate(STEPS, 1):
        page.says(re.escape(storywords.TITLES[step.name]))
        page.wait(lambda _found, n=number: re.search(rf"[?&]story={n}$", page.link()))
        page.wait(lambda _found: len(presented(page)) > 0)
        assert page.extent() == list(SIZE)
        assert not re.search(r"[{}]|\bnan\b|Something went wrong", page.text())
        page.page.keyboard.press("ArrowRight" if number % 2 else "PageDown")
    page.page.keyboard.press("PageUp")
    page.wait(lambda _found: page.link().endswith("story=6"))


def test_a_step_is_edited_restored_left_and_returned_to(opened):
    page = opened("?rcp=rcp45&year=2050")
    page.drawn()
    page.page.get_by_role("button", name="Story").click()
    page.says(storywords.TITLES["where"])
    page.page.get_by_role("button", name="4", exact=True).click()
    page.says(storywords.TITLES["tug"])
    page.says("Under RCP8.5 in 2099")
    page.page.get_by_role("button", name="RCP4.5").filter(visible=True).click()
    page.says("Under RCP4.5 in 2099")
    page.wait(lambda _found: page.link().endswith("?story=4&rcp=rcp45"))
    page.page.get_by_role("button", name=storywords.RESTORE).click()
    page.says("Under RCP8.5 in 2099")
    page.page.get_by_role("button", name=storywords.LEAVE).click()
    page.says("Under RCP4.5, by 2050")  # as before the story
    page.wait(lambda _found: page.link().endswith("?rcp=rcp45&year=2050"))
    page.page.get_by_role("button", name="story").click()
    page.says(storywords.TITLES["tug"])
    page.wait(lambda _found: page.link().endswith("?story=4"))


def test_a_step_can_be_explored_with_all_controls(opened):
    page = opened("?story=5&view=explore", (1440, 900))
    page.drawn()
    page.says(storywords.TITLES["thaw"])
    assert page.extent()[1] <= 900
    assert page.page.get_by_label("Map 1").is_visible()


def drawn(page):
    """Return all that a page draws, but for the pixel by which layouts may differ."""
    return {name: found for name, found in page.read().items() if name != "shape"}


def told(page):
    """Return all that a page says, but for what is of the moment."""
    text = re.sub(r"\s+", " ", page.text())
    return re.sub(r"about \d+ s for", "about … s for", text)  # learnt from whoever ran last


def test_a_link_made_by_the_page_restores_every_number(opened):
    page = opened("?saved=fast~spin-up~kd*=1.3~", (1440, 900))
    page.drawn()
    page.page.get_by_role("button", name="RCP4.5").click()
    page.choose("Climate, reconstructed after", "MIROC5")
    page.choose("Ecosystem", "Meadow")
    page.choose("Curves", "Pools")
    page.choose("Lines", "Both scenarios")
    page.choose("Change parameters of", "Meadow")
    page.edit("Meadow.kd*=1.2")
    page.says("The region is up to date with these edits")
    page.page.get_by_role("button", name="Box").click()
    page.page.get_by_role("button", name="More: Soil").click()
    page.press("Year", "ArrowLeft", 3)
    page.page.evaluate(ZOOM)
    for part in ("zoom=80.5,95.25,30.25,37", "opened=soil", "where=Meadow", "drag=Box",
                 "year=2096", "saved=fast", "edits=Meadow.kd*=1.2", "panel=pools"):  # fmt: skip
        page.links(part)
    page.wait(lambda found: found["titles"][0].startswith("ΔVegC 2096"))
    page.wait(lambda found: found["curves"]["soc"]["saved_0"][50] is not None)
    again = opened(page.link().partition("/?")[2].join(["?", ""]), (1440, 900))
    again.says("The region is up to date with these edits")
    again.shows_what(page, drawn)
    assert again.page.evaluate(RANGES) == page.page.evaluate(RANGES) == [80.5, 95.25, 30.25, 37]
    again.shows_what(page, told)
    again.wait(lambda _found: again.link() == page.link())


def test_a_link_to_a_changed_step_of_the_story_restores_it(opened):
    page = opened("?story=7", SIZE)
    page.wait(lambda _found: len(presented(page)) == 1)
    page.press("b ·", "ArrowLeft", 5)
    page.wait(lambda _found: len(presented(page)) == 2)
    page.says(r"What-if \(since the spin-up\): ")
    page.links("shown=Difference&edits=b*=0.75")
    again = opened(page.link().partition("/?")[2].join(["?", ""]), SIZE)
    again.shows_what(page, presented)
    again.shows_what(page, told)


HOSTILE = "<img src=x onerror=window.hurt=1>"


@pytest.mark.parametrize("name", ["story", "zoom", "opened", "saved", "edits", "cell", HOSTILE])
def test_hostile_links_open_with_what_they_mean_and_say_what_was_dropped(opened, name):
    page = opened(f"?rcp=rcp45&{quote(name)}={quote(HOSTILE)}")
    page.drawn()
    page.says("Under RCP4.5")
    page.says(re.escape("<img src=x"))
    assert page.page.evaluate("window.hurt") is None
    assert page.page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
