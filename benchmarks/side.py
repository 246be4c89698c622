"""Side by side: the compiled month against plain NumPy and plain Python, rest against walking."""

import copy
from typing import NamedTuple

import numpy as np

import data
import tem
from benchmarks import plain
from benchmarks.counting import uncompiled
from benchmarks.timing import MICRO, Figure, repeat
from tem import ecosystem, parameters, spinup
from tem.door import drivers_of, mean_year, side_by_side
from tem.ecosystem import Sky, begin_year, live, place_of_lanes, set_sky
from tem.lanes import LANES
from tem.variables import Pools

ECOSYSTEM, CO2, WIDER = "Meadow", 400.0, 1.01
COPIES = 32  # of the block, for NumPy: many places hide what each of its calls costs
JULY = 6
MOST_YEARS = 20_000


class Block(NamedTuple):
    """Places at rest under their mean year, about to live a month."""

    place: np.void
    places: int
    pools: np.ndarray  # [pool, place]
    sky: Sky  # of [place]
    steps: np.ndarray  # [place], into which the model cuts the month
    wider: float
    p: np.record
    mean_year: np.ndarray  # [12, Drivers, place]


def block(month: int = JULY) -> Block:
    """Return the first LANES cells of an ecosystem at rest, under the sky of *month*."""
    region = data.region(0.5)
    region = region.isel(cell=np.flatnonzero(region.ecosystem.values == ECOSYSTEM)[:LANES])
    environment = tem.environment(region, data.climate(region, "rcp85", data.GCMS[0]))
    p = parameters.as_records(tem.ecosystems())[parameters.ECOSYSTEMS.index(ECOSYSTEM)]
    months = side_by_side(drivers_of(environment, "S_T"), np.arange(LANES))
    usual = mean_year(months)
    place, _ = place_of_lanes()
    spinup.equilibrium(place, usual, CO2, p)
    begin_year(place, LANES, p)
    set_sky(place, LANES, usual[month], CO2, p)
    pools = np.stack([place["pools"][name] for name in Pools._fields])
    sky = Sky(*(place["sky"][name].copy() for name in Sky._fields))
    lived = plain.plain_place(place)
    plain.month_in_python(lived, LANES, WIDER, p)
    steps = np.array(lived.pace.steps)
    return Block(place, LANES, pools, sky, steps, WIDER, p, usual)


def figures(runs: int = 5) -> list[Figure]:
    """Return what the month takes in three ways, and rest in two; the ratio is in the note."""
    one = block()
    kernel = _kernel(one, runs)
    base = float(np.median(kernel))
    pools = np.tile(one.pools, COPIES)
    sky = Sky(*(np.tile(field, COPIES) for field in one.sky))
    steps = np.tile(one.steps, COPIES)
    numpy = repeat(
        lambda: plain.month_in_numpy(pools, sky, steps, one.wider, one.p),
        runs,
        MICRO / pools.shape[1],
    )
    place = plain.plain_place(one.place)
    python = repeat(lambda: plain.month_in_python(place, 4, one.wider, one.p), runs, MICRO / 4)
    newton = repeat(
        lambda: spinup.equilibrium(place_of_lanes()[0], one.mean_year, CO2, one.p), runs, 1e3
    )
    years, walked = walk(one)
    year = repeat(lambda: _year_in_python(one), 1, years)
    return [
        Figure(f"carbon and nitrogen, July: compiled, lanes of {LANES}", "µs", kernel),
        Figure(
            f"the same in NumPy, {COPIES * LANES} cells at once",
            "µs",
            numpy,
            note=_times(numpy, base),
        ),
        Figure("the same in plain Python, cell by cell", "µs", python, note=_times(python, base)),
        Figure(f"equilibrium of {LANES} cells, Newton's method", "ms", newton),
        Figure(
            f"the same walked, {years} years",
            "ms",
            walked,
            note=_times(walked, float(np.median(newton))),
        ),
        Figure(
            "the same walked in plain Python, one cell",
            "s",
            year,
            note=f"{_times(year, float(np.median(newton)) / 1e3 / LANES)}; one year is measured",
        ),
    ]


def _times(values, base) -> str:
    return f"× {np.median(values) / base:.3g}"


def _kernel(one: Block, runs: int, months: int = 240) -> tuple[float, ...]:
    """Return the microseconds of the compiled month, of a cell.

    Through `live`, which is compiled once for all, and with all months that July: what a year
    adds to its months is small.
    """
    drivers = np.repeat(one.mean_year[JULY : JULY + 1], 12, axis=0)
    years, n = months // 12, one.places
    still, first = np.ones((years, n)), np.zeros(years, np.int64)
    nothing, co2 = np.empty((0, 0, n)), np.full(years, CO2)

    def work():
        live(
            copy.deepcopy(one.place), drivers, first, still, still, still[0], co2, CO2, one.p,
            np.zeros((4, n)), nothing,
        )  # fmt: skip

    work()
    return repeat(work, runs, MICRO / (months * n))


def _year_in_python(one: Block) -> None:
    """Let one place live through its mean year, in the model's own equations."""
    still = np.ones((1, 1))
    with uncompiled():
        ecosystem.live(
            plain.plain_place(one.place), one.mean_year.tolist(), np.zeros(1, int), still, still,
            still[0], np.full(1, CO2), CO2, one.p, np.zeros((4, 1)), np.empty((0, 0, 1)),
        )  # fmt: skip


def walk(one: Block, stride: int = 500) -> tuple[int, tuple[float, ...]]:
    """Let the start pools live until they are as still as `equilibrium`; return years and ms."""
    place, _ = place_of_lanes()
    spinup.start(place, one.p)
    n = one.places
    nothing, exposed = np.empty((0, 0, n)), np.zeros((4, n))

    def live_on(years):
        still, first = np.ones((years, n)), np.zeros(years, np.int64)
        live(
            place, one.mean_year, first, still, still, still[0], np.full(years, CO2), CO2, one.p,
            exposed, nothing,
        )  # fmt: skip

    lived, spent, change = 0, 0.0, 1.0
    while change > spinup.STILL and lived < MOST_YEARS:
        (seconds,) = repeat(lambda: live_on(stride - 1), 1, 1e3)
        before = np.stack([place["pools"][name] for name in Pools._fields])
        live_on(1)
        after = np.stack([place["pools"][name] for name in Pools._fields])
        change = np.abs(after / before - 1).max()
        lived, spent = lived + stride, spent + seconds
    return lived, (spent,)
