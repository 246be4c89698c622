"""Soil heat in time: one implicit step of many columns at once.

Each step solves the finite-volume balance of `heat`'s equations exactly, with the fronts where
they lie halfway through it. Solver written for this model.
"""

import numpy as np
from numba import njit

from tem.heat import front_to_edge, holds_front, is_thawed, liquid_fraction, resistance
from tem.lanes import lanes_of

SECONDS_PER_DAY = 86400.0
NEAREST = 0.02  # of a layer; how near to its edge a front may come
MOST_ITERATIONS = 60  # about five are the rule
CIRCLING = 12  # iterations after which Newton's method is taken to go round in circles
SAME_WARMTH = 1e-9  # K; states whose temperatures differ by less are one

# Up to ABREAST columns march in lockstep, of which *lanes* are in use, and one record holds a layer
# of all of them: eleven times faster than separate arrays. Twice as many would not stay in the
# nearest cache and wait longer for the slowest; loops of a fixed length the compiler would unroll.
ABREAST = 16
LAYER = np.dtype(
    lanes_of(
        (
            "enthalpy",  # J m-3
            "before",  # enthalpy at the start of the step, heat from below included
            "slope",  # T = slope * H + offset in the state the layer is assumed to be in
            "offset",
            "conductance",  # to the layer above, W m-2 K-1
            "follow",  # H = follow * (H of the layer above) + right, all layers below eliminated
            "right",
            "solved",  # H after the step
            "flux",  # from the layer above, W m-2
        ),
        ABREAST,
    )
)


def stack(layers: int) -> np.recarray:
    """Return ABREAST columns of *layers*, with a ghost above (the surface) and one below."""
    return np.zeros(layers + 2, LAYER).view(np.recarray)


@njit(error_model="numpy")
def _slope(h, per_frozen, per_thawed, latent):
    """dT/dH in the state that enthalpy *h* says; on the edge of two states either will do."""
    return per_frozen if h <= 0.0 else (per_thawed if h >= latent else 0.0)


@njit(error_model="numpy")
def _offset(h, per_thawed, latent):
    """T at the point where the state's line T = slope * H + offset crosses H = 0."""
    return -latent * per_thawed if h >= latent and h > 0.0 else 0.0


@njit(error_model="numpy")
def _assume(layer, lanes, per_frozen, per_thawed, latent):
    for i in range(lanes):
        h = layer.enthalpy[i]
        layer.slope[i] = _slope(h, per_frozen, per_thawed, latent)
        layer.offset[i] = _offset(h, per_thawed, latent)


@njit(error_model="numpy")
def _revise(above, layer, lanes, per_frozen, per_thawed, latent, keep):
    """Set a layer's solution and its next assumed state; count states the solution contradicts.

    The next state is read off the solution mixed with a share *keep* of the last guess. Where
    the assumed state holds it stays: a column that has settled must not feel for how long its
    neighbours still need.
    """
    changed = 0
    for i in range(lanes):
        x = layer.right[i] + layer.follow[i] * above.solved[i]
        slope = _slope(x, per_frozen, per_thawed, latent)
        offset = _offset(x, per_thawed, latent)
        missed = abs((slope - layer.slope[i]) * x + offset - layer.offset[i]) > SAME_WARMTH
        changed += 1 if missed else 0
        h = keep * layer.enthalpy[i] + (1.0 - keep) * x
        layer.solved[i] = x
        layer.enthalpy[i] = h
        slope, offset = _slope(h, per_frozen, per_thawed, latent), _offset(h, per_thawed, latent)
        layer.slope[i] = slope if missed else layer.slope[i]
        layer.offset[i] = offset if missed else layer.offset[i]
    return changed


