"""Figures of the model: each stage by cell and month, what-ifs, the whole ensemble."""

import importlib
import time
from unittest import mock

import data
import tem
from benchmarks.timing import MICRO, Figure, aimed, repeat
from tem.columns import FIRST, ONSET, QUIET_YEARS

RCP = "rcp85"
EDIT = ["Meadow.b=0.6"]
EVERYWHERE = ["kd*=1.01"]
SPUN_UP_MONTHS = 12 * (QUIET_YEARS + FIRST - ONSET)  # that soil heat lives before the first


def figures(resolution: float = 0.5, runs: int = 5) -> list[Figure]:
    """Return the figures of the model at *resolution*, compiled code warm."""
    region = data.region(resolution)
    compiled(region)
    began = time.perf_counter()
    environments = ensemble(region)
    whole = time.perf_counter() - began
    four = [environments[RCP, gcm] for gcm in data.GCMS]
    climate = data.climate(region, RCP, data.GCMS[0])
    environment = four[0]
    cell = environment.isel(cell=[environment.sizes["cell"] // 2]).load()
    return [
        aimed("ensemble", [whole]),
        *_stages(region, climate, resolution, runs),
        *_life(environment, runs),
        aimed("cell", repeat(lambda: tem.experiment(cell, EDIT, workers=1), 10 * runs, 1e3)),
        aimed("region", repeat(lambda: tem.experiment(environment, EVERYWHERE), runs)),
        aimed("rcp", repeat(lambda: [tem.experiment(one, EVERYWHERE) for one in four], runs)),
    ]


def compiled(region) -> None:
    """Run the whole model on two cells, so that nothing is left to compile."""
    few = region.isel(cell=[0, 1])
    tem.experiment(tem.environment(few, data.climate(few, RCP, data.GCMS[0])))


def ensemble(region) -> dict:
    """Run every embedded climate through the whole model; return their environments."""
    found = {}
    for rcp in data.RCPS:
        for gcm in data.GCMS:
            found[rcp, gcm] = tem.environment(region, data.climate(region, rcp, gcm))
            tem.experiment(found[rcp, gcm])
    return found


def _stages(region, climate, resolution, runs) -> list[Figure]:
    """Return what region, climate and the stages of the environment take."""
    months = region.sizes["cell"] * climate.sizes["time"]
    lived = months + SPUN_UP_MONTHS * region.sizes["cell"]
    ground = tem.ground(region, climate)
    heat = repeat(lambda: tem.ground(region, climate, workers=1), runs, MICRO / lived)
    rest = repeat(
        lambda: tem.environment(region, climate, ground=ground, workers=1), runs, MICRO / months
    )
    return [
        Figure("region", "s", repeat(lambda: data.region(resolution), runs)),
        Figure("climate", "s", repeat(lambda: data.climate(region, RCP, data.GCMS[0]), runs)),
        aimed("heat", heat, "spin-up counted"),
        aimed("rest", rest),
    ]


class Clock:
    """Counts the seconds and the calls of a function that it stands in for."""

    def __init__(self, work, amount):
        self._work, self._amount = work, amount
        self.seconds, self.done = 0.0, 0

    def __call__(self, *args):
        """Do the work, noting how long it took and how much it was."""
        began = time.perf_counter()
        found = self._work(*args)
        self.seconds += time.perf_counter() - began
        self.done += self._amount(*args)
        return found


def _life(environment, runs) -> list[Figure]:
    """Return where the time of an experiment on one core goes, as the experiment itself calls."""
    life, rest, other = [], [], []
    for _ in range(runs):
        lived, rested, whole = timed_experiment(environment)
        life.append(MICRO * lived.seconds / lived.done)
        rest.append(1e3 * rested.seconds / rested.done)
        other.append(1e3 * (whole - lived.seconds - rested.seconds) / rested.done)
    return [
        aimed("life", life, "as the experiment calls `live`"),
        Figure("equilibrium, a cell, one core", "ms", tuple(rest)),
        Figure("Datasets around carbon and nitrogen, a cell", "ms", tuple(other)),
    ]


def timed_experiment(environment) -> tuple[Clock, Clock, float]:
    """Run an experiment on one core; return the Clocks of living and resting, and its seconds.

    Living counts cells times months (of both runs after 2020), resting counts cells.
    """
    module = importlib.import_module("tem.experiment")
    lived = Clock(module.live, lambda *args: 12 * args[2].size * args[5].size)  # years, rooting
    rested = Clock(module.equilibrium, lambda _place, drivers, *_rest: drivers.shape[2])
    began = time.perf_counter()
    with mock.patch.multiple(module, live=lived, equilibrium=rested):
        tem.experiment(environment, EVERYWHERE, workers=1)
    return lived, rested, time.perf_counter() - began


def accuracy() -> list[str]:
    """Return lines on how well the embedded climate finds stations that it was not told of."""
    errors = data.leave_one_out()
    return [
        "",
        f"Leave one station out ({len(errors)} stations), root mean square error:",
        *(
            f"  {name.removesuffix('_error')}: {(errors[name] ** 2).mean() ** 0.5:.3g}"
            for name in errors
            if name.endswith("_error")
        ),
    ]
