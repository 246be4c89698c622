"""A page without a browser: what a link shows, worked out at the command line."""

import threading
from urllib.parse import parse_qsl, urlsplit

from dashboard import areas, link
from dashboard.runs import Library
from dashboard.selection import Selection
from dashboard.shelf import NOT_THERE_YET
from dashboard.state import State

LOOK = 0.2  # s between two looks at what is being worked out


def query_of(address: str) -> dict[str, str]:
    """Return what an address, or its query alone, says of a page."""
    query = urlsplit(address).query if "://" in address else address.lstrip("?")
    return dict(parse_qsl(query, keep_blank_values=True))


def shown(
    address: str, resolution: float, store, tell=lambda _fraction: None, *, region=None
) -> Selection:
    """Return what the page of a link shows once everything is there.

    *region*: as for `app.serve`; *tell* hears the finished fraction. Raises ValueError for a link
    that does not make sense as a whole, and for a climate or what-if that could not be worked out.
    """
    library = Library(resolution, store, region=region)
    chosen, faults = link.choices(query_of(address), library.grid)
    state = State(**chosen)
    found = Selection(state, library)
    if found.cells() is not None and not found.cells().size:
        faults.append(areas.NOTHING_THERE)
    if faults:
        raise ValueError(" ".join(faults))
    try:
        library.prefer(state.rcp, state.gcms)
        library.start()
        _wait_for_climates(found, tell)
        _run_what_ifs(found)
    finally:
        library.end(wait=True)  # what reads on would meet files that are written: see `data.store`
    return found


def _wait_for_climates(found, tell):
    state, library, heard = found.state, found.library, threading.Event()
    wanted = [library.climates[rcp, gcm] for rcp in state.rcps for gcm in state.gcms]
    forget = library.listen(heard.set)
    while any(climate.result is None for climate in wanted):
        for climate in wanted:
            if climate.failed:
                raise ValueError(f"{climate.name} could not be simulated: {climate.failed}")
        heard.wait(LOOK)
        heard.clear()
        tell(sum(climate.fraction for climate in wanted) / len(wanted))
    forget()


def _run_what_ifs(found):
    """Run what the page runs by itself: the region, the tapped cell, what is saved."""
    state, library, done = found.state, found.library, threading.Event()
    if state.change:
        job = library.what_if_region(
            state.rcp, state.gcms, state.change,
            lambda job: (job.results or job.failed) and done.set(),
        )  # fmt: skip
        _until(done)
        if job.failed:
            raise ValueError(job.failed)
        found.region_run = job
        found.shelf.learn(job)
    if state.change and state.cell is not None:
        done.clear()
        runs = []
        library.what_if_cell(
            "export", state.rcp, state.gcms, state.cell, state.change,
            lambda run: (runs.append(run), done.set()),
        )  # fmt: skip
        _until(done)
        found.cell_run = runs[0]
    done.clear()
    found.shelf.heard = done.set
    found.shelf.ask()
    while NOT_THERE_YET in found.shelf.missing():
        done.wait(LOOK)
    if found.shelf.faults():
        raise ValueError(" ".join(found.shelf.faults()))


def _until(event):
    """Wait in steps, so that Ctrl-C is heard."""
    while not event.wait(LOOK):
        pass
