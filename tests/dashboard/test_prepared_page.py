"""A region that was prepared from files opens on the page like the embedded plateau."""

import pytest

from data import example
from data.prepare import prepare
from tests.dashboard.conftest import PATIENCE, Seen, free_port, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def prepared(browser, tmp_path_factory):
    """Where the page of the example's region is served."""
    folder = tmp_path_factory.mktemp("prepared")
    config = example.write(folder / "corner")
    text = config.read_text("utf-8").replace("east = 95.0", "east = 92.0")
    config.write_text(text, "utf-8")
    region = prepare(config, folder / "corner.zarr")
    port = free_port()
    words = ["-m", "dashboard", "serve", "--region", region, "--port", port, "--no-browser"]
    with running(words, port, folder, PERMAFROST_CARBON_STORE=str(folder / "store")) as found:
        yield found


def test_the_page_shows_the_climates_and_cells_of_the_region(prepared, browser):
    seen = Seen(browser, prepared)
    seen.says("All 4 climates are ready", PATIENCE)
    found = seen.drawn()
    assert sum(value is not None for value in found["images"][0]) == 12
    text = seen.text()
    assert "Climate from files: A corner of the plateau, from example files" in text
    assert "2 climate models, mean" in text
    assert "reconstructed" not in text
    seen.choose("Climate model", "MIROC5")
    seen.says("MIROC5 only, so no range")
    seen.tap(91.25, 34.25)
    seen.says(r"cell at 34\.25° N, 91\.25° E")
    assert (seen.foreign, seen.errors) == ([], [])
    seen.page.close()


@pytest.mark.parametrize("view", ["paper", "scorecard", "profile&cell=34.25,91.25", "analyse"])
def test_every_view_opens(prepared, browser, view):
    seen = Seen(browser, prepared, f"?view={view}")
    seen.says("All 4 climates are ready|ready|Published|worked out|Ground|Explain", PATIENCE)
    assert seen.errors == []
    seen.page.close()
