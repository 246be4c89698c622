"""A roofline: how near the kernels come to what the machine can do.

Divisions and library calls have ceilings of their own. The kernels run on arguments caught from
the model, once compiled and timed, once uncompiled on numbers that count (`counting`).
"""

import copy
import importlib
import sys
import time
from collections import Counter
from typing import NamedTuple
from unittest import mock

import numpy as np

import data
import tem
from benchmarks import ceilings
from benchmarks.counting import (
    BYTES,
    Counted,
    Lane,
    Stack,
    Tally,
    cost_of_exp,
    counting_record,
    uncompiled,
)
from benchmarks.timing import MICRO
from tem.lanes import LANES
from tem.variables import Ground

ECOSYSTEM = "Meadow"
COUNTING = 4  # lanes whose operations are counted
FEW = 4  # cells in which a month of the environment is counted
KINDS = ("add", "multiply", "divide", "exp", "power", "compare")
ALIKE = {"expm1": "exp", "log": "exp"}  # cost about the same


class Kernel(NamedTuple):
    """What a kernel does for a cell and month."""

    name: str
    microseconds: float
    counts: dict  # of KINDS
    kilobytes: float
    store: str  # where they are: a field of Ceilings
    own_exp: bool  # the model's own exponential, which is adds and multiplies

    def bounds(self, top) -> dict[str, float]:
        """Return the microseconds that each ceiling of *top* alone asks for."""
        of = Counter(self.counts)
        flops = of["add"] + of["multiply"] + of["compare"]
        flops += cost_of_exp() * of["exp"] if self.own_exp else 0
        library = of["power"] + (0 if self.own_exp else of["exp"])
        return {
            "arithmetic": MICRO * flops / top.flops,
            "divisions": MICRO * of["divide"] / top.divisions,
            "exponentials": MICRO * library / top.library,
            f"{self.store} traffic": MICRO * 1e3 * self.kilobytes / getattr(top, self.store),
        }


def catch(module: str, name: str, work) -> tuple:
    """Return a copy of the arguments of the last call of *module*.*name* while *work* runs."""
    found, home = [], importlib.import_module(module)
    real = getattr(home, name)

    def caught(*args):
        found[:] = [copy.deepcopy(args)]
        return real(*args)

    with mock.patch.object(home, name, caught):
        work()
    return found[0]


