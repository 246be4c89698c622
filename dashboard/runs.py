"""What has been computed for which choice: shared by all open pages of this process.

Lanes (see `lanes`): one simulates the eight climates, one runs what-ifs of the region (the
climates give way to it), one those that are saved (they give way too), one answers a single cell
while a slider moves. No Panel here.
"""

import itertools
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import xarray as xr

import data
import tem
from dashboard import baseline, warm
from dashboard.analyses import Analyses
from dashboard.budget import Budget, budgets
from dashboard.changes import NO_OFFSETS, Change
from dashboard.edits import touched
from dashboard.frames import limits
from dashboard.grid import Grid
from dashboard.journal import attempt
from dashboard.lanes import CANCELLED, Lane, Newest, Task, quietly
from dashboard.language import N_, Fault
from dashboard.profile import profile
from dashboard.results import (
    CURVES,
    Result,
    Weights,
    both_runs,
    followed,
    joined,
    spliced,
    unrested,
)
from dashboard.skies import STAGES, Skies
from dashboard.state import GROUPS

log = logging.getLogger(__name__)

FIRST = 4  # parts in which the very first climate is simulated, so that a map shows early
PATIENCE = 0.3  # s that a what-if of the region may take without a preview
PACE = 1e-3  # s a cell takes in one climate, until the first what-if has measured it
TILE = 0.5  # degrees; a preview of a finer grid runs one cell of each ecosystem in each tile
BEYOND_CELLS = N_(
    "With these changes the carbon balance has no number any more in {lost} of {total} cells: the "
    "model does not hold so far from its defaults. Nothing new is drawn; undo the last change or "
    "choose a smaller one."
)
BEYOND_CLIMATES = N_(
    "With these changes the carbon balance has no number any more in {lost} of {total} climates: "
    "the model does not hold so far from its defaults. Nothing new is drawn; undo the last change "
    "or choose a smaller one."
)
LIFE = N_("carbon and nitrogen, with and without thaw")
REMEMBERED = 64  # tapped cells whose drivers are at hand
SKY_SHARE = 0.9  # of the time of a climate what-if that its environment takes, for progress


@dataclass
class Climate:
    """One climate, and how far its simulation is."""

    rcp: str
    gcm: str
    stage: str = "waiting"
    fraction: float = 0.0
    failed: str = ""
    environment: xr.Dataset | None = None
    result: Result | None = None  # complete
    partial: Result | None = None  # some cells only; the others are NaN
    closure: dict[str, Budget] = field(default_factory=dict)  # once it is complete

    @property
    def name(self):
        """Scenario and climate model, in words."""
        return f"{RCP_NAMES[self.rcp]}, {self.gcm}"


RCP_NAMES = {"rcp45": "RCP4.5", "rcp85": "RCP8.5"}


@dataclass
class Job(Task):
    """A what-if of the region: what to run, and how it went."""

    rcp: str
    gcms: tuple[str, ...]
    change: Change
    aside: bool = False  # gives way to other what-ifs, and has no preview
    stage: str = ""  # what is being worked out, where that is not carbon and nitrogen
    cells: int = 0  # that are run in each climate
    unrested: int = 0  # of them, in all climates, those that did not come to rest
    preview: dict = field(default_factory=dict)  # one climate, shown until there are results
    previewed: int = 0  # cells that the preview has run; the others follow their neighbour's
    results: dict = field(default_factory=dict)

    @property
    def shown(self) -> dict:
        """What there is to show: the results, or before them the preview."""
        return self.results or self.preview

    @property
    def wish(self):
        """What was asked for: jobs of one wish have one answer."""
        return self.rcp, self.gcms, self.change


class CellRun(NamedTuple):
    """A what-if of one cell, or why there is none."""

    curves: dict  # by climate model: S_T and S_R [run, year] by variable
    unrested: int = 0  # climates under which the cell did not come to rest
    fault: str = ""


