"""Figures of the model: each stage by cell and month, what-ifs, the whole ensemble."""

import data
import tem
from benchmarks.timing import Figure, repeat
from tem.columns import FIRST, ONSET, QUIET_YEARS

CLIMATE = ("rcp85", "HadGEM2-ES")
EDIT = ["Meadow.b=0.6"]
MICRO = 1e6


def figures(resolution: float = 0.5, runs: int = 5) -> list[Figure]:
    """Return the figures of the model at *resolution*, compiled code warm."""
    region = data.region(resolution)
    climate = data.climate(region, *CLIMATE)
    ground = tem.ground(region, climate)
    environment = tem.environment(region, climate, ground=ground)
    tem.experiment(environment)
    cell = environment.isel(cell=[environment.sizes["cell"] // 2]).load()
    tem.experiment(cell)
    months = region.sizes["cell"] * climate.sizes["time"]
    spin_up = (QUIET_YEARS + FIRST - ONSET) * 12 * region.sizes["cell"]
    lived = _lived_months(environment)
    return [
        Figure("region", "s", repeat(lambda: data.region(resolution), runs)),
        Figure("climate", "s", repeat(lambda: data.climate(region, *CLIMATE), runs)),
        Figure(
            "soil heat, a cell and month, one core (spin-up counted)",
            "µs",
            repeat(
                lambda: tem.ground(region, climate, workers=1), runs, MICRO / (months + spin_up)
            ),
        ),
        Figure(
            "rest of the environment, a cell and month, one core",
            "µs",
            repeat(
                lambda: tem.environment(region, climate, ground=ground, workers=1),
                runs,
                MICRO / months,
            ),
        ),
        Figure(
            "carbon and nitrogen, a cell and month lived, one core",
            "µs",
            repeat(lambda: tem.experiment(environment, EDIT, workers=1), runs, MICRO / lived),
        ),
        Figure(
            "cell what-if, model part",
            "ms",
            repeat(lambda: tem.experiment(cell, EDIT, workers=1), 10 * runs, 1e3),
            20,
            "p95",
        ),
        Figure(
            f"region what-if {resolution}°, one climate",
            "s",
            repeat(lambda: tem.experiment(environment, EDIT), runs),
            3,
            "p95",
        ),
        Figure(
            f"ensemble of {len(data.RCPS) * len(data.GCMS)} climates from nothing, {resolution}°",
            "s",
            repeat(lambda: ensemble(region), 1),
            180,
        ),
    ]


def ensemble(region) -> None:
    """Run every embedded climate through the whole model."""
    for rcp in data.RCPS:
        for gcm in data.GCMS:
            tem.experiment(tem.environment(region, data.climate(region, rcp, gcm)))


def _lived_months(environment) -> int:
    """Months of carbon and nitrogen that one experiment lives, the equilibrium left out."""
    years = environment.sizes["year"]
    after = int((environment.year > 2020).sum())
    return environment.sizes["cell"] * 12 * (200 + years + after)


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
