"""The page without a mouse and without eyes for its colours: axe-core, keys, what is spoken."""

import pytest

from tests.dashboard.conftest import PATIENCE, SOON, until

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


SIZES = (1024, 768), (390, 844)  # px: of an old projector and of a telephone
STOPS = 50  # of Tab that are looked at
SEEN = 3.0  # to one: contrast of what is no text
LEAST = 24  # px, of a target, or between the middles of two (WCAG 2.2, 2.5.8)
TURN_DARK = """
() => {
  const dark = [...Bokeh.documents[0].all_models].find((one) => one.data?.dark_theme !== undefined)
  dark.data.dark_theme = true
}
"""
IS_DARK = """
() => getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g)
  .slice(0, 3).every((part) => part < 128)
"""
DEEP = """
const deep = (root, what) => {
  const hosts = [...root.querySelectorAll("*")].filter((one) => one.shadowRoot)
  const inside = hosts.flatMap((one) => deep(one.shadowRoot, what))
  return [...root.querySelectorAll(what), ...inside]
}
"""
RING = """
(wanted) => {  // what has the focus, and how much its ring differs from what is behind it
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  if (at === document.body) return ["", 21]  // the browser has the focus
  const name = at.getAttribute("aria-label") ?? at.textContent.slice(0, 40)
  const parts = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[0-9.]+/g).map(Number)
    return [r, g, b, a]
  }
  const over = ([r, g, b, a], below) =>
    [r, g, b].map((part, k) => part * a + below[k] * (1 - a)).concat(1)
  const behind = (one) => {
    if (!one) return [255, 255, 255, 1]
    const up = one.assignedSlot ?? one.parentElement ?? one.getRootNode().host
    const own = parts(getComputedStyle(one).backgroundColor)
    return own[3] == 1 ? own : over(own, behind(up))
  }
  const light = (colour) => colour.slice(0, 3)
    .map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, k) => sum + part * [0.2126, 0.7152, 0.0722][k], 0)
  const contrast = (one, style, side) => {
    if (getComputedStyle(one)[style + "Style"] == "none") return 0
    if (parseFloat(getComputedStyle(one)[style + "Width"]) < 2) return 0
    const below = behind(side)
    const two = [light(over(parts(getComputedStyle(one)[style + "Color"]), below)), light(below)]
    return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05)
  }
  const thumb = at.closest(".MuiSlider-thumb"), box = at.closest(".MuiOutlinedInput-root")
  const track = at.parentElement?.parentElement?.querySelector(".MuiSwitch-track")
  const found = [contrast(at, "outline", at)]
  if (thumb) found.push(contrast(thumb, "outline", thumb.parentElement))
  if (track) found.push(contrast(track, "outline", track.parentElement))
  if (box) found.push(contrast(box.querySelector("fieldset"), "borderTop", box))
  return [name, thumb || track ? found[1] : Math.max(...found)]
}
"""
TARGETS = f"""
() => {{  // of what can be pressed: name, width, height, and how far the next one is
  {DEEP}
  const seen = deep(document, "button, a, input, [role=combobox], summary")
    .filter((one) => one.checkVisibility({{visibilityProperty: true}}) && !one.disabled)
  const places = seen.map((one) => {{
    const whole = one.closest(".MuiSlider-root, .MuiSwitch-root, .MuiInputBase-root") ?? one
    const at = whole.getBoundingClientRect()
    const name = one.getAttribute("aria-label") ?? one.textContent
    return [name, at.width, at.height, at.x + at.width / 2, at.y + at.height / 2]
  }}).filter(([, width, height]) => width > 1 && height > 1)
  return places.map(([name, width, height, x, y], k) => [name, width, height, Math.min(
    ...places.filter((_, other) => other != k).map(([, , , u, v]) => Math.hypot(u - x, v - y)))])
}}
"""
MOVING = f"""
() => {{  // how many parts would move
  {DEEP}
  return deep(document, "*").map((one) => getComputedStyle(one)).filter((one) =>
    /[1-9]/.test(one.transitionDuration) || one.animationName != "none").length
}}
"""


def grave(found):
    """Return what axe found that is serious or worse: the parts, by rule."""
    return {
        violation["id"]: [node["html"] for node in violation["nodes"]]
        for violation in found["violations"]
        if violation["impact"] in GRAVE
    }


def turn_dark(one):
    """Turn the page to its dark theme, as its button in the header does, and wait for the first."""
    one.page.evaluate(TURN_DARK)
    one.page.wait_for_function(IS_DARK)


def rests_without_grave(one):
    """Wait until axe finds nothing grave: colours may still be on their way."""
    from axe_playwright_python.sync_playwright import Axe

    found = {}

    def none():
        found.update(rules=grave(Axe().run(one.page).response))
        return not found["rules"]

    until(none, SOON, lambda: f"axe finds {found['rules']}")


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
    until(lambda: all(role for role, _label in one.page.evaluate(DRAWN)))  # named once drawn
    drawn = one.page.evaluate(DRAWN)
    assert len(drawn) >= FIGURES.get(view, 0)
    for role, label in drawn:
        assert role in {"img", "application"}
        assert label.endswith((".", "。"))
    found = Axe().run(one.page).response
    assert grave(found) == {}
    assert {v["id"] for v in found["passes"]} > {"color-contrast", "aria-valid-attr-value"}
    assert one.page.get_by_role("heading", level=1).count() == 1
    turn_dark(one)
    for size in SIZES:
        one.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        rests_without_grave(one)


def test_axe_finds_nothing_grave_in_what_opens_over_the_page(opened):
    one = opened("?saved=fast~spin-up~kd*=1.3~")
    one.drawn()
    for name in ("Model description", "Glossary", "Take away", "Keys"):
        one.page.get_by_role("button", name=name, exact=True).first.click()
        one.page.get_by_role("dialog").wait_for()
        rests_without_grave(one)
        one.page.keyboard.press("Escape")
        one.page.get_by_role("dialog").wait_for(state="hidden")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_each_stop_of_tab_has_a_ring_that_is_seen(opened, dark):
    one = opened("?year=2090")
    one.page.emulate_media(reduced_motion="reduce")
    one.drawn()
    if dark:
        turn_dark(one)
        rests_without_grave(one)  # all has its colours
    stops = []
    for _ in range(STOPS):
        one.page.keyboard.press("Tab")
        stops.append(one.page.evaluate(RING, SEEN))
    assert len({name for name, _ in stops}) > STOPS / 2
    assert [stop for stop in stops if stop[1] < SEEN] == []


def test_targets_are_large_enough_or_apart(opened):
    one = opened("?year=2090")
    one.drawn()
    found = one.page.evaluate(TARGETS)
    assert len(found) > STOPS / 2
    small = [
        (name, width, height, apart)
        for name, width, height, apart in found
        if min(width, height, LEAST) < LEAST and apart < LEAST
    ]
    assert small == []


def test_nothing_moves_where_the_system_asks_for_that(opened):
    one = opened("?year=2090")
    one.drawn()
    assert one.page.evaluate(MOVING) > 10
    one.page.emulate_media(reduced_motion="reduce")
    assert one.page.evaluate(MOVING) == 0
    one.page.get_by_role("button", name="Glossary").click()  # drawn only now
    one.page.get_by_role("dialog").wait_for()
    assert one.page.evaluate(MOVING) == 0


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
    assert "year=2090" in one.link()  # the arrows did not turn the years
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
