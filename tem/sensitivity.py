"""How much each parameter matters: one at a time, everything else kept.

`sensitivity` raises each by a share, of whatever stage: only the stages that it belongs to run
again. `tornado` takes those of the ecosystem stage to both ends of a range.
"""

from dataclasses import replace
from threading import Lock
from typing import NamedTuple

import numpy as np
import xarray as xr

from tem.blocks import in_blocks
from tem.columns import PRESENT
from tem.environment import REFERENCE_YEAR, environment, ground
from tem.experiment import experiment
from tem.parameters import FIELDS, edited, settled
from tem.schema import About, Field
from tem.summary import DECLARED, THAW, Measure, area_mean, measured, measured_mean
from tem.thin import standard_error

NOW = ("npp", "rh", "soc")  # watched in the present
USUAL = "usual"  # the range found in the literature
WIDE = 10.0  # from this ratio of its ends on a range is divided by factors, not by steps
INSIDE = 1e-12  # relative distance from a bound that rounding does not bridge


def _now(field: Field) -> Field:
    label = f"{field.about.label}, mean of {PRESENT[0]}-{PRESENT[1]}"
    return field._replace(about=replace(field.about, label=label))


OUTPUTS = {name: _now(DECLARED[name]) for name in NOW} | {
    "thaw_nep": Field(
        "thaw_nep",
        DECLARED["nep"].unit.removesuffix(" year-1"),
        About(f"Effect of thaw on NEP, summed since {REFERENCE_YEAR}", symbol="ΣΔNEP"),
    )
}


MEASURES = {name: Measure(name, "S_T", *PRESENT) for name in NOW} | {
    "thaw_nep": Measure("nep", THAW, over="sum")
}


def outputs(yearly: xr.Dataset) -> dict[str, float]:
    """Return the area mean of each of `OUTPUTS` in a result with both runs."""
    end = int(yearly.year[-1])
    asked = MEASURES | {"thaw_nep": MEASURES["thaw_nep"]._replace(last=end)}
    return {name: measured_mean(yearly, asked[name]) for name in OUTPUTS}


def step(name: str, change: float) -> float:
    """Return the factor for a parameter: 1 + *change*, or 1 - *change* where that is too much.

    Too much means outside the declared bounds for some ecosystem.
    Raises ValueError if neither is allowed.
    """
    for factor in (1 + change, 1 - change):
        try:
            edited([f"{name}*={factor}"])
        except ValueError:
            continue
        return factor
    raise ValueError(f"{name} can be changed neither up nor down by {change:.0%}")


def sensitivity(
    region, climate, *, names=None, change=0.1, progress=None, cancelled=None, workers=None
) -> xr.Dataset:
    """Return what a *change* of each parameter, in all ecosystems, does to `OUTPUTS`.

    Parameters
    ----------
    region, climate : as for `tem.environment`
    names : parameters to change (default: all)
    change : share by which each is raised (lowered where the bounds leave no room)
    progress : called with the finished fraction; cancelled : asked whether to stop
    workers : threads (default: one per processor)

    Returns
    -------
    Dataset on `parameter`: for each of `OUTPUTS` the change as a share of its size (1; below 0
    is always less, also for what is below 0 itself), the `factor` used, `stage`; what it is
    without change is in the attributes `value` and `value_units` of each.

    Raises ValueError for unknown names, Cancelled if stopped.
    """
    names = tuple(FIELDS if names is None else names)
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no parameter; choose from {', '.join(FIELDS)}")
    common = {"cancelled": cancelled, "workers": workers}
    soil = ground(region, climate, **common)
    sky = environment(region, climate, ground=soil, **common)
    baseline = outputs(experiment(sky, **common))
    tell, found, factors = progress or (lambda _fraction: None), [], []
    for k, name in enumerate(names):
        factors.append(step(name, change))
        edits, here = [f"{name}*={factors[-1]}"], sky
        if FIELDS[name].about.stage != "ecosystem":
            own = soil if FIELDS[name].about.stage == "climate" else None
            here = environment(region, climate, edits, ground=own, **common)
        after = outputs(experiment(here, edits, **common))
        found.append([(after[o] - baseline[o]) / abs(baseline[o]) for o in OUTPUTS])
        tell((k + 1) / len(names))
    columns = dict(zip(OUTPUTS, np.array(found).reshape(-1, len(OUTPUTS)).T, strict=True))
    return xr.Dataset(
        {
            name: ("parameter", columns[name], _attributes(field, baseline[name]))
            for name, field in OUTPUTS.items()
        }
        | {
            "factor": ("parameter", np.array(factors), {"units": "1"}),
            "stage": ("parameter", [FIELDS[name].about.stage for name in names]),
        },
        coords={"parameter": list(names)},
        attrs=climate.attrs | {"change": change},
    )


def _attributes(field: Field, value: float) -> dict:
    return {
        "units": "1", "long_name": field.about.label, "value": value, "value_units": field.unit,
    }  # fmt: skip


class Span(NamedTuple):
    """From where to where a parameter is taken, in all ecosystems at once."""

    name: str
    low: float
    high: float
    scales: bool  # whether the ends are factors, not values

    def edit(self, value: float) -> str:
        """Return the edit that sets the parameter to *value*."""
        return f"{self.name}{'*=' if self.scales else '='}{float(value)!r}"

    def at(self, share: float) -> float:
        """Return what lies a *share* of the way from low to high; by factors if they are wide."""
        if share in (0.0, 1.0):
            return self.high if share else self.low
        if self.low > 0 and self.high / self.low >= WIDE:
            return float(self.low * (self.high / self.low) ** share)
        return float(self.low + (self.high - self.low) * share)


