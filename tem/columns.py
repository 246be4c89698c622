"""Soil columns in time: thaw depth and soil temperature from air, precipitation and snow.

Several cells march in lockstep on the model's own layers, from the climate before the present
warming to the end of the run.
"""

import numpy as np
from numba import njit

from tem import conduction, heat, surface
from tem.conduction import SECONDS_PER_DAY
from tem.heat import Soil
from tem.variables import Ground, GroundYear

# Layers (m): edges fall on 0.1, 0.2, 0.4, 3 and 10 m, where soil properties change or a
# diagnostic is read; fine where fronts move with the seasons, coarse below.
LAYERS = np.array(
    [0.05] * 4 + [0.10] * 2 + [0.20] * 13 + [0.25] * 4 + [0.5] * 12
    + [1.0, 2.0, 4.0, 6.0, 8.0, 14.0]
)  # fmt: skip
EDGES = np.concatenate([[0.0], np.cumsum(LAYERS)]).round(6)
MIDDLES = 0.5 * (EDGES[1:] + EDGES[:-1])
HORIZONS = (0.1, 0.4, 3.0)  # lower edges of the parameters' soil layers 1-3 (m); the 4th: 45 m
TOP = int(np.searchsorted(EDGES, 0.20))  # layers of the top 20 cm
TEN_CM = int(np.searchsorted(EDGES, 0.10))  # the layer just below 10 cm
TEN_M = int(np.searchsorted(EDGES, 10.0))  # thaw is looked for above it, as in TEM
SHALLOWEST = 0.05  # m; thaw is never reported as nothing, for eq. 1 divides by it
BELOW_TEN_M = LAYERS[TEN_M - 1] / (LAYERS[TEN_M - 1] + LAYERS[TEN_M])  # weight of that layer
STEPS = 4  # implicit steps a month, even so that none straddles the middle
ONSET, PRESENT = 1957, (2006, 2015)  # since when air warmed steadily; years that are the present
FIRST = 2006  # year of the runs' first
QUIET_YEARS = 50  # of the climate before the onset, from a start near its balance
SNOWY_YEARS = 200  # the same under snow, which the start knows nothing of
NOT_TRACED = np.empty((0, 2, 0, 0))  # where nobody asks for the record of all layers
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], float)


@njit(error_model="numpy")
def _diagnose(columns, soil, sums, deepest, depth):
    """Add one step to the sums (warmth of 20 cm, thawed share, warmth at 10 m) and the thaw."""
    lanes = depth.size
    conduction.unfrozen(columns, lanes, soil, TEN_M, depth)
    for i in range(lanes):
        deepest[i] = max(deepest[i], depth[i])
    for n in range(TOP):
        _add_warmth(columns[n + 1], soil, n, soil.thickness[n] / 0.20, sums[0])
    for n in (TEN_CM - 1, TEN_CM):
        for i in range(lanes):
            liquid = heat.liquid_fraction(columns[n + 1].enthalpy[i], soil.latent[n])
            sums[1, i] += 0.5 * liquid
    # 10 m lies between the middles of two layers; the thinner one is nearer
    _add_warmth(columns[TEN_M], soil, TEN_M - 1, 1.0 - BELOW_TEN_M, sums[2])
    _add_warmth(columns[TEN_M + 1], soil, TEN_M, BELOW_TEN_M, sums[2])


@njit(error_model="numpy")
def _add_warmth(layer, soil, n, share, total):
    per_frozen, per_thawed, latent = soil.per_frozen[n], soil.per_thawed[n], soil.latent[n]
    for i in range(total.size):
        total[i] += share * heat.temperature(layer.enthalpy[i], per_frozen, per_thawed, latent)


@njit(error_model="numpy")
def _trace(columns, soil, traced):
    """Set *traced* [Layered, layer, lane] to temperature and liquid share as they are now."""
    for n in range(soil.thickness.size):
        layer, latent = columns[n + 1], soil.latent[n]
        for i in range(traced.shape[2]):
            h = layer.enthalpy[i]
            warmth = heat.temperature(h, soil.per_frozen[n], soil.per_thawed[n], latent)
            traced[0, n, i] = warmth
            traced[1, n, i] = heat.liquid_fraction(h, latent)


