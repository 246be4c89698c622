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
NITROGEN, STORES = [NS, NL, A], (NL, A)  # what holds nitrogen; what it only passes through
NUDGE = 1e-5  # relative step of the finite differences
STILL = 1e-9  # relative change a year at which the search ends
AT_REST = 1e-6  # relative change a year that counts as rest: 0.1 % in a millennium
MOST_STEPS = 60
SLOW = 0.3  # of the drift that is left after a step: from there on the slopes are looked up again
SINGULAR = 1e-14  # pivot from which a system has no solution, and the shortest step to learn from
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


# Small kernels between years lived; who calls them is Python, for a kernel that called `live` would
# be compiled with it once more.


@njit(nogil=True, cache=True, error_model="numpy")
def _put(x, place, total_n):
    """Set pools and litter of *place* to what the logarithms *x* [unknown, lane] say."""
    pools = place.pools
    for i in range(x.shape[1]):
        pools.vegc[i], pools.soc[i] = exp(x[V, i]), exp(x[S, i])
        structure, store, available = exp(x[NS, i]), exp(x[NL, i]), exp(x[A, i])
        pools.vegns[i], pools.vegnl[i], pools.availn[i] = structure, store, available
        pools.son[i] = total_n - structure - store - available
        place.litter.c[i], place.litter.n[i] = exp(x[RATIO, i]), 1.0


@njit(nogil=True, cache=True, error_model="numpy")
def _take(x, place):
    """Set the logarithms *x* [unknown, lane] to what *place* holds."""
    pools, litter = place.pools, place.litter
    for i in range(x.shape[1]):
        x[V, i], x[S, i] = np.log(max(pools.vegc[i], LEAST)), np.log(max(pools.soc[i], LEAST))
        x[NS, i] = np.log(max(pools.vegns[i], LEAST))
        x[NL, i] = np.log(max(pools.vegnl[i], LEAST))
        x[A, i] = np.log(max(pools.availn[i], LEAST))
        ratio = litter.c[i] / litter.n[i] if litter.n[i] > 0.0 else 1.0
        x[RATIO, i] = np.log(max(ratio, LEAST))


@njit(nogil=True, cache=True, error_model="numpy")
def _sizes(x, change, place):
    """Return how much the *change* of states *x* over a year is [state].

    A store of nitrogen counts against all that passes through it: of an empty one the
    logarithm may go on changing for ever.
    """
    sizes = np.zeros(x.shape[1])
    for i in range(sizes.size):
        passing = place.litter.n[i]
        for u in range(UNKNOWNS):
            store = np.exp(x[u, i])
            weight = store / (store + passing) if u in STORES else 1.0
            sizes[i] = max(sizes[i], abs(change[u, i]) * weight)
    return sizes


@njit(error_model="numpy")
def _solved(matrix, right):
    """Return the solution of a linear system by elimination, or nothing where there is none."""
    a, x = matrix.copy(), right.copy()
    for k in range(x.size):
        pivot = k + np.argmax(np.abs(a[k:, k]))
        if not abs(a[pivot, k]) > SINGULAR:
            return np.zeros(x.size)
        for j in range(x.size):
            a[k, j], a[pivot, j] = a[pivot, j], a[k, j]
        x[k], x[pivot] = x[pivot], x[k]
        for i in range(k + 1, x.size):
            share = a[i, k] / a[k, k]
            a[i] -= share * a[k]
            x[i] -= share * x[k]
    for k in range(x.size - 1, -1, -1):
        x[k] = (x[k] - (a[k, k + 1 :] * x[k + 1 :]).sum()) / a[k, k]
    return x


@njit(nogil=True, cache=True, error_model="numpy")
def _newton(slopes, drift, who):
    """Return Newton's steps [unknown, place of *who*] for *slopes* [place, unknown, by unknown]."""
    step = np.empty((UNKNOWNS, who.size))
    for k, i in enumerate(who):
        step[:, k] = _solved(slopes[i], -drift[:, i])
    return step


@njit(nogil=True, cache=True, error_model="numpy")
def _moved(x, step, part, total_n):
    """Return *x* moved by a *part* of *step*, but where that takes all nitrogen from the soil.

    No unknown moves by more than a factor e.
    """
    trial = x.copy()
    for k in range(x.shape[1]):
        for u in range(UNKNOWNS):
            trial[u, k] += min(max(part * step[u, k], -1.0), 1.0)
        held = np.exp(trial[NS, k]) + np.exp(trial[NL, k]) + np.exp(trial[A, k])
        if not held < total_n:
            trial[:, k] = x[:, k]
    return trial


@njit(nogil=True, cache=True, error_model="numpy")
def _learn(slopes, step, change, who):
    """Make the *slopes* of places *who* agree with a *step* by the least change that does.

    Source: Broyden (1965).
    """
    for k, i in enumerate(who):
        length = max((step[:, k] ** 2).sum(), SINGULAR**2)
        for u in range(UNKNOWNS):
            missed = change[u, k] - (slopes[i, u] * step[:, k]).sum()
            slopes[i, u] += missed / length * step[:, k]


