"""Saved what-ifs of one page: what they give for what is looked at now. No Panel here."""

from threading import Lock
from typing import NamedTuple

from dashboard import areas
from dashboard.language import N_, say
from dashboard.results import CURVES

ANSWERS = 64  # remembered
NOT_THERE_YET, NO_RESULT = N_("not there yet"), N_("no result")  # of a saved what-if


class Patch(NamedTuple):
    """The cells of a drawn area that are of one ecosystem of `GROUPS`, or of all."""

    area: tuple  # corners
    group: int

    def cells(self, library):
        """Return them, in indices."""
        inside = areas.within(self.area, *library.grid.centres)
        return inside[library.weights.member[self.group, inside]]


class Shelf:
    """Answers to the saved what-ifs of a `State`; *heard* is called (from workers) as they come."""

    def __init__(self, state, library, heard=lambda: None):
        self._state, self._library, self.heard = state, library, heard
        self._answers, self._jobs = {}, {}  # an answer: what was found, and why nothing was
        self._lock = Lock()  # of the answers: workers bring them while the page reads

    def copied(self, state) -> "Shelf":
        """Return a shelf with the same answers for a copy of the *state*."""
        found = Shelf(state, self._library)
        with self._lock:
            found._answers = dict(self._answers)
        return found

    def ask(self):
        """Run the saved what-ifs that have no answer yet; stop those that nobody looks at now."""
        wanted = {self._key(one.change): one.change for one in self._state.saved}
        for key, job in list(self._jobs.items()):
            if key not in wanted or self._answer_to(key):
                self._jobs.pop(key, None)
                job.cancel()
        if not self._library.results(self._state.rcp, self._state.gcms):
            return
        for key, change in wanted.items():
            if not self._answer_to(key) and key not in self._jobs:
                self._run(key, change)

    def learn(self, job):
        """Keep the sums of a *job* of the region that has a result: it may be saved later."""
        self._learn(job, self._where())

    def _learn(self, job, where):
        """Keep the sums of a *job* over all ecosystems, and over an area if *where* is one."""
        if not job.results:
            return
        totals = {
            gcm: {name: result.totals(name) for name in CURVES}
            for gcm, result in job.results.items()
        }
        self._answer((job.rcp, job.gcms, None, job.change), totals)
        if isinstance(where, Patch):
            cells = where.cells(self._library)
            sums = {
                gcm: {name: result.series(name, where.group, cells=cells) for name in CURVES}
                for gcm, result in job.results.items()
            }
            self._answer((job.rcp, job.gcms, where, job.change), sums)

    def missing(self) -> list[str]:
        """Return what keeps each saved what-if from being shown: nothing, or a few words."""
        answers = [self._answer_to(self._key(one.change)) for one in self._state.saved]
        return [
            NOT_THERE_YET if answer is None else NO_RESULT * bool(answer[1]) for answer in answers
        ]

    def faults(self) -> list[str]:
        """Return why saved what-ifs have no result, a sentence each."""
        found = [(one.name, self._answer_to(self._key(one.change))) for one in self._state.saved]
        return [f"{name}: {say(answer[1])}" for name, answer in found if answer and answer[1]]

    def runs(self) -> list[list[dict]]:
        """Return S_T and S_R [run, year] by variable, for each saved what-if and climate model.

        The list of one that has no answer yet is empty.
        """
        state = self._state
        answers = [self._answer_to(self._key(one.change)) for one in state.saved]
        found = [answer[0].values() if answer else () for answer in answers]
        if self._where() is not None:
            return [list(curves) for curves in found]
        return [
            [{name: totals[name][..., state.group] for name in CURVES} for totals in one]
            for one in found
        ]

    def _where(self):
        """Return the cell looked at, or the area, or None for all ecosystems at once."""
        state = self._state
        if state.cell is None and state.area:
            return Patch(state.area, state.group)
        return state.cell

    def end(self):
        """Stop what is running: the visitor has left."""
        for job in self._jobs.values():
            job.cancel()

    def _key(self, change):
        state = self._state
        gcms = tuple(self._library.results(state.rcp, state.gcms))
        return state.rcp, gcms, self._where(), change

    def _answer_to(self, key):
        """Return what was found and why nothing was, or None while there is no answer."""
        with self._lock:
            return self._answers.get(key)

    def _run(self, key, change):
        rcp, gcms, where, _ = key
        if where is None or isinstance(where, Patch):
            self._jobs[key] = self._library.what_if_region(
                rcp, gcms, change, lambda job: self._region_ran(key, job), aside=True
            )  # fmt: skip
        else:
            self._library.what_if_cell(
                (id(self), change), rcp, gcms, where, change,
                lambda run: self._answer(key, run.curves, run.fault),
            )  # fmt: skip

    def _region_ran(self, key, job):
        self._learn(job, key[2])
        if job.results or job.failed:
            self._jobs.pop(key, None)  # whose results need much room
        if job.failed and not job.cancelled:
            self._answer(key, {}, job.failed)

    def _answer(self, key, found, fault=""):
        with self._lock:
            self._answers[key] = found, fault
            while len(self._answers) > ANSWERS:
                self._answers.pop(next(iter(self._answers)))
        if self._state.saved:
            self.heard()
