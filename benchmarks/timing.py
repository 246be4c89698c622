"""Time a piece of work several times and say how sure the figure is."""

import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

PACKAGES = ("numba", "numpy", "xarray", "panel", "bokeh", "holoviews", "geoviews")


class Figure(NamedTuple):
    """One measured quantity: its runs, and the target it is held against."""

    name: str
    unit: str
    values: tuple[float, ...]
    target: float | None = None  # at most
    statistic: str = "median"  # or "p95"

    @property
    def value(self) -> float:
        """The statistic that is held against the target."""
        if self.statistic == "p95" and len(self.values) > 1:
            return quantiles(self.values, n=20, method="inclusive")[18]
        return median(self.values)

    def row(self) -> str:
        """Return the figure as a line of the table."""
        verdict = "" if self.target is None else ("met" if self.value <= self.target else "MISSED")
        target = "" if self.target is None else f"≤ {self.target:g}"
        low, high = min(self.values), max(self.values)
        return (
            f"{self.name:58} {self.value:9.3g} {self.unit:16} {self.statistic:7}"
            f" {low:9.3g} – {high:<9.3g} {len(self.values):4}  {target:9} {verdict}"
        )

    def record(self) -> dict:
        """Return the figure for the JSON file."""
        return self._asdict() | {"value": self.value}


def repeat(work: Callable[[], object], runs: int, scale: float = 1.0) -> tuple[float, ...]:
    """Return the wall seconds of *runs* calls of *work*, each times *scale*."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * scale)
    return tuple(times)


def machine() -> dict:
    """Return what the figures were measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
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
