"""Equilibrium without the wait: the state that a mean year returns to itself.

A year maps the pools onto themselves; the slow pools make walking to the fixed point take
millennia, Newton's method takes a handful of steps. Nitrogen is closed, so soil nitrogen is
what the other nitrogen pools leave of the total that the start pools set.
"""

import numpy as np
from numba import njit

from tem.ecosystem import live_year
from tem.variables import Pools

UNKNOWNS = 6  # V, Ns, Nl, S, A and the C:N of litter, as logarithms
NUDGE = 1e-5  # relative step of the finite differences
STILL = 1e-9  # relative change a year that counts as equilibrium
MOST_STEPS = 40
WALK = 30  # years lived before the first Newton step, and instead of one that fails
LEAST = 1e-12  # keeps logarithms finite where a pool is empty


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
    """Fill *drift* with the change of the logarithms *x* over one year."""
    pools, year = live_year(_pools(x, total_n), 0.0, np.exp(x[5]), 1.0, drivers, 0, co2, co2, p)
    _unknowns(pools, year.ltrc, year.ltrn, drift)
    for k in range(UNKNOWNS):
        drift[k] -= x[k]


@njit(error_model="numpy")
def _walk(pools, litter_c, litter_n, drivers, co2, p, years):
    for _ in range(years):
        pools, year = live_year(pools, 0.0, litter_c, litter_n, drivers, 0, co2, co2, p)
        litter_c, litter_n = year.ltrc, year.ltrn
    return pools, litter_c, litter_n


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
def equilibrium(pools, drivers, co2, p):
    """Return pools at rest under a mean year, and the litter that goes with them.

    *drivers* [Drivers, 12], *co2* in ppm.
    Starts from *pools*, whose total nitrogen it keeps.
    """
    total_n = pools.vegns + pools.vegnl + pools.son + pools.availn
    pools, litter_c, litter_n = _walk(pools, 0.0, 0.0, drivers, co2, p, WALK)
    x, trial = np.empty(UNKNOWNS), np.empty(UNKNOWNS)
    drift, nudged = np.empty(UNKNOWNS), np.empty(UNKNOWNS)
    slopes, step = np.empty((UNKNOWNS, UNKNOWNS)), np.empty(UNKNOWNS)
    _unknowns(pools, litter_c, litter_n, x)
    _drift(x, total_n, drivers, co2, p, drift)
    for _ in range(MOST_STEPS):
        size = np.max(np.abs(drift))
        if size < STILL:
            break
        for k in range(UNKNOWNS):
            trial[:] = x
            trial[k] += NUDGE
            _drift(trial, total_n, drivers, co2, p, nudged)
            for i in range(UNKNOWNS):
                slopes[i, k] = (nudged[i] - drift[i]) / NUDGE
            step[k] = -drift[k]
        better = solve(slopes, step)
        if better:
            for k in range(UNKNOWNS):  # at most a factor e at once
                trial[k] = x[k] + min(max(step[k], -1.0), 1.0)
            better = np.exp(trial[1]) + np.exp(trial[2]) + np.exp(trial[4]) < total_n
        if better:
            _drift(trial, total_n, drivers, co2, p, nudged)
            better = np.max(np.abs(nudged)) < size
        if better:
            x[:] = trial
            drift[:] = nudged
        else:
            pools, litter_c, litter_n = _walk(
                _pools(x, total_n), np.exp(x[5]), 1.0, drivers, co2, p, WALK
            )
            _unknowns(pools, litter_c, litter_n, x)
            _drift(x, total_n, drivers, co2, p, drift)
    pools = _pools(x, total_n)
    pools, year = live_year(pools, 0.0, np.exp(x[5]), 1.0, drivers, 0, co2, co2, p)
    return pools, year.ltrc, year.ltrn
