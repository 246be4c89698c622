"""One cell of each ecosystem under one climate, worked out once for all tests."""

import numba
import numpy as np
import pytest

import data
import tem
from tem.parameters import ECOSYSTEMS, Parameters
from tem.schema import records

JIT = not numba.config.DISABLE_JIT


@pytest.fixture(scope="session")
def compiled():
    if not JIT:
        pytest.skip("the march through months is too slow without compilation")


@pytest.fixture(scope="session")
def region():
    """Return one cell of each ecosystem, in the order of ECOSYSTEMS."""
    plateau = data.region(0.5)
    kind = plateau.ecosystem.to_numpy()
    middle = [np.flatnonzero(kind == name)[(kind == name).sum() // 2] for name in ECOSYSTEMS]
    return plateau.isel(cell=middle)


@pytest.fixture(scope="session")
def climate(region):
    return data.climate(region, "rcp85", data.GCMS[0])


@pytest.fixture(scope="session")
def ground(compiled, region, climate):
    return tem.ground(region, climate)


@pytest.fixture(scope="session")
def environment(region, climate, ground):
    return tem.environment(region, climate, ground=ground)


@pytest.fixture(scope="session")
def yearly(environment):
    return tem.experiment(environment)


@pytest.fixture
def record():
    """Return what a kernel reads for one set of Parameters."""
    return lambda parameters: records(Parameters, [parameters])[0]
