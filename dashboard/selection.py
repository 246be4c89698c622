"""The numbers behind what is chosen: which results, of which cells, compared with what.

No widget and no drawing: from a `State` and a `Library` to arrays.
"""

import functools
from typing import NamedTuple

import numpy as np

from dashboard import areas, style, words
from dashboard.frames import agreeing, limits
from dashboard.language import N_, listed, say
from dashboard.quantities import EFFECT, Quantity, summed
from dashboard.results import AT_LIMIT, DECLARED, SAVED, less, mean_sd
from dashboard.runs import RCP_NAMES, CellRun
from dashboard.shelf import Shelf
from dashboard.state import BOTH
from data import RCPS, YEARS

BASELINE = N_("Baseline")
WAITING = N_("waiting for the model")
SIDES = " | ".join(RCP_NAMES[rcp] for rcp in RCPS)  # west and east of the divide
SCENARIOS = (*(RCP_NAMES[rcp] for rcp in RCPS), " − ".join(RCP_NAMES[r] for r in RCPS[::-1]))


class Picture(NamedTuple):
    """What a map shows, all years of it, and how to read it."""

    quantity: Quantity
    values: np.ndarray  # [year, cell]
    limits: tuple  # of the colours
    colours: list
    what: str
    agree: np.ndarray | None = None  # models that agree with the sign [year, cell]
    models: int = 1  # of how many
    note: str = ""  # in its title; else what the quantity is
    short: str = ""  # its title where it is narrow; else that of the quantity
    difference: bool = False  # of two results, not of one


class Line(NamedTuple):
    """One more curve beside those of the ensemble."""

    values: np.ndarray  # [year]
    gcm: str = ""  # whose it is; or else
    rcp: str = ""  # the ensemble's under another scenario,
    sd: np.ndarray | None = None  # with its spread over the climate models


class Frames(NamedTuple):
    """What the three maps show."""

    pictures: list
    cells: np.ndarray  # which of them


