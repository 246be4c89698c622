"""The ground under a cell: fronts and carbon by closed forms, thaw as the model reports it."""

import queue
import re

import numpy as np
import pytest

import data
from dashboard.profile import Profile, carbon, fronts, profile
from tem.columns import EDGES, LAYERS, TEN_M

PATIENCE = 60.0
NONE = np.nan
SHARE = 12  # of the region's cells are served, see server.py
GROUND = """
() => {  // the picture of soil temperature, the fronts and the thaw that are drawn
  const found = {}
  for (const model of Bokeh.documents[0].all_models) {
    if (model.name == "ground" && model.data?.image) found.picture = [...model.data.image[0]]
    if (model.name == "fronts") found.bottom = [...model.data.bottom]
    if (/^alt /.test(model.name ?? "")) found[model.name] = [...model.data.alt]
    if (model.name == "carbon" && model.data?.carbon) found.carbon = [...model.data.carbon]
  }
  return found
}
"""


def liquid(*spans):
    """Return the liquid share of the layers of one step: thawed from one depth to another."""
    share = np.zeros(TEN_M)
    for top, bottom in spans:
        inside = np.minimum(EDGES[1:], bottom) - np.maximum(EDGES[:-1], top)
        share += np.clip(inside[:TEN_M], 0, None) / LAYERS[:TEN_M]
    return share.round(9)  # edges are rounded; a thawed layer is wholly so


@pytest.mark.parametrize(
    ("spans", "thaw", "frost", "bottom"),
    [
        ([(0.0, 1.13)], 1.13, NONE, 1.13),  # summer: one front of thaw
        ([(0.0, 0.02)], 0.02, NONE, 0.02),  # the first warm days
        ([(0.32, 2.05)], NONE, 0.32, 2.05),  # autumn: frost comes down, and up
        ([(0.03, 2.05)], NONE, 0.03, 2.05),  # its first cold days
        ([(0.0, 0.51), (1.4, 3.1)], 0.51, 1.4, 3.1),  # spring above what winter left unfrozen
        ([(0.0, 0.51), (0.7, 3.1)], 0.51, 0.7, 3.1),  # later
        ([(2.0, 2.1)], NONE, 2.1, 2.2),  # the last of it, within a layer: frost came from above
        ([(0.0, 10.0)], 10.0, NONE, 10.0),  # nothing frozen
        ([], NONE, NONE, NONE),  # nothing unfrozen
    ],
)
def test_fronts_lie_where_ground_changes_its_phase(spans, thaw, frost, bottom):
    found = np.array(fronts(liquid(*spans)[None]))[:, 0]
    assert np.allclose(found, [thaw, frost, bottom], equal_nan=True)


def test_carbon_follows_the_hyperbola_of_eq_2():
    years = np.array([2006, 2007])
    found = Profile(
        years, *[None] * 3, soc=np.array([1000.0, 2000.0]), counted=np.array([2.0, 3.0]), b=0.5
    )
    assert carbon(found, 2006, 2.0) == pytest.approx(1000)
    assert carbon(found, 2007, 0.5) == pytest.approx(2000 * 0.5 * 3.5 / 3)  # half of the profile
    assert carbon(found, 2007, np.array([0.0, 3.0])) == pytest.approx([0, 2000])


@pytest.mark.parametrize("cell", [0, 9])
def test_thaw_of_the_profile_is_that_of_the_results(library, cell):
    gcm = data.GCMS[1]
    found = profile(library, "rcp85", gcm, cell)
    climate = library.climates["rcp85", gcm]
    assert np.array_equal(found.alt, climate.environment.thaw_depth.isel(cell=cell))
    assert np.array_equal(found.counted, climate.result.series("alt", 0, cell)[0])
    assert found.temperature.shape == (94, 48, TEN_M)
    thaw, frost, bottom = found.fronts
    assert np.nanmax(bottom[-1]) >= found.alt[-1] - 1e-9  # what is unfrozen lies above it
    assert not np.any((thaw > bottom) | (frost > bottom) | (thaw > frost))


def test_a_ground_that_fails_tells_where_its_fault_is_found(library):
    answers = queue.Queue()
    nowhere = library.region.sizes["cell"]
    library.look_into_ground(
        "me", "rcp85", data.GCMS[0], nowhere, lambda *answer: answers.put(answer)
    )
    found, fault = answers.get(timeout=PATIENCE)
    assert found is None
    assert re.search(r"finds error [0-9a-f]{8} in its log", fault)


# --- in the browser ---


def here(number):
    place = data.region(0.5).isel(cell=slice(None, None, SHARE)).isel(cell=number)
    return f"cell={float(place.lat):g},{float(place.lon):g}"


@pytest.mark.browser
def test_the_ground_of_a_tapped_cell_is_a_click_away_and_follows_the_year(opened):
    page = opened(f"?{here(20)}&gcm=MIROC5")
    curve = page.wait(lambda found: found["curves"]["alt"]["st"][0] is not None)["curves"]["alt"]
    page.page.get_by_role("button", name="Its ground").click()
    page.says("Simulated, Baseline, with thaw", PATIENCE)
    late = page.page.evaluate(GROUND)
    assert np.allclose(late["alt MIROC5"], curve["st"])
    assert len(late["picture"]) == 48 * 200
    deepest = -min(v for v in late["bottom"] if v is not None)
    assert deepest == pytest.approx(curve["st"][-1], abs=0.3)
    assert np.all(np.diff(late["carbon"]) > 0)
    page.press("Year", "ArrowLeft", 60)
    page.says("2039, RCP8.5, MIROC5")
    early = page.page.evaluate(GROUND)
    assert early["picture"] != late["picture"]
    assert np.mean(early["picture"]) < np.mean(late["picture"])  # warmer ground by 2099
    page.links("year=2039")
    page.page.get_by_role("button", name="RCP4.5").click()
    page.says("2039, RCP4.5, MIROC5", PATIENCE)


@pytest.mark.browser
def test_without_a_cell_it_is_said_what_to_do(opened):
    page = opened("?view=profile")
    page.says("Choose a cell first: go to Explore and tap a cell on a map")
    page.page.get_by_role("button", name="Explore").click()
    page.drawn()
    assert page.page.get_by_text(re.compile("^Under RCP8.5")).is_visible()
