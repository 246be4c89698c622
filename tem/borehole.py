"""One soil column alone: the solver on any layering, water and step, for comparison by others."""

import numpy as np
import xarray as xr
from numba import njit

from tem import conduction, heat
from tem.conduction import LANES, SECONDS_PER_DAY
from tem.heat import Soil

LONGEST = SECONDS_PER_DAY / 4  # s; fronts are then within 0.4 % of Neumann's


@njit(nogil=True, cache=True, error_model="numpy")
def _march(surface, columns, soil, geothermal, seconds, parts, warmth, liquid, fluxes):
    """Drive *columns* through *surface* [step], each step in *parts* of *seconds*.

    Fills *warmth* (°C), *liquid* (share) [step, layer] and *fluxes* (W m-2) [step] from lane 0.
    """
    temperature, bare = np.zeros(LANES), np.zeros(LANES)
    for step in range(surface.size):
        temperature[:] = surface[step]
        taken = 0.0
        for _ in range(parts):
            conduction.conduct(columns, soil, temperature, bare, geothermal, seconds)
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
    water : volumetric water content (m3 m-3), a number or [layer]; 0 is dry soil
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
    `heat_taken` (J m-2, by state and by fluxes; 0 is frozen at 0 °C) [time].

    Raises ValueError naming the argument, its value and what was expected.
    """
    thickness = _numbers("layers", layers, "m", low=0, strict=True)
    surface = _numbers("surface_temperature", surface_temperature, "°C")
    if thickness.ndim != 1 or surface.ndim != 1:
        raise ValueError("layers and surface_temperature must each have one dimension")
    dt = float(_numbers("dt", dt, "s", low=0, strict=True))
    size = thickness.size

    def layered(name, value, unit, low=None, *, strict=False):
        numbers = _numbers(name, value, unit, low, strict=strict)
        if numbers.shape not in {(), (size,)}:
            raise ValueError(f"{name} has shape {numbers.shape}; expected a number or ({size},)")
        return np.broadcast_to(numbers, size).copy()

    soil = Soil(
        thickness,
        1 / layered("c_frozen", c_frozen, "J m-3 K-1", 0, strict=True),
        1 / layered("c_thawed", c_thawed, "J m-3 K-1", 0, strict=True),
        heat.LATENT_HEAT * layered("water", water, "m3 m-3", 0),
        layered("k_frozen", k_frozen, "W m-1 K-1", 0, strict=True),
        layered("k_thawed", k_thawed, "W m-1 K-1", 0, strict=True),
    )
    initial = layered("initial_temperature", initial_temperature, "°C")
    melted = layered("initial_liquid", 0.0 if initial_liquid is None else initial_liquid, "1", 0)
    enthalpy = np.where(
        initial > 0, soil.latent + initial / soil.per_thawed, initial / soil.per_frozen
    )
    columns = conduction.stack(size)
    columns.enthalpy[1:-1] = np.where(initial == 0, melted * soil.latent, enthalpy)[:, None]
    start = float((columns.enthalpy[1:-1, 0] * thickness).sum())
    steps = surface.size
    parts = _parts(parts, dt)
    warmth, liquid, fluxes = np.empty((steps, size)), np.empty((steps, size)), np.empty(steps)
    geothermal = float(_numbers("geothermal_flux", geothermal_flux, "W m-2"))
    _march(
        np.ascontiguousarray(surface), columns, soil, geothermal, dt / parts, parts,
        warmth, liquid, fluxes,
    )  # fmt: skip
    series = {
        "thaw_depth": (_from_surface(liquid, thickness), "m"),
        "frost_depth": (_from_surface(1.0 - liquid, thickness), "m"),
        "unfrozen_depth": (liquid @ thickness, "m"),
        "surface_flux": (fluxes, "W m-2"),
        "heat_taken": (start + np.cumsum((fluxes + geothermal) * dt), "J m-2"),
        "heat_stored": (_stored_heat(warmth, liquid, soil), "J m-2"),
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
        return max(1, int(np.ceil(dt / LONGEST - 1e-9)))
    if int(parts) != parts or parts < 1:
        raise ValueError(f"parts = {parts!r}; expected a whole number of at least 1")
    return int(parts)


def _from_surface(share, thickness) -> np.ndarray:
    """Return the depth [step] (m) down to which layers hold some *share* [step, layer]."""
    unbroken = np.cumprod(share > 0, axis=1)
    return (share * unbroken) @ thickness


def _stored_heat(warmth, liquid, soil) -> np.ndarray:
    """Heat in a column [step] from its temperatures and liquid fractions [step, layer]."""
    capacity = np.where(warmth > 0, 1 / soil.per_thawed, 1 / soil.per_frozen)
    return ((warmth * capacity + liquid * soil.latent) * soil.thickness).sum(axis=1)


def _numbers(name, value, unit, low=None, *, strict=False) -> np.ndarray:
    numbers = np.asarray(value, float)
    bad = ~np.isfinite(numbers)
    if low is not None:
        bad |= (numbers <= low) if strict else (numbers < low)
    if bad.any():
        first = numbers[bad].flat[0] if numbers.ndim else float(numbers)
        rule = "finite" if low is None else f"finite and {'above' if strict else 'at least'} {low}"
        raise ValueError(f"{name} holds {first} {unit}; every value must be {rule}")
    return numbers