class Selection:
    """What one page looks at; it also keeps the what-ifs that were run for it."""

    def __init__(self, state, library):
        self.state, self.library = state, library
        self.region_run = None  # the last what-if of the region to show, a `runs.Job`
        self.cell_run = CellRun({})  # what-if of the tapped cell
        self.shelf = Shelf(state, library)

    def frozen(self) -> "Selection":
        """Return what is looked at now, for someone who takes longer than the visitor."""
        chosen = self.state.param.values()
        del chosen["name"]
        found = Selection(type(self.state)(**chosen), self.library)
        found.region_run, found.cell_run = self.region_run, self.cell_run
        found.shelf = self.shelf.copied(found.state)
        return found

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
        return words.place(self.state, self.library.region, self.cells())

    def cells(self):
        """Return the cells of the drawn area that are of the ecosystem looked at, or None."""
        state = self.state
        if state.cell is not None or not state.area:
            return None
        inside = areas.within(state.area, *self.library.grid.centres)
        return inside[self.library.weights.member[state.group, inside]]

    def where(self) -> dict:
        """Return which cells curves and headline are about, as `Result.series` takes it."""
        return {"group": self.state.group, "cell": self.state.cell, "cells": self.cells()}

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
        return state.rcp, tuple(self.results()), state.change

    def change(self):
        """Return what the what-if that is told changes."""
        job = self.region_run
        return self.state.change if self.state.cell is not None or job is None else job.change

    def stale(self) -> bool:
        """Return whether the what-if of the region that is shown has other edits than the panel."""
        job, state = self.region_run, self.state
        return bool(self.what_if()) and job.change != state.change

    def marks(self) -> tuple[str, ...]:
        """Return what is to be known of the what-if of the region shown: a preview, stale."""
        job, stale = self.previewed(), (words.STALE,) * self.stale()
        return stale if job is None else (words.preview(job, self.library.grid.step), *stale)

    def marks_told(self) -> tuple[str, ...]:
        """Return the same of the what-if of curves and headline, and what else marks it.

        That of a cell is neither stale nor a preview.
        """
        told = self.marks() if self.state.cell is None else ()
        return (*told, *words.far_from_usual(self.change().edits)) if self.change() else told

    # --- maps --------------------------------------------------------------------------------

    def shown_as(self) -> str:
        """Return which of Baseline, what-if and their difference maps and numbers show."""
        state = self.state
        if state.shown == BASELINE or state.compare in BOTH or not self.what_if():
            return say(BASELINE)
        preview = self.previewed() is not None  # the key tells of what
        name = say("preview") if preview else words.called(self.region_run.change)
        return name if state.shown == "What-if" else f"{name} − {say(BASELINE)}"

    def on_maps(self, runs=EFFECT) -> str:
        """Return what the numbers of a map of *runs* are, in few words: maps may be narrow."""
        name = self.shown_as()
        if name == say(BASELINE):
            return runs
        what = listed(name, runs) if self.state.shown == "What-if" else name
        return say("{what} (stale)", what=what) if self.stale() else what

    def shown(self) -> dict:
        """Return the results that the maps show, by climate model: see `shown_as`."""
        old, new = self.beside(), self.what_if()
        if self.shown_as() == say(BASELINE):
            return old
        if self.state.shown == "What-if":
            return new
        return {gcm: less(new[gcm], old[gcm]) for gcm in new}

    def captions(self) -> list[str]:
        """Return what the numbers of each map are, in words."""
        if self.state.compare == "scenarios":
            first = self.state.maps[0]
            return [words.on_map(first.runs, first.variable)] * len(SCENARIOS)
        return [
            words.on_map(self.on_maps(quantity.runs), quantity.variable)
            for quantity in self.state.maps
        ]

    def frames(self) -> Frames:
        """Return what the maps show."""
        state, results, changed = self.state, self.beside(), self.what_if()
        cells = self.library.weights.member[state.group]
        partial = self.library.partial(state.rcp, state.gcms)
        if state.compare == "scenarios":
            return Frames(self._under_each_scenario(cells.size), cells)
        if state.compare == "swipe":
            return Frames(self._divided(cells.size), cells)
        many = list(results.values()) or ([partial] if partial else [])
        if not many:
            return Frames([_waiting(quantity, cells.size) for quantity in state.maps], cells)
        new = list(changed.values()) if state.shown != "Baseline" else []
        pictures = [
            self._picture(quantity, many, new, what)
            for quantity, what in zip(state.maps, self.captions(), strict=True)
        ]
        return Frames(_on_one_scale(pictures) if state.compare == "scale" else pictures, cells)

    def _picture(self, quantity, old, new, what):
        """Return the map of *quantity* from the results *old*, *new* or their difference."""
        moved = bool(new) and self.state.shown == "Difference"
        models = [one.frames(quantity) for one in new or old]
        if moved:
            models = [after - one.frames(quantity) for after, one in zip(models, old, strict=True)]
        return self._of_models(quantity, models, what, moved=moved)

    def _of_both_scenarios(self):
        """Return the Baseline results under each of `RCPS`, of the models that both have."""
        found = [self.library.results(rcp, self.state.gcms) for rcp in RCPS]
        gcms = [gcm for gcm in found[0] if gcm in found[1]]
        return [[one[gcm] for gcm in gcms] for one in found]

    def _under_each_scenario(self, cells):
        """Return the first quantity under each scenario, and their difference; Baseline."""
        quantity, titles = self.state.maps[0], zip(SCENARIOS, self.captions(), strict=True)
        found = self._of_both_scenarios()
        if not found[0]:
            return [
                _waiting(quantity, cells)._replace(note=name, short=f"{name} {{year}}")
                for name, _ in titles
            ]
        low, high = ([one.frames(quantity) for one in many] for many in found)
        apart = [b - a for a, b in zip(low, high, strict=True)]
        return [
            self._of_models(quantity, models, what, moved=models is apart)._replace(
                note=name, short=f"{name} {{year}}"
            )
            for models, (name, what) in zip((low, high, apart), titles, strict=True)
        ]

    def _divided(self, cells):
        """Return each quantity, Baseline: one scenario west of the divide, the other east of it."""
        found, drawn = self._of_both_scenarios(), []
        divide = self.state.divide
        west, note = self.library.grid.centres[0] < divide, words.divided(divide)
        for quantity, what in zip(self.state.maps, self.captions(), strict=True):
            names = {"note": note, "short": f"{quantity.title}, {SIDES}"}
            if not found[0]:
                drawn.append(_waiting(quantity, cells)._replace(**names))
                continue
            left, right = (
                self._of_models(quantity, [r.frames(quantity) for r in many], what, moved=False)
                for many in found
            )
            signs = None if left.agree is None else np.where(west, left.agree, right.agree)
            values = np.where(west, left.values, right.values)
            drawn.append(left._replace(values=values, agree=signs, **names))
        return drawn

    def _of_models(self, quantity, models, what, *, moved):
        """Return the map of the mean of *models* [year, cell]; *moved*: they are differences."""
        values, two_sided = np.mean(models, axis=0), moved or quantity.two_sided
        reach = limits([values], two_sided=True) if moved else self.library.limits(quantity)
        return Picture(
            quantity, values, reach, _colours(quantity, two_sided), what,
            agreeing(models, values) if two_sided and len(models) > 1 else None, len(models),
            difference=moved,
        )  # fmt: skip

    # --- curves ------------------------------------------------------------------------------

    def curves(self):
        """Return the columns to draw, by variable: Baseline with its band, and what-if."""
        results, where = list(self.told().values()), self.where()
        drawn = {
            name: self._columns([one.series(name, **where) for one in results], ("st", "sr"))
            for name in (self.state.variables if results else ())
        }
        for name, columns in self.what_if_curves().items():
            drawn[name] = drawn.get(name, {}) | columns
        for k, runs in enumerate(self.shelf.runs()):
            for name in self.state.variables if runs else ():
                columns = self._columns([one[name] for one in runs], (SAVED[k],), band=False)
                drawn[name] = drawn.get(name, {}) | columns
        return drawn

    def what_if_curves(self):
        """Return the what-if columns only."""
        runs = self._what_if_runs()
        return {
            name: self._columns([one[name] for one in runs], ("whatif_st", "whatif_sr"), band=False)
            for name in (self.state.variables if runs else ())
        }

    def _what_if_runs(self):
        """Return S_T and S_R [run, year] of each variable, for each climate model."""
        if self.state.cell is not None:
            return list(self.cell_run.curves.values())
        where = self.where()
        return [
            {name: one.series(name, **where) for name in {*self.state.variables, "nep"}}
            for one in self.what_if().values()
        ]

    def more_lines(self) -> dict[str, list[Line]]:
        """Return what else is drawn, by variable: with thaw, or the effect of thaw."""
        state, where = self.state, self.where()
        if state.lines == "mean":
            return {}
        if state.lines == "models":
            told = self.told()
            return {
                name: [Line(self._one(r.series(name, **where)), g) for g, r in told.items()]
                for name in state.variables
            }
        others = {
            rcp: list(self.library.results(rcp, state.gcms).values())
            for rcp in RCPS
            if rcp != state.rcp
        }
        return {
            name: [self._of(rcp, many, name, where) for rcp, many in others.items() if many]
            for name in state.variables
        }

    def _of(self, rcp, many, name, where):
        mean, sd = mean_sd([self._one(one.series(name, **where)) for one in many])
        return Line(mean, rcp=rcp, sd=sd)

    def _one(self, runs):
        """Return the one curve [year] of S_T and S_R [run, year] that more lines are of."""
        return runs[0] - runs[1] if self.state.curves == "thaw" else runs[0]

    def _columns(self, many, names, *, band=True):
        if self.state.curves == "thaw":
            many = [one[:1] - one[1:] for one in many]
        mean, sd = mean_sd(many)
        columns = dict(zip(names, mean, strict=False))
        if band and sd is not None:
            for run, middle, half in zip(names, mean, sd, strict=False):
                columns |= {f"{run}_low": middle - half, f"{run}_high": middle + half}
        return columns

    def limited(self) -> float:
        """Return the share of the area, over the climate models, that thaws as deep as is counted.

        With thaw, in the last year; of a cell: the share of the models.
        """
        results, cells = self.told().values(), self.cells()
        if self.state.cell is not None:
            cells = np.array([self.state.cell])
        elif cells is None:
            cells = np.flatnonzero(self.library.weights.member[self.state.group])
        if not results or not cells.size:
            return 0.0
        area = self.library.weights.area[cells, 0]
        deep = [one.values["alt"][0, -1, cells] >= AT_LIMIT for one in results]
        return float(np.average(np.mean(deep, axis=0), weights=area))

    def notes(self) -> dict[str, str]:
        """Return what is to be known of a curve beside its title, by variable."""
        return {"alt": words.deeper(self.limited(), self.state.cell)}

    def units(self):
        """Return the unit of each curve."""
        return {name: self.unit(name) for name in self.state.variables}

    def unit(self, name):
        """Return the unit of a curve of the variable *name*."""
        if self.state.cell is not None:
            return DECLARED[name].unit
        return self.library.weights.unit(name)

    def series_of(self, results):
        """Return for each of *results* what gives S_T and S_R [run, year] of a variable."""
        where = self.where()
        return {gcm: functools.partial(one.series, **where) for gcm, one in results.items()}

    def changed_series(self):
        """Return the same of the what-if, for each climate model; a list."""
        if self.state.cell is not None:
            return [curves.__getitem__ for curves in self.cell_run.curves.values()]
        return list(self.series_of(self.what_if()).values())

    # --- a few numbers -----------------------------------------------------------------------

    def exposed(self):
        """Return soil carbon exposed by the year chosen [TOLD], mean over the climate models."""
        at, where = self.state.year - YEARS[0], self.where()
        found = [one.exposed(**where)[:, at] for one in self.told().values()]
        return np.mean(found, axis=0) if found else None

    def gains(self):
        """Return ΣΔNEP in the year chosen, a number a climate model: Baseline and what-if."""
        at, where = self.state.year - YEARS[0], self.where()
        old = [one.gain(**where)[at] for one in self.told().values()]
        new = [
            float(summed(one["nep"][0] - one["nep"][1], YEARS)[at]) for one in self._what_if_runs()
        ]
        return old, new


def _on_one_scale(pictures):
    """Return *pictures*; those of one unit that all have a sign, or none, share their limits."""

    def alike(one):
        return one.quantity.unit, one.limits[0] == -one.limits[1]

    found = []
    for picture in pictures:
        lows, highs = zip(*(p.limits for p in pictures if alike(p) == alike(picture)), strict=True)
        found.append(picture._replace(limits=(min(lows), max(highs))))
    return found


def _colours(quantity, two_sided):
    return (style.diverging if two_sided else style.sequential)(quantity.about.kind)


def _waiting(quantity, cells):
    empty = np.full((len(YEARS), cells), np.nan)
    return Picture(
        quantity, empty, (-1.0, 1.0), _colours(quantity, quantity.two_sided), say(WAITING)
    )
