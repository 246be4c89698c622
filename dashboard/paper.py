"""What the figures of the paper are made of, from our results: Baseline, all eight climates."""

from typing import NamedTuple

import numpy as np

from dashboard import baseline
from dashboard.edits import ALL
from dashboard.once import Once
from dashboard.quantities import Quantity
from dashboard.results import Weights
from data import GCMS, RCPS
from tem import summary
from tem.experiment import RUNS

GROUPS = (ALL, "Meadow", "Steppe")  # of cells, that the figures tell apart
FLUXES = ("npp", "rh", "nep")
NITROGEN = ("vegn", "son", "ltrn", "netnmin", "vegnup")
EXPOSED = ("soc_pf", "son_pf")
NAMES = ("alt", "vegc", "soc", *FLUXES, "innpp", *NITROGEN, *EXPOSED)
MAPPED = (
    Quantity("vegc"), Quantity("soc"), *(Quantity(flux, "sum") for flux in FLUXES),
)  # fmt: skip


class Numbers(NamedTuple):
    """What all figures are made of."""

    totals: dict  # [rcp][name]: [gcm, run, year, group], in the unit of `units`
    units: dict  # by name
    maps: dict  # [rcp][Quantity]: [cell]

    def of(self, name, rcp, group=ALL):
        """Return S_T and S_R of a quantity [gcm, run, year] in a group of cells."""
        return self.totals[rcp][name][..., GROUPS.index(group)]

    def thaw(self, name, rcp, group=ALL):
        """Return S_T − S_R of a quantity [gcm, year]."""
        transient, reference = np.moveaxis(self.of(name, rcp, group), 1, 0)
        return transient - reference


def gathered(library) -> Numbers:
    """Return the numbers of all climates of a `runs.Library`; runs what its store lacks."""
    weights = Weights(library.region, GROUPS)
    totals, maps = {}, {}
    for rcp in RCPS:
        amounts, pictures = [], []
        for gcm in GCMS:
            yearly = baseline.yearly(library.region, rcp, gcm, store=library.store)
            runs = yearly[list(NAMES)].sel(run=list(RUNS))
            amounts.append({n: weights.totals(n, runs[n].to_numpy()) for n in NAMES})
            pictures.append(_pictures(runs))
        totals[rcp] = {n: np.stack([one[n] for one in amounts]) for n in NAMES}
        totals[rcp]["ecoc"] = totals[rcp]["vegc"] + totals[rcp]["soc"]
        maps[rcp] = {q: np.mean([one[q] for one in pictures], axis=0) for q in MAPPED}
    units = {name: weights.unit(name) for name in NAMES}
    return Numbers(totals, units | {"ecoc": units["soc"]}, maps)


def _pictures(runs) -> dict:
    """Return the effect of thaw on each of `MAPPED` [cell] at the end of the runs."""
    thaw = summary.difference(runs[[q.variable for q in MAPPED]])
    total = summary.cumulative(thaw)
    return {q: (total if q.aspect == "sum" else thaw)[q.variable].to_numpy()[-1] for q in MAPPED}


class Figures(Once):
    """The `Numbers` for all open pages."""

    def __init__(self, library):
        super().__init__("figures", lambda: gathered(library))
