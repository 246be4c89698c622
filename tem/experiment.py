"""Two futures of the same plateau: S_T, where thaw follows climate, and S_R, where it stays.

Source of the protocol: Liu et al., 2.3.
"""

from typing import NamedTuple

import numpy as np
import xarray as xr

from tem import parameters as declared
from tem.blocks import alike, in_blocks
from tem.door import (
    annotated,
    as_floats,
    check_same_cells,
    drivers_of,
    mean_year,
    numbers_of,
    of_run,
    places,
    rest_in,
    side_by_side,
)
from tem.ecosystem import live, place_of_lanes
from tem.environment import REFERENCE_YEAR, SPIN_UP_CLIMATE
from tem.lanes import LANES
from tem.spinup import AT_REST, equilibrium
from tem.variables import Drivers, Yearly

RUNS = ("S_T", "S_R")
WITHHELD = {"S_C": "n", "S_N": "c"}  # as S_T, but thaw exposes carbon alone, or nitrogen alone
SPIN_UP_YEARS = 200
SINCE = ("spin-up", "2006", "2020")
REPORTED = len(Yearly._fields) - 3  # alt, eet and pet come from the environment
EXPOSED = slice(REPORTED - 4, REPORTED)  # what is booked from 2021 on


class _Phases(NamedTuple):
    """One ecosystem's parameters in the spin-up, to 2020 and after."""

    spin_up: np.record
    early: np.record
    late: np.record


class _Protocol(NamedTuple):
    """When what happens, in indices of years."""

    years: int
    cycle: int  # years of climate that the spin-up repeats
    branch: int  # the last year that all runs share
    runs: tuple[str, ...]


def experiment(
    environment,
    parameters=None,
    runs=("S_R", "S_T"),
    *,
    since="spin-up",
    past=None,
    progress=None,
    cancelled=None,
    workers=None,
):
    """Run carbon and nitrogen through the climate of *environment*.

    Parameters
    ----------
    environment : what `tem.environment` returned (or some of its cells)
    parameters : None, mapping of ecosystem to Parameters, Parameters, or edits as strings
    runs : which to report of S_T (thaw follows climate), S_R (thaw stays at 2020) and, to tell
        causes apart, S_C and S_N (thaw from 2021 on exposes carbon or nitrogen alone)
    since : when *parameters* start to hold: "spin-up", "2006" or "2020" (defaults before)
    past : environment of the same cells that holds to 2020, spin-up included (default:
        *environment*); of *environment* only the years from 2021 on are then read
    progress : called with the finished fraction; cancelled : asked whether to stop
    workers : threads (default: one per processor)

    Returns
    -------
    Dataset of the `Yearly` variables on (run, year, cell), g m-2 (a year). Its attribute
    `cells_not_at_rest` counts cells whose spin-up found no equilibrium.

    Raises ValueError for unknown runs, *since* or parameters; Cancelled if stopped.
    """
    wanted = tuple(runs)
    if not wanted or set(wanted) - {*RUNS, *WITHHELD}:
        raise ValueError(f"runs = {wanted}; choose from {', '.join((*RUNS, *WITHHELD))}")
    if str(since) not in SINCE:
        raise ValueError(f"since = {since!r}; choose one of {', '.join(SINCE)}")
    edited = declared.settled(parameters)
    changed, default = declared.as_records(edited), declared.default_records()
    phases = [changed if SINCE.index(str(since)) <= n else default for n in range(3)]
    kinds = declared.kinds(environment.ecosystem.values)
    years = environment.year.values
    if years[0] != SPIN_UP_CLIMATE[0] or REFERENCE_YEAR not in years:
        raise ValueError(
            f"environment spans {years[0]}-{years[-1]}; expected 2006 to 2020 or later"
        )
    plan = _Protocol(
        years=years.size,
        cycle=int(min(SPIN_UP_CLIMATE[1] - SPIN_UP_CLIMATE[0] + 1, years.size)),
        branch=int(np.searchsorted(years, REFERENCE_YEAR)),
        runs=wanted,
    )
    apart = RUNS if "run" in environment.dims else ("S_T",)
    if past is None:
        past, own = environment, {}
    else:
        own = {"spin-up": drivers_of(past.isel(time=slice(12 * plan.cycle)), "S_T")}
        environment = _continued(past, environment)
    drivers = {run: drivers_of(environment, run) for run in apart} | own
    repeated = numbers_of(past, "thaw_depth")[:, : plan.cycle]
    alt, co2, rooting = (
        numbers_of(environment, name) for name in ("thaw_depth", "co2", "rooting_depth")
    )
    near = rest_in(past)
    out = np.empty((len(Yearly._fields), len(wanted), years.size, kinds.size))
    unrest = np.empty(kinds.size)
    size = LANES // max(len(wanted), len(RUNS))  # so that the runs go side by side
    blocks = alike(environment.ecosystem.values, size, _pace(drivers["S_T"]))

    def work(block):
        name, cells = blocks[block.start]
        kind = declared.ECOSYSTEMS.index(name)
        months = {run: side_by_side(drivers[run], cells) for run in drivers}
        out[:REPORTED, ..., cells], unrest[cells] = _live_through(
            months, near[:, cells],
            *(np.ascontiguousarray(depth[cells].T) for depth in (repeated, alt)),
            rooting[cells], co2,
            _Phases(*(types[kind] for types in phases)), plan,
        )  # fmt: skip

    in_blocks(work, len(blocks), 1, progress, cancelled, workers)
    _add_environment(out[REPORTED:], environment, _seen(alt, phases, kinds, plan.branch), plan)
    return xr.Dataset(
        annotated(Yearly, out, ("run", "year", "cell"), axis=0),
        coords=places(environment) | {"run": list(wanted), "year": environment.variables["year"]},
        attrs=environment.attrs
        | {"since": str(since), "cells_not_at_rest": int((~(unrest <= AT_REST)).sum())},
    )


