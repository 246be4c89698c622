"""What the project must reach: each target once, with the statistic that is held against it."""

from typing import NamedTuple


class Target(NamedTuple):
    """One promise: a quantity, its unit and its limit."""

    name: str
    unit: str
    limit: float
    statistic: str = "median"  # or "p95"
    at_least: bool = False  # the limit is the least, not the most

    def met(self, value: float) -> bool:
        """Return whether *value* keeps the promise."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self):
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


TARGETS = {
    "heat": Target("soil heat, a cell and month, one core", "µs", 4),
    "rest": Target("rest of the environment, a cell and month, one core", "µs", 1),
    "life": Target("carbon and nitrogen, a cell and month lived, one core", "µs", 0.25),
    "cell": Target("cell what-if, model part", "ms", 5),
    "region": Target("region what-if 0.5°, one climate, model part", "s", 0.3),
    "rcp": Target("region what-if 0.5°, four GCMs of an RCP, model part", "s", 1),
    "slider": Target("cell what-if in the browser, slider to pixels", "ms", 150, "p95"),
    "press": Target("region what-if in the browser, press to pixels", "s", 1, "p95"),
    "years": Target("year slider, three maps at 0.5°", "frames/s", 10, at_least=True),
    "years 0.1": Target("year slider, three maps at 0.1°", "frames/s", 4, at_least=True),
    "ensemble": Target("ensemble of 8 climates from nothing, 0.5°", "s", 30),
    "start": Target("process start to first map, compiled code kept", "s", 6),
    "cold start": Target("process start to first map, nothing compiled", "s", 45),
    "progress": Target("process start to progress shown, nothing compiled", "s", 2),
    "fine": Target("0.1° and 8 climates on the command line", "min", 10),
    "fine memory": Target("memory of that run", "GiB", 4),
    "memory": Target("memory of the server with the 0.5° ensemble", "GiB", 1.5),
    "session": Target("memory of the server, each session more", "MiB", 25),
}
