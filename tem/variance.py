"""Where the spread comes from: shares of variance of scenario, climate model and parameters.

The results of all combinations are taken apart as in an analysis of variance without
replicates: means over all but some factors, less what fewer factors explain. For a full
factorial the parts are orthogonal, so their variances add up to the whole.
"""

from itertools import chain, combinations

import numpy as np
import xarray as xr

from tem.blocks import part_of
from tem.experiment import experiment
from tem.parameters import edited, settled
from tem.sensitivity import span
from tem.summary import measured_mean

FACTORS = ("rcp", "gcm", "parameters")
AND = " × "  # between the factors of an interaction


def shares(outcome: xr.DataArray, factors=FACTORS) -> xr.DataArray:
    """Return the share of the variance of *outcome* that each factor and interaction makes.

    Parameters
    ----------
    outcome : on the dimensions *factors*, a value for every combination; other dimensions stay
    factors : dimensions with two values or more

    Returns
    -------
    DataArray on `part` (such as "rcp", "rcp × gcm") and the other dimensions; shares (1) add up
    to 1, and are NaN where nothing varies. Raises ValueError for values or factors that are
    missing. Shares are of what is there: few members tell little of those that are not.
    """
    missing = [name for name in factors if outcome.sizes.get(name, 1) < 2]
    if missing:
        raise ValueError(f"{', '.join(missing)}: a share needs two values or more")
    if not bool(np.isfinite(outcome).all()):
        raise ValueError("values are missing; shares of variance need all combinations")
    effects = {}
    for some in chain.from_iterable(combinations(factors, n) for n in range(len(factors) + 1)):
        explained = outcome.mean([name for name in factors if name not in some])
        fewer = (effect for found, effect in effects.items() if set(found) < set(some))
        effects[some] = explained - sum(fewer)
    del effects[()]
    parts = [AND.join(some) for some in effects]
    variances = xr.concat(
        [(effect**2).mean(some) for some, effect in effects.items()], xr.Variable("part", parts)
    )
    varies = outcome.max(factors) > outcome.min(factors)  # a variance would have round-off
    found = variances / outcome.var(factors).where(varies)
    found = found.drop_vars(set(factors), errors="ignore")
    return found.assign_attrs(units="1", long_name="Share of variance")


def sample(count: int, names, change=0.1, *, parameters=None, seed=0) -> list[tuple[str, ...]]:
    """Return *count* sets of edits of the parameters *names*, spread evenly (Latin hypercube).

    Parameters
    ----------
    change : share of its value by which each is moved at most, or "usual" (see `span`)
    parameters : from which they are moved, as for `tem.experiment`
    seed : the same seed gives the same sets

    Raises ValueError as `tem.sensitivity.span` does.
    """
    from scipy.stats import qmc

    spans = [span(name, change, parameters) for name in names]
    points = qmc.LatinHypercube(len(spans), rng=np.random.default_rng(seed)).random(count)
    return [
        tuple(s.edit(s.at(float(u))) for s, u in zip(spans, point, strict=True)) for point in points
    ]


def outcomes(
    environments,
    sets,
    measure,
    parameters=None,
    *,
    since="spin-up",
    progress=None,
    cancelled=None,
    workers=None,
) -> xr.DataArray:
    """Run every set of edits in every climate; return the area mean of *measure*.

    Parameters
    ----------
    environments : by (rcp, gcm), all combinations, each the cells that count
    sets : of edits, as from `sample`, on top of *parameters*
    measure : `tem.summary.Measure`
    since, progress, cancelled, workers : as for `tem.experiment`

    Returns
    -------
    DataArray on (rcp, gcm, parameters), for `shares`. Raises ValueError for a climate that is
    missing, and as `tem.experiment` does.
    """
    rcps, gcms = (list(dict.fromkeys(key[n] for key in environments)) for n in (0, 1))
    missing = [(r, g) for r in rcps for g in gcms if (r, g) not in environments]
    if missing:
        raise ValueError(f"no environment for {missing}; all combinations are needed")
    base = settled(parameters)
    for sky in environments.values():
        measure.checked(sky.year)
    found = np.empty((len(rcps), len(gcms), len(sets)))
    for k, (i, j, n) in enumerate(np.ndindex(found.shape)):
        yearly = experiment(
            environments[rcps[i], gcms[j]], edited(sets[n], base), measure.runs, since=since,
            progress=part_of(progress, k, found.size), cancelled=cancelled, workers=workers,
        )  # fmt: skip
        found[i, j, n] = measured_mean(yearly, measure)
    return xr.DataArray(
        found,
        {"rcp": rcps, "gcm": gcms, "parameters": [", ".join(edits) for edits in sets]},
        FACTORS,
        attrs=measure._asdict(),
    )
