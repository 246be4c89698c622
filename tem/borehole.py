"""One soil column alone: the solver on any layering, water and step, for comparison by others."""

import numpy as np
import xarray as xr
from numba import njit

from tem import conduction, heat
from tem.conduction import SECONDS_PER_DAY
from tem.heat import Soil

LONGEST = SECONDS_PER_DAY / 4  # s; fronts are then within 0.3 % of Neumann's
LARGEST = 1e12  # of any number; products of larger ones would be none
MOST = 100_000  # steps that make up one of the caller's; more would not end


@njit(nogil=True, cache=True, error_model="numpy")
def _march(surface, columns, soil, geothermal, seconds, parts, warmth, liquid, fluxes, unsettled):
    """Drive *columns* through *surface* [step], each step in *parts* of *seconds*.

    Fills *warmth* (°C), *liquid* (share) [step, layer], *fluxes* (W m-2) and *unsettled* (parts)
    [step] from the one lane that is in use.
    """
    temperature, bare = np.zeros(1), np.zeros(1)
    for step in range(surface.size):
        temperature[:] = surface[step]
        taken = 0.0
        for _ in range(parts):
            settled = conduction.conduct(columns, 1, soil, temperature, bare, geothermal, seconds)
            unsettled[step] += 0 if settled else 1
            taken += columns[1].flux[0]
        for n in range(soil.thickness.size):
            enthalpy, latent = columns[n + 1].enthalpy[0], soil.latent[n]
            warmth[step, n] = heat.temperature(
                enthalpy, soil.per_frozen[n], soil.per_thawed[n], latent
            )
            liquid[step, n] = heat.liquid_fraction(enthalpy, latent)
        fluxes[step] = taken / parts


def column(
    surface_temperature,
    dt: float,
    layers,
    initial_temperature,
    geothermal_flux: float = 0.0,
    *,
    water=0.0,
    k_thawed=1.5,
    k_frozen=2.0,
    c_thawed=2.2e6,
    c_frozen=1.8e6,
    initial_liquid=None,
    parts: int | None = None,
) -> xr.Dataset:
    """Run the soil-heat solver alone on one column.

    Parameters
    ----------
    surface_temperature : temperature of the surface in each step (°C), [step]
    dt : length of a step (s)
    layers : thickness of each layer from the surface down (m), [layer]
    initial_temperature : °C, a number or [layer]
    geothermal_flux : heat entering at the bottom (W m-2)
    water : volumetric water content (m3 m-3, 0 to 1), a number or [layer]; 0 is dry soil
    k_thawed, k_frozen : conductivities (W m-1 K-1), a number or [layer]
    c_thawed, c_frozen : volumetric heat capacities (J m-3 K-1), a number or [layer]
    initial_liquid : liquid share of the water of layers that start at exactly 0 °C
        (default: frozen), a number or [layer]
    parts : implicit steps that make up one of *dt* (default: as many as keep each within six
        hours)

    Returns
    -------
    Dataset on time (the end of each step, s) and depth (middle of each layer, m) with
    `temperature` (°C), `liquid_fraction` [time, depth]; `thaw_depth` (m, thawed from the surface
    down), `frost_depth` (m, frozen from the surface down), `unfrozen_depth` (m, all that is
    unfrozen), `surface_flux` (W m-2, into the ground, mean of the step), `heat_stored` and
    `heat_taken` (J m-2, by state and by fluxes; 0 is frozen at 0 °C), `unsettled` (implicit steps
    within *dt* whose states did not settle, normally 0) [time]. Where soil holds water its phase
    tells how far thaw and frost reach, where it is dry the 0 °C isotherm between layers does.

    Raises ValueError naming the argument, its value and what was expected.
    """
    thickness = _numbers("layers", layers, "m", above=0, ndim=1)
    surface = _numbers("surface_temperature", surface_temperature, "°C", ndim=1)
    dt = float(_numbers("dt", dt, "s", above=0, ndim=0))
    geothermal = float(_numbers("geothermal_flux", geothermal_flux, "W m-2", ndim=0))
    parts = _parts(parts, dt)
    size = thickness.size
    soil = Soil(
        thickness,
        1 / _layered("c_frozen", c_frozen, "J m-3 K-1", size, above=0),
        1 / _layered("c_thawed", c_thawed, "J m-3 K-1", size, above=0),
        heat.LATENT_HEAT * _layered("water", water, "m3 m-3", size, low=0, high=1),
        _layered("k_frozen", k_frozen, "W m-1 K-1", size, above=0),
        _layered("k_thawed", k_thawed, "W m-1 K-1", size, above=0),
    )
    initial = _layered("initial_temperature", initial_temperature, "°C", size)
    melted = 0.0 if initial_liquid is None else initial_liquid
    melted = _layered("initial_liquid", melted, "1", size, low=0, high=1)
    enthalpy = heat.enthalpy_at(initial, 1 / soil.per_frozen, 1 / soil.per_thawed, soil.latent)
    columns = conduction.stack(size)
    columns.enthalpy[1:-1] = np.where(initial == 0, melted * soil.latent, enthalpy)[:, None]
    start = float((columns.enthalpy[1:-1, 0] * thickness).sum())
    steps = surface.size
    warmth, liquid = np.empty((steps, size)), np.empty((steps, size))
    fluxes, unsettled = np.empty(steps), np.zeros(steps)
    _march(surface, columns, soil, geothermal, dt / parts, parts, warmth, liquid, fluxes, unsettled)
    thawing = np.where(surface == 0, liquid[:, 0] > 0.5, surface > 0)
    share = np.where(thawing[:, None], liquid, 1.0 - liquid)
    reach = _reach(share, np.column_stack([surface, warmth]), soil)
    series = {
        "thaw_depth": (np.where(thawing, reach, 0.0), "m"),
        "frost_depth": (np.where(thawing, 0.0, reach), "m"),
        "unfrozen_depth": (liquid @ thickness, "m"),
        "surface_flux": (fluxes, "W m-2"),
        "heat_taken": (start + np.cumsum((fluxes + geothermal) * dt), "J m-2"),
        "heat_stored": (_stored_heat(warmth, liquid, soil), "J m-2"),
        "unsettled": (unsettled, "1"),
    }
    profile = ("time", "depth")
    return xr.Dataset(
        {
            "temperature": (profile, warmth, {"units": "degC"}),
            "liquid_fraction": (profile, liquid, {"units": "1"}),
        }
        | {name: ("time", values, {"units": unit}) for name, (values, unit) in series.items()},
        coords={
            "time": ("time", dt * np.arange(1, steps + 1), {"units": "s"}),
            "depth": (
                "depth",
                np.cumsum(thickness) - 0.5 * thickness,
                {"units": "m", "positive": "down"},
            ),
        },
    )


