"""The plain versions of the carbon and nitrogen month give what the compiled one gives."""

import copy

import numpy as np
import pytest

from benchmarks import plain, side
from tem import ecosystem
from tem.variables import Fluxes, Pools


@pytest.fixture(scope="module", params=[0, 6], ids=["January", "July"])
def month(request):
    return side.block(month=request.param)


def held(schema, record, n):
    return np.stack([record[name][:n] for name in schema._fields])


@pytest.fixture
def lived(month):
    """The block after the month, lived by the compiled model; its steps differ between places."""
    place = copy.deepcopy(month.place)
    ecosystem.live_month(place, month.places, month.wider, month.p)
    return place


def test_numpy_lives_the_same_month(month, lived):
    pools, fluxes = plain.month_in_numpy(month.pools, month.sky, month.steps, month.wider, month.p)
    np.testing.assert_allclose(pools, held(Pools, lived["pools"], month.places), rtol=1e-11)
    np.testing.assert_allclose(
        fluxes, held(Fluxes, lived["year"], month.places), rtol=1e-9, atol=1e-12
    )


def test_python_lives_the_same_month(month, lived):
    place = plain.plain_place(month.place)
    plain.month_in_python(place, 3, month.wider, month.p)
    np.testing.assert_allclose(
        held(Pools, vars(place.pools), 3), held(Pools, lived["pools"], 3), rtol=1e-12
    )


def test_the_block_moves(month, lived):
    """A month in which nothing happens would prove nothing."""
    before = month.pools
    after = held(Pools, lived["pools"], month.places)
    assert (np.abs(after - before).max(axis=1) > 1e-6).all()
