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
        write_result(result.assign_attrs(_width(region) | _unrested(accounts) | (said or {})), out)
    return accounts


def in_blocks(region, rcps, gcms, changed, *, out, said=None, bar=silent):
    """Do as `in_memory`, a block of cells at a time, and write all to the Zarr store *out*.

    Of the whole region only the monthly climate is held, one at a time: made of a block alone it
    could differ in the last digit. The store has a dimension rcp if there are two, and gcm.
    """
    along = {dim: list(names) for dim, names in (("rcp", rcps), ("gcm", gcms)) if len(names) > 1}
    coords = xr.Dataset(coords=region.coords, attrs=_width(region)).assign_coords(along)
    parts, accounts = blocks(region.sizes["cell"]), {}
    with streamed(out, coords, block=parts[0].stop) as result:
        for rcp, gcm in product(rcps, gcms):
            here = {dim: name for dim, name in (("rcp", rcp), ("gcm", gcm)) if dim in along}
            climate, found = data.climate(region, rcp, gcm), []
            with bar(f"{rcp} {gcm}") as tell:
                for n, cells in enumerate(parts):
                    yearly = _block(region, climate, cells, changed, part_of(tell, n, len(parts)))
                    result.put(yearly, cell=cells, **here)
                    found.append(account(yearly))
            del climate  # before there is another
            accounts[rcp, gcm] = reduce(add, found)
        result.attrs = _unrested(accounts) | (said or {})
    return accounts


def blocks(cells: int) -> list[slice]:
    """Return slices of about equal size, at most BLOCK, that cover all *cells*."""
    count = -(-cells // BLOCK)
    size = -(-cells // count)
    return [slice(start, min(start + size, cells)) for start in range(0, cells, size)]


def _block(region, climate, cells, changed, tell):
    """Return both runs of some *cells*; *tell* hears the finished fraction."""
    region, climate = region.isel(cell=cells), climate.isel(cell=cells)
    permitted = tem.environment(
        region, climate, changed.of_the_ground,
        progress=lambda fraction: tell(ENVIRONMENT_SHARE * fraction),
    )  # fmt: skip
    return lived(
        permitted, under_offsets(region, climate, changed), changed,
        lambda fraction: tell(ENVIRONMENT_SHARE + (1 - ENVIRONMENT_SHARE) * fraction),
    )  # fmt: skip


def under_offsets(region, climate, changed, *, bar=silent):
    """Return the environment of *region* under the offsets of *changed*; None if it has none."""
    if changed.offsets == NO_OFFSETS:
        return None
    offset = tem.offset(climate, **changed.offsets._asdict())
    return surroundings(region, offset, changed.of_the_ground, bar=bar)


def lived(permitted, later, changed, tell=None):
    """Return both runs in the environment *permitted*; *later*: in its place from 2021 on."""
    past, now = (None, permitted) if later is None else (permitted, later)
    return tem.experiment(now, changed.parameters, since=changed.since, past=past, progress=tell)


def _unrested(accounts) -> dict:
    return {"cells_not_at_rest": sum(one.unrested for one in accounts.values())}


def _width(region) -> dict:
    return {"resolution": region.attrs["resolution"]}
