"""Figures of the page, taken in a real Chromium against a real server on this machine."""

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time

from benchmarks.memory import resident
from benchmarks.serving import served
from benchmarks.timing import Figure, aimed
from tests.dashboard.conftest import CHROMIUM, Seen

CELL, CLIMATE = "34.75,92.75", "HadGEM2-ES"
MOVES, PRESSES, VISITS, FRAMES, SESSIONS = 40, 12, 5, 40, 6
KEYS = ("slider", "press", "years", "years 0.1", "start", "cold start", "progress", "memory",
        "session")  # fmt: skip
FINE = 0.1
PATIENCE = 4  # times half a minute, for the first answer of a server on a busy machine
READY = "All 8 climates are ready"
WORKING = re.compile("Preparing the model|Simulating climate|Starting")
MOVE_SLIDER = """
() => new Promise((done) => {  // ms from a move of a slider to the new curve on the screen
  const models = [...Bokeh.documents[0].all_models]
  const curve = models.find((model) => model.name == "npp")
  const slider = models.find((model) => (model.data?.label ?? "").startsWith("C_max"))
  const begun = performance.now()
  const heard = () => {
    curve.disconnect(curve.patching, heard)
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)))
  }
  curve.connect(curve.patching, heard)
  slider.data.value = slider.data.value * 1.003
})
"""
PRESS = """
(label) => new Promise((done) => {  // s from a press to repainted maps and curves
  const models = [...Bokeh.documents[0].all_models]
  const frames = models.find((model) => model.data?.map0)
  const curves = models.filter((model) => model.data?.whatif_st)
  const left = new Set([frames, ...curves]), begun = performance.now()
  for (const source of [...left]) {
    const heard = () => {
      source.disconnect(source.properties.data.change, heard)
      left.delete(source)
      if (left.size == 0)
        requestAnimationFrame(() => requestAnimationFrame(
          () => done((performance.now() - begun) / 1000)))
    }
    source.connect(source.properties.data.change, heard)
  }
  const walk = (node) => {
    if (node.nodeName == "BUTTON" && node.textContent.trim() == label) return node
    for (const child of [...node.childNodes, ...(node.shadowRoot?.childNodes ?? [])]) {
      const found = walk(child)
      if (found) return found
    }
  }
  walk(document.body).click()
})
"""
TURN_YEARS = """
(turns) => new Promise((done) => {  // years a second when each waits for three painted maps
  const models = [...Bokeh.documents[0].all_models]
  const player = models.find((model) => model.data?.label == "Year")
  const maps = models.filter((model) => model.type == "Figure" && model.renderers.some(
    (renderer) => renderer.name == "values"))
  const views = maps.map((map) => Bokeh.index.find_one_by_id(map.id))
  const waiting = new Set()
  let turned = 0, begun = performance.now()
  const next = () => {
    if (turned == turns) return done(1000 * turns / (performance.now() - begun))
    for (const view of views) waiting.add(view)
    turned += 1
    player.data.value = player.data.start + turned % 90
  }
  for (const view of views) {
    const paint = view._actual_paint
    view._actual_paint = function () {
      paint.apply(this, arguments)
      if (waiting.delete(view) && waiting.size == 0) requestAnimationFrame(next)
    }
  }
  next()
})
"""


