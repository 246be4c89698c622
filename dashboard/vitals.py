"""What a running server tells of itself.

`/healthz` is for whoever restarts it, `/metrics` for people and for Prometheus, whose text format
it is. Numbers only: nothing of what visitors do.
"""

import json
from statistics import quantiles

import psutil
from tornado.web import RequestHandler

PERCENTILES = {"0.5": 9, "0.95": 18}  # by quantile, of twentieths


def health(library) -> tuple[int, dict]:
    """Return an HTTP status and what to say: 503 where a climate cannot be simulated."""
    failed = [climate.name for climate in library.climates.values() if climate.failed]
    said = {"status": "failing" if failed else "ok", "ready": library.ready,
            "climates": len(library.climates), "failed": failed}  # fmt: skip
    return (503 if failed else 200), said


def metrics(library, sessions: int, pages: int) -> str:
    """Return the metrics as lines of text."""
    process = psutil.Process()
    rows = [
        ("sessions", "pages that are open", {"": sessions}),
        ("pages", "pages in memory, closed ones that are not collected yet too", {"": pages}),
        ("climates_ready", "climates that are simulated or read", {"": library.ready}),
        ("memory_bytes", "resident memory", {"": process.memory_info().rss}),
        ("waiting", "jobs that wait, by lane",
         {f'lane="{lane.name}"': lane.waiting for lane in library.lanes}),
        ("jobs_total", "jobs done, by lane",
         {f'lane="{lane.name}"': lane.done for lane in library.lanes}),
        ("job_seconds", "how long the last jobs took, by lane",
         {f'lane="{lane.name}",quantile="{name}"': took
          for lane in library.lanes for name, took in _percentiles(lane.took)}),
        ("answers_total", "answers that were at hand, and that had to be worked out",
         {f'from="{where}"': count for where, count in library.answers.items()}),
    ]  # fmt: skip
    return "".join(line for row in rows for line in _lines(*row))


def _percentiles(took):
    if len(took) > 1:
        cuts = quantiles(took, n=20, method="inclusive")
        yield from ((name, cuts[at]) for name, at in PERCENTILES.items())


def _lines(name, words, values):
    name = f"permafrost_carbon_{name}"
    yield f"# HELP {name} {words}\n# TYPE {name} gauge\n"
    for labels, value in values.items():
        yield f"{name}{{{labels}}} {value:.6g}\n" if labels else f"{name} {value:.6g}\n"


class Health(RequestHandler):
    """Answers whether the server is well."""

    def initialize(self, library):
        """Hear which *library* to look at: a function that returns it."""
        self._library = library

    def get(self):
        """Answer as JSON."""
        status, said = health(self._library())
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(said))


class Metrics(RequestHandler):
    """Tells the metrics."""

    def initialize(self, library, sessions, pages):
        """Hear where to look: functions that return the library and how many pages there are.

        *sessions*: those that are open; *pages*: those in memory.
        """
        self._library, self._sessions, self._pages = library, sessions, pages

    def get(self):
        """Answer as text."""
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(metrics(self._library(), self._sessions(), self._pages()))
