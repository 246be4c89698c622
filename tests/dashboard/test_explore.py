"""Exploring in Chromium, on the real model: quantities, areas, further curves, numbers, keys."""

import re

import numpy as np
import pytest

import data

pytestmark = pytest.mark.browser

SHARE = 12  # of the region's cells are served, see server.py
HATCHED = """
() => [...Bokeh.documents[0].all_models].filter((model) => model.name == "hatch")
  .map((renderer) => renderer.data_source.data.x0.length)
"""
AGREEING = """
() => [...Bokeh.documents[0].all_models].filter((model) => model.name == "values")
  .map((renderer) => [...renderer.data_source.data.agree[0]].filter((n) => !isNaN(n)))
"""
SCALES = """
() => [...Bokeh.documents[0].all_models].filter((model) => model.name == "values")
  .map(({glyph: {color_mapper: {low, high, palette}}}) => [low, high, palette[127]])
"""
FURTHER = """
() => [...Bokeh.documents[0].all_models]
  .filter((model) => model.type == "ColumnDataSource" && model.data.dash)
  .map((source) => source.data.dash.length)
"""
OUTLINE = """
() => [...Bokeh.documents[0].all_models].find((model) => model.name == "area").data.x
"""
NPP = "NPP · Net primary production"


def drag(page, way):
    """Drag the pointer over the first map, along points (lon, lat)."""
    points = [page.page.evaluate(ON_SCREEN, list(point)) for point in way]
    page.page.mouse.move(*points[0])
    page.page.mouse.down()
    for point in points[1:]:
        page.page.mouse.move(*point, steps=5)
    page.page.mouse.up()


ON_SCREEN = """
([lon, lat]) => {  // where a place of the first map is
  const figure = [...Bokeh.documents[0].all_models].find(
    (model) => model.type == "Figure" && model.below.length > 1)
  const view = Bokeh.index.find_one_by_id(figure.id), box = view.el.getBoundingClientRect()
  return [box.x + view.frame.x_scale.compute(lon), box.y + view.frame.y_scale.compute(lat)]
}
"""


def test_a_map_shows_any_quantity_with_its_unit_and_the_link_keeps_it(opened):
    page = opened()
    before = page.drawn()
    page.choose("Map 1", NPP)
    found = page.wait(lambda found: found["titles"][0].startswith("NPP 2099"))
    assert found["bars"][0] == "NPP (g C m⁻² yr⁻¹), S_T"
    values = [v for v in found["images"][0] if v is not None]
    assert min(values) > 0
    assert found["images"][1] == before["images"][1]
    low, high, _ = page.page.evaluate(SCALES)[0]
    assert 0 <= low < high
    page.wait(lambda _found: "maps=st.npp,thaw.soc,sum.nep" in page.page.url)
    again = opened(f"?{page.page.url.partition('?')[2]}")
    again.wait(lambda found: found["titles"][0].startswith("NPP 2099"))
    again.wait(lambda found: [v for v in found["images"][0] if v is not None] == values)


def test_differences_have_zero_in_the_middle_and_models_that_agree_are_counted(opened):
    page = opened("?maps=thaw.rh,since.alt,st.npp")
    page.drawn()
    scales = page.page.evaluate(SCALES)
    assert all(low == -high for low, high, _ in scales[:2])
    assert all(min(int(c[i : i + 2], 16) for i in (1, 3, 5)) > 200 for _, _, c in scales[:2])
    agreeing = page.page.evaluate(AGREEING)
    assert set(agreeing[0]) <= {1, 2, 3, 4}
    assert agreeing[2] == []
    hatched = page.page.evaluate(HATCHED)
    assert hatched == [sum(n < 4 for n in models) for models in agreeing]
    place = data.region(0.5).isel(cell=SHARE * 20)
    page.page.mouse.move(*page.page.evaluate(ON_SCREEN, [float(place.lon), float(place.lat)]))
    page.says(r"[1-4] of 4 models agree on the sign")


def test_maps_share_one_scale(opened):
    page = opened("?maps=thaw.npp,thaw.rh,thaw.nep")
    page.drawn()
    assert len({high for _, high, _ in page.page.evaluate(SCALES)}) > 1
    page.choose("Compare", "On one scale")
    page.wait(lambda _found: len({high for _, high, _ in page.page.evaluate(SCALES)}) == 1)
    page.wait(lambda _found: "compare=scale" in page.page.url)


