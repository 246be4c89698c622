"""The page in Chromium at a zoom of 200 %: a screen of 1440 × 900 then has room for 720 × 450."""

from itertools import combinations

import pytest

pytestmark = pytest.mark.browser

ZOOMED = 720, 450
PLACES = """
() => {  // what is on the page, outermost first: where each thing lies, and what it is
  const found = [], own = [
    "Figure", "MuiSlider-root", "MuiSelect-select", "MuiButtonBase", "markup-HTML", "logo"]
  const walk = (one, within) => {
    if (one.nodeType != Node.ELEMENT_NODE) return
    const named = typeof one.className == "string" ? one.className : ""
    const inside = named.includes("main-content") || one.nodeName == "HEADER"
    const box = one.getBoundingClientRect()
    if (within && box.width && box.height && own.some((name) => named.includes(name))) {
      found.push([box.left, box.top, box.right, box.bottom, named])
      return
    }
    for (const child of [...(one.shadowRoot?.children ?? []), ...one.children])
      walk(child, within || inside)
  }
  walk(document.body, false)
  return found
}
"""
TOO_WIDE = """
() => {  // what would have to be scrolled sideways
  const found = []
  const walk = (one) => {
    if (one.nodeType != Node.ELEMENT_NODE) return
    const {overflowX} = getComputedStyle(one)
    if (["auto", "scroll"].includes(overflowX) && one.scrollWidth > one.clientWidth + 1)
      found.push(one.className)
    for (const child of [...(one.shadowRoot?.children ?? []), ...one.children]) walk(child)
  }
  walk(document.body)
  return found
}
"""
TOUCH = 1.0  # px that neighbours may share


def covered(one, other):
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return right - left > TOUCH and bottom - top > TOUCH


def laid_out(page):
    """Return what lies where once it has come to rest."""
    before = None
    while (now := page.page.evaluate(PLACES)) != before:
        before = now
        page.page.wait_for_timeout(300)
    return now


@pytest.mark.parametrize(
    ("view", "closed"),
    [("explore", False), ("explore", True), ("analyse", False), ("profile", True),
     ("paper", False), ("scorecard", False)],
)  # fmt: skip
def test_nothing_is_covered_or_out_of_reach_sideways(opened, view, closed):
    page = opened(f"?view={view}&figure=5", size=ZOOMED)
    if view == "explore":
        page.drawn()
    if view == "paper":
        page.says("The paper prints no number for this figure")
    if closed:
        page.page.get_by_label("Close drawer").click()
        page.page.mouse.move(400, 300)
    places = laid_out(page)
    assert len(places) > 5
    assert [pair for pair in combinations(places, 2) if covered(*pair)] == []
    assert [one for one in places if one[0] < 0 or one[2] > ZOOMED[0] + TOUCH] == []
    assert page.page.evaluate(TOO_WIDE) == []
    assert page.extent() == list(ZOOMED)


def test_every_control_of_explore_can_be_used(opened):
    page = opened(size=ZOOMED)
    page.drawn()
    page.page.get_by_role("button", name="RCP4.5").click()
    page.says("Under RCP4.5")
    page.choose("Map 1", "ΔNPP · Net primary production")
    page.wait(lambda found: found["titles"][0].startswith("ΔNPP"))
    page.choose("Lines", "Each model")
    page.links("lines=models")
    page.page.get_by_role("button", name="Effect of thaw").click()
    page.links("curves=thaw")
    curves = page.page.evaluate(PLACES)[-5:-1]
    assert all(bottom - top > 150 for _, top, _, bottom, _ in curves)  # high enough to be read
    page.press("C_max", "ArrowRight", 20)
    page.page.get_by_role("button", name="Run region").click()
    page.says("The region is up to date with these edits")
    page.page.get_by_role("button", name="Scorecard").click()
    page.links("view=scorecard")