@njit(nogil=True, cache=True, error_model="numpy")
def _thaw_factors(air, first, gain, shade, factors):
    """Set *factors* [lane] from the thawing index of the twelve months of *air* from *first*."""
    for i in range(factors.size):
        index = 0.0
        for m in range(first, first + 12):
            index += max(air[m, i], 0.0) * MONTH_DAYS[m - first]
        factors[i] = surface.thaw_factor(thawing_index=index, gain=gain, shade=shade[i])


@njit(nogil=True, cache=True, error_model="numpy")
def march(
    air, before, snow, n_freeze, gain, shade, geothermal, columns, soil, monthly, yearly, traced
):
    """Drive *columns* (a `conduction.stack`) through the months of *air* [month, lane].

    *before* is the row of *air* that precedes its first; *snow* (mm) [month, lane]; *shade*
    [lane]. Fills *monthly*, a Ground of [month, lane], and *yearly*, a GroundYear of
    [year, lane]; with arrays of no months nothing is recorded. *traced*
    [step, Layered, layer, lane] is filled too unless it has no steps.
    """
    months, lanes = air.shape
    sums = np.zeros((3, lanes))
    deepest, depth, ground = np.zeros(lanes), np.zeros(lanes), np.zeros(lanes)
    n_thaw, cover = np.zeros(lanes), np.zeros(lanes)
    start, end, taken, moved = np.zeros(lanes), np.zeros(lanes), np.zeros(lanes), np.zeros(lanes)
    record = monthly.soil_warmth.size > 0
    for month in range(months):
        seconds = MONTH_DAYS[month % 12] * SECONDS_PER_DAY / STEPS
        year = month // 12
        if month % 12 == 0:
            _thaw_factors(air, month, gain, shade, n_thaw)
        if record and month % 12 == 0:
            conduction.stored(columns, lanes, soil, start)
            taken[:] = 0.0
            moved[:] = 0.0
            deepest[:] = SHALLOWEST
            yearly.magt[year] = 0.0
            yearly.unsettled[year] = 0.0
        sums[:] = 0.0
        earlier = air[before if month == 0 else month - 1]
        later = air[min(month + 1, months - 1)]
        for i in range(lanes):
            cover[i] = surface.snow_resistance(pack=snow[month, i])
        for step in range(STEPS):
            for i in range(lanes):
                warmth = surface.air_temperature(
                    earlier[i], air[month, i], later[i], (step + 0.5) / STEPS
                )
                ground[i] = surface.temperature(warmth, n_freeze, n_thaw[i])
                if cover[i] > 0.0:  # snow melts before the ground under it warms
                    ground[i] = min(ground[i], 0.0)
            settled = conduction.conduct(columns, lanes, soil, ground, cover, geothermal, seconds)
            if record:
                yearly.unsettled[year] += 0.0 if settled else 1.0
                _diagnose(columns, soil, sums, deepest, depth)
                if traced.size > 0:
                    _trace(columns, soil, traced[month * STEPS + step])
                for i in range(lanes):
                    taken[i] += (columns[1].flux[i] + geothermal) * seconds
                    moved[i] += abs(columns[1].flux[i]) * seconds
        if record:
            monthly.soil_warmth[month] = sums[0] / STEPS
            monthly.thawed_share[month] = sums[1] / STEPS
            yearly.magt[year] += sums[2] / STEPS / 12
            if month % 12 == 11:
                conduction.stored(columns, lanes, soil, end)
                yearly.thaw_depth[year] = deepest
                unaccounted = np.abs(end - start - taken)
                yearly.heat_residual[year] = unaccounted / np.maximum(moved, 1.0)


def _layered(parameters, stem: str) -> np.ndarray:
    """Return a property [layer] from its four declared soil layers."""
    four = np.array([getattr(parameters, f"{stem}_{n}") for n in (1, 2, 3, 4)])
    return four[np.searchsorted(HORIZONS, MIDDLES)]


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


