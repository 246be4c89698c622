"""Stage 1, what the climate permits: heat, water, light and leaf of every place.

Nothing here depends on b or a rate parameter, so it is worked out once per climate and kept.
"""

import numpy as np
import xarray as xr

from tem import light, permafrost
from tem import parameters as declared
from tem.blocks import alike, in_blocks, part_of
from tem.columns import LAYERS, MIDDLES, NOT_TRACED, PRESENT, STEPS, in_lockstep, moments
from tem.conduction import ABREAST
from tem.door import (
    annotated,
    as_floats,
    check_climate,
    check_region,
    check_same_cells,
    places,
    years_of,
)
from tem.rest import rest
from tem.seasons import demand, march, snowpack
from tem.variables import Drivers, Ground, GroundYear, Layered, Rest, WaterYear

SPIN_UP_CLIMATE = (2006, 2046)  # Liu et al., 2.3
REFERENCE_YEAR = 2020  # the last year in which S_R follows the climate; Liu et al., 2.3
GROUND_SHARE = 0.9  # of the time that the environment takes, for progress
PET = ("jh_elev", "jh")  # Jensen-Haise, with elevation terms and as TEM has it


def ground(
    region,
    climate,
    parameters=None,
    *,
    snow=False,
    layers=False,
    progress=None,
    cancelled=None,
    workers=None,
):
    """Return soil temperature and thaw of *region* under *climate*.

    Parameters
    ----------
    region : Dataset on `cell` with coordinates lat, lon, ecosystem, cell_area
    climate : Dataset with `tas` (degC), `pr` (mm month-1) [cell, time], whole years
    parameters : None, mapping of ecosystem to Parameters, Parameters, or edits as strings
    snow : whether the snowpack insulates the ground month by month; the freezing n-factor, which
        holds snow already, is then left out
    layers : whether to keep what every layer does at every step; for a few cells (3 MB each)
    progress : called with the finished fraction; cancelled : asked whether to stop
    workers : threads (default: one per processor)

    Returns
    -------
    Dataset with `soil_warmth` (degC), `thawed_share` (1) [cell, time] and `thaw_depth` (m),
    `magt` (degC), `heat_residual` (1) [cell, year]. With *layers* also `soil_temperature` (degC)
    and `liquid_share` (1) on (cell, step, depth): the end of each step in years, the middle of
    each layer in m. The warming since 1957 is lived through beforehand: frozen ground is decades
    behind the air. Raises ValueError for inputs it cannot use.
    """
    check_region(region)
    check_climate(climate)
    check_same_cells(region, climate, "climate")
    sets = declared.settled(parameters)
    air, rain = as_floats(climate.tas), as_floats(climate.pr)
    years = years_of(climate)
    present = 12 * _years(years, PRESENT)
    wetness = rain[:, :present].sum(axis=1) * 12 / present
    pack = np.zeros_like(air)
    if snow:
        snowpack(air, rain, as_floats(region.elevation), pack)
    monthly = np.empty((air.shape[0], len(Ground._fields), air.shape[1]))
    yearly = np.empty((air.shape[0], len(GroundYear._fields), years.size))
    blocks = alike(region.ecosystem.values, ABREAST)
    steps = STEPS * air.shape[1] if layers else 0
    traced = np.empty((air.shape[0], len(Layered._fields), steps, LAYERS.size))

    def work(one_block):
        for name, cells in blocks[one_block]:
            size = (steps, len(Layered._fields), LAYERS.size, cells.size)
            record = np.empty(size) if layers else NOT_TRACED
            monthly[cells], yearly[cells] = in_lockstep(
                air[cells], pack[cells], wetness[cells], sets[name], present,
                snowy=snow, traced=record,
            )  # fmt: skip
            if layers:
                traced[cells] = record.transpose(3, 1, 0, 2)

    in_blocks(work, len(blocks), 1, progress, cancelled, workers)
    found = xr.Dataset(
        annotated(Ground, monthly, ("cell", "time"))
        | annotated(GroundYear, yearly, ("cell", "year")),
        coords=places(region) | {"time": climate.time, "year": ("year", years)},
        attrs=climate.attrs,
    )
    if not layers:
        return found
    profile = annotated(Layered, traced, ("cell", "step", "depth"), axis=1)
    return found.assign(profile).assign_coords(
        step=("step", moments(years), {"units": "year"}),
        depth=("depth", MIDDLES, {"units": "m", "positive": "down"}),
    )


def _years(years, period) -> int:
    """Return how many leading years make a spin-up climate: the period's, or all if fewer."""
    first, last = period
    return int(min(last - first + 1, years.size))


