"""The real page in a real browser: served once, on the real model and a few of its cells."""

import contextlib
import difflib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import data
from dashboard.runs import Library

ROOT = Path(__file__).parents[2]
SOON = 60.0  # s after which a page will not show any more what was asked for; no speed is meant
PATIENCE = 300.0  # s for the server to start and the small region's eight climates
CHROMIUM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

READ = """
() => {  // what the page draws: values and titles of the maps, curves, the tapped cell
  const found = {images: [], titles: [], bars: [], curves: {}, marker: [], shape: []}
  found.curve_titles = []
  const plain = (column) => [...column].map((v) => Number.isNaN(v) ? null : v)
  for (const model of Bokeh.documents[0].all_models) {
    if (model.name == "marker") found.marker = [...model.data.x, ...model.data.y]
    if (model.type == "ColumnDataSource" && model.data.whatif_st)
      found.curves[model.name] = Object.fromEntries(
        Object.entries(model.data).map(([key, column]) => [key, plain(column)]))
    if (model.type == "Figure" && model.below.length > 1) {
      const values = model.renderers.find((renderer) => renderer.name == "values")
      if (values) {
        found.images.push(plain(values.data_source.data.image[0]))
        found.bars.push(model.below.find((below) => below.type == "ColorBar").title)
      }
      found.titles.push(model.title.text)
      found.shape.push(model.inner_width / model.inner_height)
    } else if (model.type == "Figure") found.curve_titles.push(model.title.text)
  }
  return found
}
"""
TEXT = """
() => {  // words of the page, those in shadow roots too, but not what was spoken last
  const words = []
  const walk = (node) => {
    if (node.nodeType == Node.TEXT_NODE) words.push(node.textContent)
    if (["STYLE", "SCRIPT"].includes(node.nodeName) || node.id?.startsWith?.("spoken-")) return
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


def until(true, patience=PATIENCE, why=lambda: "it is not so"):
    """Wait until *true*() is, and return it; *why*() tells what was waited for in vain."""
    deadline = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < deadline, f"after {patience} s {why()}"
        time.sleep(0.05)
    return found


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
        others = re.search("view=(?!present)", query)
        seen = ".MuiToggleButton-root" if others else "canvas >> visible=true"
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

    def situation(self):
        """Return what helps to understand why a page does not show what it should."""
        faults = "\n".join(self.errors) or "nothing"
        return f"{self.page.url}\nconsole: {faults}\nthe page says:\n{self.text()}"

    def wait(self, good, patience=SOON):
        """Return what is read once it is *good*."""
        return until(
            lambda: good(found := self.read()) and found,
            patience,
            lambda: f"not seen; {self.situation()}",
        )

    def shows_what(self, other, look):
        """Wait until *look* finds the same here and on the page *other*; both may still move."""
        until(
            lambda: look(self) == look(other),
            SOON,
            lambda: f"they differ, here against there: {_differences(look(self), look(other))}",
        )

    def drawn(self):
        """Wait until the maps show values."""
        return self.wait(lambda found: any(v is not None for v in found["images"][0]))

    def says(self, words, patience=SOON):
        """Wait until the page says *words*, a regular expression."""
        until(
            lambda: re.search(words, self.text()),
            patience,
            lambda: f"{words!r} is not there; {self.situation()}",
        )

    def unsays(self, words, patience=SOON):
        """Wait until the page no longer says *words*, a regular expression."""
        until(
            lambda: not re.search(words, self.text()),
            patience,
            lambda: f"{words!r} is still there; {self.situation()}",
        )

    def link(self):
        """Return the page's address; what Playwright knows of it may be a moment old."""
        return self.page.evaluate("location.href")

    def links(self, *parts):
        """Wait until the page's address holds all *parts*: it follows what is seen."""
        until(
            lambda: all(part in self.link() for part in parts),
            SOON,
            lambda: f"{parts} are not in the address; {self.situation()}",
        )

    def links_no(self, part):
        """Wait until the page's address does not hold *part*."""
        until(
            lambda: part not in self.link(),
            SOON,
            lambda: f"{part} is still in the address; {self.situation()}",
        )

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
        menu = self.page.locator(".MuiPopover-root").last  # covers the page until it is gone
        menu.wait_for(state="hidden", timeout=1000 * SOON)

    def edit(self, text):
        self.page.get_by_label("Edits, as on the command line").fill(text)
        self.page.keyboard.press("Enter")


def _differences(one, other, at="page"):
    """Return where two readings differ, a line each."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [(f"{at}.{key}", one.get(key), other.get(key)) for key in one.keys() | other]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{at}[{i}]", *pair) for i, pair in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, str) and isinstance(other, str) and one != other:
        sentences = one.split(". "), other.split(". ")
        return "\n".join(difflib.unified_diff(*sentences, f"\n{at}", "other", n=0, lineterm=""))
    else:
        return "" if one == other else f"\n{at}: {one!r} against {other!r}"
    return "".join(_differences(a, b, place) for place, a, b in pairs)


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


def apart(work, *given):
    """Return *work*(*given*), done in a thread: a browser may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *given).result()


def free_port():
    """Return a port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def running(words, port, folder, **own):
    """Run Python with *words*, which serve the page, until left; give its address.

    *folder*: for its log; *own*: what its environment has beside ours.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *map(str, words)], cwd=ROOT, stdout=log, stderr=log,
            env=os.environ | {"PYTHONPATH": path} | own,
        )  # fmt: skip
        found = f"http://localhost:{port}"
        try:
            _wait_for(found, server, folder / "log")
            yield found
        finally:
            server.terminate()
            server.wait(20)


def served(port, folder):
    """Serve the page of a few cells; give its address."""
    return running([Path(__file__).with_name("server.py"), port, folder], port, folder)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Where results are kept; empty at first."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="session")
def address(store):
    """Where the page is served."""
    with served(free_port(), store) as found:
        yield found


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

    def at_address(query="", size=(1440, 900), at=address):
        pages.append(Seen(browser, at, query, size))
        return pages[-1]

    yield at_address
    seen = [[*one.foreign, *one.errors] for one in pages]
    for one in pages:
        one.page.close()
    assert seen == [[] for _ in pages]


@pytest.fixture
def port():
    """Return the number of a port that is free."""
    return free_port()
