"""What tests of the command line and of the page share."""

import numpy as np
import pytest

import data


@pytest.fixture(scope="session")
def few():
    """The first two cells of each ecosystem of the region."""
    region = data.region(0.5)
    of = region.ecosystem.to_numpy()
    return region.isel(cell=np.concatenate([np.flatnonzero(of == k)[:2] for k in set(of)]))
