"""The soil column against closed forms, and what heat may never do."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import tem
from tem import analytic
from tem.parameters import ecosystems

DAY, YEAR = 86400.0, 365 * 86400.0
SOIL = {"k_thawed": 1.2, "k_frozen": 2.0, "c_thawed": 2.5e6, "c_frozen": 1.9e6}
FINE = np.concatenate([np.full(150, 0.02), np.full(40, 0.05), np.full(40, 0.25)])  # 15 m


def front(surface, initial, water, step=0.25, days=100, layers=FINE):
    """Return the depth of the front, in the model and by Neumann."""
    steps = int(days / step)
    found = tem.column(
        np.full(steps, float(surface)), step * DAY, layers, float(initial), water=water, **SOIL
    )
    liquid = (found.liquid_fraction[-1] * layers).sum().item()
    depth = liquid if surface > 0 else layers.sum() - liquid
    phases = ("thawed", "frozen") if surface > 0 else ("frozen", "thawed")
    new, old = ([SOIL[f"{x}_{phase}"] for x in "kc"] for phase in phases)
    exact = analytic.neumann(days * DAY, surface, initial, *new, *old, water)
    return depth, exact


@pytest.mark.parametrize("water", [0.02, 0.08, 0.25, 0.5])
@pytest.mark.parametrize(("surface", "initial"), [(5, -1), (-5, 1), (12, -6), (-15, 4)])
def test_front_moves_as_neumann_says(surface, initial, water):
    depth, exact = front(surface, initial, water)
    print(f"{surface:+d} on {initial:+d} °C, θ {water}: {depth / exact - 1:+.3%} of {exact:.3f} m")
    assert depth == pytest.approx(exact, rel=0.01)


def test_neumann_is_the_published_number():
    new, old = (1.2, 2.5e6), (2.0, 1.9e6)
    assert analytic.neumann(100 * DAY, 5, -1, *new, *old, 0.25) == pytest.approx(1.0445, abs=1e-4)


def test_neumann_becomes_stefan_where_only_latent_heat_counts():
    wet = analytic.neumann(100 * DAY, 0.01, -1e-6, 1.2, 2.5e6, 2.0, 1.9e6, 0.4)
    assert wet == pytest.approx(analytic.stefan(100 * DAY, 0.01, 1.2, 0.4), rel=1e-3)


def test_front_converges_with_the_step():
    errors = [abs(np.diff(front(5, -1, 0.25, step=s)).item()) for s in (4.0, 2.0, 1.0, 0.5)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.3 * errors[0]


def test_front_converges_with_the_grid():
    coarse, fine = (np.full(int(15 / d), d) for d in (0.25, 0.05))
    errors = [abs(np.diff(front(5, -1, 0.25, layers=grid)).item()) for grid in (coarse, fine)]
    assert errors[1] < 0.5 * errors[0]


def test_yearly_wave_is_damped_and_delayed_as_it_should_be():
    k, c, mean, amplitude, steps = 1.5, 2.0e6, -10.0, 8.0, 730
    grid = np.concatenate([np.full(100, 0.05), np.full(80, 0.25)])  # 25 m
    time = YEAR / steps * np.arange(1, 12 * steps + 1)
    wave = mean + amplitude * np.sin(2 * np.pi / YEAR * time)
    found = tem.column(wave, YEAR / steps, grid, mean, k_frozen=k, c_frozen=c)
    last = found.isel(time=slice(-steps, None))
    turn = np.exp(-2j * np.pi / YEAR * last.time.to_numpy())
    for depth in (0.5, 1.0, 2.0, 4.0):
        level = last.temperature.sel(depth=depth, method="nearest")
        z = level.depth.item()
        exact = analytic.heat_wave(z, last.time.to_numpy(), 0, amplitude, YEAR, k, c)
        ours, theirs = ((series * turn).sum() for series in (level.to_numpy() - mean, exact))
        lag = -np.angle(ours / theirs) / (2 * np.pi)  # of a year
        print(f"{z:.2f} m: amplitude {abs(ours / theirs) - 1:+.3%}, lag {lag:+.4f} of a year")
        assert abs(ours / theirs) == pytest.approx(1, abs=0.01)
        assert abs(lag) < 0.01


@pytest.mark.parametrize(("surface", "k"), [(-6.0, 2.0), (3.0, 1.2)])
def test_heat_from_below_sets_the_gradient_of_rest(surface, k):
    grid, flux = np.full(30, 0.2), 0.06
    found = tem.column(np.full(400, surface), 365 * DAY, grid, surface, flux, **SOIL)
    gradient = np.diff(found.temperature[-1]) / 0.2
    assert gradient == pytest.approx(flux / k, rel=1e-6)


def seasons(mean, amplitude, years, per_year=73):
    time = np.arange(years * per_year) / per_year
    return mean - amplitude * np.cos(2 * np.pi * time), 365 / per_year * DAY


MODEL = np.array([0.02, 0.03] + [0.05] * 3 + [0.1] * 18 + [0.2] * 5 + [0.5] * 14 + [2.0] * 10)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    st.floats(-8, 4), st.floats(2, 18), st.floats(0, 0.5), st.floats(0.1, 4), st.floats(0.1, 4),
    st.floats(-0.05, 0.2),
)  # fmt: skip
def test_heat_is_neither_made_nor_lost(mean, amplitude, water, k_thawed, k_frozen, flux):
    surface, step = seasons(mean, amplitude, years=4)
    found = tem.column(
        surface, step, MODEL, mean, flux, water=water, k_thawed=k_thawed, k_frozen=k_frozen
    )
    moved = float((abs(found.surface_flux) * step).sum())
    assert float(abs(found.heat_stored - found.heat_taken).max()) <= 1e-9 * max(moved, 1e6)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.lists(st.floats(-25, 25), min_size=40, max_size=40), st.floats(0.01, 0.4))
def test_soil_is_never_warmer_or_colder_than_what_it_met(surface, water):
    """The maximum principle: heat flows from warm to cold, so no extreme arises inside."""
    found = tem.column(np.array(surface), 5 * DAY, MODEL, -2.0, water=water, **SOIL)
    assert float(found.temperature.max()) <= max(*surface, -2.0) + 1e-6
    assert float(found.temperature.min()) >= min(*surface, -2.0) - 1e-6


def test_equal_heat_capacities_are_no_special_case():
    rng = np.random.default_rng(7)
    surface = rng.normal(0, 15, 100)
    common = {"water": 0.01, "c_frozen": 2e6}
    equal, nearly = (
        tem.column(surface, 30 * DAY, np.full(20, 0.1), -0.5, c_thawed=c, **common)
        for c in (2e6, 2e6 * (1 + 1e-12))
    )
    xr.testing.assert_allclose(equal, nearly, rtol=1e-6, atol=1e-6)


def active_layer(mean=-3.0, **changes):
    surface, step = seasons(mean, 12.0, years=12)
    found = tem.column(surface, step, MODEL, mean, 0.06, **(SOIL | {"water": 0.2} | changes))
    return float(found.thaw_depth[-73:].max())


def test_the_warmer_the_deeper_it_thaws():
    depths = [active_layer(mean=mean) for mean in np.arange(-6, -1.9, 0.25)]
    assert np.all(np.diff(depths) > 0)


def test_the_wetter_the_shallower_it_thaws():
    depths = [active_layer(water=water) for water in np.arange(0.05, 0.46, 0.05)]
    assert np.all(np.diff(depths) < 0)


def test_the_better_it_conducts_thawed_the_deeper_it_thaws():
    assert active_layer(k_thawed=1.0) < active_layer(k_thawed=1.1) < active_layer(k_thawed=1.2)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dt", -1.0, "dt holds -1.0 s"),
        ("layers", [0.1, 0.0], "layers holds 0.0 m"),
        ("surface_temperature", [1.0, np.nan], "surface_temperature holds nan"),
        ("k_thawed", 0.0, "k_thawed holds 0.0"),
        ("water", [0.1] * 5, r"water has shape \(5,\)"),
    ],
)
def test_a_column_says_what_is_wrong(name, value, words):
    good = {"surface_temperature": [1.0], "dt": DAY, "layers": [0.1], "initial_temperature": 0.0}
    with pytest.raises(ValueError, match=words):
        tem.column(**(good | {name: value}))


# On the model's own layers, under a real climate


def test_heat_of_the_plateau_closes(ground):
    assert float(abs(ground.heat_residual).max()) < 1e-9


def test_a_place_alone_is_as_in_company(region, climate, ground):
    for cell in (0, 4):
        alone = tem.ground(region.isel(cell=[cell]), climate.isel(cell=[cell]))
        xr.testing.assert_identical(alone, ground.isel(cell=[cell]))


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
    factors = max(p.n_thaw_dry for p in ecosystems().values())
    air = climate.tas
    assert float((ground.soil_warmth - (air.max("time") * factors + 4)).max()) < 0
    assert float((ground.soil_warmth - (air.min("time") - 4)).min()) > 0


def test_a_climate_that_stays_lets_the_ground_stay(region, climate):
    """Thaw must not drift under the very climate the ground was spun up with.

    Where permafrost is on the way out, centuries are what it takes: such ground is left out.
    """
    still = climate.copy()
    for name in ("tas", "pr"):
        years = climate[name].to_numpy().reshape(region.sizes["cell"], -1, 12)
        repeated = np.tile(years[:, :10].mean(axis=1), (1, years.shape[1]))
        still[name] = climate[name].copy(data=repeated)
    depth = tem.ground(region, still).thaw_depth
    drift = depth.sel(year=2099) - depth.sel(year=2020)
    print("drift of thaw 2020-2099 (m):", drift.to_numpy().round(3))
    keeps = depth.sel(year=2099) < 5.0
    assert int(keeps.sum()) >= 5
    assert float(abs(drift).where(keeps).max()) < 0.005
