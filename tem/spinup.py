"""Equilibrium without the wait: the state that a mean year returns to itself.

A year maps the pools onto themselves; the slow pools make walking to the fixed point take
millennia, Newton's method takes a handful of steps. Nitrogen is closed, so soil nitrogen is
what the other nitrogen pools leave of the total that the start pools set. Where Newton's
method finds no rest, the millennia are walked. Places go side by side, each on its own way.
The search begins where the place rests with the default parameters (`Rest`), which is near.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from tem.ecosystem import live
from tem.lanes import LANES, exp
from tem.variables import Pools, Rest

V, NS, NL, S, A, RATIO = range(len(Rest._fields))  # the unknowns: logarithms of `Rest`
UNKNOWNS = len(Rest._fields)
NITROGEN, STORES = [NS, NL, A], [NL, A]  # what holds nitrogen; what it only passes through
NUDGE = 1e-5  # relative step of the finite differences
STILL = 1e-9  # relative change a year at which the search ends
AT_REST = 1e-6  # relative change a year that counts as rest: 0.1 % in a millennium
MOST_STEPS = 60
SLOW = 0.3  # of the drift that is left after a step: from there on the slopes are looked up again
SINGULAR = 1e-14  # determinant from which a system has no solution
SHORTEST = 1 / 16  # of a Newton step
WALK = 30  # years lived before a search from nowhere, and instead of a step that fails
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

    def of(self, who) -> "_MeanYear":
        """Return the year of some places."""
        return self._replace(drivers=self.drivers[:, :, who])

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
        nudged = (x[:, None] + NUDGE * np.eye(UNKNOWNS)[:, :, None]).reshape(UNKNOWNS, -1)
        times = LANES // x.shape[1]
        room, wide = times * x.shape[1], self._replace(drivers=np.tile(self.drivers, times))
        parts = [nudged[:, i : i + room] for i in range(0, nudged.shape[1], room)]
        moved = np.concatenate([wide.after(part) - part for part in parts], axis=1)
        return ((moved.reshape(UNKNOWNS, UNKNOWNS, -1) - drift[:, None]) / NUDGE).transpose(2, 0, 1)


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


def _search(year, x, drift, size) -> None:
    """Move *x* to where it drifts no more, by Newton's method, each place on its own way.

    Slopes cost as many years as there are unknowns, so they are looked up only at first and where
    they lead on slowly; else they learn from each step.
    """
    slopes, known = np.empty((size.size, UNKNOWNS, UNKNOWNS)), np.zeros(size.size, bool)
    for _ in range(MOST_STEPS):
        who = np.flatnonzero(size >= STILL)
        if who.size == 0:
            return
        new = who[~known[who]]
        if new.size:
            slopes[new] = year.of(new).slopes(x[:, new], drift[:, new])
        some, moved = year.of(who), (x[:, who], drift[:, who], size[who])
        improved = _improve(some, *moved, _newton(slopes[who], drift[:, who]))
        lost = ~improved & ~known[who]
        if lost.any():
            _walk_on(some, lost, *moved, WALK)
        known[who] = improved & (moved[2] < SLOW * size[who])
        slopes[who] += _learned(slopes[who], moved[0] - x[:, who], moved[1] - drift[:, who])
        x[:, who], drift[:, who], size[who] = moved


def _learned(slopes, step, change) -> np.ndarray:
    """Return the least that makes *slopes* [place, unknown, by unknown] agree with a *step*.

    Source: Broyden (1965).
    """
    step, change = step.T[:, None, :], change.T[:, :, None]
    missed = change - (slopes * step).sum(axis=2, keepdims=True)
    return missed * step / np.maximum((step**2).sum(axis=2, keepdims=True), SINGULAR**2)


def _walk_on(year, who, x, drift, size, years: int) -> None:
    """Let the places *who* live through *years*."""
    trial = year.after(x, years)
    _accept(who, (x, trial), *zip((drift, size), year.drift(trial), strict=True))


def _walked(year, p, n: int) -> np.ndarray:
    """Return where the start pools of *n* places are after a `WALK`."""
    x = np.empty((UNKNOWNS, n))
    start(year.place, p)
    year.live(WALK, n)
    _take(x, year.place, n)
    return x


def _begun(year, p, near) -> np.ndarray:
    """Return where the search begins: *near*, but where that holds more nitrogen than there is."""
    x = np.log(np.maximum(near, LEAST))
    impossible = ~(near[NITROGEN].sum(axis=0) < nitrogen_of(p))
    if impossible.any():
        _accept(impossible, (x, _walked(year, p, x.shape[1])))
    return x


def equilibrium(place, drivers, co2: float, p, near=None) -> np.ndarray:
    """Bring *place* to rest under a mean year; return the change left [place].

    *drivers* [12, Drivers, place], *co2* in ppm, *p* the record of the ecosystem; *near*, a guess
    as `Rest` [field, place]. Total nitrogen is that of the start pools. The change is relative,
    a year: up to `AT_REST` the state counts as resting.
    """
    n = drivers.shape[2]
    year = _MeanYear(place, drivers, co2, p)
    place["sky"]["beyond_roots"] = 0.0
    x = _walked(year, p, n) if near is None else _begun(year, p, near)
    drift, size = year.drift(x)
    _search(year, x, drift, size)
    if (size > AT_REST).any():
        _walk_on(year, size > AT_REST, x, drift, size, PATIENCE)
    return year.drift(x)[1]


def rest_of(place, n: int) -> np.ndarray:
    """Return the `Rest` [field, place] of the first *n* places, which `equilibrium` has found."""
    x = np.empty((UNKNOWNS, n))
    _take(x, place, n)
    return np.exp(x)
