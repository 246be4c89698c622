"""The region in one climate or several: in memory, or in blocks of cells straight to disk."""

from functools import reduce
from itertools import product
from operator import add

import xarray as xr

import data
import tem
from dashboard.account import account
from dashboard.baseline import environment, silent, surroundings
from dashboard.changes import NO_OFFSETS
from data.store import Store, default_folder, write_result
from data.streamed import streamed
from tem.blocks import part_of

BLOCK = 4096  # cells in memory at once, 1.5 GiB with all; small blocks leave lanes of kernels idle
ENVIRONMENT_SHARE = 0.8  # of the time that a block takes, for progress


def in_memory(region, rcps, gcms, changed, *, out=None, said=None, bar=silent):
    """Run the region in each climate; return {(rcp, gcm): its `Account`}.

    Parameters
    ----------
    region : as `data.region` returns it
    rcps, gcms : names of the climates
    changed : has `parameters`, `of_the_ground` (None if the ground's are the defaults), `since`
        and `offsets`
    out : NetCDF file to write, of one RCP only; said : attributes for it
    bar : as for `baseline.environment`

    Environments are read from and kept in the user's store.
    """
    store, accounts, found = Store(default_folder()), {}, {}
    for rcp, gcm in product(rcps, gcms):
        permitted = environment(region, rcp, gcm, changed.of_the_ground, store=store, bar=bar)
        climate = None if changed.offsets == NO_OFFSETS else data.climate(region, rcp, gcm)
        later = under_offsets(region, climate, changed, bar=bar)
        with bar("carbon and nitrogen") as tell:
            yearly = lived(permitted, later, changed, tell)
        accounts[rcp, gcm] = account(yearly)
        if out:
            found[gcm] = yearly
    if out:
        result = tem.summary.ensemble(found) if len(gcms) > 1 else found[gcms[0]]
        write_result(result.assign_attrs(_width(region) | unrested(accounts) | (said or {})), out)
    return accounts


def in_blocks(region, rcps, gcms, changed, *, out, said=None, bar=silent):
    """Do as `in_memory`, a block of cells at a time, and write all to the Zarr store *out*.

    The store has a dimension rcp if there are two, and gcm.
    """
    coords = along(region, rcps, gcms)
    parts, accounts = blocks(region.sizes["cell"]), {}
    with streamed(out, coords, block=parts[0].stop) as result:
        for rcp, gcm in product(rcps, gcms):
            found = []
            with bar(f"{rcp} {gcm}") as tell:
                for n, cells in enumerate(parts):
                    place, told = region.isel(cell=cells), part_of(tell, n, len(parts))
                    yearly = block(place, rcp, gcm, changed, progress=told)
                    result.put(yearly, cell=cells, **named(coords, rcp, gcm))
                    found.append(account(yearly))
            accounts[rcp, gcm] = reduce(add, found)
        result.attrs = unrested(accounts) | (said or {})
    return accounts


def along(region, rcps, gcms) -> xr.Dataset:
    """Return the coordinates of a store of *region* in these climates."""
    several = {dim: list(names) for dim, names in (("rcp", rcps), ("gcm", gcms)) if len(names) > 1}
    return xr.Dataset(coords=region.coords, attrs=_width(region)).assign_coords(several)


def named(coords, rcp, gcm) -> dict:
    """Return the names by which a store with *coords* tells one climate from the others."""
    return {dim: name for dim, name in (("rcp", rcp), ("gcm", gcm)) if dim in coords.dims}


def blocks(cells: int, most: int | None = None) -> list[slice]:
    """Return slices of about equal size, at most *most* (default BLOCK), that cover all *cells*."""
    count = -(-cells // (most or BLOCK))
    size = -(-cells // count)
    return [slice(start, min(start + size, cells)) for start in range(0, cells, size)]


def block(region, rcp, gcm, changed, *, progress, workers=None):
    """Return both runs of *region*, a block of cells, in one climate.

    *progress* hears the finished fraction; *workers*: threads (default: one per processor).
    """
    climate = data.climate(region, rcp, gcm)
    permitted = tem.environment(
        region, climate, changed.of_the_ground, workers=workers,
        progress=lambda fraction: progress(ENVIRONMENT_SHARE * fraction),
    )  # fmt: skip
    return lived(
        permitted, under_offsets(region, climate, changed, workers=workers), changed,
        lambda fraction: progress(ENVIRONMENT_SHARE + (1 - ENVIRONMENT_SHARE) * fraction),
        workers=workers,
    )  # fmt: skip


def under_offsets(region, climate, changed, *, bar=silent, workers=None):
    """Return the environment of *region* under the offsets of *changed*; None if it has none."""
    if changed.offsets == NO_OFFSETS:
        return None
    offset = tem.offset(climate, **changed.offsets._asdict())
    return surroundings(region, offset, changed.of_the_ground, bar=bar, workers=workers)


def lived(permitted, later, changed, tell=None, *, workers=None):
    """Return both runs in the environment *permitted*; *later*: in its place from 2021 on."""
    past, now = (None, permitted) if later is None else (permitted, later)
    return tem.experiment(
        now, changed.parameters, since=changed.since, past=past, progress=tell, workers=workers
    )


def unrested(accounts) -> dict:
    """Return the attribute that counts cells without a state at rest in all climates."""
    return {"cells_not_at_rest": sum(one.unrested for one in accounts.values())}


def _width(region) -> dict:
    return {"resolution": region.attrs["resolution"]}
