"""Two futures of the same plateau: S_T, where thaw follows climate, and S_R, where it stays.

Source of the protocol: Liu et al., 2.3.
"""

import numpy as np
import xarray as xr
from numba import njit

from tem import parameters as declared
from tem.blocks import in_blocks
from tem.door import annotated, as_floats, drivers_of, places
from tem.ecosystem import expose, live_year
from tem.environment import REFERENCE_YEAR, SPIN_UP_CLIMATE
from tem.spinup import AT_REST, equilibrium
from tem.variables import Yearly

RUNS = ("S_T", "S_R")
SPIN_UP_YEARS = 200
SINCE = ("spin-up", "2006", "2020")
BLOCK = 32  # cells a thread takes at once
REPORTED = len(Yearly._fields) - 3  # alt, eet and pet come from the environment


@njit(error_model="numpy")
def _report(out, pools, flux, soc_pf, son_pf, availn_pf, soc_gross):
    """Write one year of `Yearly` (all but alt, eet, pet) into *out* [field]."""
    respired = flux.gpp - flux.npp
    uptake = flux.structural_uptake + flux.labile_uptake
    for k, value in enumerate(
        (
            flux.gpp, respired, flux.npp, flux.innpp, flux.rh, flux.npp - flux.rh,
            flux.ltrc, flux.ltrn, flux.netnmin, uptake,
            pools.vegc, pools.soc, pools.vegns + pools.vegnl, pools.son, pools.availn,
            soc_pf, son_pf, availn_pf, soc_gross,
        )
    ):  # fmt: skip
        out[k] = value


@njit(error_model="numpy")
def _future(
    out, pools, deep, litter_c, litter_n, drivers, alt, last_alt, co2, first, years, branch,
    rooting, early, late, follows,
):  # fmt: skip
    """Live the *years* from index *first*, writing them to *out* [field, year].

    *follows*: whether thaw goes on after year index *branch*. Parameters are *early* up to
    *branch* and *late* after it. Returns the state at the end.
    """
    soc_pf, son_pf, availn_pf, gross = 0.0, 0.0, 0.0, 0.0
    for year in range(first, years):
        after = year > branch
        p = late if after else early
        if follows or not after:
            now = min(alt[year], p.z_cap)
            before = min(alt[year - 1] if year > 0 else last_alt, p.z_cap)
            pools, deep, exposed = expose(pools, deep, now, before, rooting, p)
            if after:
                soc_pf += exposed.soc
                son_pf += exposed.son
                availn_pf += exposed.availn
                gross += max(exposed.soc, 0.0)
        pools, flux = live_year(
            pools, deep, litter_c, litter_n, drivers, 12 * year, co2[year], co2[0], p
        )
        litter_c, litter_n = flux.ltrc, flux.ltrn
        _report(out[:, year], pools, flux, soc_pf, son_pf, availn_pf, gross)
    return pools, deep, litter_c, litter_n


@njit(error_model="numpy")
def _spun_up(drivers, alt, co2, cycle, years, rooting, p):
    """Return the state on 1 January of the first year: equilibrium, then the repeated climate.

    *co2* (ppm) stays that of the first year. Last comes how far the equilibrium was from rest.
    """
    mean_year = np.zeros((drivers.shape[0], 12))
    for year in range(cycle):
        for m in range(12):
            for k in range(drivers.shape[0]):
                mean_year[k, m] += drivers[k, 12 * year + m] / cycle
    pools, litter_c, litter_n, change = equilibrium(mean_year, co2, p)
    deep = 0.0
    for k in range(-years, 0):  # so that the last year is the one before the cycle starts again
        year = k % cycle
        now = min(alt[year], p.z_cap)
        before = min(alt[(year - 1) % cycle], p.z_cap)
        if k > -years:
            pools, deep, _ = expose(pools, deep, now, before, rooting, p)
        pools, flux = live_year(pools, deep, litter_c, litter_n, drivers, 12 * year, co2, co2, p)
        litter_c, litter_n = flux.ltrc, flux.ltrn
    return pools, deep, litter_c, litter_n, change


@njit(nogil=True, cache=True, error_model="numpy")
def march(
    transient, reference, alt, co2, rooting, kinds, spin_types, early_types, late_types,
    cycle, spin_years, branch, both, out, unrest,
):  # fmt: skip
    """Fill *out* [cell, run, Yearly, year], runs in the order of `RUNS`.

    Also fills *unrest* [cell], the relative change a year that was left at equilibrium.

    *transient*, *reference* [cell, Drivers, month] (the same array unless thaw moves water);
    *alt* [cell, year]; *co2* [year]; *types* are records by ecosystem for the spin-up, to
    2020 and after; *branch* is the index of 2020; without *both* only S_T is run.
    """
    years = alt.shape[1]
    for c in range(alt.shape[0]):
        kind = kinds[c]
        spin, early, late = spin_types[kind], early_types[kind], late_types[kind]
        last_alt = alt[c, cycle - 1]
        pools, deep, litter_c, litter_n, unrest[c] = _spun_up(
            transient[c], alt[c], co2[0], cycle, spin_years, rooting[c], spin
        )
        shared = min(branch + 1, years)
        pools, deep, litter_c, litter_n = _future(
            out[c, 0], pools, deep, litter_c, litter_n, transient[c], alt[c], last_alt, co2,
            0, shared, branch, rooting[c], early, late, follows=True,
        )  # fmt: skip
        if both:
            out[c, 1, :, :shared] = out[c, 0, :, :shared]
            _future(
                out[c, 1], pools, deep, litter_c, litter_n, reference[c], alt[c], last_alt, co2,
                shared, years, branch, rooting[c], early, late, follows=False,
            )  # fmt: skip
        _future(
            out[c, 0], pools, deep, litter_c, litter_n, transient[c], alt[c], last_alt, co2,
            shared, years, branch, rooting[c], early, late, follows=True,
        )  # fmt: skip


