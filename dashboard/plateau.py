"""The region in one climate or several: in memory, or in blocks of cells straight to disk."""

from functools import reduce
from itertools import product
from operator import add

import xarray as xr

import data
import tem
from dashboard.account import account
from dashboard.baseline import environment, silent
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
    out : NetCDF file to write, of one RCP only; said : attributes for it
    bar : as for `baseline.environment`

    Environments are read from and kept in the user's store.
    """
    store, accounts, found = Store(default_folder()), {}, {}
    for rcp, gcm in product(rcps, gcms):
        permitted = environment(region, rcp, gcm, changed.of_the_ground, store=store, bar=bar)
        with bar("carbon and nitrogen") as tell:
            yearly = tem.experiment(
                permitted, changed.parameters, since=changed.since, progress=tell
            )
        accounts[rcp, gcm] = account(yearly)
        if out:
            found[gcm] = yearly
    if out:
        result = tem.summary.ensemble(found) if len(gcms) > 1 else found[gcms[0]]
        write_result(result.assign_attrs(_unrested(accounts) | (said or {})), out)
    return accounts


def in_blocks(region, rcps, gcms, changed, *, out, said=None, bar=silent):
    """Do as `in_memory`, a block of cells at a time, and write all to the Zarr store *out*.

    Of the whole region only the monthly climate is held, one at a time: made of a block alone it
    could differ in the last digit. The store has a dimension rcp if there are two, and gcm.
    """
    along = {dim: list(names) for dim, names in (("rcp", rcps), ("gcm", gcms)) if len(names) > 1}
    coords = xr.Dataset(coords=region.coords).assign_coords(along)
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
    permitted = tem.environment(
        region.isel(cell=cells), climate.isel(cell=cells), changed.of_the_ground,
        progress=lambda fraction: tell(ENVIRONMENT_SHARE * fraction),
    )  # fmt: skip
    return tem.experiment(
        permitted, changed.parameters, since=changed.since,
        progress=lambda fraction: tell(ENVIRONMENT_SHARE + (1 - ENVIRONMENT_SHARE) * fraction),
    )  # fmt: skip


def _unrested(accounts) -> dict:
    return {"cells_not_at_rest": sum(one.unrested for one in accounts.values())}
