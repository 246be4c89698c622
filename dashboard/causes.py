"""What a change of NEP is made of: the question to explain a number. No Panel here."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr

from dashboard.changes import NO_OFFSETS, Change
from dashboard.language import N_, Fault
from dashboard.results import DECLARED, Weights
from dashboard.samples import Where
from dashboard.skies import carbon_alone
from dashboard.state import GROUPS
from tem import explain
from tem.environment import REFERENCE_YEAR
from tem.summary import THAW

DECADE = 10
DRIVEN = 8  # sets of drivers in which `tem.explain.change` runs
ROUND_OFF = 1e-12  # of the largest part
SKY_SHARE = 0.3  # of the time of explaining a climate what-if that its environment takes
FLUXES = ("npp", "rh", "nep")  # that are explained
NO_CHANGE = Change()
BEYOND = N_(
    "in {lost} of {total} cells the carbon balance has no number when all or some of the changes "
    "act; the model does not hold so far from its defaults. Choose a smaller change."
)


class Parts(NamedTuple):
    """The parts of a change of NPP, RH and NEP; in each order they add up to it."""

    causes: tuple[str, ...]  # the last is the residual
    values: dict  # by variable [order, cause, column]
    columns: tuple[int, ...]  # of `GROUPS`, all that is asked for first; of a cell its own
    unit: str  # as declared
    gcms: tuple[str, ...]  # whose mean it is


@dataclass(frozen=True)
class Causes:
    """What a change of NEP is made of."""

    where: Where
    number: str  # of state's `explained`
    year: int
    change: Change = NO_CHANGE  # of a what-if

    @property
    def pace(self) -> str:
        """Which runs it takes, see `analyses`."""
        return "cells" if carbon_alone(self.change.offsets) else "climates"

    @property
    def years(self) -> tuple[int, int]:
        """The years whose mean (or sum) is explained."""
        if self.number == "change":
            return max(self.year - DECADE + 1, REFERENCE_YEAR + 1), self.year
        return (REFERENCE_YEAR + 1 if self.summed else self.year), self.year

    @property
    def summed(self) -> bool:
        """Whether the years are summed."""
        return "summed" in self.number

    def size(self, library) -> tuple[int, int]:
        """Return how many experiments it takes, and of how many cells each."""
        models, cells = len(self.where.gcms), self.where.cells(library).size
        if self.number in ("summed", "thaw"):
            return models, cells
        if self.number == "change":
            return DRIVEN * models, cells
        kinds = set(library.region.ecosystem.values[self.where.cells(library)].tolist())
        edited = explain.differing(self.change.edits, kinds)
        return len(explain.subsets((*edited, *self.of_climate))) * models, cells

    @property
    def of_climate(self) -> tuple[str, ...]:
        """The causes through which the offsets can act, in every climate model alike."""
        offsets = self.change.offsets
        richer = ("co2",) * (offsets.co2 != NO_OFFSETS.co2)
        return richer if carbon_alone(offsets) else ("warmth", "moisture", THAW, *richer)

    def answer(self, library, study) -> Parts:
        """Return the parts, the mean over the climate models; *study* hears of each."""
        cells, models = self.where.cells(library), self.where.gcms
        sums, found = None, None
        for k, gcm in enumerate(models):
            parts = self._explained(
                library, gcm, cells, study.part(k, len(models)), study.stopped.is_set
            )
            _check_domain(parts)
            values, columns, unit = self._added_up(library, parts, cells)
            sums = values if k == 0 else {name: sums[name] + values[name] for name in FLUXES}
            means = {name: total / (k + 1) for name, total in sums.items()}
            found = Parts(tuple(parts.part.values.tolist()), means, columns, unit, models[: k + 1])
            study.show(found)
        return found

    def _explained(self, library, gcm, cells, progress, cancelled) -> xr.Dataset:
        before = library.climates[self.where.rcp, gcm].environment
        environment = before.isel(cell=cells)
        asked = {"years": self.years, "variables": FLUXES, "cancelled": cancelled}
        if self.number in ("summed", "thaw"):
            return explain.thaw(environment, progress=progress, **asked)
        if self.number == "change":
            return explain.change(environment, progress=progress, **asked)
        share, past = 0.0, None
        edits, since, offsets = self.change
        asked |= {"baseline": environment, "also": self.of_climate, "since": since}
        if offsets != NO_OFFSETS:
            share, past = SKY_SHARE, environment
            environment = library.skies.of_region(
                before, (self.where.rcp, gcm, offsets), cells,
                told=lambda fraction, _stage: progress(share * fraction), cancelled=cancelled,
            )  # fmt: skip
        return explain.what_if(
            environment, edits, past=past, run=THAW if self.summed else "S_T",
            progress=lambda fraction: progress(share + (1 - share) * fraction), **asked,
        )  # fmt: skip

    def _added_up(self, library, parts, cells):
        """Return values [order, cause, column], their columns and their unit."""
        years = self.years[1] - self.years[0] + 1 if self.summed else 1
        if self.where.cell is not None:
            values = {name: years * parts[name].values for name in FLUXES}
            unit, columns = DECLARED["nep"].unit, (self.where.group,)
        else:
            weights = Weights(library.region.isel(cell=cells), GROUPS)
            some = [k for k in range(1, len(GROUPS)) if weights.extent[k] > 0]
            columns = (0, *some) if len(some) > 1 else (0,)
            values = {
                name: years * weights.totals(name, parts[name].values)[..., list(columns)]
                for name in FLUXES
            }
            unit = weights.unit("nep")
        values = {name: _without_noise(one) for name, one in values.items()}
        return values, columns, unit.replace(" year-1", "") if self.summed else unit


def _check_domain(parts):
    """Raise `Fault` if some of the runs behind *parts* leave what the model describes."""
    lost = ~np.isfinite(parts.nep).all(("order", "part")).to_numpy()
    if lost.any():
        raise Fault(BEYOND, lost=int(lost.sum()), total=lost.size)


def _without_noise(values):
    """Return *values* with 0 where only the round-off of larger ones is left."""
    return np.where(np.abs(values) < ROUND_OFF * np.abs(values).max(), 0.0, values)
