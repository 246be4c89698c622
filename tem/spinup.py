"""Equilibrium without the wait: the state that a mean year returns to itself.

A year maps the pools onto themselves; the slow pools make walking to the fixed point take
millennia, Newton's method takes a handful of steps. Nitrogen is closed, so soil nitrogen is
what the other nitrogen pools leave of the total that the start pools set. Where Newton's
method finds no rest, the millennia are walked. Places go side by side, each on its own way.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from tem.ecosystem import live
from tem.lanes import exp
from tem.variables import Pools

V, NS, NL, S, A, RATIO = range(6)  # the unknowns: logarithms of pools and of the C:N of litter
UNKNOWNS = 6
NITROGEN, STORES = [NS, NL, A], [NL, A]  # what holds nitrogen; what it only passes through
NUDGE = 1e-5  # relative step of the finite differences
STILL = 1e-9  # relative change a year at which the search ends
AT_REST = 1e-6  # relative change a year that counts as rest: 0.1 % in a millennium
MOST_STEPS = 40
SINGULAR = 1e-14  # determinant from which a system has no solution
SHORTEST = 1 / 16  # of a Newton step
WALK = 30  # years lived before the first Newton step, and instead of one that fails
PATIENCE = 3000  # years walked where Newton's method does not settle
LEAST = 1e-12  # keeps logarithms finite where a pool is empty


def nitrogen_of(p) -> float:
    """Return the nitrogen (g m-2) with which an ecosystem's spin-up starts, and ends."""
    return sum(p[f"{name}_start"] for name in ("vegns", "vegnl", "son", "availn"))


def start(place, p) -> None:
    """Set the pools from which an ecosystem's spin-up starts; no litter is known yet."""
    for name in Pools._fields:
        place["pools"][name] = p[f"{name}_start"]
    place["litter"]["c"] = place["litter"]["n"] = place["sky"]["beyond_roots"] = 0.0


@njit(cache=True, error_model="numpy")
def _put(x, place, n, total_n):
    """Set pools and litter of *place* to what the logarithms *x* [unknown, place] say."""
    pools = place.pools
    for i in range(n):
        pools.vegc[i], pools.soc[i] = exp(x[V, i]), exp(x[S, i])
        structure, store, available = exp(x[NS, i]), exp(x[NL, i]), exp(x[A, i])
        pools.vegns[i], pools.vegnl[i], pools.availn[i] = structure, store, available
        pools.son[i] = total_n - structure - store - available
        place.litter.c[i], place.litter.n[i] = exp(x[RATIO, i]), 1.0


@njit(cache=True, error_model="numpy")
def _take(x, place, n):
    """Set the logarithms *x* [unknown, place] to what *place* holds."""
    pools, litter = place.pools, place.litter
    for i in range(n):
        x[V, i], x[S, i] = np.log(max(pools.vegc[i], LEAST)), np.log(max(pools.soc[i], LEAST))
        x[NS, i] = np.log(max(pools.vegns[i], LEAST))
        x[NL, i] = np.log(max(pools.vegnl[i], LEAST))
        x[A, i] = np.log(max(pools.availn[i], LEAST))
        ratio = litter.c[i] / litter.n[i] if litter.n[i] > 0.0 else 1.0
        x[RATIO, i] = np.log(max(ratio, LEAST))


class _MeanYear(NamedTuple):
    """A year that comes again and again, and the place that lives through it."""

    place: np.void
    drivers: np.ndarray  # [12, Drivers, place]
    co2: float  # ppm
    p: np.record

    def live(self, years: int, places: int) -> None:
        """Let so many *places* live through *years* without thaw."""
        still, first = np.ones((years, places)), np.zeros(years, np.int64)
        nothing, co2 = np.empty((0, 0, places)), np.full(years, self.co2)
        exposed = np.zeros((4, places))
        live(
            self.place, self.drivers, first, still, still, still[0], co2, self.co2, self.p,
            exposed, nothing,
        )  # fmt: skip

    def after(self, x, years: int = 1) -> np.ndarray:
        """Return where *years* bring the logarithms *x* [unknown, place]."""
        end, n = np.empty_like(x), x.shape[1]
        _put(x, self.place, n, nitrogen_of(self.p))
        self.live(years, n)
        _take(end, self.place, n)
        return end

    def drift(self, x) -> tuple[np.ndarray, np.ndarray]:
        """Return the change of *x* over a year, and how much that is [place].

        A store of nitrogen counts against all that passes through it: of an empty one the
        logarithm may go on changing for ever.
        """
        change = self.after(x) - x
        store = np.exp(x[STORES])
        size = np.abs(change)
        size[STORES] *= store / (store + self.place["litter"]["n"][: x.shape[1]])
        return change, size.max(axis=0)

    def slopes(self, x, drift) -> np.ndarray:
        """Return how the drift [place, unknown, by unknown] answers to *x*."""
        nudges = NUDGE * np.eye(UNKNOWNS)[:, :, None]
        return np.stack([(self.drift(x + nudge)[0] - drift) / NUDGE for nudge in nudges]).T


def _newton(slopes, drift) -> np.ndarray:
    """Return Newton's step [unknown, place], at most a factor e; 0 where there is none."""
    sound = np.abs(np.linalg.det(slopes)) > SINGULAR
    step = np.zeros_like(drift)
    step[:, sound] = np.linalg.solve(slopes[sound], -drift.T[sound][..., None])[..., 0].T
    return np.nan_to_num(step, nan=0.0)


def _improve(year, x, drift, size, step) -> np.ndarray:
    """Move *x* along *step*, or a part of it, to where it drifts less; return who found it so."""
    left, part = size >= STILL, 1.0
    moving = left.copy()
    while part >= SHORTEST and left.any():
        trial = x + np.clip(part * step, -1.0, 1.0)
        spent = np.exp(trial[NITROGEN]).sum(axis=0) >= nitrogen_of(year.p)
        trial[:, spent] = x[:, spent]
        nudged, smaller = year.drift(trial)
        better = left & (smaller < size)
        _accept(better, (x, trial), (drift, nudged), (size, smaller))
        left &= ~better
        part *= 0.5
    return moving & ~left


def _accept(who, *pairs) -> None:
    """Let the first of each pair of arrays [..., place] take over the second for places *who*."""
    for old, new in pairs:
        old[..., who] = new[..., who]


def _walk_on(year, who, x, drift, size, years: int) -> None:
    """Let the places *who* live through *years*."""
    trial = year.after(x, years)
    _accept(who, (x, trial), *zip((drift, size), year.drift(trial), strict=True))


def equilibrium(place, drivers, co2: float, p) -> np.ndarray:
    """Bring *place* to rest under a mean year; return the change left [place].

    *drivers* [12, Drivers, place], *co2* in ppm, *p* the record of the ecosystem. Total nitrogen
    is that of the start pools. The change is relative, a year: up to `AT_REST` the state counts
    as resting.
    """
    n = drivers.shape[2]
    year, x = _MeanYear(place, drivers, co2, p), np.empty((UNKNOWNS, n))
    start(place, p)
    year.live(WALK, n)
    _take(x, place, n)
    drift, size = year.drift(x)
    for _ in range(MOST_STEPS):
        restless = size >= STILL
        if not restless.any():
            break
        improved = _improve(year, x, drift, size, _newton(year.slopes(x, drift), drift))
        if (restless & ~improved).any():
            _walk_on(year, restless & ~improved, x, drift, size, WALK)
    if (size > AT_REST).any():
        _walk_on(year, size > AT_REST, x, drift, size, PATIENCE)
    return year.drift(x)[1]
