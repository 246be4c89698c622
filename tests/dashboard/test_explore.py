"""Exploring in Chromium, on the real model: quantities, areas, further curves, numbers, keys."""

import re

import numpy as np
import pytest

import data

pytestmark = pytest.mark.browser

SHARE = 12  # of the region's cells are served, see server.py
MAPS = """
([...Bokeh.documents[0].all_models].filter((one) => one.type == "Figure" && one.below.length > 1))
"""
HATCHED = f"""
() => {MAPS}.flatMap((map) => map.renderers.filter((one) => one.name == "hatch"))
  .map((renderer) => renderer.data_source.data.x0.length)
"""
AGREEING = f"""
() => {MAPS}.map((map) => map.renderers.find((one) => one.name == "values"))
  .map((renderer) => [...renderer.data_source.data.agree[0]].filter((n) => !isNaN(n)))
"""
SCALES = f"""
() => {MAPS}.map((map) => map.renderers.find((one) => one.name == "values").glyph.color_mapper)
  .map(({{low, high, palette}}) => [low, high, palette[127]])
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
    page.links("maps=st.npp,thaw.soc,sum.nep")
    again = opened(f"?{page.link().partition('?')[2]}")
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
    page.links("compare=scale")


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
    page.links("compare=scenarios")
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
    page.links("area=")
    link = page.link().partition("?")[2]
    drag(page, [(75.0, 26.5), (78.0, 28.0)])
    page.says("There is no permafrost cell in this area")
    assert page.read()["curves"]["npp"] == found["curves"]["npp"]
    again = opened(f"?{link}")
    again.wait(lambda seen: seen["curves"]["npp"] == found["curves"]["npp"])
    again.page.get_by_role("button", name="Back to the region").click()
    again.wait(lambda seen: seen["curves"]["npp"] == before["curves"]["npp"])
    again.wait(lambda _found: len(again.page.evaluate(OUTLINE)) == 0)


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
    page.wait(lambda _found: len(page.page.evaluate(OUTLINE)) == 0)


def test_pools_and_nitrogen_are_drawn(opened):
    page = opened()
    page.drawn()
    page.choose("Curves", "Pools")
    found = page.wait(lambda found: set(found["curves"]) == {"vegc", "soc", "vegn", "son"})
    assert found["curves"]["soc"]["st"][-1] > 0
    page.choose("Curves", "Nitrogen")
    page.wait(lambda found: "netnmin" in found["curves"])
    page.links("panel=nitrogen")


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
    page.says(r"in 2050 : Baseline , \d+ cells")
    page.press("Year", "ArrowRight", 3)
    page.says("Permafrost region in 2053")


def test_thaw_as_deep_as_is_counted_is_marked_on_curve_and_map(opened):
    page = opened("?maps=st.alt,thaw.soc,sum.nep")
    found = page.drawn()
    title = next(title for title in found["curve_titles"] if title.startswith("ALT"))
    assert re.search(r"· [\d.]+ % of the area ≥ 10 m by 2099", title)
    assert "counted to 10 m" in found["bars"][0]
    assert "counted to 10 m" not in found["bars"][1]


def test_numbers_are_those_of_the_maps(opened):
    page = opened("?panel=numbers&edits=kd*=1.4")
    page.says(r"region in 2099 : What-if − Baseline , .* ecosystems in 2099 : What-if − Baseline")
    page.page.get_by_role("button", name="What-if", exact=True).click()
    page.says(r"region in 2099 : What-if , ")
    page.page.get_by_role("button", name="Baseline").click()
    page.says(r"region in 2099 : Baseline , ")


def test_before_2021_a_title_says_that_thaw_has_no_effect_yet(opened):
    page = opened("?year=2010&maps=thaw.vegc,st.soc,sum.nep")
    page.drawn()
    found = page.wait(lambda found: "2010" in found["titles"][2])
    change, stock, total, *_ = found["titles"]
    assert change == "ΔVegC 2010: 0, thaw counts from 2021 on"
    assert total == "ΣΔNEP 2010: 0, thaw counts from 2021 on"
    assert stock.startswith("SOC 2010 ·")
    page.press("Year", "ArrowRight", 11)
    page.wait(lambda found: found["titles"][2].startswith("ΣΔNEP 2021–2021"))
    narrow = opened("?year=2010", size=(1024, 768))
    narrow.wait(lambda found: found["titles"][2] == "ΣΔNEP 2010: 0 before 2021")


def test_the_number_of_the_headline_is_explained_at_a_press(opened):
    page = opened("?analysis=tornado&explained=change")
    page.drawn()
    page.page.get_by_role("button", name="Explain this number").click()
    page.links("view=analyse")
    page.says("By cause: ")
    page.links_no("explained")
    page.links_no("analysis")


def test_arrow_keys_turn_the_years_wherever_the_reader_is(opened):
    page = opened("?year=2050")
    page.drawn()
    for key, year in (("ArrowRight", 2051), ("ArrowLeft", 2050), ("ArrowLeft", 2049)):
        page.page.keyboard.press(key)
        page.wait(lambda found, year=year: found["titles"][0].startswith(f"ΔVegC {year}"))
    page.links("year=2049")
    page.page.keyboard.press(" ")
    page.wait(lambda found: not found["titles"][0].startswith("ΔVegC 2049"))
    page.page.keyboard.press(" ")
    page.page.wait_for_timeout(500)
    stopped = page.read()["titles"][0]
    page.page.wait_for_timeout(500)
    assert page.read()["titles"][0] == stopped
    page.page.get_by_label("Edits, as on the command line").focus()
    for key in ("ArrowRight", "ArrowRight", " "):
        page.page.keyboard.press(key)
    page.page.wait_for_timeout(500)
    assert page.read()["titles"][0] == stopped
    assert np.isfinite(page.read()["shape"]).all()
