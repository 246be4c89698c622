"""The numbers behind what is chosen: which results, of which cells, compared with what.

No widget and no drawing: from a `State` and a `Library` to arrays.
"""

from typing import NamedTuple

import numpy as np

from dashboard import words
from dashboard.frames import limit
from dashboard.results import DECLARED, MAPS, SERIES, mean_sd
from dashboard.runs import CellRun
from data import YEARS
from tem.environment import REFERENCE_YEAR

WAITING = "waiting for the model"
AFTER = np.array(YEARS) > REFERENCE_YEAR


class Frames(NamedTuple):
    """What the three maps show: values [year, cell] each, and how to read them."""

    values: list
    cells: np.ndarray  # which of them
    limits: list
    what: str


class Selection:
    """What one page looks at; it also keeps the what-ifs that were run for it."""

    def __init__(self, state, library):
        self.state, self.library = state, library
        self.region_run = None  # the last what-if of the region to show, a `runs.Job`
        self.cell_run = CellRun({})  # what-if of the tapped cell

    def results(self):
        """Return the complete Baseline results, by climate model."""
        return self.library.results(self.state.rcp, self.state.gcms)

    def seen(self):
        """Return what tells whether the library has anything new."""
        partial = self.library.partial(self.state.rcp, self.state.gcms)
        return self.library.ready, id(partial)

    @property
    def place(self):
        """What curves and headline are about."""
        return words.place(self.state, self.library.region)

    # --- what-ifs ----------------------------------------------------------------------------

    def what_if(self):
        """Return the what-if of the region by climate model, if it fits the Baseline shown."""
        job, wanted = self.region_run, self.beside()
        if job is None or job.rcp != self.state.rcp or not set(wanted) <= set(job.shown):
            return {}
        return {gcm: job.shown[gcm] for gcm in wanted}

    def previewed(self):
        """Return the job of which only a preview is shown, or None."""
        job, state = self.region_run, self.state
        if job is None or job.results or job.rcp != state.rcp:
            return None
        return job if set(job.preview) <= set(state.gcms) else None

    def beside(self):
        """Return the Baseline results that stand beside the what-if of the region.

        All of them; those of the same climate models while only a preview is there.
        """
        job, results = self.previewed(), self.results()
        return results if job is None else {g: r for g, r in results.items() if g in job.preview}

    def told(self):
        """Return the Baseline results of curves and headline."""
        return self.beside() if self.state.cell is None else self.results()

    def up_to_date(self) -> bool:
        """Return whether the what-if of the region has run with what is asked for now."""
        job = self.region_run
        return job is not None and bool(job.results) and job.wish == self.wish()

    def wish(self):
        """Return what a what-if of the region would be asked for now, as in `runs.Job`."""
        state = self.state
        return state.rcp, tuple(self.results()), state.edits, state.since

    def changed_since(self) -> str:
        """Return from when on the edits of the what-if that is told hold."""
        job = self.region_run
        return self.state.since if self.state.cell is not None or job is None else job.since

    def stale(self) -> bool:
        """Return whether the what-if of the region that is shown has other edits than the panel."""
        job, state = self.region_run, self.state
        return bool(self.what_if()) and (job.edits, job.since) != (state.edits, state.since)

    def marks(self) -> tuple[str, ...]:
        """Return what is to be known of the what-if of the region shown: a preview, stale."""
        job, stale = self.previewed(), (words.STALE,) * self.stale()
        return stale if job is None else (words.preview(job, self.library.grid.step), *stale)

    def marks_told(self) -> tuple[str, ...]:
        """Return the same of the what-if of curves and headline; that of a cell has none."""
        return self.marks() if self.state.cell is None else ()

    # --- maps --------------------------------------------------------------------------------

    def on_maps(self) -> str:
        """Return what the numbers of the maps are, in words."""
        shown = self.state.shown
        if shown == "Baseline" or not self.what_if():
            return "S_T − S_R"
        what = "what-if, S_T − S_R" if shown == "What-if" else "what-if − Baseline"
        what = f"{what} ({words.STALE})" if self.stale() else what
        job = self.previewed()  # first: a narrow map has no room for all
        return what if job is None else f"{words.preview(job, self.library.grid.step)}, {what}"

    def frames(self) -> Frames:
        """Return what the maps show."""
        state, results, changed = self.state, self.beside(), self.what_if()
        cells = self.library.weights.member[state.group]
        partial = self.library.partial(state.rcp, state.gcms)
        many = list(results.values()) or ([partial] if partial else [])
        if not many:
            empty = np.full((len(YEARS), cells.size), np.nan)
            return Frames([empty] * len(MAPS), cells, [1.0] * len(MAPS), WAITING)
        limits, old = self.library.limits(), _mean_maps(many)
        if state.shown == "Baseline" or not changed:
            return Frames(old, cells, limits, self.on_maps())
        new = _mean_maps(changed.values())
        if state.shown == "What-if":
            return Frames(new, cells, limits, self.on_maps())
        moved = [after - before for after, before in zip(new, old, strict=True)]
        return Frames(moved, cells, [limit([one]) for one in moved], self.on_maps())

    # --- curves ------------------------------------------------------------------------------

    def curves(self):
        """Return the columns to draw, by variable: Baseline with its band, and what-if."""
        state, results = self.state, list(self.told().values())
        drawn = {
            name: self._columns(
                [one.series(name, state.group, state.cell) for one in results], ("st", "sr")
            )
            for name in (SERIES if results else ())
        }
        for name, columns in self.what_if_curves().items():
            drawn[name] = drawn.get(name, {}) | columns
        return drawn

    def what_if_curves(self):
        """Return the what-if columns only."""
        runs = self._what_if_runs()
        return {
            name: self._columns([one[name] for one in runs], ("whatif_st", "whatif_sr"), band=False)
            for name in (SERIES if runs else ())
        }

    def _what_if_runs(self):
        """Return S_T and S_R [run, year] of each variable, for each climate model."""
        if self.state.cell is not None:
            return list(self.cell_run.curves.values())
        return [
            {name: one.series(name, self.state.group) for name in SERIES}
            for one in self.what_if().values()
        ]

    def _columns(self, many, names, *, band=True):
        if self.state.curves == "thaw":
            many = [one[:1] - one[1:] for one in many]
        mean, sd = mean_sd(many)
        columns = dict(zip(names, mean, strict=False))
        if band and sd is not None:
            for run, middle, half in zip(names, mean, sd, strict=False):
                columns |= {f"{run}_low": middle - half, f"{run}_high": middle + half}
        return columns

    def units(self):
        """Return the unit of each curve."""
        if self.state.cell is not None:
            return {name: DECLARED[name].unit for name in SERIES}
        return {name: self.library.weights.unit(name) for name in SERIES}

    # --- a few numbers -----------------------------------------------------------------------

    def exposed(self):
        """Return soil carbon exposed by the year chosen [TOLD], mean over the climate models."""
        state, at = self.state, self.state.year - YEARS[0]
        found = [one.exposed(state.group, state.cell)[:, at] for one in self.told().values()]
        return np.mean(found, axis=0) if found else None

    def gains(self):
        """Return ΣΔNEP in the year chosen, a number a climate model: Baseline and what-if."""
        state, at = self.state, self.state.year - YEARS[0]
        old = [one.gain(state.group, state.cell)[at] for one in self.told().values()]
        new = [
            float(((one["nep"][0] - one["nep"][1]) * AFTER)[: at + 1].sum())
            for one in self._what_if_runs()
        ]
        return old, new


def _mean_maps(results):
    return [np.mean([one.maps[quantity] for one in results], axis=0) for quantity in MAPS]
