"""Saved what-ifs of one page: what they give for what is looked at now. No Panel here."""

from dashboard.results import CURVES

ANSWERS = 64  # remembered


class Shelf:
    """Answers to the saved what-ifs of a `State`; *heard* is called (from workers) as they come."""

    def __init__(self, state, library, heard=lambda: None):
        self._state, self._library, self.heard = state, library, heard
        self._answers, self._faults, self._jobs = {}, {}, {}

    def ask(self):
        """Run the saved what-ifs that have no answer yet; stop those that nobody looks at now."""
        wanted = {self._key(one.change): one.change for one in self._state.saved}
        for key, job in list(self._jobs.items()):
            if key not in wanted or key in self._answers:
                self._jobs.pop(key, None)
                job.cancel()
        if not self._library.results(self._state.rcp, self._state.gcms):
            return
        for key, change in wanted.items():
            if key not in self._answers and key not in self._jobs:
                self._run(key, change)

    def learn(self, job):
        """Keep the sums of a *job* of the region that has a result: it may be saved later."""
        if not job.results:
            return
        totals = {
            gcm: {name: result.totals(name) for name in CURVES}
            for gcm, result in job.results.items()
        }
        self._answer((job.rcp, job.gcms, None, job.change), totals)

    def missing(self) -> list[str]:
        """Return what keeps each saved what-if from being shown: nothing, or a few words."""
        keys = [self._key(one.change) for one in self._state.saved]
        if self._of_area():
            return ["not for an area"] * len(keys)
        return [
            "not there yet" if key not in self._answers else "no result" * bool(self._faults[key])
            for key in keys
        ]

    def faults(self) -> list[str]:
        """Return why saved what-ifs have no result, a sentence each."""
        keys = [(one.name, self._key(one.change)) for one in self._state.saved]
        found = [(name, self._faults.get(key)) for name, key in keys]
        return [f"{name}: {fault}" for name, fault in found if fault]

    def runs(self) -> list[list[dict]]:
        """Return S_T and S_R [run, year] by variable, for each saved what-if and climate model.

        The list of one that has no answer yet is empty.
        """
        state = self._state
        if self._of_area():
            return [[] for _ in state.saved]
        found = [self._answers.get(self._key(one.change), {}).values() for one in state.saved]
        if state.cell is not None:
            return [list(curves) for curves in found]
        return [
            [{name: totals[name][..., state.group] for name in CURVES} for totals in one]
            for one in found
        ]

    def _of_area(self):
        """Return whether an area is looked at: only sums over ecosystems are kept."""
        return self._state.cell is None and bool(self._state.area)

    def end(self):
        """Stop what is running: the visitor has left."""
        for job in self._jobs.values():
            job.cancel()

    def _key(self, change):
        state = self._state
        return state.rcp, tuple(self._library.results(state.rcp, state.gcms)), state.cell, change

    def _run(self, key, change):
        rcp, gcms, cell, _ = key
        if cell is None:
            self._jobs[key] = self._library.what_if_region(
                rcp, gcms, change.edits, change.since, lambda job: self._region_ran(key, job),
                change.offsets, aside=True,
            )  # fmt: skip
        else:
            self._library.what_if_cell(
                (id(self), change), rcp, gcms, cell, change.edits, change.since,
                lambda run: self._answer(key, run.curves, run.fault), change.offsets,
            )  # fmt: skip

    def _region_ran(self, key, job):
        self.learn(job)
        if job.results or job.failed:
            self._jobs.pop(key, None)  # whose results need much room
        if job.failed and not job.cancelled:
            self._answer(key, {}, job.failed)

    def _answer(self, key, found, fault=""):
        self._answers[key], self._faults[key] = found, fault
        while len(self._answers) > ANSWERS:
            oldest = next(iter(self._answers))
            self._answers.pop(oldest)
            self._faults.pop(oldest)
        if self._state.saved:
            self.heard()
