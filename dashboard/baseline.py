"""One climate from end to end, kept in the store: what `run`, `cell` and `validate` begin with."""

from contextlib import nullcontext

import data
import tem
from data.store import key


def name(what, region, rcp, gcm) -> str:
    """Return the key of a baseline's "environment" or "yearly" in the store."""
    return key(
        what=what,
        model=tem.source_hash,
        region=region,
        climate=(rcp, gcm, *data.seal_of(region)),
        parameters=sorted(map(str, tem.ecosystems().items())),
    )


def silent(_stage):
    """Tell nobody how far a stage is; a bar at the terminal takes its place."""
    return nullcontext(lambda _fraction: None)


def surroundings(region, climate, parameters=None, *, bar=silent, workers=None):
    """Return the environment of *region* under *climate*; arguments as for `environment`.

    *workers*: threads (default: one per processor).
    """
    with bar("ground") as tell:
        ground = tem.ground(region, climate, parameters, progress=tell, workers=workers)
    with bar("water, light, leaves") as tell:
        result = tem.environment(region, climate, parameters, ground=ground, workers=workers)
        tell(1.0)
    return result


def environment(region, rcp, gcm, parameters=None, *, store=None, bar=silent):
    """Return the environment of *region* in one climate.

    *store* is read and filled unless there are *parameters* of its own. *bar*: given the name
    of a stage, a context manager that gives the callback for its finished fraction.
    Raises ValueError for inputs the model refuses.
    """
    keeps = store is not None and parameters is None
    where = name("environment", region, rcp, gcm) if keeps else None
    found = store.get(where) if keeps else None
    if found is not None:
        return found
    with bar("climate") as tell:
        climate = data.climate(region, rcp, gcm)
        tell(1.0)
    result = surroundings(region, climate, parameters, bar=bar)
    if keeps:
        store.put(where, result)
    return result


def yearly(region, rcp, gcm, *, store=None, bar=silent):
    """Return both runs of *region* in one climate with the default parameters."""
    where = None if store is None else name("yearly", region, rcp, gcm)
    found = None if store is None else store.get(where)
    if found is not None:
        return found
    permitted = environment(region, rcp, gcm, store=store, bar=bar)
    with bar("carbon and nitrogen") as tell:
        result = tem.experiment(permitted, progress=tell)
    if store is not None:
        store.put(where, result)
    return result