def figures(*, long: bool = False) -> list[Figure]:
    """Return the figures of the page; unmeasured ones (with a word) where Chromium is missing.

    *long*: maps of 0.1° are measured too, for which a part of that plateau is simulated.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        return [aimed(key, note="no Chromium") for key in KEYS]
    from playwright.sync_api import sync_playwright

    from dashboard import warm

    warm.ensure()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        with tempfile.TemporaryDirectory() as folder:
            found = [*_from_nothing(browser, folder), *_from_store(browser, folder)]
        found += _cold(browser)
        found += _fine(browser) if long else [aimed("years 0.1", note="only with --long")]
        browser.close()
    return found


def _from_nothing(browser, folder) -> list[Figure]:
    """Simulate all climates while the page is open; the server then holds most memory."""
    with served(folder) as (address, begun, server):
        first = _drawn(browser, address, begun)
        page = Seen(browser, address)
        page.says(READY, 600)
        whole = time.perf_counter() - begun
        page.page.close()
        held = resident(server.pid)
        pages = [Seen(browser, address) for _ in range(SESSIONS)]
        for one in pages:
            one.drawn()
        time.sleep(1)
        each = (resident(server.pid) - held) / SESSIONS
        for one in pages:
            one.page.close()
    return [
        aimed("start", [first], "store empty"),
        Figure("process start to 8 climates on the page, store empty", "s", (whole,)),
        aimed("memory", [held / 1024]),
        aimed("session", [each], f"mean of {SESSIONS}"),
    ]


def _from_store(browser, folder) -> list[Figure]:
    """Measure what a visitor of finished runs sees."""
    with served(folder) as (address, begun, _server):
        again = _drawn(browser, address, begun)
        page = Seen(browser, address)
        page.says(READY, 600)
        page.page.close()
        visits = tuple(_drawn(browser, address, time.perf_counter()) for _ in range(VISITS))
        return [
            Figure("process start to a drawn page, from the store", "s", (again,)),
            Figure("visit of a running server to a drawn page", "s", visits),
            aimed("slider", _moves(browser, address)),
            aimed("press", _presses(browser, address)),
            aimed("years", _turns(browser, address)),
        ]


def _opened(browser, address) -> Seen:
    """Open the page, however long the server needs for its first answer."""
    from playwright.sync_api import TimeoutError as TooLate

    for _ in range(PATIENCE):
        with contextlib.suppress(TooLate):
            return Seen(browser, address)
    raise RuntimeError(f"{address} does not answer")


def _cold(browser) -> list[Figure]:
    """Start with nothing compiled and nothing stored."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(folder, {"NUMBA_CACHE_DIR": folder}) as (address, begun, _server),
    ):
        early = browser.new_page()
        early.goto(address)
        early.get_by_text(WORKING).first.wait_for()
        told = time.perf_counter() - begun
        early.close()
        drawn = _drawn(browser, address, begun)
    return [aimed("cold start", [drawn]), aimed("progress", [told])]


def _fine(browser) -> list[Figure]:
    """Turn the years at 0.1°, once the first map is there; the browser does that alone."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(folder, resolution=FINE) as (address, begun, server),
    ):
        page = Seen(browser, address)
        page.wait(_has_values, 600)
        drawn = time.perf_counter() - begun
        server.send_signal(signal.SIGSTOP)  # the simulation goes on beside it otherwise
        try:
            frames = [page.page.evaluate(TURN_YEARS, FRAMES) for _ in range(3)]
        finally:
            server.send_signal(signal.SIGCONT)
        page.page.close()
    return [
        aimed("years 0.1", frames),
        Figure("process start to the first map at 0.1°, store empty", "s", (drawn,)),
    ]


def _has_values(found) -> bool:
    return any(v is not None for v in found["images"][0])


def _drawn(browser, address, begun) -> float:
    page = _opened(browser, address)
    page.wait(_has_values, 600)
    took = time.perf_counter() - begun
    page.page.close()
    return took


def _moves(browser, address) -> tuple[float, ...]:
    page = Seen(browser, address, f"?cell={CELL}")
    page.wait(lambda found: found["curves"]["npp"]["st"][0] is not None)
    page.page.get_by_label("Rerun the region when a slider is released").click()
    page.press("C_max", "ArrowRight", 3)
    page.says(r"What-if \(.*\): .* Baseline: ")
    time.sleep(1)
    took = tuple(page.page.evaluate(MOVE_SLIDER) for _ in range(MOVES))
    page.page.close()
    return took


def _presses(browser, address) -> tuple[float, ...]:
    """Change a parameter without running the region, then press its button; so again."""
    page = Seen(browser, address, f"?gcm={CLIMATE}")
    page.drawn()
    page.page.get_by_label("Rerun the region when a slider is released").click()
    took = []
    for k in range(PRESSES):
        page.edit(f"kd*={1.01 + 0.01 * k:g}")
        time.sleep(1)
        took.append(page.page.evaluate(PRESS, "Run region"))
        time.sleep(0.5)
    page.page.close()
    return tuple(took)


def _turns(browser, address) -> tuple[float, ...]:
    page = Seen(browser, address, f"?gcm={CLIMATE}")
    page.drawn()
    time.sleep(1)
    took = tuple(page.page.evaluate(TURN_YEARS, FRAMES) for _ in range(3))
    page.page.close()
    return took
