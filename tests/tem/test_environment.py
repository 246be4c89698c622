"""What the climate permits, on a handful of real cells."""

import sys

import numpy as np
import pytest
import xarray as xr

import tem
from tem.variables import Drivers


def test_water_closes(environment):
    assert float(abs(environment.water_residual).max()) < 1e-9


def test_no_more_evaporates_than_the_air_asks_for(environment):
    assert float((environment.eet - environment.pet).max()) <= 1e-9


@pytest.mark.parametrize("name", ["production", "soil_moisture", "thawed_share"])
def test_factors_are_shares(environment, ground, name):
    values = (ground if name == "thawed_share" else environment)[name]
    assert float(values.min()) >= 0
    assert float(values.max()) <= 1


def test_frozen_ground_and_cold_air_allow_no_production(environment, ground, climate):
    idle = (ground.thawed_share == 0) | (climate.tas <= -8)
    assert float(environment.production.where(idle, 0).max()) == 0


def test_every_number_is_finite(environment):
    for name in (*Drivers._fields, "eet", "pet", "runoff", "thaw_depth"):
        assert bool(np.isfinite(environment[name]).all()), name


def test_rain_in_excess_lets_all_demand_evaporate(region, climate, ground):
    wet = climate.assign(pr=(climate.pr * 0 + 900.0).assign_attrs(climate.pr.attrs))
    found = tem.environment(region, wet, ground=ground)
    warm = (climate.tas >= -1).to_numpy().reshape(*found.eet.shape, 12).all(axis=2)
    assert np.allclose(found.eet.where(warm), found.pet.where(warm), equal_nan=True)


def test_a_little_rain_is_less_than_enough(region, climate, ground):
    dry = climate.assign(pr=(climate.pr * 0).assign_attrs(climate.pr.attrs))
    found = tem.environment(region, dry, ground=ground)
    assert float(found.eet.sum("year").max()) < 600  # mm: what the soil held at first
    assert float(found.runoff.max()) == 0


def test_the_air_asks_for_less_water_without_elevation_terms(region, climate, ground):
    plain = tem.environment(region, climate, ground=ground, pet="jh")
    assert float((plain.pet - tem.environment(region, climate, ground=ground).pet).max()) < 0


def test_results_do_not_depend_on_workers(region, climate, environment):
    alone = tem.environment(region, climate, workers=1)
    several = tem.environment(region, climate, workers=3)
    xr.testing.assert_identical(alone, several)
    xr.testing.assert_identical(alone, environment)


def test_ground_depends_on_ground_parameters_only(region, climate, ground):
    same = tem.ground(region, climate, ["kd*=2", "b=1", "kc=300"])
    xr.testing.assert_identical(same, ground)
    wetter = tem.ground(region, climate, ["water_3*=2"])
    assert float((wetter.thaw_depth - ground.thaw_depth).mean()) < 0


def test_thaw_water_differs_between_runs_only_after_2020(region, climate, ground):
    found = tem.environment(region, climate, ground=ground, thaw_water=True)
    shared = found.sel(time=slice(None, "2020"), year=slice(None, 2020))
    for name in ("soil_moisture", "eet"):
        first, second = (shared[name].sel(run=run) for run in ("S_T", "S_R"))
        assert np.array_equal(first, second)
    assert float(abs(found.thaw_water.sel(run="S_R", year=slice(2021, None))).max()) == 0
    assert float(abs(found.thaw_water.sel(run="S_T", year=slice(2021, None))).max()) > 0


def test_progress_rises_to_one(region, climate, compiled):
    heard = []
    tem.ground(region, climate, progress=heard.append, workers=2)
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_a_cancelled_run_stops(region, climate, compiled):
    with pytest.raises(tem.Cancelled):
        tem.ground(region, climate, cancelled=lambda: True)


def test_unknown_demand_is_named(region, climate, ground):
    with pytest.raises(ValueError, match="pet = 'penman' is unknown; choose one of jh_elev, jh"):
        tem.environment(region, climate, ground=ground, pet="penman")


def test_kernels_compile_once(region, climate, environment, compiled):
    """A second signature would make a user's click wait for the compiler."""
    stage, columns = sys.modules["tem.environment"], sys.modules["tem.columns"]
    kernels = [stage.march, stage.demand, columns.march]
    few = {"region": region.isel(cell=[5, 1]), "climate": climate.isel(cell=[5, 1])}
    for pet in ("jh", "jh_elev"):
        tem.environment(**few, parameters=["n_freeze=1", "kc=350"], pet=pet)
    turned = climate.transpose("time", "cell", "year").astype("float32")
    tem.environment(region, turned, thaw_water=True)
    assert [len(kernel.signatures) for kernel in kernels] == [1, 1, 1]
