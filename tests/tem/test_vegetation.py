"""Plants: known answers, limits, and how carbon and nitrogen come to agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tem import vegetation

SETTINGS = settings(derandomize=True, deadline=None, max_examples=200)
TUNDRA = -0.006808


def agreed(innpp, uptake, labile_n, **changes):
    """Return what `agree` makes of an offer, structural pools being ample."""
    usual = {
        "structural_n": 30.0, "share": 30 / 1200, "shed_n": 0.1, "resorbed": 0.05,
        "c_even": 40.0, "n_even": 1 / 40, "c2n": 40.0, "labncon": 0.2,
    }  # fmt: skip
    return vegetation.agree(innpp=innpp, uptake=uptake, labile_n=labile_n, **(usual | changes))


@pytest.mark.parametrize(("carbon", "expected"), [(0, 0.37507), (300, 0.82228), (1000, 0.99816)])
def test_foliage_of_tundra(carbon, expected):
    assert vegetation.foliage(float(carbon), TUNDRA) == pytest.approx(expected, abs=6e-6)


def test_maintenance_is_proportional_to_small_plants():
    assert vegetation.maintenance(100.0, 0.03, 0.0, 2.0) == pytest.approx(6.0)
    assert vegetation.maintenance(1000.0, 0.03, -1e-3, 1.0) == pytest.approx(30 / np.e)


def test_growth_costs_a_fifth_and_a_loss_nothing():
    assert vegetation.unlimited_npp(gross=150.0, respired=50.0) == 80.0
    assert vegetation.unlimited_npp(gross=20.0, respired=50.0) == -30.0


@pytest.mark.parametrize("innpp", [-20.0, 0.0, 35.0])
def test_gross_production_pays_for_everything(innpp):
    gross = vegetation.gross_production(npp=innpp, maintenance=50.0)
    assert vegetation.unlimited_npp(gross=gross, respired=50.0) == pytest.approx(innpp)


@pytest.mark.parametrize(
    ("share", "expected"), [(-1, 0), (0, 0), (0.25, 0.4375), (0.5, 0.75), (0.75, 0.9375), (1, 1)]
)
def test_uptake_is_turned_down_where_carbon_is_short(share, expected):
    assert vegetation.uptake_wanted(1.0, share) == pytest.approx(expected)


def test_half_saturation_halves_uptake():
    assert vegetation.saturations(0.0042, 0.0042, 3 * 0.0042) == pytest.approx((0.5, 0.25))


def test_litter_is_never_richer_than_new_growth():
    assert vegetation.litter_nitrogen(30.0, 30.0, rate=0.02, n_even=1 / 40) == pytest.approx(0.6)
    assert vegetation.litter_nitrogen(8.0, 30.0, rate=0.02, n_even=1 / 40) == pytest.approx(0.2)


def test_what_litter_spares_is_withdrawn_in_proportion():
    found = vegetation.resorption(40.0, 30.0, 30 / 1200, rate=0.02, n_even=1 / 40, c2n=40.0)
    assert found == pytest.approx((40 / 40 - 0.02 * 30) * 30 / 1200 * 40)
    found = vegetation.resorption(8.0, 30.0, 30 / 1200, rate=0.02, n_even=1 / 40, c2n=40.0)
    assert found == 0


def test_short_nitrogen_sets_growth():
    npp, structural, labile, mobilised = agreed(innpp=100.0, uptake=0.5, labile_n=1.0)
    assert npp == 40.0 * 1.5
    assert (structural, labile, mobilised) == (0.5, 0.0, 1.0)


def test_short_carbon_sets_growth():
    npp, structural, labile, mobilised = agreed(innpp=20.0, uptake=1.0, labile_n=2.0)
    assert npp == 20.0
    assert mobilised == 0.5  # the store suffices
    assert structural == 0.0
    assert 0 <= labile <= 1.0


def test_a_short_store_is_topped_up_from_the_ground():
    npp, structural, _, mobilised = agreed(innpp=40.0, uptake=2.0, labile_n=0.25)
    assert npp == 40.0
    assert mobilised == 0.25
    assert structural == pytest.approx(0.75)


def test_starving_plants_return_nitrogen_to_the_store():
    npp, structural, _, mobilised = agreed(innpp=-20.0, uptake=1.0, labile_n=0.5)
    assert npp == -20.0
    assert mobilised == pytest.approx(-20 / 40 * 30 / 1200 * 40)
    assert structural == 0.0


def test_without_nitrogen_nothing_grows():
    assert agreed(innpp=100.0, uptake=0.0, labile_n=0.0)[0] == 0.0


def test_npp_does_not_jump_where_the_limits_meet():
    below, above = (agreed(innpp=60.0 + d, uptake=0.5, labile_n=1.0) for d in (-1e-7, 1e-7))
    assert below == pytest.approx(above, abs=1e-6)


@SETTINGS
@given(
    st.floats(-500, 1000), st.floats(0, 50), st.floats(0, 50), st.floats(0, 500),
    st.floats(0, 4e4), st.floats(5, 200), st.floats(5, 800), st.floats(0, 1), st.floats(0, 0.2),
)  # fmt: skip
def test_plants_take_no_more_than_is_offered(
    innpp, uptake, labile_n, structural_n, carbon, c_even, c2n, labncon, shed
):
    npp, structural, labile, mobilised = vegetation.agree(
        innpp, uptake, labile_n, structural_n,
        vegetation.nitrogen_share(structural_n, carbon),
        shed * structural_n, 0.0, c_even, 1.0 / c_even, c2n, labncon,
    )  # fmt: skip
    assert npp <= max(innpp, 0) or npp == innpp
    assert structural >= 0
    assert labile >= 0
    assert structural + labile <= uptake * (1 + 1e-12)
    assert mobilised <= labile_n
    assert -mobilised <= structural_n * (1 - shed) * (1 + 1e-12)
