"""The soil column in time: thaw depth and soil temperature from air temperature.

`column` runs the solver alone on any layering; `in_lockstep` runs it under a climate for
several cells, spin-up included, on the model's own layers.
"""

import numpy as np
import xarray as xr
from numba import njit

from tem import heat
from tem.heat import LANES, SECONDS_PER_DAY, Soil
from tem.variables import Ground, GroundYear

# Layers (m): edges fall on 0.1, 0.2, 0.4, 3 and 10 m, where soil properties change or a
# diagnostic is read; fine where fronts move with the seasons, coarse below.
LAYERS = np.array(
    [0.02, 0.03] + [0.05] * 3 + [0.10] * 18 + [0.20] * 5 + [0.25] * 4 + [0.5] * 4 + [1.0] * 4
    + [3.0, 4.0, 5.0, 6.0, 8.0, 9.0]
)  # fmt: skip
EDGES = np.concatenate([[0.0], np.cumsum(LAYERS)]).round(6)
HORIZONS = (0.1, 0.4, 3.0)  # lower edges of the parameters' soil layers 1-3 (m); the 4th: 45 m
TOP = int(np.searchsorted(EDGES, 0.20))  # layers of the top 20 cm
TEN_CM = int(np.searchsorted(EDGES, 0.10))  # the layer just below 10 cm
TEN_M = int(np.searchsorted(EDGES, 10.0))  # thaw is looked for above it, as in TEM
SHALLOWEST = 0.05  # m; thaw is never reported as nothing, for eq. 1 divides by it
STEPS = 6  # implicit steps a month, even so that none straddles the middle
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], float)


@njit(error_model="numpy")
def _diagnose(columns, soil, sums, deepest, depth):
    """Add one step to the sums (warmth of 20 cm, thawed share, warmth at 10 m) and the thaw."""
    heat.unfrozen(columns, soil, TEN_M, depth)
    for i in range(LANES):
        deepest[i] = max(deepest[i], depth[i])
    for n in range(TOP):
        _add_warmth(columns[n + 1], soil, n, soil.thickness[n] / 0.20, sums[0])
    for n in (TEN_CM - 1, TEN_CM):
        for i in range(LANES):
            liquid = heat.liquid_fraction(columns[n + 1].enthalpy[i], soil.latent[n])
            sums[1, i] += 0.5 * liquid
    # 10 m lies between the middles of the layers 9-10 m and 10-13 m
    _add_warmth(columns[TEN_M], soil, TEN_M - 1, 0.75, sums[2])
    _add_warmth(columns[TEN_M + 1], soil, TEN_M, 0.25, sums[2])


@njit(error_model="numpy")
def _add_warmth(layer, soil, n, share, total):
    per_frozen, per_thawed, latent = soil.per_frozen[n], soil.per_thawed[n], soil.latent[n]
    for i in range(LANES):
        total[i] += share * heat.temperature(layer.enthalpy[i], per_frozen, per_thawed, latent)


