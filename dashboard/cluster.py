"""The region in several processes, of this machine or of many: Dask hands out blocks of cells.

A worker makes or reads the land and the climate of its block, runs it as `plateau.in_blocks` does
and writes it to chunks of its own. What it sends back is what the block came to: a few numbers.
"""

import json
import logging
import shutil
import sys
from collections.abc import Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import cache, reduce
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from operator import add
from pathlib import Path
from socket import gethostname
from typing import NamedTuple

import data
import tem
from dashboard import plateau
from dashboard.account import Account, account
from dashboard.baseline import silent
from dashboard.receipt import PACKAGES
from dashboard.unfinished import Unfinished, unfinished
from data.prepared import AT, ID, is_prepared
from data.store import key, source_hash
from data.streamed import Streamed, write

BLOCK = 1024  # cells of a block: enough to fill the lanes of kernels, and few enough to share out
NEEDED = "needs Dask, the extra `cluster`: pip install -c constraints.txt -e '.[cluster]'"
TOGETHER = (*PACKAGES, "llvmlite", "scipy", "zarr", "dask", "distributed")
UNINTERRUPTED = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)"  # Ctrl-C is ours
PATIENCE = 10  # s for a scheduler to answer, and for a first worker to be there


class Where(NamedTuple):
    """Who computes: so many worker processes of this machine, or those of a scheduler."""

    workers: int | None
    scheduler: str | None
    block: int = BLOCK  # cells

    def __str__(self):
        return f"--scheduler {self.scheduler}" if self.scheduler else f"--workers {self.workers}"


class Place(NamedTuple):
    """How a worker comes by the region."""

    path: str | None  # of a prepared one
    resolution: float
    texture: tuple[str, str] | None
    seal: str  # by which it is known to be the same

    @classmethod
    def of(cls, region, texture=None):
        """Return how workers come by *region*; *texture*: the files it was made with."""
        path = region.attrs[AT] if is_prepared(region) else None
        files = texture and tuple(str(Path(name).resolve()) for name in texture)
        return cls(path, region.attrs["resolution"], files, _seal(region))

    def cells(self, cells: slice):
        """Return some cells of the region; ValueError if it is another one here."""
        if self.path:
            found = data.prepared_region(self.path, cells)
            seal = _seal(found)
        else:
            found, seal = _embedded(self.resolution, self.texture)
            found = found.isel(cell=cells)
        if seal != self.seal:
            raise ValueError(f"the region of the worker at {gethostname()} is another one")
        return found


class Plan(NamedTuple):
    """What a worker is told of the whole."""

    out: Path
    place: Place
    changed: object  # as for `plateau.in_memory`
    versions: dict[str, str]


def in_cluster(
    region, rcps, gcms, changed, *, out, place, where, said=None, bar=silent, told=print
):
    """Do as `plateau.in_blocks` in several processes; finished blocks outlive a fault.

    Parameters
    ----------
    region, rcps, gcms, changed, out, said, bar : as for `plateau.in_blocks`
    place : how workers come by the region
    where : who computes, a `Where`
    told : hears how many blocks were finished before, and how many are where it ends too soon

    Raises ValueError or OSError in plain words where there is no scheduler or worker, where they
    are lost or of another version, and where what is there belongs to another run.
    """
    if find_spec("distributed") is None:
        raise ValueError(f"{where}: {NEEDED}")
    versions, coords = made_with(), plateau.along(region, rcps, gcms)
    parts = plateau.blocks(region.sizes["cell"], where.block)
    blocks = [(rcp, gcm, cells) for rcp, gcm in product(rcps, gcms) for cells in parts]
    run = {
        "scenarios": rcps,
        "climate models": gcms,
        "region": place.seal,
        "parameters": {name: one._asdict() for name, one in changed.parameters.items()},
        "since": changed.since,
        "offset": changed.offsets._asdict(),
        "block": where.block,
        "version of": versions,
    }
    line = (said or {}).get("history", "")
    with unfinished(out, run, line) as work, _parting(work, len(blocks), told):
        plan = Plan(work.out, place, changed, versions)
        result = Streamed(work.result, coords, parts[0].stop)
        with connected(where) as client, _in_words(where):
            _check_workers(client, where, versions)
            _begin(client, plan, result, work, blocks[0])
            found = _computed(client, plan, result, work, blocks, bar)
        accounts = _accounts(blocks, found)
        result.attrs = plateau.unrested(accounts) | (said or {})
        result.finish()
        work.complete()
    return accounts


