"""Fewer cells that stand for all, and how far they are off."""

import numpy as np
import pytest
import xarray as xr

from tem import summary
from tem.thin import standard_error, thin


@pytest.fixture
def many():
    """Return 300 cells of two ecosystems with a value each."""
    numbers = np.random.default_rng(5)
    return xr.Dataset(
        {"soc": ("cell", numbers.gamma(4, 100, 300), {"units": "g m-2"})},
        coords={
            "ecosystem": ("cell", np.where(np.arange(300) % 3, "Meadow", "Steppe")),
            "cell_area": ("cell", numbers.uniform(1, 2, 300), {"units": "m2"}),
        },
    )


def test_area_and_number_of_each_ecosystem_stay(many):
    found = thin(many, many.soc, 7)
    assert found.sizes["cell"] == 14
    for kind in ("Steppe", "Meadow"):
        some, all_of = (one.isel(cell=one.ecosystem.to_numpy() == kind) for one in (found, many))
        assert int(some.stands_for.sum()) == all_of.sizes["cell"]
        assert float(some.cell_area.sum()) == pytest.approx(float(all_of.cell_area.sum()))


def test_cells_keep_what_they_hold(many):
    found = thin(many.assign_coords(number=("cell", np.arange(300))), many.soc, 4)
    assert np.array_equal(found.soc, many.soc[found.number])
    assert found.cell_area.attrs == {"units": "m2"}


def test_enough_cells_are_all_of_them(many):
    found = thin(many, many.soc, 1000)
    assert found.sizes["cell"] == 300
    assert set(found.stands_for.to_numpy()) == {1}
    assert standard_error(found.soc, found) == 0
    assert summary.regional_mean(found).soc == pytest.approx(float(summary.regional_mean(many).soc))


@pytest.mark.parametrize("order", ["what is asked for", "none"])
def test_draws_are_right_on_average_and_within_their_error(many, order):
    by = np.arange(300) if order == "none" else many.soc
    whole, draws = summary.area_mean(many.soc), range(200)
    found = [thin(many, by, 10, seed=seed) for seed in draws]
    off = np.array([summary.area_mean(some.soc) - whole for some in found])
    errors = np.array([standard_error(some.soc, some) for some in found])
    assert abs(off.mean()) < 3 * off.std() / np.sqrt(len(draws))
    within = np.mean(abs(off) < errors)
    assert within > 0.6
    assert order != "none" or within < 0.8  # with an order it overstates


def test_order_makes_the_error_small(many):
    with_order, without = (thin(many, by, 10) for by in (many.soc, np.arange(300)))
    errors = [standard_error(some.soc, some) for some in (with_order, without)]
    assert errors[0] < errors[1] / 2
    assert standard_error(many.soc, many) == 0
    assert thin(many, many.soc, 10).equals(with_order)


def test_the_error_is_that_of_a_sample_of_a_mean():
    """1, 2, 3 … stand for ten cells each: neighbours differ by 1, so a draw varies by 1/2."""
    cells = xr.Dataset(
        coords={
            "ecosystem": ("cell", ["Meadow"] * 8),
            "cell_area": ("cell", np.ones(8)),
            "stands_for": ("cell", np.full(8, 10)),
        }
    )
    assert standard_error(np.arange(8), cells) == pytest.approx(np.sqrt(0.5 / 8 * 0.9))
    assert np.isnan(standard_error([1.0], cells.isel(cell=[0])))


def test_thinning_says_what_is_wrong(many):
    with pytest.raises(ValueError, match=r"by has shape \(3,\); the data has 300 cells"):
        thin(many, [1, 2, 3], 4)
    with pytest.raises(ValueError, match="most = 0; at least one cell"):
        thin(many, many.soc, 0)
