"""One step of many columns: they do not feel each other, and heat is only moved."""

import numpy as np
import pytest

from tem import conduction, heat
from tem.columns import LAYERS
from tem.conduction import ABREAST, SECONDS_PER_DAY
from tem.heat import Soil

STEP = 7.6 * SECONDS_PER_DAY
GEOTHERMAL = 0.06


def soil(water=0.15):
    """Return Soil on the model's layers; *water* is a number or [layer]."""
    of = np.ones(LAYERS.size)
    latent = water * of * heat.LATENT_HEAT
    return Soil(LAYERS, of / 1.8e6, of / 2.2e6, latent, of * 2.0, of * 1.3)


def weather(steps=300, seed=5):
    """Return surface temperatures [step, lane]: seasons of all kinds, some of them wild."""
    chance = np.random.default_rng(seed)
    mean, swing = chance.uniform(-8, 3, ABREAST), chance.uniform(2, 16, ABREAST)
    year = np.sin(2 * np.pi * np.arange(steps)[:, None] / 48)
    return mean + swing * year + chance.normal(0, 3, (steps, ABREAST)) * (np.arange(ABREAST) % 2)


def marched(surface, ground, resistance=0.0):
    """Return enthalpy [step, layer, lane] and the greatest loss of heat in a step (J m-2)."""
    columns, lanes = conduction.stack(LAYERS.size), surface.shape[1]
    columns.enthalpy[1:-1] = -1e6
    cover = np.full(lanes, float(resistance))
    before, after = np.zeros(lanes), np.zeros(lanes)
    found, lost = [], 0.0
    for warmth in surface:
        conduction.stored(columns, lanes, ground, before)
        assert conduction.conduct(columns, lanes, ground, warmth, cover, GEOTHERMAL, STEP)
        conduction.stored(columns, lanes, ground, after)
        taken = (columns[1].flux[:lanes] + GEOTHERMAL) * STEP
        lost = max(lost, float(np.abs(after - before - taken).max()))
        found.append(columns.enthalpy[1:-1, :lanes].copy())
    return np.array(found), lost


@pytest.mark.parametrize("water", [0.0, 0.03, 0.3])
@pytest.mark.parametrize("resistance", [0.0, 1.5])
def test_heat_is_only_moved(compiled, water, resistance):
    _found, lost = marched(weather(), soil(water), resistance)
    assert lost < 1e-6  # of some 1e8 J m-2 stored


def test_a_column_does_not_feel_its_neighbours(compiled):
    """Bit for bit: how long one iterates must not touch the others."""
    surface = weather()
    together, _ = marched(surface, soil())
    for lane in (0, 7, ABREAST - 1):
        alone, _ = marched(np.ascontiguousarray(surface[:, [lane]]), soil())
        assert np.array_equal(alone[:, :, 0], together[:, :, lane])


def test_fronts_are_taken_halfway(compiled):
    columns, ground = conduction.stack(3), Soil(*(array[:3] for array in soil()))
    latent = ground.latent[0]
    columns.before[1:-1] = np.array([-1e6, 0.2 * latent, -1e6])[:, None]
    columns.solved[1:-1] = np.array([0.4 * latent, 0.6 * latent, -2e6])[:, None]
    conduction._go_halfway(columns, 1, ground)
    # a front new in the top layer would lie at the very surface: that layer waits
    assert columns.enthalpy[1:-1, 0] == pytest.approx([-1e6, 0.4 * latent, -1.5e6])


def test_a_front_in_the_top_layer_moves_with_the_others(compiled):
    columns, ground = conduction.stack(1), Soil(*(array[:1] for array in soil()))
    latent = ground.latent[0]
    columns.before[1], columns.solved[1] = 0.2 * latent, 0.6 * latent
    conduction._go_halfway(columns, 1, ground)
    assert columns.enthalpy[1, 0] == pytest.approx(0.4 * latent)


def test_thaw_counts_partly_thawed_layers_by_their_share(compiled):
    columns, total = conduction.stack(LAYERS.size), np.zeros(ABREAST)
    columns.enthalpy[1:-1] = -1e6
    columns.enthalpy[1] = soil().latent[0] + 1e6
    columns.enthalpy[2] = 0.25 * soil().latent[1]
    conduction.unfrozen(columns, ABREAST, soil(), 10, total)
    assert total == pytest.approx(LAYERS[0] + 0.25 * LAYERS[1])
