"""Small print of the page in Chromium: titles, tooltips, what may not touch or break."""

from itertools import pairwise

import pytest

import data

pytestmark = pytest.mark.browser

SHARE = 12  # of the region's cells are served, see server.py
LETTER = 13  # px from one label of an axis to the next, at least
LABELS = """
() => {  // for each curve: where the labels of its vertical axis stand, in px
  const found = []
  for (const figure of Bokeh.documents[0].all_models) {
    if (figure.type != "Figure" || figure.below.length > 1) continue
    const view = Bokeh.index.find_one_by_id(figure.id)
    const axis = view.axis_views.find((one) => one.model.id == figure.left[0].id)
    found.push([...axis.tick_coords.major[1]].map((at) => view.frame.y_scale.compute(at)))
  }
  return found
}
"""
FRAME = """
(name) => {  // a point in the last years of a curve, on screen
  for (const figure of Bokeh.documents[0].all_models) {
    if (figure.type != "Figure" || figure.below.length > 1) continue
    if (figure.renderers[0].data_source.name != name) continue
    const view = Bokeh.index.find_one_by_id(figure.id), box = view.el.getBoundingClientRect()
    return [box.x + view.frame.x_scale.compute(2098), box.y + view.frame.bbox.vcenter]
  }
}
"""


HEIGHTS = """
() => {  // for each curve: how high its place is, and how high it is drawn, in px
  const found = []
  for (const figure of Bokeh.documents[0].all_models) {
    if (figure.type != "Figure" || figure.below.length > 1) continue
    found.push([Bokeh.index.find_one_by_id(figure.id).el.offsetHeight, figure.outer_height])
  }
  return found
}
"""
TICKS = """
() => [...Bokeh.documents[0].all_models].filter((model) => model.type == "ColorBar")
  .map((bar) => bar.ticker.ticks)
"""


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_labels_of_the_curves_do_not_collide(opened, size):
    page = opened(size=size)
    page.drawn()

    def apart(places):
        gaps = [abs(b - a) for a, b in pairwise(places)]
        return len(gaps) > 0 and min(gaps) > LETTER

    page.wait(lambda _found: len(page.page.evaluate(LABELS)) == 4)
    page.wait(lambda _found: all(map(apart, page.page.evaluate(LABELS))))


CUT = """
() => {  // titles that are longer than their figure
  const found = []
  for (const figure of Bokeh.documents[0].all_models) {
    if (figure.type != "Figure" || !(figure.inner_width > 50)) continue
    const {text, text_font_size, text_font} = figure.title, word = document.createElement("span")
    const base = document.createElement("div"), view = Bokeh.index.find_one_by_id(figure.id)
    Object.assign(base.style, {fontSize: "13px", position: "absolute"})  // as Bokeh draws 1em
    Object.assign(word.style, {
      fontSize: text_font_size, fontFamily: text_font, whiteSpace: "nowrap", letterSpacing: 0,
    })
    word.textContent = text
    base.append(word)
    view.el.shadowRoot.append(base)
    const {width} = word.getBoundingClientRect(), {left} = view.frame.bbox
    base.remove()
    if (!(width > 0) || width > figure.outer_width - left)
      found.push([text, width, figure.outer_width, left])
  }
  return found
}
"""


def test_titles_have_their_words_once_the_maps_are_seen(opened):
    page = opened("?view=scorecard")
    page.page.get_by_role("button", name="Explore").click()
    page.drawn()
    page.wait(lambda found: "Vegetation carbon" in found["titles"][0])


@pytest.mark.parametrize(
    ("query", "size", "title"),
    [("", (1024, 768), "ΔSOC 2099"), ("?cell=34.25,88.75&theme=dark", (1024, 768), "ΔSOC 2099"),
     ("", (1440, 900), "ΔSOC 2099 · Soil organic carbon"),
     ("?story=5&view=explore", (1440, 900), "ΔSOC_PF 2099")],
)  # fmt: skip
def test_a_title_is_as_long_as_there_is_room(opened, query, size, title):
    page = opened(query, size)
    page.wait(lambda found: any(one.startswith(title) for one in found["titles"]))
    page.wait(lambda _found: page.page.evaluate(CUT) == [])


@pytest.mark.parametrize(("size", "count"), [((1024, 768), 3), ((1440, 900), 5)])
def test_bars_have_as_many_numbers_as_there_is_room_for(opened, size, count):
    page = opened(size=size)
    page.drawn()
    page.wait(lambda _found: {len(ticks) for ticks in page.page.evaluate(TICKS)} == {count})
    for ticks in page.page.evaluate(TICKS):
        assert ticks == sorted(-tick for tick in ticks)
        assert ticks[-1] > 0


@pytest.mark.parametrize(
    ("size", "title"),
    [((1024, 768), "g C m⁻², what-if − Baseline"),
     ((1440, 900), "ΔSOC (g C m⁻²), what-if − Baseline")],
)  # fmt: skip
def test_titles_of_bars_fit(opened, size, title):
    page = opened("?edits=kd*=1.4", size=size)
    page.wait(lambda found: found["bars"][1] == title)


def test_a_message_moves_the_curves_and_does_not_cover_them(opened):
    page = opened()
    page.drawn()
    (before, *_), *_ = page.page.evaluate(HEIGHTS)
    page.page.get_by_role("button", name="What-if", exact=True).click()
    page.says("Nothing is changed yet")

    def fit(heights):
        return all(place < before and abs(place - drawn) <= 2 for place, drawn in heights)

    page.wait(lambda _found: fit(page.page.evaluate(HEIGHTS)))


def test_the_pointer_tells_the_sign_and_what_is_shown(opened):
    here, beside = (data.region(0.5).isel(cell=SHARE * number) for number in (20, 21))
    page = opened("?edits=cmax*=0.6")  # less to gain from thaw
    page.links("shown=Difference")
    page.wait(lambda found: "what-if − Baseline" in found["bars"][0])
    page.point(float(here.lon), float(here.lat))
    page.says(r"ΔVegC −[\d.,]+ g C m⁻² Vegetation carbon, what-if − Baseline")
    page.page.get_by_role("button", name="Baseline").click()
    page.wait(lambda found: "S_T − S_R" in found["bars"][0])
    page.point(float(beside.lon), float(beside.lat))
    page.says(r"ΔVegC \+[\d.,]+ g C m⁻² Vegetation carbon, S_T − S_R")


def test_the_pointer_on_a_curve_has_a_true_minus(opened):
    page = opened("?curves=thaw")
    found = page.drawn()
    assert found["curves"]["nep"]["st"][-1] < 0
    box = page.page.evaluate(FRAME, "nep")
    page.page.mouse.move(box[0], box[1])
    page.says(r"Baseline S_T − S_R: −[\d.]+")


def test_a_slider_does_not_touch_what_follows_and_its_unit_is_not_broken(opened):
    page = opened()
    page.drawn()
    page.choose("Change parameters of", "Meadow")
    page.says("Maximum gross photosynthesis : [\\d.]+ g C m⁻² month⁻¹")
    said = page.page.get_by_text("g\u00a0C\u00a0m⁻²\u00a0month⁻¹").first
    assert " " not in said.inner_text().strip()
    last = page.page.locator(".MuiSlider-thumb").nth(6).bounding_box()  # of n_up
    label = page.page.get_by_text("Climate: warmer").first.bounding_box()
    assert last["y"] + last["height"] <= label["y"]
