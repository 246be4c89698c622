"""What a run tells of one climate at the terminal: a few numbers, so that its cells may go."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from dashboard.results import unrested
from tem import summary

# what a run's summary says, and how it is marked
SUMMARY = {
    "npp": "Δ",
    "rh": "Δ",
    "nep": "ΣΔ",
    "soc": "Δ",
    "vegc": "Δ",
    "soc_pf": "",
    "soc_pf_gross": "",
}


@dataclass(frozen=True)
class Account:
    """What both runs of some cells come to in one climate."""

    effect: xr.Dataset  # of thaw, in the last year, summed over the cells; nep since 2020
    gap: float  # g m-2 by which carbon or nitrogen miss closing in the worst cell
    unrested: int  # cells that did not come to rest
    cells: int

    def __add__(self, other):
        """Return the account of these cells and others in the same climate."""
        with xr.set_options(keep_attrs=True):
            effect = self.effect + other.effect
        worst = float(np.maximum(self.gap, other.gap))  # not a number stays so
        return Account(effect, worst, self.unrested + other.unrested, self.cells + other.cells)

    def plain(self) -> dict:
        """Return the account as JSON can hold it."""
        return vars(self) | {"effect": self.effect.to_dict()}

    @classmethod
    def of_plain(cls, plain: dict):
        """Return the account that `plain` gave."""
        return cls(**plain | {"effect": xr.Dataset.from_dict(plain["effect"])})


def account(yearly) -> Account:
    """Return the account of both runs of some cells."""
    effect = summary.difference(yearly[list(SUMMARY)])
    totals = summary.regional_total(effect)
    totals["nep"] = summary.regional_total(summary.cumulative(effect))["nep"]
    gap = float(max(np.abs(array.values).max() for array in summary.budget(yearly).values()))
    return Account(totals.isel(year=-1), gap, unrested(yearly), yearly.sizes["cell"])