def span(name: str, change=0.1, parameters=None, ecosystems=None) -> Span:
    """Return how far a parameter can be taken.

    Parameters
    ----------
    name : of a parameter
    change : share of its value, down and up; or "usual", the range found in the literature
    parameters : from which it is taken, as for `tem.experiment`
    ecosystems : those whose bounds count (default: all)

    Raises ValueError for an unknown name, or a "usual" range where none is known.
    """
    if name not in FIELDS:
        raise ValueError(f"{name}: no parameter; choose from {', '.join(FIELDS)}")
    about = FIELDS[name].about
    if change == USUAL:
        if about.usual is None:
            raise ValueError(f"{name} ({about.label}): no range in the literature is known")
        return Span(name, *map(float, about.usual), scales=False)
    sets = settled(parameters)
    low, high = 1.0 - change, 1.0 + change
    for kind in sets if ecosystems is None else ecosystems:
        value = getattr(sets[str(kind)], name)
        if value:
            ends = sorted((about.low / value, about.high / value))
            low, high = max(low, _inside(ends[0])), min(high, _inside(ends[1]))
    return Span(name, low, high, scales=True)


def _inside(factor: float) -> float:
    """Return a *factor* that leads to a bound, less what rounding might exceed."""
    return factor if factor == 1.0 else factor + INSIDE * abs(factor) * (1 if factor < 1.0 else -1)


class Bar(NamedTuple):
    """What a measure is at both ends of a parameter's range, and the edits that make it so."""

    parameter: str
    low: float
    high: float
    edit_low: str
    edit_high: str
    error_low: float  # of the change from no edit to this end, by thinning; 0 without
    error_high: float


def tornado(
    environment,
    measure,
    parameters=None,
    *,
    names=None,
    change=0.1,
    since="spin-up",
    past=None,
    bar=None,
    progress=None,
    cancelled=None,
    workers=None,
) -> xr.Dataset:
    """Return what each parameter, taken to both ends of its range, makes of *measure*.

    Parameters
    ----------
    environment : the cells that count, weighted by their area; for a large region `tem.thin` it
    measure : `tem.summary.Measure`
    parameters, since, past : where all others stay, as for `tem.experiment`
    names : parameters of the ecosystem stage (default: all that have such a range)
    change : share of its value (ends stop at the bounds), or "usual", the range found in the
        literature, which then holds in all ecosystems
    bar : called with each `Bar` as soon as it is known, one at a time, from any thread
    progress : called with the finished fraction; cancelled : asked whether to stop
    workers : threads (default: one per processor), each at work on another parameter

    Returns
    -------
    Dataset on `parameter` with the fields of a `Bar`: area means in the unit of the measure. Its
    attributes tell the `value` without change, its `error` by thinning, and the measure. A bar
    is what an experiment of the same cells gives with *parameters* after its edit.

    Raises ValueError for unknown names, measures or parameters; Cancelled if stopped.
    """
    names = _ecosystem_stage(change) if names is None else tuple(names)
    sets = settled(parameters)
    kinds = set(environment.ecosystem.values.tolist())
    spans = [_of_ecosystem(span(name, change, sets, kinds)) for name in names]
    tell, show, steps = progress or (lambda _: None), bar or (lambda _: None), 2 * len(spans) + 1

    def cells(edits, threads=1):
        yearly = experiment(
            environment, edited(edits, sets), measure.checked(environment.year).runs,
            since=since, past=past, cancelled=cancelled, workers=threads,
        )  # fmt: skip
        return measured(yearly, measure)

    plain = cells([], workers)
    tell(1 / steps)
    found, showing = [None] * len(spans), Lock()

    def work(block):
        one = spans[block.start]
        edits = [one.edit(one.low), one.edit(one.high)]
        ends = [cells([edit]) for edit in edits]
        errors = [standard_error(end - plain, environment) for end in ends]
        found[block.start] = Bar(one.name, *map(area_mean, ends), *edits, *errors)
        with showing:
            show(found[block.start])

    in_blocks(
        work, len(spans), 1, lambda share: tell((1 + share * (steps - 1)) / steps),
        cancelled, workers,
    )  # fmt: skip
    units = {"units": plain.attrs["units"], "long_name": plain.attrs["long_name"]}
    columns = {
        name: ("parameter", [getattr(one, name) for one in found], {} if "edit" in name else units)
        for name in Bar._fields[1:]
    }
    return xr.Dataset(
        columns,
        coords={"parameter": list(names)},
        attrs=environment.attrs
        | measure._asdict()
        | {"value": area_mean(plain), "error": standard_error(plain, environment), "change": change}
        | {"since": str(since)},
    )


def _ecosystem_stage(change) -> tuple[str, ...]:
    """Return the parameters of the ecosystem stage; for "usual" those that have such a range."""
    here = [f.name for f in FIELDS.values() if f.about.stage == "ecosystem"]
    return tuple(n for n in here if change != USUAL or FIELDS[n].about.usual is not None)


def _of_ecosystem(one: Span) -> Span:
    """Return a span; ValueError if its parameter acts on an earlier stage."""
    about = FIELDS[one.name].about
    if about.stage != "ecosystem":
        raise ValueError(f"{one.name} acts on the {about.stage} stage, which does not run again")
    return one
