"""One soil column against closed forms, and what heat may never do."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import tem
from tem import analytic
from tem.columns import LAYERS, STEPS

DAY, YEAR = 86400.0, 365 * 86400.0
SOIL = {"k_thawed": 1.2, "k_frozen": 2.0, "c_thawed": 2.5e6, "c_frozen": 1.9e6}
FINE = np.concatenate([np.full(150, 0.02), np.full(40, 0.05), np.full(40, 0.25)])  # 15 m


def front(surface, initial, water, step=0.25, days=100, layers=FINE, parts=None):
    """Return the depth of the front, in the model and by Neumann (Stefan at 0 °C)."""
    steps, freezing = int(days / step), surface < 0
    found = tem.column(
        np.full(steps, float(surface)), step * DAY, layers, float(initial), water=water,
        initial_liquid=float(freezing), parts=parts, **SOIL,
    )  # fmt: skip
    last = found.isel(time=-1)
    depth = float(last.frost_depth if freezing else last.thaw_depth)
    phases = ("frozen", "thawed") if freezing else ("thawed", "frozen")
    new, old = ([SOIL[f"{x}_{phase}"] for x in "kc"] for phase in phases)
    exact = analytic.neumann(days * DAY, surface, initial or -1e-9 * surface, *new, *old, water)
    return depth, exact


@pytest.mark.parametrize("water", [0.02, 0.08, 0.25, 0.5])
@pytest.mark.parametrize(
    ("surface", "initial"), [(5, -1), (-5, 1), (12, -6), (-15, 4), (5, 0), (-5, 0)]
)
def test_front_moves_as_neumann_says(surface, initial, water):
    depth, exact = front(surface, initial, water)
    print(f"{surface:+d} on {initial:+d} °C, θ {water}: {depth / exact - 1:+.3%} of {exact:.3f} m")
    assert depth == pytest.approx(exact, rel=0.003)


@pytest.mark.parametrize("days", [0.25, 1, 5, 10])
@pytest.mark.parametrize("thickness", [0.01, 0.02, 0.05, 0.08, 0.1])
def test_front_is_as_good_for_any_step_and_layering(days, thickness):
    layers = np.concatenate([np.full(int(4 / thickness), thickness), np.full(44, 0.25)])
    for surface, initial in ((5, -1), (-5, 1)):
        depth, exact = front(surface, initial, 0.25, step=days, layers=layers)
        assert depth == pytest.approx(exact, rel=0.003)


@pytest.mark.parametrize("water", [0.1, 0.4])
@pytest.mark.parametrize("surface", [3.0, -3.0])
def test_front_moves_as_stefan_says_where_only_latent_heat_counts(surface, water):
    light = {"k_thawed": 1.2, "k_frozen": 2.0, "c_thawed": 2e3, "c_frozen": 2e3}
    layers = np.full(60, 0.05)
    found = tem.column(
        np.full(100, surface), DAY, layers, 0.0, water=water,
        initial_liquid=float(surface < 0), **light,
    )  # fmt: skip
    exact = analytic.stefan(found.time, surface, 1.2 if surface > 0 else 2.0, water)
    depth = found.thaw_depth if surface > 0 else found.frost_depth
    later = slice(20, None)
    assert np.allclose(depth[later], exact[later], rtol=0.01)


def test_neumann_is_the_published_number():
    new, old = (1.2, 2.5e6), (2.0, 1.9e6)
    assert analytic.neumann(100 * DAY, 5, -1, *new, *old, 0.25) == pytest.approx(1.0445, abs=1e-4)


def test_neumann_becomes_stefan_where_only_latent_heat_counts():
    wet = analytic.neumann(100 * DAY, 0.01, -1e-6, 1.2, 2.5e6, 2.0, 1.9e6, 0.4)
    assert wet == pytest.approx(analytic.stefan(100 * DAY, 0.01, 1.2, 0.4), rel=1e-3)


@pytest.mark.parametrize("initial", [-1e-9, -1.0, -40.0])
@pytest.mark.parametrize("k_frozen", [0.03, 0.2, 5.0])
@pytest.mark.parametrize("water", [0.0, 0.05, 0.5])
def test_neumann_is_finite_where_erfc_underflows(initial, k_frozen, water):
    for surface in (0.001, 5.0, 60.0):
        factor = analytic.neumann_factor(surface, initial, 5.0, 2e6, k_frozen, 2e6, water)
        assert 0 < factor < 5


def test_front_converges_with_the_step():
    errors = [
        abs(np.diff(front(5, -1, 0.25, step=s, parts=1)).item()) for s in (4.0, 2.0, 1.0, 0.5)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.3 * errors[0]


def test_parts_of_a_step_are_steps():
    one = tem.column(np.full(20, 5.0), DAY, FINE, -1.0, water=0.25, parts=4, **SOIL)
    other = tem.column(np.full(80, 5.0), DAY / 4, FINE, -1.0, water=0.25, parts=1, **SOIL)
    assert np.array_equal(one.temperature, other.temperature[3::4])
    assert np.array_equal(one.thaw_depth, other.thaw_depth[3::4])


def test_front_does_not_mind_layers_of_many_sizes():
    layers = np.concatenate([np.tile([0.1, 0.02, 0.06, 0.04], 20), np.full(44, 0.25)])
    for surface, initial in ((5, -1), (-5, 1)):
        depth, exact = front(surface, initial, 0.25, layers=layers)
        assert depth == pytest.approx(exact, rel=0.003)


def test_front_converges_with_the_grid():
    """The front is found inside a layer: even thick layers leave its depth nearly alone."""
    grids = [np.full(round(15 / d), d) for d in (0.5, 0.25, 0.1)]
    errors = [abs(np.diff(front(5, -1, 0.25, layers=grid)).item()) for grid in grids]
    assert errors[2] < 0.3 * errors[0]
    assert errors[1] < 0.01


def test_a_thick_layer_holds_the_front_where_it_is():
    """Two freezing fronts at once: frost from above while permafrost lies below."""
    layers = np.full(40, 0.1)
    summer = np.concatenate([np.full(120, 6.0), np.full(30, -8.0)])
    found = tem.column(summer, DAY, layers, -2.0, water=0.2, **SOIL)
    autumn = found.isel(time=-1)
    assert float(autumn.frost_depth) > 0.2
    assert float(autumn.thaw_depth) == 0
    assert float(autumn.unfrozen_depth) > 0.2
    assert float(found.unfrozen_depth.max()) == pytest.approx(float(found.thaw_depth.max()))


@pytest.mark.parametrize("thickness", [0.05, 0.1, 0.25])
@pytest.mark.parametrize(("surface", "initial"), [(5, -1), (-5, 1), (2, -6)])
def test_dry_soil_is_thawed_down_to_the_isotherm(surface, initial, thickness):
    """Without latent heat nothing marks the front but 0 °C, between the middles of layers."""
    grid = np.concatenate([np.full(round(8 / thickness), thickness), np.full(60, 0.5)])
    found = tem.column(np.full(100, float(surface)), DAY, grid, float(initial), **SOIL)
    depth = found.thaw_depth if surface > 0 else found.frost_depth
    other = found.frost_depth if surface > 0 else found.thaw_depth
    phases = ("thawed", "frozen") if surface > 0 else ("frozen", "thawed")
    new, old = ([SOIL[f"{x}_{phase}"] for x in "kc"] for phase in phases)
    exact = analytic.neumann(found.time, surface, initial, *new, *old, 0.0)
    assert np.allclose(depth[-50:], exact[-50:], rtol=0.01, atol=0.1 * thickness)
    assert np.all(np.diff(depth) > 0)  # it does not step with the layers
    assert float(other.max()) == 0


def test_only_the_phase_at_the_surface_reaches_down():
    """A thin frost closes the ground; what is thawed beneath no longer counts from the surface."""
    surface = np.concatenate([np.full(60, 5.0), np.full(20, -5.0), np.full(2, 5.0)])
    found = tem.column(surface, DAY, np.full(60, 0.05), -1.0, water=0.25, **SOIL)
    assert np.all((found.thaw_depth > 0) == (surface > 0))
    assert np.all((found.frost_depth > 0) == (surface < 0))
    assert float(found.unfrozen_depth[79]) > 0.1


def test_the_isotherm_meets_the_front_where_dry_soil_lies_on_wet():
    """Dry above, wet below: the depth is in the upper layers, then slows down, without a jump."""
    water = np.where(np.arange(60) < 10, 0.0, 0.3)
    found = tem.column(np.full(200, 6.0), DAY / 4, np.full(60, 0.05), -1.0, water=water, **SOIL)
    steps = np.diff(found.thaw_depth)
    assert np.all(steps >= 0)
    assert float(steps.max()) == steps[0]
    assert float(found.thaw_depth[0]) < 0.5 < float(found.thaw_depth[-1])


def test_all_thawed_is_as_deep_as_the_column():
    for water in (0.0, 0.2):
        found = tem.column(np.full(3, 5.0), DAY, np.full(10, 0.1), 1.0, water=water)
        assert np.allclose(found.thaw_depth, 1.0)
        assert np.allclose(found.frost_depth, 0.0)


def test_every_step_settles():
    rng = np.random.default_rng(3)
    found = tem.column(rng.normal(0, 12, 400), 5 * DAY, LAYERS, -1.0, water=0.2, parts=1, **SOIL)
    assert int(found.unsettled.sum()) == 0
    assert found.unsettled.sizes == {"time": 400}


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
    found = tem.column(np.full(400, surface), 365 * DAY, grid, surface, flux, parts=1, **SOIL)
    gradient = np.diff(found.temperature[-1]) / 0.2
    assert gradient == pytest.approx(flux / k, rel=1e-6)


def seasons(mean, amplitude, years, per_year=73):
    time = np.arange(years * per_year) / per_year
    return mean - amplitude * np.cos(2 * np.pi * time), 365 / per_year * DAY


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    st.floats(-8, 4), st.floats(2, 18), st.floats(0, 0.5), st.floats(0.1, 4), st.floats(0.1, 4),
    st.floats(-0.05, 0.2),
)  # fmt: skip
def test_heat_is_neither_made_nor_lost(mean, amplitude, water, k_thawed, k_frozen, flux):
    surface, step = seasons(mean, amplitude, years=4)
    found = tem.column(
        surface, step, LAYERS, mean, flux, water=water, k_thawed=k_thawed, k_frozen=k_frozen
    )
    moved = float((abs(found.surface_flux) * step).sum())
    assert float(abs(found.heat_stored - found.heat_taken).max()) <= 1e-9 * max(moved, 1e6)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.lists(st.floats(-25, 25), min_size=40, max_size=40), st.floats(0.01, 0.4))
def test_soil_is_never_warmer_or_colder_than_what_it_met(surface, water):
    """The maximum principle: heat flows from warm to cold, so no extreme arises inside."""
    found = tem.column(np.array(surface), 5 * DAY, LAYERS, -2.0, water=water, **SOIL)
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


FINEST = np.concatenate([np.full(250, 0.02), np.full(50, 0.1), np.full(30, 1.0)])


def yearly_thaw(layers, per_year, mean, warming, water, years=12):
    """Return the deepest thaw of each year (m) where the mean of the surface rises (K a year)."""
    surface, step = seasons(mean, 11.0, years, per_year)
    surface = surface + warming * np.arange(surface.size) / per_year
    found = tem.column(surface, step, layers, mean, 0.06, water=water, parts=1, **SOIL)
    return found.unfrozen_depth.to_numpy().reshape(years, -1).max(axis=1)


@pytest.mark.parametrize("water", [0.08, 0.2, 0.4])
@pytest.mark.parametrize(("mean", "warming"), [(-6.0, 0.0), (-4.0, 0.0), (-6.0, 0.2)])
def test_thaw_under_seasons_is_that_of_a_converged_solution(mean, warming, water):
    """The model's own step and layers, against steps of eight hours and layers of 2 cm."""
    ours = yearly_thaw(LAYERS, 12 * STEPS, mean, warming, water)
    exact = yearly_thaw(FINEST, 3 * 365, mean, warming, water)
    print(f"{mean} °C {warming:+} K a year, θ {water}: {np.round(ours / exact - 1, 4)}")
    assert ours[3:] == pytest.approx(exact[3:], rel=0.02)


