"""The real page in a real browser: served once, on the real model and a few of its cells."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import data
from dashboard.runs import Library

ROOT = Path(__file__).parents[2]
SOON = 20.0  # s in which a page must show what was asked for
PATIENCE = 300.0  # s for the server to start and the small region's eight climates
CHROMIUM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

READ = """
() => {  // what the page draws: values and titles of the maps, curves, the tapped cell
  const found = {images: [], titles: [], bars: [], curves: {}, marker: [], shape: []}
  const plain = (column) => [...column].map((v) => Number.isNaN(v) ? null : v)
  for (const model of Bokeh.documents[0].all_models) {
    if (model.name == "values") found.images.push(plain(model.data_source.data.image[0]))
    if (model.name == "marker") found.marker = [...model.data.x, ...model.data.y]
    if (model.type == "ColumnDataSource" && model.data.whatif_st)
      found.curves[model.name] = Object.fromEntries(
        Object.entries(model.data).map(([key, column]) => [key, plain(column)]))
    if (model.type == "ColorBar") found.bars.push(model.title)
    if (model.type == "Figure" && model.below.length > 1) {
      found.titles.push(model.title.text)
      found.shape.push(model.inner_width / model.inner_height)
    }
  }
  return found
}
"""
TEXT = """
() => {  // words of the page, those in shadow roots too
  const words = []
  const walk = (node) => {
    if (node.nodeType == Node.TEXT_NODE) words.push(node.textContent)
    if (["STYLE", "SCRIPT"].includes(node.nodeName)) return
    for (const child of [...node.childNodes, ...(node.shadowRoot?.childNodes ?? [])]) walk(child)
  }
  walk(document.body)
  return words.join(" ").replace(/\\s+/g, " ")
}
"""
ON_SCREEN = """
([lon, lat]) => {  // where a place of the first map is
  const figure = [...Bokeh.documents[0].all_models].find(
    (model) => model.type == "Figure" && model.title.text.startsWith("ΔVegC"))
  const view = Bokeh.index.find_one_by_id(figure.id), box = view.el.getBoundingClientRect()
  return [box.x + view.frame.x_scale.compute(lon), box.y + view.frame.y_scale.compute(lat)]
}
"""


def until(true, patience=PATIENCE):
    """Wait until *true*() is."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="session")
def library():
    """Eight climates of fourteen cells."""
    found = Library(region=data.region(0.5).isel(cell=slice(None, None, 40)))
    found.start()
    until(lambda: found.ready == len(found.climates))
    assert not any(climate.failed for climate in found.climates.values())
    return found


class Seen:
    """One open page and what was seen on it."""

    def __init__(self, browser, address, query="", size=(1440, 900)):
        self.page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        self.foreign, self.errors = [], []
        self.page.route("**/*", self._let_local_pass)
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address + query)
        seen = ".MuiToggleButton-root" if "view=" in query else "canvas"
        self.page.wait_for_selector(seen, timeout=60_000)

    def _let_local_pass(self, route):
        if re.match(r"(https?|ws)://(localhost|127\.0\.0\.1)[:/]", route.request.url):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def extent(self):
        """Return how wide and high the page is, what one would have to scroll to included."""
        return self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )

    def read(self):
        return self.page.evaluate(READ)

    def text(self):
        return self.page.evaluate(TEXT)

    def wait(self, good, patience=SOON):
        """Return what is read once it is *good*."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            found = self.read()
            if good(found):
                return found
            time.sleep(0.05)
        raise AssertionError(f"not seen within {patience} s; the page says:\n{self.text()}")

    def drawn(self):
        """Wait until the maps show values."""
        return self.wait(lambda found: any(v is not None for v in found["images"][0]))

    def says(self, words, patience=SOON):
        """Wait until the page says *words*, a regular expression."""
        deadline = time.monotonic() + patience
        while not re.search(words, self.text()):
            assert time.monotonic() < deadline, f"{words!r} is not on the page:\n{self.text()}"
            time.sleep(0.05)

    def tap(self, lon, lat):
        self.page.mouse.click(*self.page.evaluate(ON_SCREEN, [lon, lat]))

    def point(self, lon, lat):
        self.page.mouse.move(*self.page.evaluate(ON_SCREEN, [lon, lat]))

    def press(self, label, key, times):
        """Press *key* so many times on the slider whose label starts so."""
        named = self.page.get_by_label(re.compile(f"^{re.escape(label)}"))
        thumb = named.filter(visible=True).last  # views that are hidden have sliders too
        thumb.focus()
        for _ in range(times):
            thumb.press(key)

    def choose(self, label, option):
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_text(option, exact=True).last.click()

    def edit(self, text):
        self.page.get_by_label("Edits, as on the command line").fill(text)
        self.page.keyboard.press("Enter")


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("*** NO CHROMIUM: the browser tests are skipped ***")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield found
        found.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Where the page is served; its store is empty at first."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    folder = tmp_path_factory.mktemp("page")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("server.py")), str(port), str(folder)],
            cwd=ROOT, stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        found = f"http://localhost:{port}"
        try:
            _wait_for(found, server, folder / "log")
            yield found
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(address, server, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=60).read()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def told(browser, address):
    """What the page said before the climates were there; returns once they are."""
    first = Seen(browser, address)
    said = first.text()
    first.says("All 8 climates are ready", PATIENCE)
    first.page.close()
    return said


@pytest.fixture
def opened(browser, address, told):
    """Open the page with a query; at the end nothing foreign and no error was seen."""
    pages = []

    def at(query="", size=(1440, 900)):
        pages.append(Seen(browser, address, query, size))
        return pages[-1]

    yield at
    for one in pages:
        assert one.foreign == []
        assert one.errors == []
        one.page.close()