class _MeanYear(NamedTuple):
    """A year that comes again and again, and the record in which places live through it."""

    place: np.void
    drivers: np.ndarray  # [12, Drivers, place]
    co2: float  # ppm
    p: np.record
    total_n: float  # g m-2

    def live(self, of, years: int) -> None:
        """Let the lanes live through *years* without thaw, each at the place *of* [lane]."""
        still, n = np.ones((years, of.size)), of.size
        live(
            self.place, np.ascontiguousarray(self.drivers[:, :, of]), np.zeros(years, np.int64),
            still, still, still[0], np.full(years, self.co2), self.co2, self.p,
            np.zeros((4, n)), np.empty((0, 0, n)),
        )  # fmt: skip

    def after(self, x, of, years: int = 1):
        """Return where *years* bring *x* [unknown, state], each state at the place *of* [state]."""
        end = np.empty_like(x)
        for some in (slice(i, i + LANES) for i in range(0, of.size, LANES)):
            lanes = x[:, some].copy()
            _put(lanes, self.place, self.total_n)
            self.live(of[some], years)
            _take(lanes, self.place)
            end[:, some] = lanes
        return end

    def drift(self, x, of) -> tuple[np.ndarray, np.ndarray]:
        """Return the change of up to LANES states over a year, and how much that is [state]."""
        change = self.after(x, of) - x
        return change, _sizes(x, change, self.place)

    def slopes(self, x, drift, of) -> np.ndarray:
        """Return how the drift [state, unknown, by unknown] answers to *x* [unknown, state]."""
        nudged = (x[:, :, None] + NUDGE * np.eye(UNKNOWNS)[:, None]).reshape(UNKNOWNS, -1)
        change = self.after(nudged, np.repeat(of, UNKNOWNS)) - nudged
        slopes = (change.reshape(UNKNOWNS, -1, UNKNOWNS) - drift[:, :, None]) / NUDGE
        return slopes.swapaxes(0, 1)


class _Search:
    """The way of places to where they drift no more, each on its own.

    Newton's method. Slopes cost as many years as there are unknowns, so they are looked up only
    at first and where they lead on slowly; else they learn from each step.
    """

    def __init__(self, year, x):
        self.year, self.x = year, x
        self.drift, self.size = year.drift(x, np.arange(x.shape[1]))
        self.slopes = np.empty((self.size.size, UNKNOWNS, UNKNOWNS))
        self.known = np.zeros(self.size.size, bool)

    def go_on(self, who) -> None:
        """Take one step with the places *who*."""
        new = who[~self.known[who]]
        if new.size:
            self.slopes[new] = self.year.slopes(self.x[:, new], self.drift[:, new], new)
        x, drift, size = self.x[:, who], self.drift[:, who], self.size[who]
        lost = self._improve(who, _newton(self.slopes, self.drift, who))
        adrift = lost[~self.known[lost]]
        if adrift.size:
            self.walk(adrift, WALK)
        _learn(self.slopes, self.x[:, who] - x, self.drift[:, who] - drift, who)
        self.known[who] = self.size[who] < SLOW * size
        self.known[lost] = False

    def _improve(self, who, step) -> np.ndarray:
        """Go along *step*, or a part of it, to less drift; return who found no such place."""
        part = 1.0
        while part >= SHORTEST and who.size:
            trial = _moved(self.x[:, who], step, part, self.year.total_n)
            change, size = self.year.drift(trial, who)
            better = size < self.size[who]
            self._accept(who[better], trial[:, better], change[:, better], size[better])
            who, step = who[~better], step[:, ~better]
            part *= 0.5
        return who

    def walk(self, who, years: int) -> None:
        """Let the places *who* live through *years*."""
        end = self.year.after(self.x[:, who], who, years)
        self._accept(who, end, *self.year.drift(end, who))

    def _accept(self, who, x, drift, size) -> None:
        self.x[:, who], self.drift[:, who], self.size[who] = x, drift, size


def _begun(year, near) -> np.ndarray:
    """Return where the search begins: *near*, or where that is impossible, after a `WALK`."""
    n = year.drivers.shape[2]
    possible = near is not None and near[NITROGEN].sum(axis=0) < year.total_n
    x = np.log(np.maximum(near, LEAST)) if near is not None else np.empty((UNKNOWNS, n))
    if not np.all(possible):
        walked = np.empty((UNKNOWNS, n))
        start(year.place, year.p)
        year.live(np.arange(n), WALK)
        _take(walked, year.place)
        x = np.where(possible, x, walked)
    return x


def equilibrium(place, drivers, co2: float, p, near=None) -> np.ndarray:
    """Bring *place* to rest under a mean year; return the change left [place].

    *drivers* [12, Drivers, place], *co2* in ppm, *p* the record of the ecosystem; *near*, a guess
    as `Rest` [field, place]. Total nitrogen is that of the start pools. The change is relative,
    a year: up to `AT_REST` the state counts as resting.
    """
    year = _MeanYear(place, drivers, co2, p, nitrogen_of(p))
    place["sky"]["beyond_roots"] = 0.0
    search = _Search(year, _begun(year, near))
    for _ in range(MOST_STEPS):
        restless = np.flatnonzero(~(search.size < STILL))
        if restless.size == 0:
            break
        search.go_on(restless)
    restless = np.flatnonzero(~(search.size <= AT_REST))
    if restless.size:
        search.walk(restless, PATIENCE)
    return year.drift(search.x, np.arange(search.size.size))[1]


def rest_of(place, n: int) -> np.ndarray:
    """Return the `Rest` [field, place] of the first *n* places, which `equilibrium` has found."""
    x = np.empty((UNKNOWNS, n))
    _take(x, place)
    return np.exp(x)
