"""Soil columns under a real climate, on the model's own layers."""

import numpy as np
import xarray as xr

import data
import tem
from tem import columns, surface
from tem.columns import EDGES, LAYERS


def test_heat_of_the_plateau_closes(ground):
    assert float(abs(ground.heat_residual).max()) < 1e-9


def test_a_place_alone_is_as_in_company(region, climate, ground):
    for cell in (0, 4):
        alone = tem.ground(region.isel(cell=[cell]), climate.isel(cell=[cell]))
        xr.testing.assert_identical(alone, ground.isel(cell=[cell]))


def test_a_place_alone_is_as_among_others_of_its_kind():
    """Columns of a block iterate together; how long one needs must not touch the others."""
    plateau = data.region()
    steppe = plateau.isel(cell=np.flatnonzero(plateau.ecosystem.values == "Steppe")[::30])
    sky = data.climate(steppe, "rcp85", "HadGEM2-ES")
    together = tem.ground(steppe, sky)
    assert steppe.sizes["cell"] > 5
    for cell in range(steppe.sizes["cell"]):
        alone = tem.ground(steppe.isel(cell=[cell]), sky.isel(cell=[cell]))
        xr.testing.assert_identical(alone, together.isel(cell=[cell]))


def test_neighbours_do_not_feel_each_other(region, climate):
    """Cells of one ecosystem march in lockstep; the climate of one is not that of the next."""
    twins = xr.concat([region.isel(cell=[1])] * 3, "cell")
    skies = xr.concat([climate.isel(cell=[1])] * 3, "cell", data_vars="minimal", coords="minimal")
    warmer = skies.tas + xr.DataArray([0.0, 2.0, 0.0], dims="cell")
    found = tem.ground(twins, skies.assign(tas=warmer.assign_attrs(skies.tas.attrs)))
    assert np.array_equal(found.thaw_depth[0], found.thaw_depth[2])
    assert float((found.thaw_depth[1] - found.thaw_depth[0]).min()) > 0


def test_soil_temperature_stays_within_what_air_allows(climate, ground):
    assert int(ground.unsettled.sum()) == 0
    air = climate.tas
    assert float((ground.soil_warmth - (air.max("time") * surface.MOST_N + 4)).max()) < 0
    assert float((ground.soil_warmth - (air.min("time") - 4)).min()) > 0


def repeated(climate):
    """Return *climate* with the mean year 2006-2015 in every year."""
    still = climate.copy()
    for name in ("tas", "pr"):
        years = climate[name].to_numpy().reshape(climate.sizes["cell"], -1, 12)
        mean = np.tile(years[:, :10].mean(axis=1), (1, years.shape[1]))
        still[name] = climate[name].copy(data=mean)
    return still


def test_a_climate_that_never_changed_lets_the_ground_stay(region, climate):
    """Thaw must not drift under the very climate the ground was spun up with.

    Where permafrost is on the way out, centuries are what it takes: such ground is left out.
    """
    depth = tem.ground(region, repeated(climate), ["past_warming=0"]).thaw_depth
    drift = depth.sel(year=2099) - depth.sel(year=2020)
    print("drift of thaw 2020-2099 (m):", drift.to_numpy().round(3))
    keeps = depth.sel(year=2099) < 5.0
    assert int(keeps.sum()) >= 5
    assert float(abs(drift).where(keeps).max()) < 0.01


def test_ground_is_behind_an_air_that_has_warmed(region, climate):
    still = repeated(climate)
    rested, behind = (
        tem.ground(region, still, [f"past_warming={rate}"]).isel(year=0) for rate in (0, 0.035)
    )
    assert float((behind.magt - rested.magt).max()) < 0
    assert float((behind.thaw_depth - rested.thaw_depth).max()) < 0


def test_layers_meet_the_depths_that_are_read():
    assert EDGES[-1] == 45
    for depth in (0.1, 0.2, 0.4, 3.0, 10.0):
        assert depth in EDGES
    assert LAYERS.min() > 0


def test_snow_keeps_the_ground_warm_in_winter(region, climate):
    wet = climate.assign(pr=(climate.pr * 0 + 60.0).assign_attrs(climate.pr.attrs))
    few = {"region": region.isel(cell=[1]), "climate": wet.isel(cell=[1])}
    bare = tem.ground(**few, parameters=["n_freeze=1"])
    covered = tem.ground(**few, snow=True)
    winter = climate.time.dt.month == 2
    assert float((covered.soil_warmth - bare.soil_warmth)[:, winter].min()) > 0
    assert float((covered.magt - bare.magt).min()) > 0


def test_ground_under_snow_has_come_to_rest(monkeypatch, region, climate):
    few = {"region": region.isel(cell=[0, 1]), "climate": climate.isel(cell=[0, 1])}
    found = tem.ground(**few, snow=True)
    monkeypatch.setattr(columns, "SNOWY_YEARS", 2 * columns.SNOWY_YEARS)
    longer = tem.ground(**few, snow=True)
    assert float(abs(found.magt - longer.magt).max()) < 0.005
    assert float(abs(found.thaw_depth - longer.thaw_depth).max()) < 0.005


def test_without_snowfall_snow_changes_nothing(monkeypatch, region, climate):
    dry = climate.assign(pr=(climate.pr * 0).assign_attrs(climate.pr.attrs))
    monkeypatch.setattr(columns, "SNOWY_YEARS", columns.QUIET_YEARS)  # rest as long as the bare
    bare = tem.ground(region, dry, ["n_freeze=1"])
    xr.testing.assert_identical(tem.ground(region, dry, snow=True), bare)


def test_layers_tell_the_very_thaw_that_the_ground_reports(region, climate, ground):
    few = {"region": region.isel(cell=[0, 4]), "climate": climate.isel(cell=[0, 4])}
    found = tem.ground(**few, layers=True)
    told = found.drop_dims("step")
    xr.testing.assert_identical(told.drop_vars("depth", errors="ignore"), ground.isel(cell=[0, 4]))
    within = columns.TEN_M
    thawed = found.liquid_share.to_numpy()[..., :within] @ LAYERS[:within]
    deepest = thawed.reshape(2, 94, -1).max(axis=2)
    assert np.allclose(deepest, ground.thaw_depth.isel(cell=[0, 4]), rtol=1e-12)
    warmth = found.soil_temperature.to_numpy()[..., : columns.TOP] @ LAYERS[: columns.TOP] / 0.20
    monthly = warmth.reshape(2, 12 * 94, columns.STEPS).mean(axis=2)
    assert np.allclose(monthly, ground.soil_warmth.isel(cell=[0, 4]), rtol=0, atol=1e-9)
    assert np.array_equal(found.step[[47, -1]], [2007.0, 2100.0])
