"""The page in Chromium, on the real model: what a control changes, in numbers and in pixels."""

import re

import numpy as np
import pytest

import data

pytestmark = pytest.mark.browser

SHARE = 12  # of the region's cells are served, see server.py
TRUE_SHAPE = 30 / 14 * np.cos(np.radians(33))  # of the box on the maps, at 33 degrees north

COLOURS = """
() => {  // for every cell of every map: the colour it should have and the pixel it has
  const found = []
  for (const figure of Bokeh.documents[0].all_models) {
    if (figure.type != "Figure" || figure.below.length < 2) continue
    const view = Bokeh.index.find_one_by_id(figure.id), {x_scale, y_scale} = view.frame
    const canvas = view.canvas_view.primary.canvas, context = canvas.getContext("2d")
    const ratio = canvas.width / view.canvas_view.bbox.width
    const {glyph, data_source} = figure.renderers.find((r) => r.name == "values")
    const {image: [image], x: [west], y: [south], dw: [wide]} = data_source.data
    const {low, high, palette} = glyph.color_mapper
    const columns = image.shape[1], step = wide / columns
    for (let k = 0; k < image.length; k++) {
      if (Number.isNaN(image[k])) continue
      const x = x_scale.compute(west + step * (k % columns + 0.3))
      const y = y_scale.compute(south + step * (Math.floor(k / columns) + 0.3))
      const pixel = context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data
      const at = Math.floor((image[k] - low) / (high - low) * palette.length)
      found.push([palette[Math.max(0, Math.min(palette.length - 1, at))], [...pixel]])
    }
  }
  return found
}
"""

MODELS = "[...Bokeh.documents[0].all_models].map((model) => model.id).sort()"


def values(found, map_=0):
    return np.array([value for value in found["images"][map_] if value is not None])


def cell(number):
    return data.region(0.5).isel(cell=slice(None, None, SHARE)).isel(cell=number)


def in_link(place):
    return f"cell={float(place.lat):g},{float(place.lon):g}"


def test_progress_is_told_while_climates_are_simulated(told):
    assert re.search(r"Preparing the model|Simulating climate \d of 8|All 8 climates", told)
    assert "reconstructed from published figures, not GCM output" in told


