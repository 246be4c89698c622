"""Files taken away in a browser: each opens, and carries what it must."""

import re
import shlex
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dashboard.receipt import PROGRAM
from data.store import read_result
from tests.dashboard.conftest import free_port, running

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.browser

LINK = "?rcp=rcp45&year=2080&gcm=MIROC5"
SENTENCE = "Under RCP4.5, by 2080, thaw since 2020"
CARRIED = ("Climate reconstructed", "permafrost-carbon 0.1.0", "rcp=rcp45", "10.1029/2021GB007068")
PATIENCE = 60_000  # ms


@pytest.fixture
def dialog(opened):
    seen = opened(LINK)
    seen.drawn()
    seen.page.get_by_role("button", name="Take away").click()
    seen.page.get_by_role("dialog").wait_for()
    return seen


@pytest.fixture
def taken(dialog, tmp_path):
    """Click the *nth* button of that label; return the file."""

    def take(label, nth=0):
        button = dialog.page.get_by_role("button", name=label, exact=True).nth(nth)
        with dialog.page.expect_download(timeout=PATIENCE) as download:
            button.click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    return take


def written(box, text):
    """Type *text* into *box*, which groups digits as one types."""
    box.press("Control+a")
    box.press_sequentially(text)
    box.press("Tab")


def test_pictures_open_and_say_what_they_show(taken):
    with Image.open(taken("Picture, PNG")) as picture:
        assert picture.size == (1600, 1200)
        assert picture.info["Title"].startswith(SENTENCE)
        assert "permafrost-carbon export --link" in picture.info["Description"]
    with Image.open(taken("Slide 16 : 9, PNG")) as picture:
        assert picture.size == (1920, 1080)
        assert "--slide" in picture.info["Description"]
    drawn = ET.parse(taken("Drawing, SVG")).getroot()  # noqa: S314 - our own file
    words = " ".join(" ".join(drawn.itertext()).split())
    assert all(text in words for text in (*CARRIED, "g C m⁻²", "What-if: none"))
    page = taken("One page, PDF").read_bytes()
    assert page.startswith(b"%PDF")
    assert page.count(b"/Type /Page\n") + page.count(b"/Type /Page ") == 1


def test_numbers_of_the_view_are_those_that_are_drawn(dialog, taken):
    drawn = dialog.read()
    found = read_result(taken("NetCDF"))
    assert found.attrs["title"].startswith(SENTENCE)
    assert found.attrs["share_link"].startswith("http://localhost:")
    assert found.attrs["share_link"].endswith("gcm=MIROC5&year=2080")
    program, *words = shlex.split(found.attrs["receipt"])
    assert (program, words[0]) == (PROGRAM, "export")
    np.testing.assert_array_equal(found.npp.isel(curve=0), drawn["curves"]["npp"]["st"])
    shown = np.array([np.nan if v is None else v for v in drawn["images"][1]])
    kept = found.thaw_soc.sel(year=2080).to_numpy().ravel()
    np.testing.assert_allclose(kept, shown, atol=np.nanmax(np.abs(found.thaw_soc)) / 60_000)
    zipped = read_result(taken("Zarr (zip)"))
    np.testing.assert_array_equal(zipped.thaw_soc, found.thaw_soc)
    table = taken("CSV")
    assert "# share_link: http://localhost:" in table.read_text("utf-8")
    rows = pd.read_csv(table, comment="#", float_precision="round_trip")
    soc = rows[rows.variable == "thaw_soc"]
    np.testing.assert_array_equal(np.sort(soc.value), np.sort(kept[np.isfinite(kept)]))


def test_a_map_is_a_geotiff(taken):
    rasterio = pytest.importorskip("rasterio", reason="rasterio is missing")
    with rasterio.open(taken("ΔSOC")) as file:
        assert file.crs.to_epsg() == 4326
        assert np.isfinite(file.read(1)).any()
        assert "--map 2" in file.tags()["receipt"]


def test_all_behind_the_view_has_every_quantity_year_and_cell(taken):
    found = read_result(taken("NetCDF", nth=1))
    assert found.npp.dims == ("run", "year", "cell")
    assert {"gpp", "alt", "soc_pf"} <= set(found)
    assert shlex.split(found.attrs["receipt"])[1] == "run"
    assert "--gcm MIROC5" in found.attrs["receipt"]
    zipped = read_result(taken("Zarr (zip)", nth=1))
    np.testing.assert_array_equal(zipped.gpp, found.gpp)
    rows = pd.read_csv(taken("CSV", nth=1), comment="#", float_precision="round_trip")
    assert len(rows) == found.gpp.size
    np.testing.assert_array_equal(np.sort(rows.gpp), np.sort(found.gpp.to_numpy().ravel()))


def test_the_receipt_can_be_read_and_a_picture_has_the_size_that_was_asked_for(dialog, taken):
    dialog.says("Receipt: this command gives the same numbers")
    assert re.search(r"permafrost-carbon export --link 'http://localhost:\d+/\?", dialog.text())
    width = dialog.page.get_by_label("Width, px")
    written(width, "90000")
    dialog.page.get_by_role("button", name="Picture, PNG").click()
    dialog.says("A picture may be 400 to 8000 pixels wide and high")
    written(width, "800")
    with Image.open(taken("Picture, PNG")) as picture:
        assert picture.size == (800, 1200)
    dialog.says("is there: if the download has not started")


def test_what_is_not_worked_out_yet_is_not_taken(opened, monkeypatch):
    seen = opened(LINK + "&edits=kd*=1.1&cell=34.75,92.75&shown=Difference")
    seen.page.get_by_label("Rerun the region when a slider is released").click()
    seen.edit("kd*=1.3")
    seen.page.get_by_role("button", name="Take away").click()
    seen.page.get_by_role("button", name="CSV", exact=True).first.click()
    seen.says("Run the region first")


@pytest.fixture
def reopened(dialog, taken, opened, tmp_path):
    """A page that shows the run which another page gave away, and that run."""
    path = taken("Zarr (zip)", nth=1)
    port = free_port()
    words = ["-m", "dashboard", "serve", "--no-browser", "--port", port, "--open", path]
    with running(words, port, tmp_path) as address:
        yield opened("?year=2080", at=address), read_result(path)


def test_a_run_that_was_taken_away_opens_in_the_page(reopened):
    seen, result = reopened
    seen.says("Opened from run_rcp45_MIROC5_2080_")
    seen.says(SENTENCE)
    thaw = result.soc.sel(year=2080, run="S_T") - result.soc.sel(year=2080, run="S_R")
    shown = np.array([v for v in seen.drawn()["images"][1] if v is not None])
    most = float(np.abs(result.soc.sel(run="S_T") - result.soc.sel(run="S_R")).max())
    np.testing.assert_allclose(np.sort(shown), np.sort(thaw), atol=most / 60_000)
    seen.edit("kd*=1.2")
    seen.says("This run was opened from a file")
