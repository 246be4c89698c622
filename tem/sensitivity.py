"""How much each parameter matters: one at a time, by a share of its value, everything else kept.

Only the stages that a parameter belongs to run again.
"""

import numpy as np
import xarray as xr

from tem import summary
from tem.columns import PRESENT
from tem.environment import environment, ground
from tem.experiment import experiment
from tem.parameters import Parameters, edited
from tem.schema import fields

OUTPUTS = {  # what is watched: long name
    "npp": "Net primary production, 2006-2015",
    "rh": "Heterotrophic respiration, 2006-2015",
    "soc": "Soil organic carbon of the active layer, 2006-2015",
    "thaw_nep": "Effect of thaw on NEP, summed from 2020 to the end",
}
FIELDS = {field.name: field for field in fields(Parameters)}


def outputs(yearly: xr.Dataset) -> dict[str, float]:
    """Return the area mean of each of `OUTPUTS` in a result with both runs, g m-2 (a year)."""
    now = summary.regional_mean(yearly.sel(run="S_T", year=slice(*PRESENT))).mean("year")
    thaw = summary.cumulative(summary.difference(yearly[["nep"]]))
    end = summary.regional_mean(thaw).nep.isel(year=-1)
    return {name: float(now[name]) for name in ("npp", "rh", "soc")} | {"thaw_nep": float(end)}


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
    is always less, also for what is below 0 itself), the `factor` used, `stage`; the values
    without change are in the attribute `value` of each.

    Raises ValueError for unknown names, Cancelled if stopped.
    """
    names = tuple(Parameters._fields if names is None else names)
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
            name: ("parameter", values, {"units": "1", "long_name": OUTPUTS[name],
                                         "value": baseline[name]})
            for name, values in columns.items()
        }
        | {
            "factor": ("parameter", np.array(factors), {"units": "1"}),
            "stage": ("parameter", [FIELDS[name].about.stage for name in names]),
        },
        coords={"parameter": list(names)},
        attrs=climate.attrs | {"change": change},
    )  # fmt: skip