def test_maps_show_the_model_in_the_colours_of_the_bar(opened):
    page = opened()
    found = page.drawn()
    assert [title.split()[0] for title in found["titles"][:3]] == ["ΔVegC", "ΔSOC", "ΣΔNEP"]
    assert all(np.abs(values(found, number)).max() > 0 for number in range(3))
    assert "across 4 climate models" in page.text()
    off = [
        max(abs(int(colour[i : i + 2], 16) - pixel[i // 2]) for i in (1, 3, 5))
        for colour, pixel in page.page.evaluate(COLOURS)
    ]
    assert len(off) == 3 * values(found).size
    assert np.mean(np.array(off) < 12) > 0.8  # the rest lies under a line or a name


def test_controls_change_maps_words_and_link(opened):
    page = opened()
    before = page.drawn()
    page.page.get_by_role("button", name="RCP4.5").click()
    page.says("Under RCP4.5, by 2099")
    after = page.wait(lambda found: values(found, 2).sum() != values(before, 2).sum())
    page.choose("Climate, reconstructed after", "MIROC5")
    one = page.wait(lambda found: values(found, 2).sum() != values(after, 2).sum())
    page.says("MIROC5 only")
    page.choose("Ecosystem", "Meadow")
    few = page.wait(lambda found: 0 < values(found).size < values(one).size)
    page.press("Year", "ArrowLeft", 30)
    early = page.wait(lambda found: found["titles"][0].startswith("ΔVegC 2069"))
    assert values(early, 2).sum() != values(few, 2).sum()
    page.says("by 2069")
    page.links("year=2069")
    page.links("rcp=rcp45&gcm=MIROC5&ecosystem=Meadow")
    assert page.page.evaluate("history.length") <= 2


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_maps_keep_their_shape_and_all_is_on_one_screen(opened, size):
    page = opened(size=size)
    page.drawn()
    page.wait(lambda found: np.allclose(found["shape"], TRUE_SHAPE, rtol=0.02))
    assert page.extent()[1] <= size[1]


def test_tap_chooses_a_cell_and_outside_is_told(opened):
    place = cell(20)
    page = opened()
    before = page.drawn()
    page.tap(float(place.lon), float(place.lat))
    found = page.wait(lambda found: found["curves"]["npp"] != before["curves"]["npp"])
    assert found["marker"] == [float(place.lon), float(place.lat)]
    page.says(f"{place.ecosystem.values} cell at {float(place.lat):.2f}° N")
    page.tap(76.0, 27.0)
    page.says("no permafrost cell at")
    assert page.read()["curves"]["npp"] == found["curves"]["npp"]


def test_cell_what_if_moves_its_curve_and_leaves_the_baseline(opened):
    page = opened(f"?{in_link(cell(20))}")
    before = page.wait(lambda found: found["curves"]["npp"]["st"][0] is not None)
    page.page.get_by_label("Rerun the region when a slider is released").click()
    page.press("C_max", "ArrowRight", 20)
    page.says(r"What-if \(since the spin-up\): .* Baseline: ")
    after = page.wait(lambda found: found["curves"]["npp"]["whatif_st"][50] is not None)
    assert after["curves"]["npp"]["st"] == before["curves"]["npp"]["st"]
    assert after["curves"]["npp"]["whatif_st"][50] > after["curves"]["npp"]["st"][50]
    page.links("edits=cmax*=")


def test_region_what_if_runs_and_reset_takes_it_back(opened):
    page = opened()
    before = page.drawn()
    page.edit("kd*=1.4")
    page.says("The region is up to date with these edits")
    after = page.wait(lambda found: found["curves"]["rh"]["whatif_st"][50] is not None)
    assert after["curves"]["rh"]["st"] == before["curves"]["rh"]["st"]
    assert after["curves"]["rh"]["whatif_st"][50] != after["curves"]["rh"]["st"][50]
    page.links("shown=Difference")
    page.page.get_by_role("button", name="Reset").click()
    page.wait(lambda found: found["curves"]["rh"]["whatif_st"][50] is None)
    page.wait(lambda found: np.allclose(values(found, 1), values(before, 1)))


def test_edits_hold_from_when_the_visitor_says(opened):
    """From 2006 on, the past and so the soil that 2006 starts with stay those of the Baseline."""
    page = opened(f"?{in_link(cell(20))}&edits=kd*=1.4")
    early = page.wait(lambda found: found["curves"]["rh"]["whatif_st"][0] is not None)
    page.says(r"What-if \(since the spin-up\)")
    page.choose("Changes hold", "After 2020")
    page.says(r"What-if \(after 2020\)")
    late = page.wait(
        lambda found: found["curves"]["rh"]["whatif_st"] != early["curves"]["rh"]["whatif_st"]
    )
    curves = late["curves"]["rh"]
    assert curves["whatif_st"][:15] == curves["st"][:15]  # to 2020
    assert curves["whatif_st"][15] > curves["st"][15]
    page.links("since=2020")


def test_exposed_carbon_is_told_net_and_gross(opened):
    page = opened("?rcp=rcp85")
    page.drawn()
    page.says(
        r"Thaw has exposed [\d.]+ Pg C of soil carbon since 2020 \([\d.]+ if a layer counts each"
    )


def test_a_what_if_that_no_longer_fits_the_panel_is_called_stale(opened):
    page = opened()
    page.drawn()
    page.edit("kd*=1.4")
    page.says("The region is up to date with these edits")
    page.wait(lambda found: all("what-if − Baseline" in bar for bar in found["bars"]))
    page.unsays("stale")
    page.page.get_by_label("Rerun the region when a slider is released").click()
    page.choose("Changes hold", "After 2020")
    page.says(r"What-if stale")  # the key
    page.says(r"What-if \(since the spin-up, stale\): ")  # the words
    page.wait(lambda found: all("Baseline (stale)" in bar for bar in found["bars"]))
    page.page.get_by_role("button", name="Run region").click()
    page.says(r"What-if \(after 2020\): ")
    page.wait(lambda found: not any("stale" in bar for bar in found["bars"]))
    page.unsays("stale")


def test_bad_edits_are_named_once_and_change_nothing(opened):
    page = opened()
    before = page.drawn()
    text = "b*=1.1, Kd*=1000, geothermal=0.1, wind=1"
    page.edit(text)
    page.says("wind=1: wind is not")
    page.choose("Change parameters of", "Meadow")
    page.says(r"Depth scale of soil carbon : [\d.]+ m")  # all that was said before has arrived
    for message in (
        r"kd\*=1000: k_d may be 0 to 0.05 month⁻¹, not",
        r"geothermal=0.1: geothermal \(Heat from below\) belongs to the ground stage",
        "wind=1: wind is not a parameter",
    ):
        assert len(re.findall(message, page.text())) == 1
    box = page.page.get_by_label("Edits, as on the command line")
    assert box.input_value() == text
    assert page.read()["curves"] == before["curves"]
    assert "edits=" not in page.link()
    page.edit("b*=1.1")
    page.links("edits=b*=1.1")
    page.unsays("wind")


def test_moves_change_the_models_of_the_page_and_bring_no_others(opened):
    """A model more makes Bokeh look through all: a room full of visitors then waits."""
    place = cell(20)
    page = opened()
    page.drawn()
    before = page.page.evaluate(MODELS)
    assert len(before) > 1000
    page.page.get_by_role("button", name="RCP4.5").click()
    page.says("Under RCP4.5")
    page.press("Year", "ArrowLeft", 3)
    page.says("by 2096")
    page.tap(float(place.lon), float(place.lat))
    page.says(f"For all {place.ecosystem.values} cells, as the tapped one")
    page.says(r"Depth scale of soil carbon : [\d.]+ m")
    assert page.page.evaluate(MODELS) == before
    page.page.get_by_role("button", name="Back to the region").click()
    page.says("One factor for all ecosystems")
    page.says("Depth scale of soil carbon : ×1.00")
    assert page.page.evaluate(MODELS) == before


def test_a_link_keeps_its_good_edits_and_names_the_bad(opened):
    page = opened("?edits=kd*=1.4,wind=1,zz=2")
    page.says("wind=1: wind is not a parameter.* zz=2: zz is not a parameter")
    page.wait(lambda found: found["curves"]["rh"]["whatif_st"][50] is not None)
    page.wait(lambda _found: page.link().endswith("shown=Difference&edits=kd*=1.4"))


def test_link_restores_what_it_says_and_names_what_it_cannot(opened):
    place = cell(20)
    page = opened(
        f"?rcp=rcp45&gcm=MIROC5&year=2060&{in_link(place)}&edits=b*=1.5&curves=thaw&gcn=x&year=2060"
    )
    page.says("gcn' is not part of a link; known are story, rcp, gcm")
    found = page.wait(lambda found: found["curves"]["nep"]["whatif_st"][80] is not None)
    assert found["titles"][0].startswith("ΔVegC 2060")
    assert found["marker"] == [float(place.lon), float(place.lat)]
    page.says("Under RCP4.5, by 2060")
    page.says("MIROC5 only")