def kernels(runs: int = 5) -> list[Kernel]:
    """Return what the three kernels do and take, on a block of cells of one ecosystem."""
    region = data.region(0.5)
    region = region.isel(cell=np.flatnonzero(region.ecosystem.values == ECOSYSTEM)[:LANES])
    climate = data.climate(region, "rcp85", data.GCMS[0])
    ground = tem.ground(region, climate, workers=1)
    environment = tem.environment(region, climate, ground=ground, workers=1)
    half = environment.isel(cell=slice(LANES // 2))
    heat = catch("tem.columns", "march", lambda: tem.ground(region, climate, workers=1))
    rest = catch(
        "tem.environment",
        "march",
        lambda: tem.environment(region, climate, ground=ground, workers=1),
    )
    life = catch("tem.experiment", "live", lambda: tem.experiment(half, workers=1))
    return [_heat(heat, runs), _life(life, runs), _rest(rest, runs)]


def _timed(work, args, runs: int) -> float:
    """Return the least seconds of *work* on copies of *args*: undisturbed, as the ceilings are."""
    found = []
    for _ in range(runs + 1):
        own = copy.deepcopy(args)
        began = time.perf_counter()
        work(*own)
        found.append(time.perf_counter() - began)
    return min(found[1:])


def _shared(tally: Counter, months: float) -> dict:
    """Return what was counted, for a cell and month; kinds that cost alike are one."""
    found = Counter()
    for kind, number in tally.items():
        found[ALIKE.get(kind, kind)] += number / months
    return dict(found)


def _traffic(counts: dict) -> float:
    return BYTES * (counts["load"] + counts["store"]) / 1e3


def _heat(args, runs) -> Kernel:
    """Return a year of soil heat in a block of columns, their state that of the first January."""
    air, before, snow, *surface, columns, soil, monthly, yearly, traced = args
    year = (
        air[:12], min(before, 11), snow[:12], *surface, columns, soil,
        Ground(*(field[:12] for field in monthly)), type(yearly)(*(f[:1] for f in yearly)),
        traced,
    )  # fmt: skip
    from tem import columns as module

    seconds, tally = _timed(module.march, year, runs * 4), Tally()
    counting = list(year)
    counting[0], counting[2] = (
        _Months(Lane(row, COUNTING, tally) for row in field) for field in (year[0], year[2])
    )
    layers = (counting_record(layer, COUNTING, tally) for layer in columns)
    counting[-5] = Stack(layers)
    with uncompiled():
        module.march(*counting)
    counts = _shared(tally, 12 * COUNTING)
    return Kernel(
        "soil heat",
        MICRO * seconds / (12 * air.shape[1]),
        counts,
        _traffic(counts),
        "l1",
        own_exp=True,
    )


class _Months(list):
    """Rows of air, a month each, that say their number as an array does."""

    @property
    def shape(self):
        return len(self), len(self[0])

    def __getitem__(self, at):
        if isinstance(at, tuple):
            return super().__getitem__(at[0])[at[1]]
        return super().__getitem__(at)


def _life(args, runs) -> Kernel:
    """Return a year of carbon and nitrogen in a block of places, the first after 2020."""
    place, drivers, years, thaw, before, rooting, co2, *rest, out = args
    year = (
        place, drivers, years[:1], thaw[:1], before[:1], rooting, co2[:1], *rest,
        np.ascontiguousarray(out[:, :1]),
    )  # fmt: skip
    from tem import ecosystem as module

    seconds, tally = _timed(module.live, year, runs * 20), Tally()
    counting = list(year)
    counting[0] = counting_record(place, COUNTING, tally)
    first = 12 * int(years[0])
    counting[1] = [[Lane(row, COUNTING, tally) for row in month] for month in drivers[first:][:12]]
    counting[2] = np.zeros(1, int)
    with uncompiled():
        module.live(*counting)
    counts, places = _shared(tally, 12 * COUNTING), rooting.size
    name = "carbon and nitrogen"
    return Kernel(
        name, MICRO * seconds / (12 * places), counts, _traffic(counts), "l1", own_exp=True
    )


def _rest(args, runs) -> Kernel:
    """Return all months of the environment in a block of cells, its spin-up counted."""
    from tem import seasons as module

    cells, months = args[0].shape
    seconds, tally = _timed(module.march, args, runs), Tally()
    count = np.vectorize(lambda value: Counted(value, tally), otypes=[object])
    of_months = [count(field[:FEW]) for field in args[:4]]
    rest = [field[:FEW] for field in args[4:10]]
    with uncompiled():
        module.march(*of_months, *rest, *args[10:])
    moved = sum(sys.getsizeof(field) for field in args if isinstance(field, np.ndarray))
    return Kernel(
        "rest of the environment",
        MICRO * seconds / (cells * months),
        _shared(tally, FEW * months),
        moved / (cells * months) / 1e3,
        "memory",
        own_exp=False,
    )


def _ceilings(top) -> str:
    giga = type(top)(*(rate / 1e9 for rate in top))
    return (
        f"Ceilings of one core: {giga.flops:.3g} GFlop/s, {giga.divisions:.3g} G divisions/s, "
        f"{giga.exps:.3g} G exp/s (the model's), {giga.library:.3g} G exp/s (library), "
        f"{giga.l1:.3g} / {giga.l2:.3g} / {giga.memory:.3g} GB/s (L1/L2/memory)"
    )


def table(runs: int = 5) -> tuple[list[str], dict]:
    """Return the roofline as lines of text, and as a record."""
    top, found = ceilings.measured(), kernels(runs)
    kinds = " ".join(f"{kind:>8}" for kind in KINDS)
    lines = [
        _ceilings(top),
        f"{'a cell and month':24} {'µs':>6} {kinds} {'kB':>6}  bound, and the share of it reached",
    ]
    records = []
    for kernel in found:
        bounds = kernel.bounds(top)
        binding = max(bounds, key=bounds.get)
        share = bounds[binding] / kernel.microseconds
        numbers = " ".join(f"{kernel.counts.get(kind, 0):8.0f}" for kind in KINDS)
        lines.append(
            f"{kernel.name:24} {kernel.microseconds:6.3f} {numbers} {kernel.kilobytes:6.2f}"
            f"  {binding}: {bounds[binding]:.3f} µs, {share:.0%}"
        )
        records.append(kernel._asdict() | {"bounds": bounds, "bound": binding, "share": share})
    return lines, {"ceilings": top._asdict(), "kernels": records}
