"""Serves the page with faults in it: what reaches the visitor, and what the log says.

`planted.py PORT FOLDER`: a tap fails at once; a choice of the ecosystem fails in the next tick,
later and again and again; /healthz fails.
"""

import sys

import data
from dashboard import app, journal
from dashboard.page import Page


class PlantedError(Exception):
    pass


def fail(*_words):
    raise PlantedError("a tree of /home/ann")


async def fail_later():
    fail()


def fail_in_all_ways(page, _event):
    page._document.add_next_tick_callback(fail)
    page._document.add_timeout_callback(fail_later, 10)
    page._document.add_periodic_callback(fail, 50)


if __name__ == "__main__":
    journal.begin("json")
    Page.tap, Page._ecosystem_changed = fail, fail_in_all_ways
    app.Health.get = fail
    app.Shared.region = data.region(0.5).isel(cell=slice(None, None, 60))
    app.serve(int(sys.argv[1]), folder=sys.argv[2])
