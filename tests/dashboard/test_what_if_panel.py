"""The what-if panel in Chromium: more parameters, undo, replay, names, and another climate."""

import re

import numpy as np
import pytest

import data

pytestmark = pytest.mark.browser

SHARE = 12  # of the region's cells are served, see server.py
LINES = """
() => {  // which of the lines of NPP are drawn, by column, and with which dashes
  const found = {}
  for (const model of Bokeh.documents[0].all_models)
    if (model.type == "GlyphRenderer" && model.data_source.name == "npp" &&
        model.glyph.type == "Line" && model.glyph.line_alpha.value != 0)
      found[model.glyph.y.field] = [model.visible, String(model.glyph.line_dash.value)]
  return found
}
"""


def place():
    here = data.region(0.5).isel(cell=slice(None, None, SHARE)).isel(cell=20)
    return f"cell={float(here.lat):g},{float(here.lon):g}"


def values(found, map_=0):
    return np.array([value for value in found["images"][map_] if value is not None])


def lines(page):
    return page.page.evaluate(LINES)


def test_every_parameter_is_reached_behind_more_and_flagged_beyond_the_literature(opened):
    page = opened(f"?{place()}")
    page.drawn()
    assert "Rise of decomposition" not in page.text()
    page.page.get_by_text(re.compile(r"^More: Soil")).click()
    page.says("Rise of decomposition with every 10 K")
    page.press("Q10", "End", 1)
    page.says("Rise of decomposition with every 10 K · outside the literature")
    page.says(r"Outside the literature's range: \w+ Q10 = [\d.]+ \(usual: 1.5 to 3.4\)")
    page.says(r"What-if \(since the spin-up, beyond the literature\): ")
    page.links("q10*=")
    page.page.get_by_role("button", name="Reset all").click()
    page.wait(lambda found: found["curves"]["rh"]["whatif_st"][50] is None)
    page.unsays("(?i)outside the literature")


def test_keys_undo_and_redo_but_not_while_typing(opened):
    page = opened(f"?{place()}")
    page.drawn()
    page.edit("kd*=1.4")
    page.links("edits=kd*=1.4")
    page.edit("kd*=1.4, cmax*=0.9")
    page.links("cmax*=0.9")
    page.page.keyboard.press("Control+z")  # the text's own
    page.page.wait_for_timeout(300)
    assert "cmax*=0.9" in page.link()
    page.page.get_by_role("button", name="Run region").focus()
    page.page.keyboard.press("Control+z")
    page.links_no("cmax")
    page.links("edits=kd*=1.4")
    page.page.keyboard.press("Control+z")
    page.wait(lambda found: found["curves"]["rh"]["whatif_st"][50] is None)
    page.page.keyboard.press("Control+Shift+Z")
    page.wait(lambda found: found["curves"]["rh"]["whatif_st"][50] is not None)
    page.page.get_by_role("button", name="Redo").click()
    page.links("cmax*=0.9")


def test_b_flips_maps_and_curves_between_baseline_and_what_if(opened):
    page = opened("?edits=kd*=1.4")
    page.wait(lambda found: "what-if − Baseline" in found["bars"][0])
    page.page.keyboard.press("b")
    old = page.wait(lambda found: found["bars"][1].endswith("), S_T − S_R"))
    assert not lines(page)["whatif_st"][0]
    assert lines(page)["st"][0]
    page.page.keyboard.press("b")
    new = page.wait(lambda found: "what-if, S_T − S_R" in found["bars"][1])
    assert lines(page)["whatif_st"][0]
    assert (values(new, 1) != values(old, 1)).any()
    page.page.get_by_role("button", name="Replay").click()
    again = page.wait(lambda found: "what-if" not in found["bars"][1])
    assert (values(again, 1) == values(old, 1)).all()
    page.page.get_by_role("button", name="Difference").click()
    page.wait(lambda found: "what-if − Baseline" in found["bars"][1])
    page.page.get_by_role("button", name="Baseline").click()
    page.wait(lambda found: "what-if" not in found["bars"][1])
    page.page.keyboard.press("b")  # whatever led to the Baseline
    page.wait(lambda found: "what-if, S_T − S_R" in found["bars"][1])
    assert lines(page)["whatif_st"][0]


