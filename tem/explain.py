"""Explain this number: what part each cause has in a change, by runs in which only some act.

A cause has two effects: that of acting alone (`first`) and that by which the change is smaller
without it (`last`). They differ by its interactions with the other causes. Their mean (`mean`)
halves the interaction of any two causes between them, in whatever order one thinks of them, so
that what remains for the `residual` are interactions of three and more. For up to two causes, and
wherever no three interact, the mean is Shapley's value; it takes two runs a cause.
"""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from tem import parameters as declared
from tem.blocks import part_of
from tem.environment import REFERENCE_YEAR, SPIN_UP_CLIMATE
from tem.experiment import experiment
from tem.summary import THAW, Measure, measured

VARIABLES = ("nep", "npp", "rh", "innpp")  # NPP less INNPP is what nitrogen limitation takes
ORDERS = ("first", "last", "mean")
RESIDUAL, LEGACY = "residual", "legacy"
EXPOSED = ("carbon", "nitrogen")  # by thaw since 2020
DRIVERS = {
    "warmth": ("production", "plant_warmth", "soil_warmth"),
    "moisture": ("openness", "soil_moisture", "diffusion"),
    "co2": ("co2",),
}
OF_CLIMATE = DRIVERS | {THAW: ("thaw_depth",)}
BASE = (2011, REFERENCE_YEAR)  # the years that later ones are compared with
HELD = (SPIN_UP_CLIMATE[0], REFERENCE_YEAR)  # whose climate goes on where a driver stays


def subsets(causes) -> list[frozenset]:
    """Return the sets of causes whose outcome `parts` needs, each once."""
    every = frozenset(causes)
    alone, without = ([frozenset([c]) for c in causes], [every - {c} for c in causes])
    return list(dict.fromkeys([frozenset(), *alone, *without, every]))


def parts(outcome: Mapping, causes) -> np.ndarray:
    """Return the parts of the causes, and last the residual, for each of `ORDERS`.

    *outcome*: what comes out if a set of causes acts, for all of `subsets`; numbers or arrays of
    one shape. Returns [order, cause + 1, ...]; in each order the parts add up to the change.
    """
    every = frozenset(causes)
    change = np.asarray(outcome[every] - outcome[frozenset()])
    found = np.empty((len(ORDERS), len(causes) + 1, *change.shape))
    for k, cause in enumerate(causes):
        found[0, k] = outcome[frozenset([cause])] - outcome[frozenset()]
        found[1, k] = outcome[every] - outcome[every - {cause}]
    found[2] = (found[0] + found[1]) / 2
    found[:, -1] = change - found[:, :-1].sum(axis=1)
    return found


def thaw(
    environment,
    parameters=None,
    *,
    years=(REFERENCE_YEAR + 1, 2099),
    variables=VARIABLES,
    since="spin-up",
    past=None,
    progress=None,
    cancelled=None,
    workers=None,
) -> xr.Dataset:
    """Explain the effect of thaw, S_T - S_R, by the carbon and the nitrogen that it exposes.

    Parameters
    ----------
    environment, parameters, since, past : as for `tem.experiment`
    years : first and last; their mean is explained
    variables : any outputs of an experiment
    progress, cancelled, workers : as for `tem.experiment`

    Returns
    -------
    Dataset of *variables* on (order, part, cell): for each of `ORDERS` the parts of "carbon",
    "nitrogen" and "residual", which add up to the effect. Raises as `tem.experiment` does.
    """
    _check(environment, variables, "S_T", years)
    yearly = experiment(
        environment, parameters, ("S_T", "S_R", "S_C", "S_N"), since=since, past=past,
        progress=progress, cancelled=cancelled, workers=workers,
    )  # fmt: skip
    outcome = {
        frozenset(EXPOSED): _mean(yearly, variables, "S_T", years),
        frozenset(["carbon"]): _mean(yearly, variables, "S_C", years),
        frozenset(["nitrogen"]): _mean(yearly, variables, "S_N", years),
        frozenset(): _mean(yearly, variables, "S_R", years),
    }
    return _told(yearly, variables, EXPOSED, parts(outcome, EXPOSED), years, "effect of thaw")


