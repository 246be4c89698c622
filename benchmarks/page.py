"""Figures of the page, taken in a real Chromium against a real server on this machine."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import data
from benchmarks.timing import Figure
from tests.dashboard.conftest import CHROMIUM, Seen

CELL, CLIMATE = "34.75,92.75", "HadGEM2-ES"
MOVES, PRESSES, VISITS = 40, 8, 5
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


def figures(resolution: float = 0.5) -> list[Figure]:
    """Return the figures of the page, or none (with a word) where there is no Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        print("*** no Chromium: the page is not measured ***")
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        with _served(resolution, folder) as (address, begun):
            first = _drawn(browser, address, begun)
            page = Seen(browser, address)
            page.says("All 8 climates are ready", 600)
            whole = time.perf_counter() - begun
        with _served(resolution, folder) as (address, begun):
            again = _drawn(browser, address, begun)
            page = Seen(browser, address)
            page.says("All 8 climates are ready", 600)
            page.page.close()
            visits = tuple(_drawn(browser, address, time.perf_counter()) for _ in range(VISITS))
            moves = _moves(browser, address)
            presses = _presses(browser, address)
        browser.close()
    eight = f"{len(data.RCPS) * len(data.GCMS)} climates"
    return [
        Figure("start of the server to the first map, store empty", "s", (first,)),
        Figure(f"start of the server to all {eight}, store empty", "s", (whole,), 180),
        Figure("start of the server to a drawn page, from the store", "s", (again,)),
        Figure("visit of a running server to a drawn page, from the store", "s", visits, 5),
        Figure("cell what-if in the browser, slider to new curve", "ms", moves, 300, "p95"),
        Figure("region what-if in the browser, press to new curves", "s", presses, 3, "p95"),
    ]


@contextlib.contextmanager
def _served(resolution, folder):
    """Serve the page; give its address and when the process was started."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    command = [sys.executable, "-m", "dashboard", "serve", "--no-browser", "--port", port]
    begun = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--resolution", str(resolution)],
        env=os.environ | {"PERMAFROST_CARBON_STORE": folder},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(int(port), server)
        yield f"http://localhost:{port}", begun
    finally:
        server.terminate()
        server.wait(30)


def _await(port, server):
    while server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the server ended with code {server.returncode}")


def _drawn(browser, address, begun) -> float:
    page = Seen(browser, address)
    page.wait(lambda found: any(v is not None for v in found["images"][0]), 600)
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
    return tuple(page.page.evaluate(MOVE_SLIDER) for _ in range(MOVES))


def _presses(browser, address) -> tuple[float, ...]:
    page = Seen(browser, address, f"?gcm={CLIMATE}")
    page.drawn()
    took = []
    for k in range(PRESSES):
        before = page.read()["curves"]["rh"]["whatif_st"]
        begun = time.perf_counter()
        page.edit(f"kd*={1.01 + 0.01 * k:g}")
        page.wait(lambda found, before=before: found["curves"]["rh"]["whatif_st"] != before)
        took.append(time.perf_counter() - begun)
        time.sleep(0.5)
    return tuple(took)
