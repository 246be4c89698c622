"""Equilibrium: a year returns it to itself, and patience would have led there."""

import numpy as np
import pytest

from tem.ecosystem import live_year
from tem.parameters import ECOSYSTEMS, as_records, ecosystems
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