class Library:
    """All results: what the store holds, what is being simulated, what is still to come."""

    def __init__(self, resolution=0.5, store=None, first=("rcp85", "rcp45"), *, region=None):
        self.region = data.region(resolution) if region is None else region
        self.grid = Grid(self.region)
        self.weights = Weights(self.region, GROUPS)
        self.store = store
        order = itertools.product(first, data.GCMS)
        self.climates = {(rcp, gcm): Climate(rcp, gcm) for rcp, gcm in order}
        self._order = list(self.climates)
        self._listeners = set()
        self._lock = threading.Lock()
        self._simulations, self._what_ifs = Lane("simulations"), Lane("what-ifs")
        self._aside, self.skies = Lane("saved what-ifs"), Skies(self.region, self.sky)
        self._cells = Newest("cells")
        self.lanes = self._simulations, self._what_ifs, self._aside, self._cells
        self.answers = {"store": 0, "memory": 0, "model": 0}  # how often each had them
        self.analyses = Analyses(self)
        self.pace = PACE
        self._columns = {}  # drivers of recently tapped cells
        self._limits, self._limits_of = {}, []
        self.compiling = self._started = False
        self.opened, self.chosen, self.said = None, {}, {}  # see `reopened`
        self._ending = threading.Event()

    # --- who wants to know -------------------------------------------------------------------

    def listen(self, callback):
        """Call *callback* (from a worker thread) at every change; return what ends it."""
        with self._lock:
            self._listeners.add(callback)
        return lambda: self._forget(callback)

    def _forget(self, callback):
        with self._lock:
            self._listeners.discard(callback)

    def _tell(self):
        with self._lock:
            listeners = list(self._listeners)
        for callback in listeners:
            callback()

    # --- the eight climates ------------------------------------------------------------------

    def start(self):
        """Start to read or simulate the climates, in the background; once."""
        with self._lock:
            if self._started:
                return
            self._started = True
        for lane in self.lanes:
            lane.start()
        self._simulations.add(self._prepare)
        for _ in self._order:
            self._simulations.add(lambda: quietly(self._next_climate))

    def end(self, *, wait=False):
        """Stop what is being simulated at its next block; what is finished stays in the store.

        *wait* until no climate is read or simulated any more.
        """
        self._ending.set()
        if wait and self._started:
            over = threading.Event()
            self._simulations.add(over.set)
            over.wait()

    def _prepare(self):
        self.compiling = True
        self._tell()
        warm.ensure()
        self.compiling = False

    def prefer(self, rcp, gcms):
        """Simulate these climates next; those of them that failed are tried again."""
        with self._lock:
            again = [key for key in self.climates if self._to_try_again(key, rcp, gcms)]
            for key in again:
                self.climates[key] = Climate(*key)
            self._order += again
            self._order.sort(key=lambda key: (key[0] != rcp, key[0] == rcp and key[1] not in gcms))

        for _ in again:
            self._simulations.add(lambda: quietly(self._next_climate))

    def _to_try_again(self, key, rcp, gcms) -> bool:
        wanted = key[0] == rcp and key[1] in gcms
        return wanted and bool(self.climates[key].failed) and self.opened is None

    @property
    def ready(self) -> int:
        """How many climates are complete."""
        return sum(one.result is not None for one in self.climates.values())

    @property
    def working(self) -> Climate | None:
        """The climate that is being simulated."""
        return next((c for c in self.climates.values() if 0 < c.fraction < 1), None)

    def results(self, rcp, gcms) -> dict[str, Result]:
        """Return the complete results of one scenario, by climate model."""
        found = {gcm: self.climates[rcp, gcm].result for gcm in gcms}
        return {gcm: result for gcm, result in found.items() if result is not None}

    def partial(self, rcp, gcms) -> Result | None:
        """Return a result that covers some cells, where no complete one exists."""
        parts = (self.climates[rcp, gcm].partial for gcm in gcms)
        return next((part for part in parts if part is not None), None)

    def limits(self, quantity) -> tuple[float, float]:
        """Return the limits of a quantity's colours: of all years, scenarios and models."""
        known = [c.result or c.partial for c in self.climates.values()]
        known = [result for result in known if result is not None]
        if list(map(id, self._limits_of)) != list(map(id, known)):
            self._limits, self._limits_of = {}, known  # held, so that no id is given anew
        if quantity not in self._limits:
            many = [result.frames(quantity) for result in known]
            self._limits[quantity] = limits(many, two_sided=quantity.two_sided)
        return self._limits[quantity]

    def _next_climate(self):
        if self._ending.is_set():
            return
        with self._lock:
            climate = self.climates[self._order.pop(0)]
        climate.fraction = 1e-6
        _, climate.failed = attempt(
            log, "Climate", lambda: self._come_by(climate), climate=climate.name
        )
        if climate.failed == CANCELLED:
            return
        if climate.failed:
            climate.stage = "failed"
        climate.fraction, climate.partial = 1.0, None
        self._tell()

    def _come_by(self, climate):
        """Read *climate* from the store, or else simulate it."""
        known = self._read(climate)
        if not known:
            self._simulate(climate)
        self.answers["store" if known else "model"] += 1

    def _key(self, what, climate):
        return baseline.name(what, self.region, climate.rcp, climate.gcm)

    def _read(self, climate) -> bool:
        """Take *climate* from the store; return whether it was there."""
        if self.store is None:
            return False
        environment, yearly = (
            self.store.get(self._key(what, climate)) for what in ("environment", "yearly")
        )
        if environment is None or yearly is None:
            return False
        climate.closure = budgets(yearly, environment)
        climate.environment, climate.result = environment, Result(yearly, self.weights)
        climate.stage = "read from the store"
        return True

    def sky(self, rcp, gcm, cells):
        """Return the climate of some *cells*."""
        return data.climate(self.region.isel(cell=cells), rcp, gcm)

    def _simulate(self, climate):
        cells = np.arange(self.region.sizes["cell"])
        parts = min(FIRST, cells.size) if self.ready == 0 else 1
        sky = data.climate(self.region, climate.rcp, climate.gcm)
        environments, yearlies, drawn = [], [], None
        for part in range(parts):
            chosen = cells[part::parts]

            def progress(fraction, stage, start, share, done=part):
                climate.stage = stage
                climate.fraction = max(1e-6, (done + start + share * fraction) / parts * 0.999)
                self._tell()

            environments.append(self._environment(sky, chosen, progress))
            progress(0, LIFE, 0.9, 0.1)
            yearlies.append(tem.experiment(environments[-1], cancelled=self._ending.is_set))
            if parts > 1:
                fresh = Result(yearlies[-1], Weights(self.region.isel(cell=chosen), GROUPS))
                drawn = drawn or Result.nothing_yet(fresh, self.weights)
                drawn = spliced(drawn, fresh, chosen, self.weights)
                climate.partial = drawn
        order = np.argsort(np.concatenate([cells[part::parts] for part in range(parts)]))
        climate.environment = joined(environments).isel(cell=order)
        yearly = joined(yearlies).isel(cell=order)
        yearly.attrs["cells_not_at_rest"] = sum(map(unrested, yearlies))
        climate.closure = budgets(yearly, climate.environment)
        climate.result = Result(yearly, self.weights)
        climate.stage = "simulated just now"
        if self.store is not None:
            self.store.put(self._key("environment", climate), climate.environment)
            self.store.put(self._key("yearly", climate), yearly)

    def _environment(self, sky, chosen, progress):
        region, sky = self.region.isel(cell=chosen), sky.isel(cell=chosen)
        progress(0, STAGES[0], 0, 0.85)
        ground = tem.ground(
            region,
            sky,
            progress=lambda f: progress(f, STAGES[0], 0, 0.85),
            cancelled=self._ending.is_set,
        )
        progress(0, STAGES[1], 0.85, 0.05)
        return tem.environment(region, sky, ground=ground, cancelled=self._ending.is_set)

    # --- what if -----------------------------------------------------------------------------

    def what_if_region(self, rcp, gcms, change, changed, *, aside=False) -> Job:
        """Rerun the region with a `Change`.

        *changed* is called (from a worker) as the job goes on. Where the whole answer is
        expected to take longer than `PATIENCE`, the job shows a preview first. *aside*: one that
        gives way to the others.
        """
        job = Job(rcp, tuple(self.results(rcp, gcms)), change, aside)
        if aside:
            self._aside.add(lambda: quietly(lambda: self._run_region(job, changed)))
        else:
            self._what_ifs.add(lambda: self._run_region(job, changed), job, changed)
        return job

    def _run_region(self, job, changed):
        job.waiting = False
        answer, job.failed = attempt(
            log, "What-if of the region", lambda: self._answer(job, changed),
            rcp=job.rcp, gcms=len(job.gcms), changes=",".join(job.change.parts),
        )  # fmt: skip
        job.results, job.fraction = answer or {}, 1.0
        changed(job)

    def _answer(self, job, changed) -> dict:
        """Return the results of *job* by climate model; show a preview on the way."""
        cells = self._concerned(job)
        job.cells, done = cells.size, {}
        if cells.size == 0:
            return self.results(job.rcp, job.gcms)
        slow = cells.size * self.pace > PATIENCE or job.change.offsets != NO_OFFSETS
        if slow and not job.aside:
            self._preview(job, cells, changed)
        for k, gcm in enumerate(job.gcms):

            def progress(fraction, stage="", k=k):
                job.fraction, job.stage = (k + fraction) / len(job.gcms), stage
                changed(job)

            started = time.monotonic()
            fresh, count = self._rerun(job, gcm, cells, progress)
            took = time.monotonic() - started
            if job.change.offsets == NO_OFFSETS:
                self.pace = took / cells.size
            job.unrested += count
            base = self.climates[job.rcp, gcm].result
            done[gcm] = spliced(base, fresh, cells, self.weights)
            left = (len(job.gcms) - k - 1) * took
            if not job.preview and left > PATIENCE and not job.aside:
                job.preview, job.previewed = dict(done), cells.size
                changed(job)
        return done

    def _concerned(self, job):
        """Return the cells [index] that *job* changes: those of the ecosystems that it edits.

        A climate that is another changes all.
        """
        kinds = self.region.ecosystem.to_numpy()
        if job.change.offsets != NO_OFFSETS:
            return np.arange(kinds.size)
        return np.flatnonzero(np.isin(kinds, touched(job.change.edits)))

    def _preview(self, job, cells, changed):
        """Show *job* of a thinned region in one climate: each cell changes as its neighbour."""
        few, follows = thinned(self.region, cells)
        if 2 * few.size > cells.size:
            return
        gcm = job.gcms[0]
        fresh, _ = self._rerun(job, gcm, few)
        base = self.climates[job.rcp, gcm].result
        job.preview = {gcm: followed(base, fresh, few, cells, follows, self.weights)}
        job.previewed = few.size
        changed(job)

    def _rerun(self, job, gcm, cells, progress=None):
        """Return the result of *cells* in one climate, and how many did not come to rest."""
        before = self.climates[job.rcp, gcm].environment
        tell, share = progress or (lambda _fraction, _stage="": None), 0.0
        past, sky = None, before.isel(cell=cells)
        if job.change.offsets != NO_OFFSETS:
            share, past = SKY_SHARE, sky
            sky = self.skies.of_region(
                before, (job.rcp, gcm, job.change.offsets), cells,
                told=lambda fraction, stage: tell(SKY_SHARE * fraction, stage),
                cancelled=job.stopped.is_set,
            )  # fmt: skip
        yearly = tem.experiment(
            sky,
            tem.edited(job.change.edits),
            since=job.change.since,
            past=past,
            progress=lambda fraction: tell(share + (1 - share) * fraction),
            cancelled=job.stopped.is_set,
        )
        _check_domain(yearly, BEYOND_CELLS)
        weights = Weights(self.region.isel(cell=cells), GROUPS)
        return Result(yearly, weights), unrested(yearly)

    def what_if_cell(self, who, rcp, gcms, cell, change, done):
        """Rerun one cell as `what_if_region`; *done* is called from a worker with a `CellRun`.

        The newest wish of *who* replaces one that still waits.
        """
        self._cells.add(who, lambda: done(self._run_cell(rcp, gcms, cell, change)))

    def _run_cell(self, rcp, gcms, cell, change) -> CellRun:
        run, fault = attempt(
            log, "What-if of a cell", lambda: self._ran_cell(rcp, gcms, cell, change),
            rcp=rcp, cell=int(cell), changes=",".join(change.parts),
        )  # fmt: skip
        return run or CellRun({}, fault=fault)

    def _ran_cell(self, rcp, gcms, cell, change) -> CellRun:
        column, ready = self._column(rcp, gcms, cell)
        past = None if change.offsets == NO_OFFSETS else column
        sky = self._column_under(rcp, ready, cell, change.offsets)
        edits = tem.edited(change.edits)
        yearly = tem.experiment(sky, edits, since=change.since, past=past, workers=1)
        _check_domain(yearly, BEYOND_CLIMATES)
        values = {name: both_runs(yearly, name) for name in CURVES}
        curves = {g: {n: v[..., k] for n, v in values.items()} for k, g in enumerate(ready)}
        return CellRun(curves, unrested(yearly))

    def look_into_ground(self, who, rcp, gcm, cell, done):
        """Work out the `Profile` of one cell; *done* is called from a worker with it, and a fault.

        The climate must be there. The newest wish of *who* replaces one that still waits.
        """

        def work():
            return profile(self, rcp, gcm, cell)

        self._cells.add(
            ("ground", who),
            lambda: done(*attempt(log, "Ground of a cell", work, rcp=rcp, cell=int(cell))),
        )

    def _column(self, rcp, gcms, cell):
        """Return the drivers of *cell* in each climate that is ready, as cells of one Dataset."""
        ready = tuple(self.results(rcp, gcms))
        return self._column_under(rcp, ready, cell, NO_OFFSETS), ready

    def _column_under(self, rcp, gcms, cell, offsets):
        """Return the drivers of *cell* under *offsets* in each climate, as cells of one Dataset."""
        key = (rcp, gcms, cell, offsets)
        self.answers["memory" if key in self._columns else "model"] += 1
        if key not in self._columns:
            if len(self._columns) > REMEMBERED:
                self._columns.clear()
            if offsets == NO_OFFSETS:
                found = [self.climates[rcp, gcm].environment.isel(cell=[cell]) for gcm in gcms]
                self._columns[key] = joined(found)
            else:
                before = self._column_under(rcp, gcms, cell, NO_OFFSETS)
                self._columns[key] = self.skies.of_cell(before, cell, rcp, gcms, offsets)
        return self._columns[key]


def thinned(region, cells):
    """Return one of *cells* of each ecosystem in each `TILE`, and which of them each one follows.

    Both in indices: the first of *region*'s cells, the second [cell] into the first.
    """
    kind = np.unique(region.ecosystem.to_numpy()[cells], return_inverse=True)[1]
    tile = [np.floor(region[name].to_numpy()[cells] / TILE) for name in ("lat", "lon")]
    codes = np.stack([kind, *tile])
    _, first, follows = np.unique(codes, axis=1, return_index=True, return_inverse=True)
    return cells[first], follows


def _check_domain(yearly, text):
    """Raise what *text* says of {lost} and {total} if *yearly* leaves what the model describes."""
    lost = (~np.isfinite(yearly.nep.to_numpy())).any(axis=(0, 1))
    if lost.any():
        raise Fault(text, lost=int(lost.sum()), total=lost.size)