def _start(year, soil, geothermal) -> np.ndarray:
    """Enthalpy [layer, lane] in balance with a *year* of surface temperature [month, lane].

    Frozen soil conducts better than thawed, so ground is colder than its surface on average:
    the mean flow k T, not the mean of T, sets the depth. Source: Smith & Riseborough (1996).
    """
    properties = Soil(*(array[:, None] for array in soil))
    j = int(np.searchsorted(EDGES, HORIZONS[1]))  # a layer of the seasonally thawed soil
    flows = year * np.where(year > 0, soil.k_thawed[j], soil.k_frozen[j])
    flow = np.cumsum(flows, axis=0)[-1] / 12  # month by month, alone as in company
    top = flow / np.where(flow > 0, soil.k_thawed[j], soil.k_frozen[j])
    resistance = properties.thickness / np.where(top > 0, properties.k_thawed, properties.k_frozen)
    warmth = top + geothermal * (np.cumsum(resistance, axis=0) - 0.5 * resistance)
    return heat.enthalpy_at(
        warmth, 1 / properties.per_frozen, 1 / properties.per_thawed, properties.latent
    )


def in_lockstep(
    air, snow, precipitation, parameters, present_months: int, *, snowy: bool, traced=NOT_TRACED
):
    """Return soil temperature and thaw of up to ABREAST cells of one ecosystem.

    *air* (°C), *snow* (mm) [cell, month]; *precipitation* [cell] (mm a year); *parameters* of
    the ecosystem; *snowy*: whether the snowpack insulates, in place of the freezing n-factor.
    The columns first come to rest under the mean year of the first *present_months* less the
    warming since `ONSET`, then live through that warming, then through all months.
    Returns monthly [cell, Ground, month] and yearly [cell, GroundYear, year], and fills *traced*
    [step, Layered, layer, cell] unless it has no steps.
    """
    cells, months = air.shape
    air, snow = (np.ascontiguousarray(field.T) for field in (air, snow))
    monthly = np.empty((len(Ground._fields), months, cells))
    yearly = np.empty((len(GroundYear._fields), months // 12, cells))
    soil = soil_of(parameters)
    n_freeze = 1.0 if snowy else float(parameters.n_freeze)
    gain, geothermal = float(parameters.thaw_gain), float(parameters.geothermal)
    shade = np.array(
        [surface.shade(p, parameters.shade_dry, parameters.shade_wet) for p in precipitation]
    )
    quiet = SNOWY_YEARS if snowy else QUIET_YEARS
    past, covered = (
        _past(air, parameters.past_warming, present_months, quiet),
        _past(snow, 0, present_months, quiet),
    )
    columns = conduction.stack(LAYERS.size)
    columns.enthalpy[1:-1, :cells] = _start(
        _surface_of(past[:12], n_freeze, gain, shade), soil, geothermal
    )
    silent = (
        Ground(*np.empty((len(Ground._fields), 0, cells))),
        GroundYear(*np.empty((len(GroundYear._fields), 0, cells))),
    )
    common = (n_freeze, gain, shade, geothermal, columns, soil)
    december = 11
    march(past, december, covered, *common, *silent, NOT_TRACED)
    march(air, december, snow, *common, Ground(*monthly), GroundYear(*yearly), traced)
    return np.moveaxis(monthly, -1, 0), np.moveaxis(yearly, -1, 0)


def moments(years) -> np.ndarray:
    """Return the end of each step of *years* [step], in years."""
    steps = np.repeat(MONTH_DAYS / STEPS, STEPS).cumsum() / MONTH_DAYS.sum()
    return (np.asarray(years, float)[:, None] + steps).ravel()


def _past(field, rate: float, present_months: int, quiet: int) -> np.ndarray:
    """Return the months before the run [month, lane]: *quiet* years at rest, then a steady rise.

    The mean year of the first *present_months* of *field* belongs to the middle of `PRESENT`;
    going back it falls by *rate* a year, as far as `ONSET`.
    """
    mean_year = field[:present_months].reshape(-1, 12, field.shape[1]).mean(axis=0)
    years = np.concatenate([np.full(quiet, ONSET), np.arange(ONSET, FIRST)])
    earlier = np.mean(PRESENT) - years
    return (mean_year - rate * earlier[:, None, None]).reshape(-1, field.shape[1])


def _surface_of(year, n_freeze, gain, shade) -> np.ndarray:
    """Return the surface temperature [month, lane] of a *year* of air temperature."""
    n_thaw = np.empty(year.shape[1])
    _thaw_factors(np.ascontiguousarray(year), 0, gain, shade, n_thaw)
    return year * np.where(year > 0, n_thaw, n_freeze)
