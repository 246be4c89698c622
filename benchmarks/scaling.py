"""How time and memory grow with cells, years and threads.

More cells than the region has are its cells again and again; that climates of neighbours repeat
changes nothing for the model, which sees each cell alone.
"""

import os
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import numpy as np

import data
import tem
from benchmarks.model import SPUN_UP_MONTHS, timed_experiment
from benchmarks.timing import exponent, repeat

PICTURE = Path(__file__).parent / "scaling.svg"
ECOSYSTEM = "Meadow"  # one alone, so that no block of cells is half empty
SIZES = {"heat": (128, 384, 1024), "rest": (128, 1024, 8192), "life": (128, 1024, 4096)}
LONG_SIZES = dict.fromkeys(SIZES, (128, 1024, 10240, 102400))
SPANS = (10, 20, 40, 94)  # years
SHORTEST = 15  # years that an experiment needs, and the sizes are run with
CELLS = 160  # the years are run with
PARTS = {
    "heat": "soil heat",
    "rest": "rest of the environment",
    "life": "carbon and nitrogen",
}
CLIMATE = ("rcp85", data.GCMS[0])
# Okabe and Ito's colours, told apart by marker and dashes as well
LOOKS = {
    "heat": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "rest": {"color": "#D55E00", "marker": "s", "linestyle": "--"},
    "life": {"color": "#009E73", "marker": "^", "linestyle": "-."},
}


class Grown(NamedTuple):
    """Time and memory of a part of the model at several sizes."""

    part: str
    against: str  # cells, months (lived, spin-up counted) or threads
    sizes: tuple[float, ...]
    seconds: tuple[float, ...]
    mebibytes: tuple[float, ...]  # at the peak, results and copies, inputs left out

    def row(self) -> str:
        """Return a line of the table."""
        end = f"{self.seconds[0]:.3g} → {self.seconds[-1]:.3g} s"
        span = f"{PARTS[self.part]:26} {self.sizes[0]:>8,} → {self.sizes[-1]:<9,} {self.against:8}"
        if self.against == "threads":
            return f"{span} {end:20} {self.seconds[0] / self.seconds[-1]:.2f} times as fast"
        memory = f"{self.mebibytes[0]:.0f} → {self.mebibytes[-1]:.0f} MiB"
        return f"{span} {end:20} time ~ n^{exponent(self.sizes, self.seconds):.2f}   {memory}"

    def record(self) -> dict:
        """Return what the JSON file keeps."""
        grows = {} if self.against == "threads" else {
            "exponent": exponent(self.sizes, self.seconds)
        }  # fmt: skip
        return self._asdict() | grows


class _Inputs(NamedTuple):
    """What the parts of the model are called with."""

    region: object
    climate: object
    ground: object
    environment: object

    def times(self, cells: int):
        """Return the same on so many *cells*."""
        chosen = np.resize(np.arange(self.region.sizes["cell"]), cells)
        return _Inputs(*(one if one is None else one.isel(cell=chosen) for one in self))


def _inputs(years: int) -> _Inputs:
    region = data.region(0.5)
    region = region.isel(cell=np.flatnonzero(region.ecosystem.values == ECOSYSTEM)[:CELLS])
    climate = data.climate(region, *CLIMATE)
    climate = climate.isel(time=slice(12 * years), year=slice(years))
    ground = tem.ground(region, climate)
    return _Inputs(region, climate, ground, tem.environment(region, climate, ground=ground))


def _run(part, inputs, workers):
    region, climate, ground, environment = inputs
    if part == "heat":
        return tem.ground(region, climate, workers=workers)
    if part == "rest":
        return tem.environment(region, climate, ground=ground, workers=workers)
    return tem.experiment(environment, workers=workers)


def _measured(part, inputs, workers=1) -> tuple[float, float]:
    """Return the seconds of a part, and the MiB that it allocates at its peak."""
    tracemalloc.start()
    (seconds,) = repeat(lambda: _run(part, inputs, workers), 1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, peak / 2**20


def _grown(part, against, sizes, measured) -> Grown:
    seconds, mebibytes = zip(*measured, strict=True)
    return Grown(part, against, tuple(sizes), seconds, mebibytes)


def against_cells(sizes) -> list[Grown]:
    """Return how the parts grow with cells; *sizes* by part."""
    few = _inputs(SHORTEST)
    return [
        _grown(part, "cells", wanted, (_measured(part, few.times(size)) for size in wanted))
        for part, wanted in sizes.items()
    ]


def _months_lived(part, years: int) -> int:
    """Return the months that a cell lives in a run of *years*, spin-up counted."""
    from tem.environment import REFERENCE_YEAR, SPIN_UP_CLIMATE
    from tem.experiment import SPIN_UP_YEARS
    from tem.seasons import FORGOTTEN

    first, last = SPIN_UP_CLIMATE
    cycle = min(last - first + 1, years)
    before = {
        "heat": SPUN_UP_MONTHS // 12,
        "rest": cycle * (1 + 12 * FORGOTTEN // (12 * cycle)),
        "life": SPIN_UP_YEARS + max(0, first + years - 1 - REFERENCE_YEAR),
    }
    return 12 * (years + before[part])


def against_years() -> list[Grown]:
    """Return how the parts grow with the months that they live."""
    found = {part: [] for part in PARTS}
    for years in SPANS:
        inputs = _inputs(years)
        for part in PARTS:
            if part != "life" or years >= SHORTEST:
                seconds, memory = _measured(part, inputs)
                if part == "life":  # the search for rest takes the same however long one lives
                    seconds = timed_experiment(inputs.environment)[0].seconds
                found[part].append((_months_lived(part, years), (seconds, memory)))
    return [_grown(part, "months", *zip(*rows, strict=True)) for part, rows in found.items()]


def against_threads() -> list[Grown]:
    """Return how much faster all processors are than one."""
    inputs, threads = _inputs(SHORTEST), (1, os.cpu_count())
    return [
        _grown(part, "threads", threads, (_measured(part, inputs, n) for n in threads))
        for part in PARTS
    ]


def measured(*, long: bool = False) -> list[Grown]:
    """Return how the model grows; *long*: to sizes that take minutes."""
    return against_cells(LONG_SIZES if long else SIZES) + against_years() + against_threads()


def draw(found, path=PICTURE) -> None:
    """Draw time against cells, memory against cells and time against months lived."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "scaling", "font.size": 9}):
        figure = Figure(figsize=(9.6, 3.2), layout="constrained")
        axes = figure.subplots(1, 3)
        panels = (("cells", "seconds"), ("cells", "mebibytes"), ("months", "seconds"))
        labels = {
            "cells": "cells (15 years)",
            "months": f"months lived ({CELLS} cells)",
            "seconds": "time, one core (s)",
            "mebibytes": "peak memory (MiB)",
        }
        for axis, (against, what) in zip(axes, panels, strict=True):
            for grown in found:
                if grown.against == against:
                    label = PARTS[grown.part]
                    if what == "seconds":
                        label += f", n^{exponent(grown.sizes, grown.seconds):.2f}"
                    axis.loglog(
                        grown.sizes, getattr(grown, what), label=label, ms=4, **LOOKS[grown.part]
                    )
            axis.set(xlabel=labels[against], ylabel=labels[what])
            axis.minorticks_off()
            axis.grid(visible=True, alpha=0.3)
            axis.legend(fontsize=7, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})
