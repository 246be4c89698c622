"""Time a piece of work several times and say how sure the figure is."""

import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from math import isnan
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import numpy as np

from benchmarks.targets import TARGETS, Target

PACKAGES = ("numba", "llvmlite", "numpy", "xarray", "panel", "bokeh", "holoviews", "geoviews")
MICRO = 1e6


class Figure(NamedTuple):
    """One measured quantity: its runs, and the target it is held against."""

    name: str
    unit: str
    values: tuple[float, ...]
    target: Target | None = None
    note: str = ""

    @property
    def statistic(self) -> str:
        """Which statistic of the runs counts."""
        return self.target.statistic if self.target else "median"

    @property
    def value(self) -> float | None:
        """The statistic that is held against the target; None if nothing was measured."""
        if not self.values:
            return None
        if self.statistic == "p95" and len(self.values) > 1:
            return quantiles(self.values, n=20, method="inclusive")[18]
        return median(self.values)

    def row(self) -> str:
        """Return the figure as a line of the table."""
        held = "" if self.target is None else str(self.target)
        if self.value is None:
            return f"{self.name:62} {'–':>9} {self.unit:10} {held:>42}  not measured {self.note}"
        verdict = "" if self.target is None else self._verdict()
        low, high = min(self.values), max(self.values)
        return (
            f"{self.name:62} {self.value:9.3g} {self.unit:10} {self.statistic:7}"
            f" {low:9.3g} – {high:<9.3g} {len(self.values):4} {held:>6}  {verdict} {self.note}"
        ).rstrip()

    def _verdict(self) -> str:
        return "met" if self.target.met(self.value) else "MISSED"

    def record(self) -> dict:
        """Return the figure for the JSON file."""
        found = {"name": self.name, "unit": self.unit, "values": self.values, "target": None}
        found |= {"statistic": self.statistic, "value": self.value, "note": self.note}
        if self.target is not None:
            met = None if self.value is None else self.target.met(self.value)
            found |= {"target": str(self.target), "met": met}
        return found


def aimed(key: str, values=(), note: str = "") -> Figure:
    """Return the figure for the target *key*, without *values* if it could not be measured."""
    target, told = TARGETS[key], tuple(value for value in values if not isnan(value))
    return Figure(target.name, target.unit, told, target, note)


def repeat(work: Callable[[], object], runs: int, scale: float = 1.0) -> tuple[float, ...]:
    """Return the wall seconds of *runs* calls of *work*, each times *scale*."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * scale)
    return tuple(times)


def exponent(sizes, times) -> float:
    """Return the power of *sizes* with which *times* grow: the slope of their logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def machine() -> dict:
    """Return what the figures were measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),  # before we begin; more than 0.5 disturbs
        "system": platform.platform(),
        "python": platform.python_version(),
    } | {name: version(name) for name in PACKAGES}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