@njit(nogil=True, cache=True, error_model="numpy")
def march(air, before, n_freeze, n_thaw, geothermal, columns, soil, monthly, yearly):
    """Drive *columns* (a `heat.stack`) through the months of *air* [month, lane].

    *before* is the row of *air* that precedes its first; *n_thaw* [lane]. Fills *monthly*
    [Ground, month, lane] and *yearly* [GroundYear, year, lane]; with arrays of no months
    nothing is recorded.
    """
    months = air.shape[0]
    sums, deepest, depth, surface = (
        np.zeros((3, LANES)),
        np.zeros(LANES),
        np.zeros(LANES),
        np.zeros(LANES),
    )
    start, end, taken, moved = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    record = monthly.shape[1] > 0
    for month in range(months):
        seconds = MONTH_DAYS[month % 12] * SECONDS_PER_DAY / STEPS
        year = month // 12
        if record and month % 12 == 0:
            heat.stored(columns, soil, start)
            taken[:] = 0.0
            moved[:] = 0.0
            deepest[:] = SHALLOWEST
            yearly[1, year] = 0.0
            yearly[3, year] = 0.0
        sums[:] = 0.0
        earlier = air[before if month == 0 else month - 1]
        later = air[min(month + 1, months - 1)]
        for step in range(STEPS):
            for i in range(LANES):
                warmth = heat.air_temperature(
                    earlier[i], air[month, i], later[i], (step + 0.5) / STEPS
                )
                surface[i] = heat.surface_temperature(warmth, n_freeze, n_thaw[i])
            settled = heat.conduct(columns, soil, surface, 0.0, geothermal, seconds)
            if record:
                yearly[3, year] += 0.0 if settled else 1.0
                _diagnose(columns, soil, sums, deepest, depth)
                for i in range(LANES):
                    taken[i] += (columns[1].flux[i] + geothermal) * seconds
                    moved[i] += abs(columns[1].flux[i]) * seconds
        if record:
            monthly[0, month] = sums[0] / STEPS
            monthly[1, month] = sums[1] / STEPS
            yearly[1, year] += sums[2] / STEPS / 12
            if month % 12 == 11:
                heat.stored(columns, soil, end)
                yearly[0, year] = deepest
                yearly[2, year] = np.abs(end - start - taken) / np.maximum(moved, 1.0)


def thaw_factor(precipitation, dry, wet):
    """Thawing n-factor from yearly precipitation (mm): dry ground warms more than a moist sward.

    Falls by 0.002 per mm above 250 mm from *dry* to *wet*; assumed, within station offsets.
    """
    return np.maximum(dry - 0.0020 * np.maximum(precipitation - 250.0, 0.0), wet)


def _layered(parameters, stem: str) -> np.ndarray:
    """Return a property [layer] from its four declared soil layers."""
    middle = 0.5 * (EDGES[1:] + EDGES[:-1])
    four = np.array([getattr(parameters, f"{stem}_{n}") for n in (1, 2, 3, 4)])
    return four[np.searchsorted(HORIZONS, middle)]


def soil_of(parameters) -> Soil:
    """Return the `Soil` of an ecosystem from its Parameters, on the model's own layers."""
    mega = 1e6
    return Soil(
        thickness=LAYERS,
        per_frozen=1 / (_layered(parameters, "c_frozen") * mega),
        per_thawed=1 / (_layered(parameters, "c_thawed") * mega),
        latent=_layered(parameters, "water") * heat.LATENT_HEAT,
        k_frozen=_layered(parameters, "k_frozen"),
        k_thawed=_layered(parameters, "k_thawed"),
    )


def _start(surface, soil, geothermal) -> np.ndarray:
    """Enthalpy [layer, lane] in balance with a year of *surface* temperature [month, lane].

    Frozen soil conducts better than thawed, so ground is colder than its surface on average:
    the mean flow k T, not the mean of T, sets the depth. Source: Smith & Riseborough (1996).
    """
    properties = Soil(*(array[:, None] for array in soil))
    j = int(np.searchsorted(EDGES, HORIZONS[1]))  # a layer of the seasonally thawed soil
    flow = (surface * np.where(surface > 0, soil.k_thawed[j], soil.k_frozen[j])).mean(axis=0)
    top = flow / np.where(flow > 0, soil.k_thawed[j], soil.k_frozen[j])
    resistance = properties.thickness / np.where(top > 0, properties.k_thawed, properties.k_frozen)
    warmth = top + geothermal * (np.cumsum(resistance, axis=0) - 0.5 * resistance)
    thawed = properties.latent + warmth / properties.per_thawed
    return np.where(warmth > 0, thawed, warmth / properties.per_frozen)


