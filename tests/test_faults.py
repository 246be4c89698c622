"""A short version of `make faults`: nothing is lost, nothing wrong is served."""

from functools import partial

import pytest

from benchmarks import faults

ELSEWHERE = {faults.cancelled, faults.code_stale, faults.code_unwritable}  # below; test_sealed
ONCE = [kind for kind in faults.KINDS if kind not in ELSEWHERE]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return faults.Bench(tmp_path_factory.mktemp("faults"))


def name(kind):
    return kind.keywords["kind"] if isinstance(kind, partial) else kind.__name__


@pytest.mark.parametrize("make", ONCE, ids=name)
def test_a_fault_is_survived(bench, make):
    found = make(bench, 1)
    assert found.injected > 0
    assert (found.survived, found.lost, found.wrong) == (found.injected, 0, 0)


def test_a_what_if_can_be_cancelled_at_any_moment(bench):
    found = faults.cancelled(bench, 10)
    assert (found.injected, found.survived, found.lost, found.wrong) == (11, 11, 0, 0)