def _continued(past, environment):
    """Return *environment* with the years to 2020 of *past*, which must have the same cells."""
    check_same_cells(environment, past, "past", "environment")
    if dict(past.sizes) != dict(environment.sizes) or not past.year.equals(environment.year):
        raise ValueError("past and environment differ in their years, or in the runs they have")
    late = environment.year > REFERENCE_YEAR
    months = xr.DataArray(np.repeat(late.values, 12), dims="time")
    parts = {
        name: array.where(late if "year" in array.dims else months, past[name])
        for name, array in environment.items()
        if {"year", "time"} & set(array.dims)
    }
    return environment.assign(parts)


def _live_through(drivers, near, repeated, thaw, rooting, co2, phases, plan):
    """Return `Yearly` [field, run, year, cell] of cells, and their unrest at the start.

    *drivers* by run [month, Drivers, cell], S_T's alone where all have the same; *near*, the
    `Rest` [field, cell] of the default parameters; thaw depth in the *repeated* years and all
    through, *thaw* [year, cell], *rooting* [cell] in m; *co2* [year] in ppm. The spin-up repeats
    the climate under the CO2 of the first year; its last year is the one before the cycle starts
    again.
    """
    cells = rooting.size
    place, lanes = place_of_lanes()
    out = np.empty((REPORTED, plan.years, len(plan.runs), cells))
    nothing = np.empty((0, 0, cells))
    spin_up = drivers.get("spin-up", drivers["S_T"])[: 12 * plan.cycle]
    unrest = equilibrium(place, mean_year(spin_up), co2[0], phases.spin_up, near)

    years = np.arange(-SPIN_UP_YEARS, 0) % plan.cycle
    before = np.concatenate([years[:1], years[:-1]])
    steady = np.full(SPIN_UP_YEARS, co2[0])
    live(
        place, spin_up, years, repeated[years], repeated[before], rooting, steady, co2[0],
        phases.spin_up, np.zeros((4, cells)), nothing,
    )  # fmt: skip

    years = np.arange(min(plan.branch + 1, plan.years))
    last_year = np.concatenate([repeated[-1:], thaw[years[:-1]]])
    shared = np.empty((REPORTED, years.size, cells))
    live(
        place, drivers["S_T"], years, thaw[years], last_year, rooting, co2, co2[0],
        phases.early, np.zeros((4, cells)), shared,
    )  # fmt: skip
    shared[EXPOSED] = 0.0
    out[:, : years.size] = shared[:, :, None]

    after = np.arange(years.size, plan.years)
    seen = np.concatenate([_seen_by(run, thaw, plan.branch) for run in plan.runs], axis=1)
    months = [drivers.get(run, drivers["S_T"]) for run in plan.runs]
    lanes[:, : len(plan.runs) * cells] = np.tile(lanes[:, :cells], len(plan.runs))
    for k, run in enumerate(plan.runs):
        if run in WITHHELD:
            place["withheld"][WITHHELD[run]][k * cells : (k + 1) * cells] = 1.0
    apart = np.empty((REPORTED, after.size, len(plan.runs) * cells))
    live(
        place, np.concatenate(months, axis=2), after, seen[after], seen[after - 1],
        np.tile(rooting, len(plan.runs)), co2[after], co2[0],
        phases.late, np.zeros((4, apart.shape[2])), apart,
    )  # fmt: skip
    out[:, years.size :] = apart.reshape(REPORTED, after.size, len(plan.runs), cells)
    return np.moveaxis(out, 2, 1), unrest


def _pace(drivers) -> np.ndarray:
    """Return what decides how many steps a cell's months take [cell]."""
    known = Drivers(*drivers)
    return (known.diffusion * known.plant_warmth).mean(axis=1)


def _seen_by(run, thaw, branch) -> np.ndarray:
    """Return the thaw [year, cell] of a run: in S_R it stays as in year index *branch*."""
    if run != "S_R":
        return thaw
    still = thaw.copy()
    still[branch + 1 :] = thaw[branch]
    return still


def _seen(alt, phases, kinds, branch) -> np.ndarray:
    """Return the thaw [cell, year] that the run has seen: *alt* no deeper than it counts."""
    early, late = (types.z_cap[kinds][:, None] for types in phases[1:])
    return np.minimum(alt, np.where(np.arange(alt.shape[1]) > branch, late, early))


def _add_environment(out, environment, followed, plan) -> None:
    """Set *out* [field, run, year, cell] to alt, eet and pet; in S_R thaw stays at 2020."""
    for k, run in enumerate(plan.runs):
        chosen = of_run(environment, run)
        out[0, k] = _seen_by(run, followed.T, plan.branch)
        out[1, k], out[2, k] = (as_floats(chosen.variables[name]).T for name in ("eet", "pet"))