@contextmanager
def connected(where):
    """Give a client of the scheduler that *where* names, or of one with workers made for it.

    Raises ValueError for what is no address, OSError where nobody answers.
    """
    from distributed import Client, LocalCluster

    if where.scheduler is None:
        cluster = LocalCluster(
            n_workers=where.workers, threads_per_worker=1, silence_logs=logging.ERROR,
            dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
            preload=[UNINTERRUPTED],
        )  # fmt: skip
        with cluster, Client(cluster, set_as_default=False) as client:
            yield client
        return
    try:
        client = Client(where.scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as fault:
        kind = OSError if isinstance(fault, OSError) else ValueError
        raise kind(f"{where}: no scheduler of Dask answers there ({fault})") from fault
    with client:
        yield client


# --- on a worker -----------------------------------------------------------------------------


def sample(plan: Plan, rcp, gcm):
    """Return both runs of the first cell in one climate: what all parts of the result are like."""
    yearly = plateau.block(
        plan.place.cells(slice(0, 1)), rcp, gcm, plan.changed, progress=_unheard, workers=1
    )
    yearly.attrs = _plain(yearly.attrs)
    return yearly


def block(plan: Plan, number: int, climate, cells: slice, at) -> dict:
    """Run a block of cells in one climate, write it, and return what it came to.

    Parameters
    ----------
    number : of the block among all
    climate : names of scenario and climate model
    at : where they are in the store, as for `data.streamed.write`

    Raises ValueError on a worker of another version, OSError where it does not see the result.
    """
    if made_with() != plan.versions:  # workers may come late
        raise ValueError(_unlike(gethostname(), made_with(), plan.versions))
    work = Unfinished(plan.out)
    if not work.result.is_dir():
        raise FileNotFoundError(
            f"the worker at {gethostname()} sees no {work.result}; --out must name a place on a "
            "file system that all workers share"
        )
    region = plan.place.cells(cells)
    yearly = plateau.block(region, *climate, plan.changed, progress=_unheard, workers=1)
    write(work.result, yearly, cell=cells, at=at)
    status = {"account": account(yearly).plain(), "attrs": _plain(yearly.attrs)}
    work.keep(number, status)
    return status


@cache
def made_with() -> dict[str, str]:
    """Return the versions, here, of all that decides on the last digit."""
    found = {name: version(name) for name in TOGETHER}
    found["python"] = ".".join(map(str, sys.version_info[:2]))
    return found | {"the model": tem.source_hash, "the data": source_hash()}


@cache
def _embedded(resolution, texture):
    region = data.region(resolution, texture)
    return region, _seal(region)


def _seal(region) -> str:
    return region.attrs[ID] if is_prepared(region) else key(region=region)


def _plain(attrs: Mapping) -> dict:
    """Return attributes as they come back from a file."""
    return json.loads(json.dumps(attrs))


def _unheard(_fraction):
    pass


# --- where it was asked for ------------------------------------------------------------------


@contextmanager
def _in_words(where):
    """Tell in plain words what becomes of schedulers and workers; they are OSErrors then."""
    from distributed import KilledWorker
    from distributed.client import ClosedClientError
    from distributed.comm import CommClosedError

    try:
        yield
    except (CancelledError, ClosedClientError, CommClosedError) as fault:
        raise OSError(f"{where}: the scheduler was lost") from fault
    except KilledWorker as fault:
        raise OSError(
            f"{where}: {fault.allowed_failures + 1} workers died over one block, as they do when "
            "memory is short; a smaller --block or fewer workers need less"
        ) from fault


@contextmanager
def _parting(work, count, told):
    """Say how far the work is where it ends before all is done."""
    before = len(work.finished())
    if before:
        told(f"{before} of {count} blocks were finished before.")
    try:
        yield
    except BaseException:
        now = len(work.finished())
        if now:
            told(
                f"{now} of {count} blocks are finished and kept in {work.folder}; "
                "the same command goes on from there."
            )
        raise


def _check_workers(client, where, versions) -> None:
    """Wait for a worker; raise ValueError for one of another version, OSError if none comes."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as fault:
        raise OSError(f"{where}: the scheduler has no workers, after {PATIENCE} s") from fault
    answers = client.run(made_with, on_error="return")
    faults = {address: one for address, one in answers.items() if isinstance(one, Exception)}
    for address, fault in faults.items():
        raise ValueError(f"worker {address}: cannot run the model ({fault})") from fault
    for address, found in answers.items():
        if found != versions:
            raise ValueError(_unlike(address, found, versions))


def _unlike(address, found, versions) -> str:
    told = [
        f"{name} {found.get(name)} (here {wanted})"
        for name, wanted in versions.items()
        if found.get(name) != wanted
    ]
    return f"worker {address}: has {', '.join(told)}; all must have the same"


def _begin(client, plan, result, work, block) -> None:
    """Lay out the result unless there are blocks of it.

    One worker runs a cell, which tells what a block is like; and compiles the model for all that
    share a cache of compiled code.
    """
    first = client.submit(sample, plan, *block[:2], pure=False).result()
    result.know(first)
    if not work.finished():
        if work.result.exists():
            shutil.rmtree(work.result)
        result.lay_out(first)


def _computed(client, plan, result, work, blocks, bar) -> dict[int, dict]:
    """Return what each of the *blocks* came to, those finished before and the others."""
    from distributed import as_completed

    found, futures = work.finished(), {}
    for number, (*climate, cells) in enumerate(blocks):
        if number not in found:
            at = result.at(**dict(zip(("rcp", "gcm"), climate, strict=True)))
            future = client.submit(block, plan, number, climate, cells, at, pure=False)
            futures[future] = number
    with bar("blocks") as tell:
        tell(len(found) / len(blocks))
        for future in as_completed(futures, loop=client.loop):
            found[futures[future]] = future.result()
            tell(len(found) / len(blocks))
    for number in sorted(found):
        result.agree(found[number]["attrs"])
    return found


def _accounts(blocks, found) -> dict:
    """Return {(rcp, gcm): the `Account` of all its blocks}."""
    parts = {}
    for number, (*climate, _) in enumerate(blocks):
        one = Account.of_plain(found[number]["account"])
        parts.setdefault(tuple(climate), []).append(one)
    return {climate: reduce(add, several) for climate, several in parts.items()}
