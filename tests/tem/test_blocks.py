"""Blocks: every cell once, in order or side by side, and stopping when asked."""

import threading

import numpy as np
import pytest

from tem.blocks import Cancelled, in_blocks


@pytest.mark.parametrize("workers", [1, 2, 5, None])
@pytest.mark.parametrize(("cells", "size"), [(1, 10), (10, 10), (11, 10), (97, 4), (0, 4)])
def test_every_cell_is_worked_on_once(workers, cells, size):
    count, lock, heard = np.zeros(cells, int), threading.Lock(), []

    def work(block):
        with lock:
            count[block] += 1

    in_blocks(work, cells, size, heard.append, workers=workers)
    assert np.all(count == 1)
    assert heard == sorted(heard)
    assert not cells or heard[-1] == 1


@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_error_is_the_callers(workers):
    def work(block):
        if block.start == 4:
            raise RuntimeError("block 4")

    with pytest.raises(RuntimeError, match="block 4"):
        in_blocks(work, 20, 2, workers=workers)


@pytest.mark.parametrize("workers", [1, 3])
def test_no_block_starts_after_a_cancellation(workers):
    begun = []
    with pytest.raises(Cancelled):
        in_blocks(begun.append, 100, 1, cancelled=lambda: len(begun) >= 3, workers=workers)
    assert len(begun) <= 3 + (workers - 1)