@njit(error_model="numpy")
def _resist(above, layer, below, lanes, latents, thickness, k_frozen, k_thawed):
    """Set the resistances to a layer's upper edge, in `follow`, and lower edge, in `right`.

    They count from the point whose temperature the layer has: its middle, or the front where it
    is partly thawed. *latents*: of the layer above, this one and the one below.
    """
    latent = latents[1]
    frozen, thawed = resistance(thickness, k_frozen), resistance(thickness, k_thawed)
    partly = 0
    for i in range(lanes):
        h = layer.enthalpy[i]
        half = 0.5 * (frozen if h <= 0.0 else thawed)
        layer.follow[i] = half
        layer.right[i] = half
        partly += 1 if holds_front(h, latent) else 0
    if partly:  # seldom, and not worth a detour of the other lanes
        for i in range(lanes):
            h = layer.enthalpy[i]
            if holds_front(h, latent):
                liquid = min(max(liquid_fraction(h, latent), NEAREST), 1.0 - NEAREST)
                melt, ice = liquid * thawed, (1.0 - liquid) * frozen
                up = is_thawed(above.enthalpy[i], latents[0])
                down = is_thawed(below.enthalpy[i], latents[2])
                layer.follow[i] = front_to_edge(melt, ice, up, down)
                layer.right[i] = front_to_edge(melt, ice, down, up)


@njit(error_model="numpy")
def _begin(columns, lanes, soil, surface_temperature, geothermal_flux, seconds):
    """Set what stays fixed during a step, the first states assumed and the ghosts at both ends."""
    layers = columns.size - 2
    surface, bottom = columns[0], columns[layers + 1]
    for i in range(lanes):
        surface.enthalpy[i] = surface_temperature[i]  # its sign says whether it thaws
        surface.offset[i] = surface_temperature[i]
        bottom.conductance[i] = 0.0
    for n in range(layers):
        layer = columns[n + 1]
        _assume(layer, lanes, soil.per_frozen[n], soil.per_thawed[n], soil.latent[n])
        for i in range(lanes):
            layer.before[i] = layer.enthalpy[i]
    warming = geothermal_flux * seconds / soil.thickness[layers - 1]
    for i in range(lanes):
        columns[layers].before[i] += warming


@njit(error_model="numpy")
def _connect(columns, lanes, soil, surface_resistance):
    """Set the conductances between layers for the enthalpies that `columns` now has."""
    layers = columns.size - 2
    surface = columns[0]
    for i in range(lanes):
        surface.right[i] = surface_resistance[i]
    for n in range(layers):
        above, layer, below = columns[n], columns[n + 1], columns[n + 2]
        latent_above = soil.latent[n - 1] if n > 0 else 0.0
        latent_below = soil.latent[n + 1] if n < layers - 1 else 0.0
        if n == layers - 1:  # a front in the last layer came from above
            for i in range(lanes):
                thawed = is_thawed(above.enthalpy[i], latent_above)
                below.enthalpy[i] = -1.0 if thawed else 1.0
        latents = (latent_above, soil.latent[n], latent_below)
        _resist(
            above,
            layer,
            below,
            lanes,
            latents,
            soil.thickness[n],
            soil.k_frozen[n],
            soil.k_thawed[n],
        )
        for i in range(lanes):
            layer.conductance[i] = 1.0 / (above.right[i] + layer.follow[i])
    for i in range(lanes):
        surface.solved[i] = 0.0


@njit(error_model="numpy")
def _eliminate(above, layer, below, lanes, storage):
    """Eliminate a layer's balance: storage (H - before) is what conducts in from both sides."""
    for i in range(lanes):
        a, b = layer.conductance[i], below.conductance[i]
        up = b * below.slope[i]
        inverse = 1.0 / (storage + (a + b) * layer.slope[i] - up * below.follow[i])
        source = a * (above.offset[i] - layer.offset[i]) + b * (below.offset[i] - layer.offset[i])
        layer.follow[i] = a * above.slope[i] * inverse
        layer.right[i] = (storage * layer.before[i] + source + up * below.right[i]) * inverse


@njit(error_model="numpy")
def _solve(columns, lanes, soil, seconds, keep, deepest):
    """Solve the linear balance for the assumed states; return the deepest layer it contradicts.

    *deepest*: the deepest layer whose assumed state is new; from the one below it down, what was
    eliminated last time still holds. -1 where there is none. The solution is left in `solved`.
    """
    layers = columns.size - 2
    for n in range(min(deepest + 1, layers - 1), -1, -1):
        _eliminate(columns[n], columns[n + 1], columns[n + 2], lanes, soil.thickness[n] / seconds)
    deepest = -1
    for n in range(layers):
        changed = _revise(
            columns[n],
            columns[n + 1],
            lanes,
            soil.per_frozen[n],
            soil.per_thawed[n],
            soil.latent[n],
            keep,
        )
        if changed > 0:
            deepest = n
    return deepest