def _parts(parts, dt: float) -> int:
    """Return how many implicit steps make up *dt* (s)."""
    if parts is None:
        if dt > MOST * LONGEST:
            raise ValueError(f"dt = {dt:g} s; expected at most {MOST * LONGEST:g} s")
        return max(1, int(np.ceil(dt / LONGEST - 1e-9)))
    if not isinstance(parts, int | np.integer) or not 1 <= parts <= MOST:
        raise ValueError(f"parts = {parts!r}; expected a whole number from 1 to {MOST}")
    return int(parts)


def _reach(share, profile, soil) -> np.ndarray:
    """Return the depth [step] (m) that the phase at the surface reaches without a break.

    *share* of that phase [step, layer]; *profile* of the surface and all layers
    [step, 1 + layer] (°C). Between wet layers the phase ends where shares say. Those of dry soil
    jump from layer to layer: it ends at 0 °C between the middles of two of them, with k T
    linear in depth.
    """
    unbroken = np.cumprod(share > 0, axis=1)
    depth = (share * unbroken) @ soil.thickness
    layers = unbroken.sum(axis=1)
    n = np.minimum(layers, soil.thickness.size - 1)  # the first layer of the other phase
    of = np.concatenate([[0], np.arange(soil.thickness.size)])  # the surface is the top layer's
    flow = profile * np.where(profile > 0, soil.k_thawed[of], soil.k_frozen[of])
    upper, lower = np.take_along_axis(flow, np.column_stack([n, n + 1]), axis=1).T
    dry = soil.latent <= heat.NO_WATER
    at_dry = dry | np.concatenate([[False], dry[:-1]])
    crosses = (layers <= n) & at_dry[n] & (upper * lower < 0)
    edge = np.cumsum(soil.thickness) - soil.thickness
    middle = np.concatenate([[0.0], edge + 0.5 * soil.thickness])
    way = upper / np.where(crosses, upper - lower, 1.0) * (middle[n + 1] - middle[n])
    return np.where(crosses, depth + middle[n] + way - edge[n], depth)


def _stored_heat(warmth, liquid, soil) -> np.ndarray:
    """Heat in a column [step] from its temperatures and liquid fractions [step, layer]."""
    capacity = np.where(warmth > 0, 1 / soil.per_thawed, 1 / soil.per_frozen)
    return ((warmth * capacity + liquid * soil.latent) * soil.thickness).sum(axis=1)


def _layered(name, value, unit, size, **limits) -> np.ndarray:
    """Return *value*, a number or [layer], as [layer]."""
    numbers = _numbers(name, value, unit, **limits)
    if numbers.shape not in {(), (size,)}:
        raise ValueError(f"{name} has shape {numbers.shape}; expected a number or ({size},)")
    return np.broadcast_to(numbers, size).copy()


def _numbers(
    name, value, unit, *, low=-np.inf, above=-np.inf, high=np.inf, ndim=None
) -> np.ndarray:
    """Return *value* as floats from *low* to *high*, above *above* and of *ndim* dimensions."""
    try:
        numbers = np.asarray(value)
    except ValueError:  # rows of unlike length
        numbers = np.array(None)
    if numbers.dtype.kind not in "iuf":
        raise ValueError(f"{name} = {value!r}; expected numbers ({unit})")
    if ndim is not None and (numbers.ndim != ndim or numbers.size == 0):
        expected = ("a single number", "one dimension and at least one value")[ndim]
        raise ValueError(f"{name} has shape {numbers.shape}; expected {expected}")
    bad = ~((abs(numbers) <= LARGEST) & (numbers >= low) & (numbers > above) & (numbers <= high))
    if bad.any():
        rules = [(f"at least {low}", low), (f"above {above}", above), (f"at most {high}", high)]
        rules = [words for words, limit in rules if np.isfinite(limit)]
        rule = " and ".join(["finite", *rules, f"within ±{LARGEST:g}"])
        raise ValueError(f"{name} holds {numbers[bad].flat[0]} {unit}; every value must be {rule}")
    return np.ascontiguousarray(numbers, float).reshape(numbers.shape)