def test_scenarios_stand_side_by_side_and_a_what_if_ends_that(opened):
    page = opened()
    before = page.drawn()
    page.choose("Compare", "Both scenarios")
    found = page.wait(lambda found: found["titles"][0].endswith("RCP4.5"))
    assert [title.rpartition(" · ")[2] for title in found["titles"]] == [
        "RCP4.5", "RCP8.5", "RCP8.5 − RCP4.5"
    ]  # fmt: skip
    assert found["images"][1] == before["images"][0]
    low, high, apart = (np.array(image, float) for image in found["images"])
    assert np.nanmax(np.abs(high - low - apart)) < 0.001 * np.nanmax(np.abs(high))
    scales = page.page.evaluate(SCALES)
    assert scales[0] == scales[1]
    page.wait(lambda _found: "compare=scenarios" in page.page.url)
    page.edit("cmax*=0.6")
    page.wait(lambda found: "what-if − Baseline" in found["bars"][2], 60)


def test_a_box_chooses_an_area_and_the_sea_is_told(opened):
    page = opened()
    before = page.drawn()
    page.page.get_by_role("button", name="Box").click()
    drag(page, [(88.0, 31.0), (96.0, 35.5)])
    found = page.wait(lambda found: found["curves"]["npp"] != before["curves"]["npp"])
    region = data.region(0.5).isel(cell=slice(None, None, SHARE))
    inside = (region.lon > 88) & (region.lon < 96) & (region.lat > 31) & (region.lat < 35.5)
    page.says(f"Area of {int(inside.sum())} cells")
    page.wait(lambda _found: "area=" in page.page.url)
    link = page.page.url.partition("?")[2]
    drag(page, [(75.0, 26.5), (78.0, 28.0)])
    page.says("There is no permafrost cell in this area")
    assert page.read()["curves"]["npp"] == found["curves"]["npp"]
    again = opened(f"?{link}")
    again.wait(lambda seen: seen["curves"]["npp"] == found["curves"]["npp"])
    again.page.get_by_role("button", name="Back to the region").click()
    again.wait(lambda seen: seen["curves"]["npp"] == before["curves"]["npp"])
    assert len(again.page.evaluate(OUTLINE)) == 0


def test_a_lasso_chooses_an_area_and_a_tap_a_cell_again(opened):
    place = data.region(0.5).isel(cell=SHARE * 20)
    page = opened()
    before = page.drawn()
    page.page.get_by_role("button", name="Lasso").click()
    drag(page, [(88.0, 31.0), (97.0, 31.0), (97.0, 36.0), (90.0, 36.0)])
    page.wait(lambda found: found["curves"]["npp"] != before["curves"]["npp"])
    page.says(r"Area of \d+ cells")
    page.tap(float(place.lon), float(place.lat))
    page.says(f"{place.ecosystem.values} cell at {float(place.lat):.2f}° N")
    assert len(page.page.evaluate(OUTLINE)) == 0


def test_pools_and_nitrogen_are_drawn(opened):
    page = opened()
    page.drawn()
    page.choose("Curves", "Pools")
    found = page.wait(lambda found: set(found["curves"]) == {"vegc", "soc", "vegn", "son"})
    assert found["curves"]["soc"]["st"][-1] > 0
    page.choose("Curves", "Nitrogen")
    page.wait(lambda found: "netnmin" in found["curves"])
    page.wait(lambda _found: "panel=nitrogen" in page.page.url)


def test_each_climate_model_and_both_scenarios_are_drawn(opened):
    page = opened()
    page.drawn()
    assert page.page.evaluate(FURTHER) == [0] * 4
    page.choose("Lines", "Each model")
    page.wait(lambda _found: page.page.evaluate(FURTHER) == [4] * 4)
    for gcm in data.GCMS:
        page.says(re.escape(gcm))
    page.choose("Lines", "Both scenarios")
    page.wait(lambda _found: page.page.evaluate(FURTHER) == [1] * 4)
    page.says(r"RCP4\.5, S_T")


def test_numbers_of_the_area_and_totals_of_the_ecosystems(opened):
    page = opened("?panel=numbers&year=2050")
    page.says("Permafrost region in 2050 ?: ")
    page.says("Region and ecosystems in 2050")
    page.says(r"NPP Net primary production [\d.]+ ± [\d.]+ g C m⁻² yr⁻¹ [\d.]+ ± [\d.]+ ")
    page.press("Year", "ArrowRight", 3)
    page.says("Permafrost region in 2053")


def test_arrow_keys_turn_the_years_wherever_the_reader_is(opened):
    page = opened("?year=2050")
    page.drawn()
    for key, year in (("ArrowRight", 2051), ("ArrowLeft", 2050), ("ArrowLeft", 2049)):
        page.page.keyboard.press(key)
        page.wait(lambda found, year=year: found["titles"][0].startswith(f"ΔVegC {year}"))
    page.wait(lambda _found: "year=2049" in page.page.url)
    page.page.get_by_label("Edits, as on the command line").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    assert page.read()["titles"][0].startswith("ΔVegC 2049")
    assert np.isfinite(page.read()["shape"]).all()