@njit(error_model="numpy")
def _iterate(columns, lanes, soil, seconds):
    """Solve until no state is contradicted; return whether it came to that.

    Within a step T(H) is piecewise linear, so Newton's method ends exactly once no layer changes
    its state. Where it goes round in circles ever smaller steps end that; half steps alone may
    circle as well, under thick snow.
    """
    deepest = columns.size - 3
    for iteration in range(MOST_ITERATIONS):
        keep = 0.0 if iteration < CIRCLING else 1.0 - 0.5 * CIRCLING / iteration
        deepest = _solve(columns, lanes, soil, seconds, keep, deepest)
        if deepest < 0:
            return True
    return False


@njit(error_model="numpy")
def _go_halfway(columns, lanes, soil):
    """Set the enthalpy halfway between the start of the step and its solution.

    The top layer stays at its start until a front is in it, for one that has just come in would
    lie at the very surface and let in too much.
    """
    for n in range(columns.size - 2):
        layer = columns[n + 1]
        for i in range(lanes):
            layer.enthalpy[i] = 0.5 * (layer.before[i] + layer.solved[i])
    top, latent = columns[1], soil.latent[0]
    for i in range(lanes):
        if not holds_front(top.before[i], latent):
            top.enthalpy[i] = top.before[i]


@njit(error_model="numpy")
def _settle(columns, lanes, soil, seconds):
    """Set the enthalpy after the step from the fluxes between layers."""
    layers = columns.size - 2
    for n in range(layers):
        above, layer = columns[n], columns[n + 1]
        for i in range(lanes):
            upper = above.slope[i] * above.solved[i] + above.offset[i]
            own = layer.slope[i] * layer.solved[i] + layer.offset[i]
            layer.flux[i] = layer.conductance[i] * (upper - own)
    for n in range(layers):
        layer, below = columns[n + 1], columns[n + 2]
        per_depth = seconds / soil.thickness[n]
        for i in range(lanes):
            layer.enthalpy[i] = layer.before[i] + per_depth * (layer.flux[i] - below.flux[i])


@njit(error_model="numpy")
def conduct(
    columns, lanes, soil, surface_temperature, surface_resistance, geothermal_flux, seconds
):
    """Move the enthalpy of *columns* (a `stack`) on by one implicit step of *seconds*.

    The surface has *surface_temperature* [lane] (°C) behind *surface_resistance* [lane]
    (K m2 W-1); the bottom receives *geothermal_flux* (W m-2). The step is taken twice from the
    same start: with the fronts where they lie at first, then where that leaves them halfway.
    The last move is by the fluxes themselves: what leaves one layer enters the next. Returns
    whether every state was settled; `columns[1].flux` holds the heat taken in (W m-2).
    """
    _begin(columns, lanes, soil, surface_temperature, geothermal_flux, seconds)
    _connect(columns, lanes, soil, surface_resistance)
    _iterate(columns, lanes, soil, seconds)
    _go_halfway(columns, lanes, soil)
    _connect(columns, lanes, soil, surface_resistance)
    settled = _iterate(columns, lanes, soil, seconds)
    _settle(columns, lanes, soil, seconds)
    return settled


@njit(error_model="numpy")
def unfrozen(columns, lanes, soil, layers, total):
    """Set *total* [lane] to the depth of unfrozen soil (m) within the topmost *layers*.

    Partly thawed layers count by their liquid share, so that thaw is continuous and the yearly
    ratio of eq. 1 does not step with the grid. Its yearly maximum is the active layer thickness.
    Source: Liu et al., 2.1 (total depth of unfrozen layers above the two freezing fronts).
    """
    total[:] = 0.0
    for n in range(layers):
        layer, latent, thickness = columns[n + 1], soil.latent[n], soil.thickness[n]
        for i in range(lanes):
            total[i] += thickness * liquid_fraction(layer.enthalpy[i], latent)


@njit(error_model="numpy")
def stored(columns, lanes, soil, total):
    """Set *total* [lane] to the heat in each column (J m-2, from frozen at 0 °C)."""
    total[:] = 0.0
    for n in range(soil.thickness.size):
        layer, thickness = columns[n + 1], soil.thickness[n]
        for i in range(lanes):
            total[i] += thickness * layer.enthalpy[i]