def environment(
    region,
    climate,
    parameters=None,
    *,
    ground=None,
    snow=False,
    pet="jh_elev",
    thaw_water=False,
    progress=None,
    cancelled=None,
    workers=None,
):
    """Return all that the carbon and nitrogen cycle needs to know of the climate.

    Parameters
    ----------
    region : Dataset on `cell`: coordinates lat, lon, ecosystem, cell_area; elevation (m),
        silt, clay (percent), rooting_depth (m)
    climate : Dataset: tas (degC), pr (mm month-1), rsds (W m-2) [cell, time]; co2 (ppm) [year]
    parameters : None, mapping of ecosystem to Parameters, Parameters, or edits as strings
    ground : what `ground` returned for the same region and climate, to save its time
    snow : as for `ground`, where that is not given
    pet : "jh_elev" (Jensen-Haise with elevation terms) or "jh" (as TEM has it)
    thaw_water : whether eq. 1 also widens soil water; drivers then differ between runs
    progress, cancelled, workers : as for `ground`

    Returns
    -------
    Dataset with the `Drivers` [cell, time] ([run, cell, time] with *thaw_water*), the `WaterYear`
    and thaw depth [cell, year], co2 [year], rooting_depth [cell], and the `Rest` [cell] of the
    default parameters, from which the search for that of others begins.
    Raises ValueError for inputs it cannot use.
    """
    if pet not in PET:
        raise ValueError(f"pet = {pet!r} is unknown; choose one of {', '.join(PET)}")
    if ground is None:
        ground = globals()["ground"](
            region,
            climate,
            parameters,
            snow=snow,
            progress=progress and (lambda fraction: progress(GROUND_SHARE * fraction)),
            cancelled=cancelled,
            workers=workers,
        )
    check_region(region)
    check_climate(climate)
    check_same_cells(region, climate, "climate")
    check_same_cells(region, ground, "ground")
    sets = declared.settled(parameters)
    kinds = declared.kinds(region.ecosystem.values)
    types = declared.as_records(sets)
    years = years_of(climate)
    cycle = 12 * _years(years, SPIN_UP_CLIMATE)
    air, rain = as_floats(climate.tas), as_floats(climate.pr)
    irradiance = light.irradiance(as_floats(climate.rsds))
    elevation, rooting = as_floats(region.elevation), as_floats(region.rooting_depth)
    fines = as_floats(region.silt + region.clay) / 100
    mean_year = air[:, :cycle].reshape(air.shape[0], -1, 12).mean(axis=1)
    monthly = np.ascontiguousarray(
        np.stack([as_floats(ground[name]) for name in Ground._fields], axis=1)
    )
    alt = as_floats(ground.thaw_depth)
    wanted = np.empty_like(air)
    late = progress and (lambda fraction: progress(GROUND_SHARE + (1 - GROUND_SHARE) * fraction))
    times = 2 if thaw_water else 1

    def fill_demand(block):
        demand(
            air[block], irradiance[block], elevation[block],
            mean_year[block].max(axis=1), pet == "jh_elev", wanted[block],
        )  # fmt: skip

    in_blocks(fill_demand, air.shape[0], 64, None, cancelled, workers)

    def run(ratio, number=0):
        drivers = np.empty((air.shape[0], len(Drivers._fields), air.shape[1]))
        yearly = np.empty((air.shape[0], len(WaterYear._fields), years.size))

        def work(block):
            march(
                air[block], rain[block], irradiance[block], wanted[block], monthly[block],
                ratio[block], fines[block], rooting[block], elevation[block], kinds[block],
                types, cycle, drivers[block], yearly[block],
            )  # fmt: skip

        in_blocks(work, air.shape[0], 64, part_of(late, number, times), cancelled, workers)
        return drivers, yearly

    if thaw_water:
        moving = _water_ratio(alt, sets, kinds)
        still = np.where(years > REFERENCE_YEAR, 1.0, moving)
        both = [run(moving), run(still, 1)]
        drivers, yearly = (np.stack(pair) for pair in zip(*both, strict=True))
        extra, runs, followed = ("run",), {"run": ["S_T", "S_R"]}, drivers[0]
    else:
        drivers, yearly = run(np.ones_like(alt))
        extra, runs, followed = (), {}, drivers
    resting = rest(
        list(followed[:, :, :cycle].swapaxes(0, 1)), region.ecosystem.values,
        float(climate.co2[0]), cancelled=cancelled, workers=workers,
    )  # fmt: skip
    return xr.Dataset(
        annotated(Drivers, drivers, (*extra, "cell", "time"))
        | annotated(WaterYear, yearly, (*extra, "cell", "year"))
        | annotated(Rest, resting, ("cell",), axis=0)
        | {name: ground[name] for name in GroundYear._fields}
        | {"co2": climate.co2, "rooting_depth": region.rooting_depth},
        coords=places(region) | runs | {"time": climate.time, "year": ("year", years)},
        attrs=climate.attrs | {"pet": pet, "thaw_water": int(thaw_water)},
    )


def _water_ratio(alt, sets, kinds) -> np.ndarray:
    """Return eq. 1's ratio [cell, year] for soil water; 1 in the first year, which has no past."""
    b, cap = (
        np.array([getattr(sets[name], field) for name in declared.ECOSYSTEMS])[kinds][:, None]
        for field in ("b", "z_cap")
    )
    alt = np.minimum(alt, cap)
    ratio = np.ones_like(alt)
    ratio[:, 1:] = permafrost.exposure(alt[:, 1:], alt[:, :-1], b)
    return ratio