@pytest.mark.parametrize("water", [0.08, 0.2])
def test_thaw_converges_with_the_step(water):
    exact = yearly_thaw(LAYERS, 12 * 120, -4.0, 0.05, water)[3:]
    errors = [
        np.abs(yearly_thaw(LAYERS, 12 * steps, -4.0, 0.05, water)[3:] / exact - 1).max()
        for steps in (2, 4, 8, 16)
    ]
    print(f"θ {water}: {np.round(errors, 4)}")
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.005


def active_layer(mean=-3.0, **changes):
    surface, step = seasons(mean, 12.0, years=12)
    found = tem.column(surface, step, LAYERS, mean, 0.06, **(SOIL | {"water": 0.2} | changes))
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
        ("dt", -1.0, "dt holds -1.0 s; every value must be finite and above 0"),
        ("dt", [DAY, DAY], r"dt has shape \(2,\); expected a single number"),
        ("dt", "a day", r"dt = 'a day'; expected numbers \(s\)"),
        ("layers", [0.1, 0.0], "layers holds 0.0 m"),
        ("layers", [], r"layers has shape \(0,\); expected one dimension and at least one value"),
        ("layers", 0.1, r"layers has shape \(\); expected one dimension"),
        ("layers", [[0.1]], r"layers has shape \(1, 1\)"),
        ("layers", [[0.1], [0.1, 0.2]], r"layers = \[\[0.1\], .*; expected numbers \(m\)"),
        ("surface_temperature", [1.0, np.nan], "surface_temperature holds nan"),
        ("surface_temperature", [], r"surface_temperature has shape \(0,\)"),
        ("surface_temperature", ["warm"], r"surface_temperature = \['warm'\]; expected numbers"),
        ("surface_temperature", 1.0, r"surface_temperature has shape \(\)"),
        ("initial_temperature", None, "initial_temperature = None; expected numbers"),
        ("initial_temperature", np.inf, "initial_temperature holds inf °C"),
        ("geothermal_flux", [0.06, 0.06], "geothermal_flux has shape"),
        ("initial_temperature", 1e233, r"initial_temperature holds 1e.233 °C; .* within ±1e.12"),
        ("geothermal_flux", np.nan, "geothermal_flux holds nan W m-2"),
        ("k_thawed", 0.0, "k_thawed holds 0.0 W m-1 K-1; .* above 0"),
        ("k_frozen", -1.0, "k_frozen holds -1.0"),
        ("c_thawed", 0.0, "c_thawed holds 0.0"),
        ("c_frozen", "much", "c_frozen = 'much'; expected numbers"),
        ("water", [0.1] * 5, r"water has shape \(5,\); expected a number or \(1,\)"),
        ("water", 1.2, "water holds 1.2 m3 m-3; .* at least 0 and at most 1"),
        ("water", -0.1, "water holds -0.1"),
        ("initial_liquid", 1.5, "initial_liquid holds 1.5 1; .* at most 1"),
        ("parts", 0, "parts = 0; expected a whole number from 1 to 100000"),
        ("parts", 10**12, "parts = 1000000000000; expected a whole number from 1 to 100000"),
        ("dt", 1e11, "dt = 1e.11 s; expected at most 2.16e.09 s"),
        ("parts", 1.5, "parts = 1.5; expected a whole number"),
        ("parts", "six", "parts = 'six'; expected a whole number"),
    ],
)
def test_a_column_says_what_is_wrong(name, value, words):
    good = {"surface_temperature": [1.0], "dt": DAY, "layers": [0.1], "initial_temperature": 0.0}
    with pytest.raises(ValueError, match=words):
        tem.column(**(good | {name: value}))