def in_lockstep(air, precipitation, parameters, spin_years: int, mean_months: int):
    """Return soil temperature and thaw of up to LANES cells of one ecosystem.

    *air* [cell, month] (°C), *precipitation* [cell] (mm a year), *parameters* of the
    ecosystem. The columns first live through *spin_years* of the mean year of the first
    *mean_months*, then through all months.
    Returns monthly [cell, Ground, month] and yearly [cell, GroundYear, year].
    """
    cells, months = air.shape
    lanes = np.minimum(np.arange(LANES), cells - 1)  # the last cell fills the lanes left over
    air = np.ascontiguousarray(air[lanes].T)
    monthly = np.empty((len(Ground._fields), months, LANES))
    yearly = np.empty((len(GroundYear._fields), months // 12, LANES))
    soil = soil_of(parameters)
    n_freeze, geothermal = float(parameters.n_freeze), float(parameters.geothermal)
    n_thaw = thaw_factor(precipitation[lanes], parameters.n_thaw_dry, parameters.n_thaw_wet)
    mean_year = air[:mean_months].reshape(-1, 12, LANES).mean(axis=0)
    surface = mean_year * np.where(mean_year > 0, n_thaw, n_freeze)
    columns = heat.stack(LAYERS.size)
    columns.enthalpy[1:-1] = _start(surface, soil, geothermal)
    silent = np.empty((0, 0, 0))
    common = (n_freeze, n_thaw, geothermal, columns, soil)
    december = 11
    march(np.tile(mean_year, (spin_years, 1)), december, *common, silent, silent)
    march(air, december, *common, monthly, yearly)
    return np.moveaxis(monthly, -1, 0)[:cells], np.moveaxis(yearly, -1, 0)[:cells]


@njit(nogil=True, cache=True, error_model="numpy")
def _march_column(surface, columns, soil, geothermal, dt, warmth, liquid, depth, fluxes):
    temperature = np.zeros(LANES)
    for step in range(surface.size):
        temperature[:] = surface[step]
        heat.conduct(columns, soil, temperature, 0.0, geothermal, dt)
        growing = True
        depth[step] = 0.0
        for n in range(soil.thickness.size):
            enthalpy, latent = columns[n + 1].enthalpy[0], soil.latent[n]
            warmth[step, n] = heat.temperature(
                enthalpy, soil.per_frozen[n], soil.per_thawed[n], latent
            )
            liquid[step, n] = heat.liquid_fraction(enthalpy, latent)
            growing = growing and liquid[step, n] > 0.0
            if growing:
                depth[step] += liquid[step, n] * soil.thickness[n]
        fluxes[step] = columns[1].flux[0]


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

    Returns
    -------
    Dataset on time (the end of each step, s) and depth (middle of each layer, m) with
    `temperature` (°C), `liquid_fraction` [time, depth]; `thaw_depth` (m, from the surface to
    the first wholly frozen layer), `surface_flux` (W m-2, into the ground), `heat_stored` and
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
    columns = heat.stack(size)
    columns.enthalpy[1:-1] = np.where(initial == 0, melted * soil.latent, enthalpy)[:, None]
    start = float((columns.enthalpy[1:-1, 0] * thickness).sum())
    steps = surface.size
    warmth, liquid = np.empty((steps, size)), np.empty((steps, size))
    depth, fluxes = np.empty(steps), np.empty(steps)
    geothermal = float(_numbers("geothermal_flux", geothermal_flux, "W m-2"))
    _march_column(
        np.ascontiguousarray(surface), columns, soil, geothermal, dt,
        warmth, liquid, depth, fluxes,
    )  # fmt: skip
    taken = start + np.cumsum((fluxes + geothermal) * dt)
    middle = np.cumsum(thickness) - 0.5 * thickness
    return xr.Dataset(
        {
            "temperature": (("time", "depth"), warmth, {"units": "degC"}),
            "liquid_fraction": (("time", "depth"), liquid, {"units": "1"}),
            "thaw_depth": ("time", depth, {"units": "m"}),
            "surface_flux": ("time", fluxes, {"units": "W m-2"}),
            "heat_taken": ("time", taken, {"units": "J m-2"}),
            "heat_stored": (
                "time",
                _stored_heat(warmth, liquid, soil),
                {"units": "J m-2"},
            ),
        },
        coords={
            "time": ("time", dt * np.arange(1, steps + 1), {"units": "s"}),
            "depth": ("depth", middle, {"units": "m", "positive": "down"}),
        },
    )


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
