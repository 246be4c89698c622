"""Work on many cells, block by block, on the threads of this machine.

Kernels release the GIL and are serial, so that blocks of different callers interleave and a
run can be cancelled between blocks.
"""

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import numpy as np


def alike(ecosystems, size: int, pace=None) -> list:
    """Return (ecosystem, its cells) for blocks of at most *size* cells of one ecosystem.

    Cells of like *pace* [cell] go together: in a block all wait for the slowest.
    """
    pace = np.zeros(len(ecosystems)) if pace is None else pace
    found = []
    for name in np.unique(ecosystems):
        cells = np.flatnonzero(ecosystems == name)
        cells = cells[np.argsort(pace[cells], kind="stable")]
        found += [(str(name), cells[i : i + size]) for i in range(0, cells.size, size)]
    return found


def part_of(progress, number: int, of: int):
    """Return what hears the fraction of part *number* (from 0) of so many, and tells the whole."""
    return progress and (lambda fraction: progress((number + fraction) / of))


class Cancelled(Exception):  # noqa: N818 - what happened, not an error
    """The caller asked a run to stop before it had finished."""


def in_blocks(
    work: Callable[[slice], None],
    cells: int,
    size: int,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    workers: int | None = None,
) -> None:
    """Call *work* with slices of at most *size* cells until all *cells* are done.

    *progress* hears the finished fraction, *cancelled* is asked before each block starts.
    Raises Cancelled, or the first error of a block (no further block is started then).
    """
    blocks = [slice(start, min(start + size, cells)) for start in range(0, cells, size)]
    workers = min(workers or os.cpu_count() or 1, len(blocks))
    stop = cancelled or (lambda: False)
    tell = progress or (lambda _fraction: None)
    if workers <= 1:
        for done, block in enumerate(blocks):
            if stop():
                raise Cancelled
            work(block)
            tell((done + 1) / len(blocks))
        return
    queue, running, done = iter(blocks), set(), 0
    with ThreadPoolExecutor(workers, thread_name_prefix="tem") as pool:
        while True:
            for block in queue:
                if stop():
                    wait(running)
                    raise Cancelled
                running.add(pool.submit(work, block))
                if len(running) == workers:
                    break
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
                done += 1
            tell(done / len(blocks))
