"""Equilibrium: a year returns it to itself, and patience would have led there."""

import numpy as np
import pytest
from numba import njit

from tem import soil
from tem.ecosystem import EMPTY, flow, live_year, month_of, settle, weighted
from tem.parameters import ECOSYSTEMS, Parameters, as_records, ecosystems
from tem.schema import records
from tem.spinup import equilibrium, solve
from tem.variables import Drivers, Pools

CYCLE = 41
CO2 = 380.83  # ppm, of 2006


@pytest.fixture(scope="module")
def mean_years(environment):
    """Return the mean year of the spin-up climate, [cell, Drivers, month]."""
    every = np.stack([environment[name].to_numpy() for name in Drivers._fields], axis=1)
    years = every[:, :, : 12 * CYCLE].reshape(*every.shape[:2], CYCLE, 12)
    return np.ascontiguousarray(years.mean(axis=2))


def start(p):
    return Pools(
        p.vegc_start, p.vegns_start, p.vegnl_start, p.soc_start, p.son_start, p.availn_start
    )


def one(parameters):
    return records(Parameters, [parameters])[0]


def nitrogen(pools):
    return pools.vegns + pools.vegnl + pools.son + pools.availn


@pytest.mark.parametrize("kind", range(len(ECOSYSTEMS)), ids=ECOSYSTEMS)
class TestEquilibrium:
    def test_a_year_returns_it_to_itself(self, kind, mean_years):
        p = as_records(ecosystems())[kind]
        rest, litter_c, litter_n = equilibrium(start(p), mean_years[kind], CO2, p)
        after, year = live_year(rest, 0.0, litter_c, litter_n, mean_years[kind], 0, CO2, CO2, p)
        assert after == pytest.approx(rest, rel=1e-7)
        assert year.npp == pytest.approx(year.rh, rel=1e-5)
        assert year.ltrn == pytest.approx(year.netnmin, rel=1e-5)

    def test_it_keeps_all_nitrogen(self, kind, mean_years):
        p = as_records(ecosystems())[kind]
        rest, *_ = equilibrium(start(p), mean_years[kind], CO2, p)
        assert nitrogen(rest) == pytest.approx(nitrogen(start(p)), rel=1e-12)

    def test_three_thousand_years_lead_there(self, kind, mean_years):
        p = as_records(ecosystems())[kind]
        rest, *_ = equilibrium(start(p), mean_years[kind], CO2, p)
        pools, litter = start(p), (0.0, 0.0)
        for _ in range(3000):
            pools, year = live_year(pools, 0.0, *litter, mean_years[kind], 0, CO2, CO2, p)
            litter = (year.ltrc, year.ltrn)
        worst = max(abs(a / b - 1) for a, b in zip(rest, pools, strict=True))
        print(f"{ECOSYSTEMS[kind]}: {worst:.1e} from where 3000 years lead")
        assert worst < 1e-3


def test_small_systems_are_solved():
    rng = np.random.default_rng(3)
    matrix, right = rng.normal(size=(6, 6)), rng.normal(size=6)
    expected = np.linalg.solve(matrix, right)
    assert solve(matrix, right)
    assert right == pytest.approx(expected)


def test_a_singular_system_is_refused():
    assert not solve(np.ones((3, 3)), np.ones(3))


@njit
def resolved_year(pools, litter_c, litter_n, drivers, co2, p, steps):
    """A year in so many Runge-Kutta steps a month."""
    rate = soil.decomposition_rate(p.kd, litter_c, litter_n, p.lcclnc)
    year, step = EMPTY, 1.0 / steps
    for m in range(12):
        month = month_of(drivers, m, rate, co2, 1.0, 0.0, p)
        for _ in range(steps):
            k1 = flow(pools, month, p)
            k2 = flow(settle(pools, k1, 0.5 * step), month, p)
            k3 = flow(settle(pools, k2, 0.5 * step), month, p)
            k4 = flow(settle(pools, k3, step), month, p)
            outer, inner = weighted(k1, 1 / 6, k4, 1 / 6), weighted(k2, 1 / 3, k3, 1 / 3)
            flux = weighted(outer, 1.0, inner, 1.0)
            pools = settle(pools, flux, step)
            year = weighted(year, 1.0, flux, step)
    return pools, year


@pytest.mark.parametrize("kind", range(len(ECOSYSTEMS)), ids=ECOSYSTEMS)
@pytest.mark.parametrize("change", [{}, {"nmax": 3.0, "nup": 3.0}, {"kd": 2.0}], ids=str)
def test_steps_are_as_good_as_many_more(kind, change, mean_years, compiled):
    """Two centuries on from rest, with 60 steps a month: fluxes and pools within 0.2 %."""
    own = ecosystems()[ECOSYSTEMS[kind]]
    p = one(own._replace(**{name: factor * getattr(own, name) for name, factor in change.items()}))
    rest, litter_c, litter_n = equilibrium(start(own), mean_years[kind], CO2, p)
    ours, theirs = (rest, (litter_c, litter_n)), (rest, (litter_c, litter_n))
    for _ in range(200):
        pools, year = live_year(ours[0], 0.0, *ours[1], mean_years[kind], 0, CO2, CO2, p)
        ours = pools, (year.ltrc, year.ltrn)
        pools, exact = resolved_year(theirs[0], *theirs[1], mean_years[kind], CO2, p, 60)
        theirs = pools, (exact.ltrc, exact.ltrn)
    for name in ("gpp", "innpp", "npp", "rh", "ltrn"):
        assert getattr(year, name) == pytest.approx(getattr(exact, name), rel=2e-3), name
    for name in Pools._fields:
        assert getattr(ours[0], name) == pytest.approx(getattr(theirs[0], name), rel=2e-3), name
