"""Answers to saved what-ifs, which workers bring while the page reads."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from dashboard.changes import Change, Kept
from dashboard.shelf import ANSWERS, Shelf
from dashboard.state import State


class Slow(str):
    """An edit that lets other threads have their turn whenever it is looked up."""

    __slots__ = ()

    def __hash__(self):
        time.sleep(1e-5)
        return super().__hash__()


def test_an_answer_and_its_fault_come_together():
    kept = Kept("fast rot", Change((Slow("kd*=1.4"),)))
    shelf = Shelf(State(saved=(kept,), cell=0), SimpleNamespace(results=lambda *_chosen: {}))

    def bring(first):
        for k in range(ANSWERS):
            shelf._answer((Slow(first), k), {}, "")
            shelf._answer(shelf._key(kept.change), {}, "no equilibrium")

    def read(_reader):
        return {told for _ in range(5 * ANSWERS) for told in (*shelf.missing(), *shelf.faults())}

    with ThreadPoolExecutor() as pool:
        brought, seen = pool.map(bring, "abcd"), pool.map(read, "ef")
        assert set().union(*seen) <= {"not there yet", "no result", "fast rot: no equilibrium"}
        assert list(brought) == [None] * 4
    assert len(shelf._answers) == ANSWERS