def change(
    environment,
    parameters=None,
    *,
    base=BASE,
    years=(2090, 2099),
    variables=VARIABLES,
    since="spin-up",
    past=None,
    progress=None,
    cancelled=None,
    workers=None,
) -> xr.Dataset:
    """Explain the change of S_T from the mean of *base* to that of *years*, all after 2020.

    The causes are what thaw exposes ("carbon", "nitrogen") and, by their direct effect on plants
    and soil, "warmth" (with light, leaf and frost), "moisture" and "co2". Where one does not act,
    thaw and CO2 stay as in 2020 and the weather of 2006-2020 comes again and again. What would
    change even if none did is "legacy": the past still at work, and the weather of *base*.

    Parameters
    ----------
    environment, parameters, since, past : as for `tem.experiment`; not with its own drivers by run
    base, years : first and last year of the spans to compare
    variables, progress, cancelled, workers : as for `thaw`

    Returns
    -------
    Dataset of *variables* on (order, part, cell) as from `thaw`, with "legacy" before "residual".
    Raises ValueError for years before 2021, and as `tem.experiment` does.
    """
    for span in (base, years):
        _check(environment, variables, "S_T", span)
    if "run" in environment.dims:
        raise ValueError("with thaw_water drivers differ between runs; this is not explained")
    if years[0] <= REFERENCE_YEAR:
        raise ValueError(
            f"years = {years}: the runs part after {REFERENCE_YEAR}; choose later ones"
        )
    causes = (*EXPOSED, *DRIVERS)
    by_drivers = {}
    for one in subsets(causes):
        by_drivers.setdefault(one - {*EXPOSED}, []).append(one & {*EXPOSED})
    before, held = environment if past is None else past, _held(environment)
    outcome, start = {}, None
    for k, (acting, exposed) in enumerate(by_drivers.items()):
        still = [name for cause in DRIVERS if cause not in acting for name in DRIVERS[cause]]
        yearly = experiment(
            environment.assign({name: held[name] for name in still}), parameters,
            [_run(one) for one in exposed], since=since, past=before,
            progress=part_of(progress, k, len(by_drivers)), cancelled=cancelled, workers=workers,
        )  # fmt: skip
        for one in exposed:
            outcome[acting | one] = _mean(yearly, variables, _run(one), years)
        start = _mean(yearly, variables, _run(exposed[0]), base)
    found = parts(outcome, causes)
    legacy = np.broadcast_to(outcome[frozenset()] - start, found[:, :1].shape)
    found = np.concatenate([found[:, :-1], legacy, found[:, -1:]], axis=1)
    what = f"change of S_T from {base[0]}-{base[1]}"
    return _told(yearly, variables, (*causes, LEGACY), found, years, what)


