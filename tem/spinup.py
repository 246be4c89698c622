"""Equilibrium without the wait: the state that a mean year returns to itself.

A year maps the pools onto themselves; the slow pools make walking to the fixed point take
millennia, Newton's method takes a handful of steps. Nitrogen is closed, so soil nitrogen is
what the other nitrogen pools leave of the total that the start pools set. Where Newton's
method finds no rest, the millennia are walked.
"""

import numpy as np
from numba import njit

from tem.ecosystem import live_year
from tem.variables import Pools

UNKNOWNS = 6  # V, Ns, Nl, S, A and the C:N of litter, as logarithms
LABILE, AVAILABLE = 2, 4  # the unknowns that are mere stores on nitrogen's way
NUDGE = 1e-5  # relative step of the finite differences
STILL = 1e-9  # relative change a year at which the search ends
AT_REST = 1e-6  # relative change a year that counts as rest: 0.1 % in a millennium
MOST_STEPS = 40
SHORTEST = 1 / 16  # of a Newton step
WALK = 30  # years lived before the first Newton step, and instead of one that fails
PATIENCE = 3000  # years walked where Newton's method does not settle
LEAST = 1e-12  # keeps logarithms finite where a pool is empty


@njit(error_model="numpy")
def start_of(p):
    """Return the pools from which an ecosystem's spin-up starts."""
    return Pools(
        vegc=p.vegc_start, vegns=p.vegns_start, vegnl=p.vegnl_start,
        soc=p.soc_start, son=p.son_start, availn=p.availn_start,
    )  # fmt: skip


@njit(error_model="numpy")
def _pools(x, total_n):
    v, ns, nl, s, a = np.exp(x[0]), np.exp(x[1]), np.exp(x[2]), np.exp(x[3]), np.exp(x[4])
    return Pools(vegc=v, vegns=ns, vegnl=nl, soc=s, son=total_n - ns - nl - a, availn=a)


@njit(error_model="numpy")
def _unknowns(pools, litter_c, litter_n, x):
    ratio = litter_c / litter_n if litter_n > 0.0 else 1.0
    for k, value in enumerate(
        (pools.vegc, pools.vegns, pools.vegnl, pools.soc, pools.availn, ratio)
    ):
        x[k] = np.log(max(value, LEAST))


@njit(error_model="numpy")
def _drift(x, total_n, drivers, co2, p, drift):
    """Fill *drift* with the change of the logarithms *x* over one year; return how much that is.

    A store of nitrogen counts against all that passes through it: of an empty one the logarithm
    may go on changing for ever.
    """
    pools, year = live_year(_pools(x, total_n), 0.0, np.exp(x[5]), 1.0, drivers, 0, co2, co2, p)
    _unknowns(pools, year.ltrc, year.ltrn, drift)
    size = 0.0
    for k in range(UNKNOWNS):
        drift[k] -= x[k]
        store = np.exp(x[k])
        weight = store / (store + year.ltrn) if k in (LABILE, AVAILABLE) else 1.0
        size = max(size, weight * abs(drift[k]))
    return size


@njit(error_model="numpy")
def _walk(x, total_n, drivers, co2, p, years):
    """Let *x* live through *years* of the mean year."""
    pools, litter_c, litter_n = _pools(x, total_n), np.exp(x[5]), 1.0
    for _ in range(years):
        pools, year = live_year(pools, 0.0, litter_c, litter_n, drivers, 0, co2, co2, p)
        litter_c, litter_n = year.ltrc, year.ltrn
    _unknowns(pools, litter_c, litter_n, x)


@njit(error_model="numpy")
def solve(matrix, right):
    """Solve a small linear system in place by elimination; False if it is singular."""
    n = right.size
    for k in range(n):
        pivot = k + np.argmax(np.abs(matrix[k:, k]))
        if abs(matrix[pivot, k]) < 1e-14:
            return False
        for j in range(n):
            matrix[k, j], matrix[pivot, j] = matrix[pivot, j], matrix[k, j]
        right[k], right[pivot] = right[pivot], right[k]
        for i in range(k + 1, n):
            factor = matrix[i, k] / matrix[k, k]
            for j in range(k, n):
                matrix[i, j] -= factor * matrix[k, j]
            right[i] -= factor * right[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            right[k] -= matrix[k, j] * right[j]
        right[k] /= matrix[k, k]
    return True


@njit(error_model="numpy")
def _step(x, drift, total_n, drivers, co2, p, step):
    """Fill *step* with Newton's step from *x*; False if there is none."""
    trial, nudged, slopes = np.empty(UNKNOWNS), np.empty(UNKNOWNS), np.empty((UNKNOWNS, UNKNOWNS))
    for k in range(UNKNOWNS):
        trial[:] = x
        trial[k] += NUDGE
        _drift(trial, total_n, drivers, co2, p, nudged)
        for i in range(UNKNOWNS):
            slopes[i, k] = (nudged[i] - drift[i]) / NUDGE
        step[k] = -drift[k]
    return solve(slopes, step)


@njit(error_model="numpy")
def _improve(x, drift, size, step, total_n, drivers, co2, p):
    """Move *x* along *step*, or a part of it, to where it drifts less; return how much."""
    trial, nudged, part = np.empty(UNKNOWNS), np.empty(UNKNOWNS), 1.0
    while part >= SHORTEST:
        for k in range(UNKNOWNS):  # at most a factor e at once
            trial[k] = x[k] + min(max(part * step[k], -1.0), 1.0)
        if np.exp(trial[1]) + np.exp(trial[2]) + np.exp(trial[4]) < total_n:
            smaller = _drift(trial, total_n, drivers, co2, p, nudged)
            if smaller < size:
                x[:] = trial
                drift[:] = nudged
                return smaller
        part *= 0.5
    return size


@njit(error_model="numpy")
def equilibrium(drivers, co2, p):
    """Return pools at rest under a mean year, the litter that goes with them, and the change.

    *drivers* [Drivers, 12], *co2* in ppm. Total nitrogen is that of the start pools. The change
    is relative, a year: the state counts as resting up to `AT_REST`.
    """
    pools = start_of(p)
    total_n = pools.vegns + pools.vegnl + pools.son + pools.availn
    x, drift, step = np.empty(UNKNOWNS), np.empty(UNKNOWNS), np.empty(UNKNOWNS)
    _unknowns(pools, p.lcclnc, 1.0, x)
    _walk(x, total_n, drivers, co2, p, WALK)
    size = _drift(x, total_n, drivers, co2, p, drift)
    for _ in range(MOST_STEPS):
        if size < STILL:
            break
        smaller = size
        if _step(x, drift, total_n, drivers, co2, p, step):
            smaller = _improve(x, drift, size, step, total_n, drivers, co2, p)
        if smaller == size:
            _walk(x, total_n, drivers, co2, p, WALK)
            smaller = _drift(x, total_n, drivers, co2, p, drift)
        size = smaller
    if size > AT_REST:
        _walk(x, total_n, drivers, co2, p, PATIENCE)
        size = _drift(x, total_n, drivers, co2, p, drift)
    pools, year = live_year(_pools(x, total_n), 0.0, np.exp(x[5]), 1.0, drivers, 0, co2, co2, p)
    return pools, year.ltrc, year.ltrn, size