def test_keys_of_an_open_list_are_its_own(opened):
    page = opened("?edits=kd*=1.4,cmax*=0.9")
    page.wait(lambda found: "what-if − Baseline" in found["bars"][0])
    for label, option in (("Ecosystem", "Shrubland"), ("Lines", "Each model")):
        page.page.get_by_role("combobox", name=label).click()
        page.page.get_by_text(option, exact=True).last.wait_for()
        page.page.keyboard.press("b")
        page.page.keyboard.press("Control+z")
        page.page.keyboard.press("Escape")
        page.page.keyboard.press("b")  # the list is closed and still has the focus
    page.page.wait_for_timeout(300)
    assert "what-if − Baseline" in page.read()["bars"][0]
    assert "edits=kd*=1.4,cmax*=0.9" in page.link()


def test_what_ifs_are_saved_under_names_with_lines_of_their_own(opened):
    page = opened(f"?{place()}&edits=kd*=1.4")
    first = page.wait(lambda found: found["curves"]["rh"]["whatif_st"][50] is not None)
    page.page.get_by_label("Save this what-if as").fill("fast rot")
    page.page.get_by_role("button", name="Save", exact=True).click()
    page.wait(lambda found: found["curves"]["rh"]["saved_0"][50] is not None)
    page.edit("kd*=0.7")
    found = page.wait(
        lambda found: found["curves"]["rh"]["whatif_st"] != first["curves"]["rh"]["whatif_st"]
    )
    assert found["curves"]["rh"]["saved_0"] == first["curves"]["rh"]["whatif_st"]
    dashes = {name: dash for name, (_, dash) in lines(page).items() if "saved" in name}
    assert len(set(dashes.values())) == len(dashes) == 4
    assert lines(page)["whatif_st"][1] not in dashes.values()
    page.links("saved=fast")
    again = opened(page.link().partition("/?")[2].join(["?", ""]))
    linked = again.wait(lambda found: found["curves"]["rh"]["saved_0"][50] is not None)
    assert linked["curves"]["rh"]["saved_0"] == found["curves"]["rh"]["saved_0"]
    again.says("fast rot")


def test_a_warmer_climate_is_another_what_if(opened):
    page = opened()
    page.drawn()
    page.page.get_by_text(re.compile("^Climate: warmer")).click()
    page.says(r"reruns heat, thaw and water of the region first: about [\d.]+ s for 4 climates")
    page.press("ΔT", "ArrowRight", 20)
    page.says("Rerunning the region in 4 climates: heat and thaw in the ground, ")
    page.says(r"Climate what-if \(air \+2.00 K from 2021 on\): ", 120)
    found = page.wait(lambda found: "climate what-if − Baseline" in found["bars"][1])
    assert np.abs(values(found, 1)).max() > 0
    curves = found["curves"]["alt"]
    assert curves["whatif_st"][:15] == curves["st"][:15]  # to 2020
    assert curves["whatif_st"][60] > curves["st"][60]
    page.links("warming=2")
    assert "edits=" not in page.link()


def test_offsets_out_of_bounds_are_named_and_change_nothing(opened):
    page = opened("?warming=40&co2=100")
    page.says("warming = 40: ΔT may be -5 to 10 K")
    page.says(r"Climate what-if \(CO₂ \+100 ppm from 2021 on\): ")


def test_a_saved_what_if_sets_the_sliders_again_and_what_is_changed_is_taken_back(opened):
    page = opened(f"?{place()}&edits=kd*=1.07&saved=deep~spin-up~b*=1.3~")
    page.says("The region is up to date with these edits")
    page.page.get_by_role("button", name="deep", exact=True).click()
    page.links("edits=b*=1.3")
    page.says(r"What-if \(since the spin-up.*\): ")
    page.page.get_by_role("button", name="b*=1.3", exact=True).click()
    page.links_no("edits=")
    saved = page.page.get_by_text("Saved: press one")
    saved.wait_for()
    page.page.get_by_role("button", name="Delete", exact=True).click()
    page.links_no("saved=")
    saved.wait_for(state="hidden")