def what_if(
    environment,
    parameters=None,
    *,
    baseline=None,
    also=(),
    run="S_T",
    years=(REFERENCE_YEAR + 1, 2099),
    variables=VARIABLES,
    since="spin-up",
    past=None,
    progress=None,
    cancelled=None,
    workers=None,
) -> xr.Dataset:
    """Explain what-if less Baseline by each edited parameter and each changed driver.

    Parameters
    ----------
    environment, parameters, since, past : of the what-if, as for `tem.experiment`
    baseline : environment of the Baseline (default: the same); its parameters are the defaults
    also : of "warmth", "moisture", "co2" and "thaw" those that get a part in any case
    run : S_T, S_R or "thaw" (S_T - S_R)
    years, variables, progress, cancelled, workers : as for `thaw`

    Returns
    -------
    Dataset of *variables* on (order, part, cell) as from `thaw`; the parts are the parameters
    that differ in an ecosystem of *environment*, then of "warmth", "moisture", "co2" and "thaw"
    those whose drivers do, then "residual". Raises as `tem.experiment` does.

    Notes
    -----
    For offsets since 2020 (`tem.offset`) give the environment under them, and that without as
    *baseline* and as *past*. A warmer climate acts in all four ways but by CO2; they are told
    apart by what reaches plants and soil, so that the parts of several climates mean the same.
    """
    _check(environment, variables, run, years)
    plain, changed = declared.ecosystems(), declared.settled(parameters)
    baseline = environment if baseline is None else baseline
    edited = differing(changed, set(environment.ecosystem.values.tolist()))
    moved = [
        cause
        for cause, names in OF_CLIMATE.items()
        if cause in also or any(not baseline[name].equals(environment[name]) for name in names)
    ]
    causes, outcome = (*edited, *moved), {}
    needed = subsets(causes)
    for k, acting in enumerate(needed):
        own = [name for c in moved if c in acting for name in OF_CLIMATE[c]]
        sets = {
            kind: p._replace(**{c: getattr(changed[kind], c) for c in edited if c in acting})
            for kind, p in plain.items()
        }
        yearly = experiment(
            baseline.assign({name: environment[name] for name in own}), sets,
            Measure("nep", run).runs, since=since, past=past,
            progress=part_of(progress, k, len(needed)), cancelled=cancelled, workers=workers,
        )  # fmt: skip
        outcome[acting] = _mean(yearly, variables, run, years)
    return _told(yearly, variables, causes, parts(outcome, causes), years, "what-if less Baseline")


def differing(parameters, ecosystems) -> list[str]:
    """Return the parameters that are not the default in one of *ecosystems*."""
    plain, changed = declared.ecosystems(), declared.settled(parameters)
    return [
        name
        for name in declared.FIELDS
        if any(getattr(plain[kind], name) != getattr(changed[kind], name) for kind in ecosystems)
    ]


def _check(environment, variables, run, years) -> None:
    """Raise ValueError, before anything runs, if there are no such numbers."""
    for name in variables:
        Measure(name, run, *years).checked(environment.year)


def _run(exposed) -> str:
    """Return the run in which thaw exposes a set of `EXPOSED`."""
    if len(exposed) == len(EXPOSED):
        return "S_T"
    return {"carbon": "S_C", "nitrogen": "S_N"}[next(iter(exposed))] if exposed else "S_R"


def _mean(yearly, variables, run, years) -> np.ndarray:
    """Return the mean over *years* of each variable of a *run* [variable, cell]."""
    return np.stack([measured(yearly, Measure(name, run, *years)).values for name in variables])


def _held(environment) -> xr.Dataset:
    """Return drivers that stay: after 2020 the weather of `HELD` comes again, CO2 is 2020's."""
    years = environment.year.values
    span = HELD[1] - HELD[0] + 1
    again = np.where(years > REFERENCE_YEAR, (years - HELD[0]) % span, years - years[0])
    months = (12 * again[:, None] + np.arange(12)).ravel()
    now = environment[[*DRIVERS["warmth"], *DRIVERS["moisture"]]]
    steady = environment.co2.where(
        environment.year <= REFERENCE_YEAR, environment.co2.sel(year=HELD[1])
    )
    return now.isel(time=months).assign_coords(time=environment.time).assign(co2=steady)


def _told(yearly, variables, causes, found, years, what) -> xr.Dataset:
    """Return *found* [order, cause + 1, variable, cell] as a Dataset."""
    dims, labels = ("order", "part", "cell"), [*causes, RESIDUAL]
    arrays = {
        name: (dims, found[:, :, k], yearly[name].attrs | {"comment": f"part of the {what}"})
        for k, name in enumerate(variables)
    }
    where = {name: yearly.coords[name] for name in yearly.coords if name not in ("run", "year")}
    return xr.Dataset(
        arrays,
        coords=where | {"order": list(ORDERS), "part": labels},
        attrs=yearly.attrs | {"explains": f"{what}, mean of {years[0]}-{years[1]}"},
    )
