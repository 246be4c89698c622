"""What one core of this machine can do at most: small loops that do one thing only."""

import time
from typing import NamedTuple

import numpy as np
from numba import njit

from tem import lanes

KIB = 1024
WIDE = 2048  # numbers in the loops: 16 KiB, which the nearest cache holds
TERMS = 8  # of the polynomial; with more of them they wait for each other
SETS = {"L1": 3 * 4 * KIB, "L2": 3 * 80 * KIB, "memory": 3 * 64 * KIB * KIB}  # bytes in a triad


class Ceilings(NamedTuple):
    """The most that one core does in a second."""

    flops: float  # adds and multiplies, vectorised and fused
    divisions: float  # vectorised
    exps: float  # of the model's own, vectorised
    library: float  # exponentials and powers of the C library, one by one
    l1: float  # bytes
    l2: float
    memory: float


@njit(fastmath={"contract"})
def _polynomial(a, b, times):
    for _ in range(times):
        for i in range(a.size):
            x, y = a[i], b[i]
            for _term in range(TERMS):
                y = y * x + 0.5
            b[i] = y


@njit(error_model="numpy")
def _divide(a, b, times):
    for _ in range(times):
        for i in range(a.size):
            b[i] = 1.0 / (a[i] + b[i])


@njit(error_model="numpy")
def _exp(a, b, times):
    for _ in range(times):
        for i in range(a.size):
            b[i] = lanes.exp(a[i] - b[i])


@njit(error_model="numpy")
def _library(a, b, times):
    for _ in range(times):
        for i in range(a.size):
            b[i] = np.exp(a[i] - b[i])


@njit(fastmath={"contract"})
def _triad(a, b, c, times):
    for _ in range(times):
        for i in range(a.size):
            a[i] = b[i] + 0.5 * c[i]


def _fastest(work, runs=5) -> float:
    """Return the seconds of the fastest of some runs: what the machine can do undisturbed."""
    work()
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def _rate(loop, done: float, times=400) -> float:
    a, b = np.full(WIDE, 0.5), np.full(WIDE, 0.25)
    return times * WIDE * done / _fastest(lambda: loop(a, b, times))


def _bandwidth(size: int) -> float:
    """Return the bytes a second that a triad of *size* bytes in all reads and writes."""
    arrays = [np.ones(size // 24) for _ in range(3)]
    times = max(1, int(1e8 / size))
    return times * size / _fastest(lambda: _triad(*arrays, times))


def measured() -> Ceilings:
    """Measure this machine."""
    return Ceilings(
        flops=_rate(_polynomial, 2.0 * TERMS),
        divisions=_rate(_divide, 1.0),
        exps=_rate(_exp, 1.0),
        library=_rate(_library, 1.0, 50),
        l1=_bandwidth(SETS["L1"]),
        l2=_bandwidth(SETS["L2"]),
        memory=_bandwidth(SETS["memory"]),
    )
