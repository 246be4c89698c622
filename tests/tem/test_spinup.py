"""Equilibrium: a year returns it to itself, and patience would have led there."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from numba import njit

from tem import ecosystem
from tem.door import drivers_of
from tem.ecosystem import place_of_lanes
from tem.parameters import ECOSYSTEMS, Parameters, as_records, ecosystems
from tem.rest import at_rest
from tem.schema import records
from tem.spinup import AT_REST, STILL, nitrogen_of, start
from tem.variables import Drivers, Fluxes, Pools
from tests.tem.alone import equilibrium, live_year, placed, take
from tests.tem.strategies import usual_rates

CYCLE = 41
CO2 = 380.83  # ppm, of 2006


@pytest.fixture(scope="module")
def mean_years(environment):
    """Return the mean year of the spin-up climate, [cell, Drivers, month]."""
    every = np.stack([environment[name].to_numpy() for name in Drivers._fields], axis=1)
    years = every[:, :, : 12 * CYCLE].reshape(*every.shape[:2], CYCLE, 12)
    return np.ascontiguousarray(years.mean(axis=2))


def brute(p, drivers, years):
    """Return where so many years lead, and the last of them."""
    place, _ = place_of_lanes()
    start(place, p)
    many_years(place, np.ascontiguousarray(drivers.T[:, :, None]), p, years)
    return take(Pools, place["pools"]), take(Fluxes, place["year"])


@njit
def many_years(place, drivers, p, years):
    for _ in range(years):
        ecosystem.live_year(place, 1, drivers, 0, CO2, CO2, p)


def one(parameters):
    return records(Parameters, [parameters])[0]


def nitrogen(pools):
    return pools.vegns + pools.vegnl + pools.son + pools.availn


@pytest.mark.parametrize("kind", range(len(ECOSYSTEMS)), ids=ECOSYSTEMS)
class TestEquilibrium:
    def test_a_year_returns_it_to_itself(self, kind, mean_years):
        p = as_records(ecosystems())[kind]
        rest, litter_c, litter_n, change = equilibrium(mean_years[kind], CO2, p)
        assert change < STILL
        after, year = live_year(rest, 0.0, litter_c, litter_n, mean_years[kind], 0, CO2, CO2, p)
        assert after == pytest.approx(rest, rel=1e-7)
        assert year.npp == pytest.approx(year.rh, rel=1e-5)
        assert year.ltrn == pytest.approx(year.netnmin, rel=1e-5)

    def test_it_keeps_all_nitrogen(self, kind, mean_years):
        p = as_records(ecosystems())[kind]
        rest, *_ = equilibrium(mean_years[kind], CO2, p)
        assert nitrogen(rest) == pytest.approx(nitrogen_of(p), rel=1e-12)

    def test_three_thousand_years_lead_there(self, kind, mean_years):
        p = as_records(ecosystems())[kind]
        rest, *_ = equilibrium(mean_years[kind], CO2, p)
        pools, _ = brute(p, mean_years[kind], 3000)
        worst = max(abs(a / b - 1) for a, b in zip(rest, pools, strict=True))
        print(f"{ECOSYSTEMS[kind]}: {worst:.1e} from where 3000 years lead")
        assert worst < 1e-3


@settings(derandomize=True, deadline=None, max_examples=40)
@given(usual_rates())
def test_whatever_the_rates_a_year_at_rest_is_where_patience_leads(mean_years, compiled, p):
    """Pools and fluxes within 0.1 % of 3000 years, where those themselves have come to rest."""
    kind, p = kind_of(p), one(p)
    near = as_records(ecosystems())[kind]
    rest, litter_c, litter_n, change = equilibrium(mean_years[kind], CO2, p, near)
    assert change < AT_REST
    pools, year = brute(p, mean_years[kind], 3000)
    later, _ = live_year(pools, 0.0, year.ltrc, year.ltrn, mean_years[kind], 0, CO2, CO2, p)
    if later != pytest.approx(pools, rel=1e-7):
        return
    _, ours = live_year(rest, 0.0, litter_c, litter_n, mean_years[kind], 0, CO2, CO2, p)
    size = pools.vegns + pools.son  # a store of nitrogen may be all but empty
    for name in ("vegc", "vegns", "soc", "son"):
        assert getattr(rest, name) == pytest.approx(getattr(pools, name), rel=1e-3), name
    for name in ("vegnl", "availn"):
        assert getattr(rest, name) == pytest.approx(getattr(pools, name), rel=1e-3, abs=1e-6 * size)
    for name in ("gpp", "innpp", "npp", "rh", "ltrn"):
        assert getattr(ours, name) == pytest.approx(getattr(year, name), rel=1e-3, abs=1e-3), name


@pytest.mark.parametrize("kind", range(len(ECOSYSTEMS)), ids=ECOSYSTEMS)
@pytest.mark.parametrize("change", [{"kd": 2.0}, {"nmax": 0.3, "nup": 3.0}, {"cmax": 0.6}], ids=str)
def test_where_the_search_begins_does_not_matter(kind, change, mean_years):
    own = ecosystems()[ECOSYSTEMS[kind]]
    p = one(own._replace(**{name: factor * getattr(own, name) for name, factor in change.items()}))
    (far, *_), (near, *_) = (
        equilibrium(mean_years[kind], CO2, p, begin) for begin in (None, one(own))
    )
    assert near == pytest.approx(far, rel=1e-5)


def test_a_search_that_begins_at_rest_stays_there(mean_years):
    p = as_records(ecosystems())[0]
    found = equilibrium(mean_years[0], CO2, p, p)
    assert found[0] == pytest.approx(equilibrium(mean_years[0], CO2, p)[0], rel=1e-9)


def test_a_start_that_holds_too_much_nitrogen_is_not_begun_from(mean_years):
    own = ecosystems()["Forest"]
    kind = ECOSYSTEMS.index("Forest")
    poor = one(own._replace(son_start=1.0, vegns_start=0.5, vegnl_start=0.1, availn_start=0.1))
    *_, change = equilibrium(mean_years[kind], CO2, poor, one(own))
    assert change < AT_REST


def test_a_place_comes_to_rest_the_same_in_company(environment):
    many = at_rest(environment, ["kd*=1.3", "nmax*=0.8"])
    for cell in range(0, environment.sizes["cell"], 2):
        alone = at_rest(environment.isel(cell=[cell]), ["kd*=1.3", "nmax*=0.8"])
        xr.testing.assert_identical(alone, many.isel(cell=[cell]))


def kind_of(parameters):
    """Return the index of the ecosystem whose fixed traits these are."""
    traits = ("c_even", "c2n", "cfall", "soc_start", "b")
    alike = [all(getattr(own, t) == getattr(parameters, t) for t in traits)
             for own in ecosystems().values()]  # fmt: skip
    return alike.index(True)


@njit
def resolved_year(place, drivers, first, p, steps):
    """Live a year in so many Runge-Kutta steps a month."""
    ecosystem.begin_year(place, 1, p)
    place.pace.steps[0] = steps
    for m in range(first, first + 12):
        ecosystem.set_sky(place, 1, drivers[m], CO2, p)
        ecosystem.take_steps(place, 1, steps, 1.0, p)
    place.litter.c[0], place.litter.n[0] = place.year.ltrc[0], place.year.ltrn[0]


CHANGES = [{}, {"nmax": 3.0, "nup": 3.0}, {"kd": 2.0}, {"kd": 0.3, "nup": 0.3}, {"nmax": 0.3}]


@pytest.mark.parametrize("kind", range(len(ECOSYSTEMS)), ids=ECOSYSTEMS)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_steps_are_as_good_as_many_more(kind, change, environment, mean_years, compiled):
    """Every year of the climate to come, with 100 steps a month: all within 0.2 %."""
    own = ecosystems()[ECOSYSTEMS[kind]]
    p = one(own._replace(**{name: factor * getattr(own, name) for name, factor in change.items()}))
    drivers = np.stack(drivers_of(environment, "S_T"))[:, kind]
    rest, litter_c, litter_n, _ = equilibrium(mean_years[kind], CO2, one(own))
    months = np.ascontiguousarray(drivers.T[:, :, None])
    ours, theirs = (placed(rest, litter=(litter_c, litter_n)) for _ in range(2))
    for n in range(drivers.shape[1] // 12):
        ecosystem.live_year(ours, 1, months, 12 * n, CO2, CO2, p)
        resolved_year(theirs, months, 12 * n, p, 100)
        year, exact = (take(Fluxes, place["year"]) for place in (ours, theirs))
        pools, well = (take(Pools, place["pools"]) for place in (ours, theirs))
        for name in ("gpp", "innpp", "npp", "rh", "ltrn"):
            close = pytest.approx(getattr(exact, name), rel=2e-3, abs=2e-3)
            assert getattr(year, name) == close, (n, name)
        for name in Pools._fields:
            assert getattr(pools, name) == pytest.approx(getattr(well, name), rel=2e-3), (n, name)
