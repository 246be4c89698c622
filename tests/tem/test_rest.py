"""The year at rest: it closes upon itself, month by month."""

import numpy as np
import pytest

import tem
from tem.variables import Drivers


@pytest.fixture(scope="module")
def rest(environment):
    return tem.at_rest(environment)


def test_a_year_at_rest_gains_and_loses_nothing(rest):
    whole = rest.sum("month")
    assert np.allclose(whole.npp, whole.ltrc, rtol=1e-5)
    assert np.allclose(whole.npp, whole.rh, rtol=1e-5)
    assert np.allclose(whole.ltrn, whole.netnmin, rtol=1e-4)


def test_months_change_the_pools_by_what_flows(rest):
    gained = rest.soc.diff("month")
    assert np.allclose(gained, (rest.ltrc - rest.rh)[:, 1:], atol=1e-8)


def test_plants_grow_in_summer(rest, region):
    herbs = rest.npp.isel(cell=rest.ecosystem.values != "Forest")
    growing = herbs.sel(month=[5, 6, 7, 8, 9]).sum("month")
    assert float((growing - herbs.sum("month")).min()) > 0  # winters cost


def test_rest_is_where_the_experiment_starts(environment, yearly):
    """Under one year for ever, the spin-up changes nothing."""
    still = environment.copy()
    for name in Drivers._fields:
        months = environment[name].to_numpy().reshape(environment.sizes["cell"], -1, 12)
        mean = np.tile(months.mean(axis=1), (1, months.shape[1]))
        still[name] = environment[name].copy(data=mean)
    still["thaw_depth"] = environment.thaw_depth * 0 + 2.0
    still["co2"] = environment.co2 * 0 + float(environment.co2[0])
    found = tem.experiment(still).isel(run=0, year=0)
    rest = tem.at_rest(still)
    assert np.allclose(found.soc, rest.soc[:, -1], rtol=1e-6)
    assert np.allclose(found.npp, rest.npp.sum("month"), rtol=1e-6)