def experiment(
    environment,
    parameters=None,
    runs=("S_R", "S_T"),
    *,
    since="spin-up",
    progress=None,
    cancelled=None,
    workers=None,
):
    """Run carbon and nitrogen through the climate of *environment*.

    Parameters
    ----------
    environment : what `tem.environment` returned (or some of its cells)
    parameters : None, mapping of ecosystem to Parameters, Parameters, or edits as strings
    runs : which of S_T (thaw follows climate) and S_R (thaw stays at 2020) to report
    since : when *parameters* start to hold: "spin-up", "2006" or "2020" (defaults before)
    progress : called with the finished fraction; cancelled : asked whether to stop
    workers : threads (default: one per processor)

    Returns
    -------
    Dataset of the `Yearly` variables on (run, year, cell), g m-2 (a year). Its attribute
    `cells_not_at_rest` counts cells whose spin-up found no equilibrium.

    Raises ValueError for unknown runs, *since* or parameters; Cancelled if stopped.
    """
    wanted = tuple(runs)
    if not wanted or set(wanted) - set(RUNS):
        raise ValueError(f"runs = {wanted}; choose from {', '.join(RUNS)}")
    if str(since) not in SINCE:
        raise ValueError(f"since = {since!r}; choose one of {', '.join(SINCE)}")
    edited = declared.settled(parameters)
    own, default = (declared.as_records(sets) for sets in (edited, declared.ecosystems()))
    phases = [own if SINCE.index(str(since)) <= n else default for n in range(3)]
    kinds = declared.kinds(environment.ecosystem.values)
    years = environment.year.values
    if years[0] != SPIN_UP_CLIMATE[0] or REFERENCE_YEAR not in years:
        raise ValueError(
            f"environment spans {years[0]}-{years[-1]}; expected 2006 to 2020 or later"
        )
    cycle = int(min(SPIN_UP_CLIMATE[1] - SPIN_UP_CLIMATE[0] + 1, years.size))
    branch = int(np.searchsorted(years, REFERENCE_YEAR))
    transient = drivers_of(environment, "S_T")
    reference = drivers_of(environment, "S_R") if "run" in environment.dims else transient
    alt, co2 = as_floats(environment.thaw_depth), as_floats(environment.co2)
    rooting = as_floats(environment.rooting_depth)
    out = np.empty((kinds.size, len(RUNS), REPORTED, years.size))
    unrest = np.empty(kinds.size)

    def work(block):
        march(
            transient[block], reference[block], alt[block], co2, rooting[block], kinds[block],
            *phases, cycle, SPIN_UP_YEARS, branch, "S_R" in wanted, out[block], unrest[block],
        )  # fmt: skip

    in_blocks(work, kinds.size, BLOCK, progress, cancelled, workers)
    full = _with_environment(out, environment, _seen(alt, phases, kinds, branch), branch)
    variables = annotated(Yearly, full.transpose(1, 0, 2, 3), ("run", "cell", "year"))
    result = xr.Dataset(
        variables,
        coords=places(environment) | {"run": list(RUNS), "year": ("year", years)},
        attrs=environment.attrs
        | {"since": str(since), "cells_not_at_rest": int((unrest > AT_REST).sum())},
    )
    return result.sel(run=list(wanted)).transpose("run", "year", "cell")


def _seen(alt, phases, kinds, branch) -> np.ndarray:
    """Return the thaw [cell, year] that the run has seen: *alt* no deeper than it counts."""
    early, late = (types.z_cap[kinds][:, None] for types in phases[1:])
    return np.minimum(alt, np.where(np.arange(alt.shape[1]) > branch, late, early))


def _with_environment(out, environment, followed, branch) -> np.ndarray:
    """Return *out* with alt, eet and pet appended; in S_R thaw stays at 2020."""
    cells, runs, _, years = out.shape
    still = followed.copy()
    still[:, branch + 1 :] = followed[:, branch : branch + 1]
    full = np.empty((cells, runs, len(Yearly._fields), years))
    full[:, :, :REPORTED] = out
    full[:, 0, REPORTED], full[:, 1, REPORTED] = followed, still
    for k, run in enumerate(RUNS):
        chosen = environment.sel(run=run) if "run" in environment.dims else environment
        full[:, k, REPORTED + 1] = as_floats(chosen.eet)
        full[:, k, REPORTED + 2] = as_floats(chosen.pet)
    return full
