"""Environments of climates with offsets: worked out when a what-if asks, a few of them kept."""

import threading
import time
from collections import OrderedDict

import numpy as np

import data
import tem
from dashboard.changes import NO_OFFSETS
from dashboard.language import N_
from dashboard.results import joined
from tem.environment import GROUND_SHARE

PACE = 6e-3  # s a cell takes in one climate, until the first one has been measured
KEPT = len(data.GCMS)  # environments of the whole region: one offset under every climate model
STAGES = (N_("heat and thaw in the ground"), N_("water, light and leaves"))


def silent(_fraction, _stage):
    """Tell nobody how far an environment is."""


def carbon_alone(offsets) -> bool:
    """Return whether *offsets* leave temperature and rain alone, and so ground and drivers."""
    return offsets._replace(co2=NO_OFFSETS.co2) == NO_OFFSETS


class Skies:
    """The environments of one region under offsets."""

    def __init__(self, region, sky):
        """*sky*(rcp, gcm, cells) gives the climate of some cells without offsets."""
        self._region, self._sky, self._lock = region, sky, threading.Lock()
        self._kept = OrderedDict()
        self._pace = PACE

    def seconds(self, climates: int) -> float:
        """Return how long so many environments of the region take, as last measured."""
        return climates * self._region.sizes["cell"] * self._pace

    def of_region(self, before, key, cells, *, told=silent, cancelled=None):
        """Return the environment of *cells* of the region under offsets.

        *before*: the environment of the region without them; *key*: RCP, GCM and offsets; *told*
        hears how far it is, as a fraction and a stage. Raises ValueError for offsets that take the
        climate out of its bounds, Cancelled if stopped.
        """
        rcp, gcm, offsets = key
        if carbon_alone(offsets):
            return _richer(before.isel(cell=cells), self._climate(cells[:1], rcp, gcm, offsets))
        with self._lock:
            whole = self._kept.get(key)
        if whole is not None:
            return whole.isel(cell=cells)
        started = time.monotonic()
        found = tem.environment(
            self._region.isel(cell=cells), self._climate(cells, rcp, gcm, offsets),
            progress=lambda fraction: told(fraction, STAGES[fraction >= GROUND_SHARE]),
            cancelled=cancelled,
        )  # fmt: skip
        if cells.size == self._region.sizes["cell"]:
            self._keep(key, found, (time.monotonic() - started) / cells.size)
        return found

    def of_cell(self, before, cell, rcp, gcms, offsets):
        """Return the environment of one *cell* under each of *gcms*, as cells of one Dataset.

        *before*: the same without offsets.
        """
        skies = [self._climate([cell], rcp, gcm, offsets) for gcm in gcms]
        if carbon_alone(offsets):
            return _richer(before, skies[0])
        place = self._region.isel(cell=np.full(len(gcms), cell))
        return tem.environment(place, joined(skies), workers=1)

    def _climate(self, cells, rcp, gcm, offsets):
        return tem.offset(self._sky(rcp, gcm, cells), **offsets._asdict())

    def _keep(self, key, found, pace):
        with self._lock:
            self._pace = pace
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _richer(environment, climate):
    """Return *environment* with the CO2 of a *climate* that differs in nothing else."""
    return environment.assign(co2=climate.co2).assign_attrs(climate.attrs)
