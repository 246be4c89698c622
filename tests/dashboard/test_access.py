"""The page without a mouse and without eyes for its colours: axe-core, keys, what is spoken."""

import pytest

from tests.dashboard.conftest import PATIENCE

pytestmark = pytest.mark.browser

VIEWS = {
    "explore": "?view=explore",
    "numbers": "?panel=numbers",
    "analyse": "?view=analyse",
    "ground": "?view=profile&cell=34.25,88.75",
    "paper": "?view=paper",
    "scorecard": "?view=scorecard",
    "story": "?view=explore&story=2",
    "present": "?view=present",
    "Chinese": "?lang=zh",
}
DRAWN = """
() => {  // the figures that are seen: role and name
  const found = []
  for (const figure of Bokeh.documents[0].all_models) {
    const el = figure.type == "Figure" && Bokeh.index.find_one_by_id(figure.id)?.el
    if (el && el.getBoundingClientRect().width > 10)
      found.push([el.getAttribute("role"), el.getAttribute("aria-label")])
  }
  return found
}
"""
GRAVE = "serious", "critical"
REST = 1500  # ms in which an open view has come to rest


FIGURES = {
    "explore": 7,
    "numbers": 3,
    "ground": 3,
    "paper": 2,
    "story": 7,
    "present": 2,
    "Chinese": 7,
}
LATER = {"paper": "Numbers: ", "ground": "Numbers: "}  # what is said once figures are there


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_grave_and_figures_have_names(opened, view):
    from axe_playwright_python.sync_playwright import Axe

    one = opened(VIEWS[view])
    one.says(LATER.get(view, ""), PATIENCE)
    one.page.get_by_role("heading", level=1).wait_for()
    one.page.wait_for_timeout(REST)
    drawn = one.page.evaluate(DRAWN)
    assert len(drawn) >= FIGURES.get(view, 0)
    for role, label in drawn:
        assert role in {"img", "application"}
        assert label.endswith((".", "。"))
    found = Axe().run(one.page).response
    grave = {v["id"]: [n["html"] for n in v["nodes"]] for v in found["violations"]
             if v["impact"] in GRAVE}  # fmt: skip
    assert grave == {}
    assert {v["id"] for v in found["passes"]} > {"color-contrast", "aria-valid-attr-value"}
    assert one.page.get_by_role("heading", level=1).count() == 1


SPOKEN = "(name) => document.getElementById('spoken-' + name).textContent"
LISTEN = """
() => {
  const region = document.getElementById("spoken-headline")
  window.heard = []
  const listener = new MutationObserver(() => heard.push(region.textContent))
  listener.observe(region, {childList: true})
}
"""
FOCUSED = """
() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at
}
"""
CURSOR = """
() => {
  const data = [...Bokeh.documents[0].all_models].find((model) => model.name == "cursor").data
  return [...data.x, ...data.y]
}
"""


def spoken(one, name):
    return one.page.evaluate(SPOKEN, name)


def hears(one, name, wanted):
    """Wait until what is spoken there matches *wanted*, a regular expression."""
    wait = "([name, wanted]) => RegExp(wanted).test((" + SPOKEN + ")(name))"
    one.page.wait_for_function(wait, arg=[name, wanted], timeout=20_000)


def test_the_headline_is_spoken_once_it_rests(opened):
    one = opened("?year=2090")
    one.drawn()
    one.page.wait_for_timeout(REST)
    region = one.page.locator("#spoken-headline")
    assert region.get_attribute("aria-live") == "polite"
    one.page.evaluate(LISTEN)
    one.press("Year", "ArrowRight", 5)
    hears(one, "headline", "by 2095")
    assert len(one.page.evaluate("heard")) == 1  # not the years on the way


def test_a_slider_says_value_unit_and_baseline(opened):
    one = opened("?where=Meadow")
    one.drawn()
    slider = one.page.locator("input[type=range][aria-label^='k_']").first
    slider.focus()
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    one.page.wait_for_timeout(300)
    after = slider.get_attribute("aria-valuetext")
    name, value, baseline = before.split(", ")
    assert baseline == f"baseline {value}"
    assert after.startswith(name)
    assert after.endswith(baseline)
    assert after != before


def test_curves_say_the_what_if_and_the_lines_beside_them(opened):
    one = opened("?cell=34.25,88.75&edits=kd*=1.2&lines=scenarios")
    one.drawn()
    wanted = ("Baseline S_T from", "Baseline S_R from", "What-if S_T from", "RCP4.5, S_T from")
    labels = f"({DRAWN})().map(([_, label]) => label ?? '')"
    has = f"(wanted) => {labels}.some((label) => wanted.every((one) => label.includes(one)))"
    one.page.wait_for_function(has, arg=list(wanted), timeout=30_000)


def to_first_map(one):
    """Press Tab until a map has the focus."""
    for _ in range(80):
        one.page.keyboard.press("Tab")
        if one.page.evaluate(f"({FOCUSED})().getAttribute('role') == 'application'"):
            return
    raise AssertionError("Tab reaches no map")


def test_keys_go_from_cell_to_cell_choose_one_and_leave_it(opened):
    one = opened("?year=2090")
    one.drawn()
    to_first_map(one)
    hears(one, "place", r"° N, .*° E\. ΔVegC .*: [+−–0]")
    start = one.page.evaluate(CURSOR)
    one.page.keyboard.press("ArrowRight")
    east = one.page.evaluate(CURSOR)
    assert east[0] > start[0]
    hears(one, "place", f"{east[1]:.2f}° N, {east[0]:.2f}° E")
    one.page.keyboard.press("ArrowDown")
    there = one.page.evaluate(CURSOR)
    assert there[1] < east[1]
    one.page.keyboard.press("Enter")
    assert one.wait(lambda found: found["marker"] == there)
    assert "year=2090" in one.page.url  # the arrows did not turn the years
    for _ in range(80):
        one.page.keyboard.press("ArrowRight")
    hears(one, "place", "No cell further")
    one.page.keyboard.press("Escape")
    one.wait(lambda found: found["marker"] == [])


def test_after_a_click_on_a_map_arrows_still_turn_the_years(opened):
    one = opened("?year=2090")
    one.drawn()
    one.tap(90.25, 33.25)
    one.page.keyboard.press("ArrowRight")
    one.page.wait_for_url("**/*year=2091*")
    assert one.page.evaluate(CURSOR) == []
