"""Carbon and nitrogen of one place: what nature guarantees, for any values; then limits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tem.ecosystem import Sky
from tem.parameters import Parameters, ecosystems
from tem.schema import records
from tem.variables import Pools
from tests.tem.alone import expose, flow, live_month, live_year, settle
from tests.tem.strategies import any_month, any_parameters, any_pools, usual_parameters

SETTINGS = settings(derandomize=True, deadline=None, max_examples=150)
MEADOW = ecosystems()["Meadow"]
CO2 = 381.0  # ppm
POOLS = Pools(vegc=1200.0, vegns=30.0, vegnl=1.5, soc=15000.0, son=1005.0, availn=2.0)
SUMMER = Sky(
    production=0.25, plant_warmth=2.0, decomposition=0.002, diffusion=1e-4, beyond_roots=0.0
)
SEASONS = np.array(  # of a cool, moist place, [Drivers, month]
    [
        np.clip(-0.25 * np.cos(2 * np.pi * np.arange(12) / 12), 0, None),
        np.full(12, 0.9),
        np.clip(1 - np.cos(2 * np.pi * np.arange(12) / 12), 0.1, None),
        -12 * np.cos(2 * np.pi * np.arange(12) / 12) - 1,
        np.full(12, 0.8),
        np.full(12, 1e-4),
    ]
)


def carbon(pools):
    return pools.vegc + pools.soc


def nitrogen(pools):
    return pools.vegns + pools.vegnl + pools.son + pools.availn


def one(parameters):
    return records(Parameters, [parameters])[0]


def month(pools, p=MEADOW, **changes):
    return live_month(pools, SUMMER._replace(**changes), one(p))


def year(pools, drivers, p, litter=(0.0, 0.0), deep=0.0):
    return live_year(pools, deep, *litter, drivers, 0, CO2, CO2, one(p))


@SETTINGS
@given(any_pools(), any_month(), any_parameters(), st.floats(0, 1))
def test_carbon_and_nitrogen_are_neither_made_nor_lost(pools, sky, p, months):
    flux = flow(pools, sky, one(p))
    moved = settle(pools, flux, months)
    size = abs(carbon(pools)) + abs(carbon(moved)) + abs(flux.npp) + flux.rh
    gained = months * (flux.npp - flux.rh)
    assert carbon(moved) - carbon(pools) == pytest.approx(gained, abs=1e-13 * size + 1e-13)
    size = nitrogen(pools) + abs(flux.netnmin) + 1
    assert nitrogen(moved) - nitrogen(pools) == pytest.approx(0, abs=1e-13 * size)


@SETTINGS
@given(any_pools(), any_month(), any_parameters())
def test_nitrogen_never_adds_to_growth(pools, sky, p):
    flux = flow(pools, sky, one(p))
    assert flux.npp <= flux.innpp or flux.innpp < 0
    if flux.innpp < 0:
        assert flux.npp == flux.innpp


@SETTINGS
@given(any_pools(), any_month(), any_parameters())
def test_gross_production_splits_into_growth_and_respiration(pools, sky, p):
    flux = flow(pools, sky, one(p))
    respired = flux.gpp - flux.npp
    assert flux.gpp >= -1e-9
    assert respired >= -1e-9 * max(flux.gpp, 1)


YEAR_OF = st.builds(
    lambda *rows: np.array(rows),
    *(
        st.lists(st.floats(low, high), min_size=12, max_size=12)
        for low, high in ((0, 1), (0, 1), (0, 6.05), (-30, 20), (0, 1), (0, 0.005))
    ),
)


@SETTINGS
@given(any_pools(), YEAR_OF, usual_parameters())
def test_no_pool_falls_below_nothing_in_a_year(pools, drivers, p):
    after, flux = year(pools, drivers, p)
    assert min(after) >= -1e-9
    size = carbon(pools) + abs(flux.npp) + flux.rh + 1
    assert carbon(after) - carbon(pools) == pytest.approx(flux.npp - flux.rh, abs=1e-12 * size)
    assert nitrogen(after) == pytest.approx(nitrogen(pools), rel=1e-12, abs=1e-12)
    assert flux.npp <= flux.innpp + 1e-9


@SETTINGS
@given(any_pools(), any_month(), any_parameters())
def test_no_pool_falls_below_nothing_in_a_month_of_any_place(pools, sky, p):
    after, _ = live_month(pools, sky, one(p))
    assert min(after) >= -1e-9 * max(pools)


# Limits


def test_without_photosynthesis_plants_live_on_themselves():
    flux = flow(POOLS, SUMMER, one(MEADOW._replace(cmax=0.0)))
    assert flux.npp == flux.innpp == -(flux.gpp - flux.npp)
    assert flux.gpp == 0
    after, _ = month(POOLS, MEADOW._replace(cmax=0.0))
    assert after.vegc < POOLS.vegc


def test_a_cold_dark_or_frozen_month_has_no_production():
    flux = flow(POOLS, SUMMER._replace(production=0.0), one(MEADOW))
    assert flux.gpp == 0
    assert flux.npp < 0


def test_without_decomposition_soil_only_gains():
    p = MEADOW._replace(kd=0.0)
    after, flux = year(POOLS, SEASONS, p)
    assert flux.rh == flux.netnmin == 0
    assert after.soc == pytest.approx(POOLS.soc + flux.ltrc)


def test_without_soil_nothing_decomposes():
    flux = flow(POOLS._replace(soc=0.0, son=0.0), SUMMER, one(MEADOW))
    assert flux.rh == flux.netnmin == 0


def test_soil_without_litter_decays_exponentially():
    bare = Pools(vegc=0.0, vegns=0.0, vegnl=0.0, soc=10000.0, son=600.0, availn=1.0)
    after, _ = month(bare, MEADOW._replace(cmax=0.0))
    assert after.soc == pytest.approx(10000 * np.exp(-0.002), rel=1e-9)


def test_with_nitrogen_in_plenty_npp_is_that_of_the_climate():
    rich = POOLS._replace(vegnl=100.0, availn=50.0)
    flux = flow(rich, SUMMER, one(MEADOW._replace(nmax=2000.0)))
    assert flux.npp == flux.innpp > 0


def test_without_nitrogen_nothing_grows():
    poor = POOLS._replace(vegnl=0.0)
    flux = flow(poor, SUMMER, one(MEADOW._replace(nmax=0.0)))
    assert flux.innpp > 0
    assert flux.npp == 0


def test_more_uptake_never_means_less_growth():
    few = MEADOW._replace(nup=3.0)  # microbes leave nitrogen to be taken up
    grown = [flow(POOLS, SUMMER, one(few._replace(nmax=n))).npp for n in (0, 5, 20, 80, 320)]
    assert grown == sorted(grown)
    assert grown[-1] > grown[0]


def test_nitrogen_beyond_roots_is_not_taken_up():
    flux = flow(POOLS, SUMMER._replace(beyond_roots=POOLS.availn), one(MEADOW))
    assert flux.structural_uptake + flux.labile_uptake <= max(flux.netnmin, 0)
    assert flux.netnmin >= 0  # and microbes bind none of it


def test_a_month_in_two_steps_is_a_month():
    """Thousands of small steps change nothing that matters."""
    pools, npp = POOLS, 0.0
    p = one(MEADOW)
    for _ in range(4000):
        flux = flow(pools, SUMMER, p)
        pools = settle(pools, flux, 1 / 4000)
        npp += flux.npp / 4000
    after, flux = month(POOLS)
    assert flux.npp == pytest.approx(npp, rel=1e-3)
    for ours, exact in zip(after, pools, strict=True):
        assert ours == pytest.approx(exact, rel=5e-3)


def test_constant_growth_settles_where_litter_equals_it():
    p = MEADOW._replace(kra=0.0, cov=0.0)
    vegc, soc = POOLS.vegc, POOLS.soc
    pools = POOLS._replace(vegnl=50.0, availn=50.0)
    after, flux = month(pools, p)
    assert flux.ltrc == pytest.approx(p.cfall * 0.5 * (vegc + after.vegc), rel=1e-3)
    assert flux.rh == pytest.approx(0.002 * 0.5 * (soc + after.soc), rel=1e-3)


# Thaw


def exposed(alt, previous, deep=0.0, rooting=1.0):
    return expose(POOLS, deep, alt, previous, rooting, one(MEADOW))


def test_thaw_widens_soil_pools_alike_and_leaves_plants_alone():
    after, _, gained = exposed(2.1, 2.0)
    for name in ("soc", "son", "availn"):
        assert getattr(after, name) / getattr(POOLS, name) == pytest.approx(1.010188, abs=1e-6)
        assert getattr(gained, name) == pytest.approx(getattr(after, name) - getattr(POOLS, name))
    assert after[:3] == POOLS[:3]


def test_new_nitrogen_below_roots_is_out_of_reach():
    _, deep, gained = exposed(2.1, 2.0)
    assert deep == gained.availn > 0


def test_new_nitrogen_among_roots_is_within_reach():
    assert exposed(0.9, 0.8)[1] == 0


def test_refreezing_takes_the_deepest_nitrogen_first():
    _, deep, gained = exposed(2.0, 2.1, deep=1.0)
    assert gained.availn < 0
    assert deep == pytest.approx(1.0 + gained.availn)
    assert exposed(2.0, 2.1, deep=0.0)[1] == 0


def test_thaw_and_refreezing_undo_each_other():
    after, deep, _ = exposed(2.5, 2.0)
    again, deep, _ = expose(after, deep, 2.0, 2.5, 1.0, one(MEADOW))
    assert again == pytest.approx(POOLS)
    assert deep == pytest.approx(0, abs=1e-12)


@SETTINGS
@given(st.lists(st.floats(0.05, 10), min_size=3, max_size=40), st.floats(0.1, 3))
def test_nitrogen_beyond_roots_is_never_more_than_there_is(depths, rooting):
    pools, deep = POOLS, 0.0
    for previous, alt in pairwise(depths):
        pools, deep, _ = expose(pools, deep, alt, previous, rooting, one(MEADOW))
        assert 0 <= deep <= pools.availn * (1 + 1e-9)
