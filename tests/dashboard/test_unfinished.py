"""What is part-finished belongs to one run, and to one process at a time."""

import json
import os
import subprocess
import sys

import pytest

from dashboard.unfinished import LOCK, unfinished

RUN = {"scenarios": ("rcp85",), "parameters": {"Meadow": {"b": 0.5, "kd": 0.1}}, "block": 8}
LINE = "permafrost-carbon run --out a.zarr --workers 2"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "a.zarr"


@pytest.fixture
def begun(out):
    with unfinished(out, RUN, LINE) as work:
        work.keep(3, {"cells": 8})
    return out.with_suffix(".unfinished")


def test_the_same_run_goes_on(out, begun):
    with unfinished(out, RUN, LINE) as work:
        assert work.finished() == {3: {"cells": 8}}


def test_without_a_finished_block_nothing_remains(out):
    with unfinished(out, RUN, LINE) as work:
        work.result.mkdir()
    assert [*out.parent.iterdir()] == []


def test_another_run_is_refused_and_told_what_differs(out, begun):
    other = RUN | {"parameters": {"Meadow": {"b": 0.6, "kd": 0.1}}, "scenarios": ("rcp45",)}
    with (
        pytest.raises(ValueError, match=r"different: parameters Meadow b, scenarios\)") as fault,
        unfinished(out, other, "another"),
    ):
        pass
    assert LINE in str(fault.value)
    with unfinished(out, RUN, LINE) as work:
        assert 3 in work.finished()


def test_a_long_list_of_differences_is_cut(out, begun):
    other = RUN | {"parameters": {"Meadow": dict.fromkeys("acdefgh", 1.0)}}
    with pytest.raises(ValueError, match=r"Meadow e, …\)"), unfinished(out, other, "another"):
        pass


def test_what_is_whole_takes_its_place_and_nothing_else_remains(out, begun):
    out.mkdir()
    (out / "older").touch()
    with unfinished(out, RUN, LINE) as work:
        work.result.mkdir()
        (work.result / "newer").touch()
        work.complete()
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert [path.name for path in out.iterdir()] == ["newer"]


def test_two_at_once_are_refused(out, begun):
    with (
        unfinished(out, RUN, LINE),
        pytest.raises(BlockingIOError, match=f"process {os.getpid()} on .* is writing"),
        unfinished(out, RUN, LINE),
    ):
        pass
    with unfinished(out, RUN, LINE):
        pass


def test_the_lock_of_a_process_that_was_killed_is_taken_over(out, begun):
    code = (
        "import os, signal, sys\n"
        "from dashboard.unfinished import unfinished\n"
        f"with unfinished(sys.argv[1], {RUN!r}, ''):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, out], check=False).returncode < 0
    assert (begun / LOCK).exists()
    with unfinished(out, RUN, LINE) as work:
        assert 3 in work.finished()


@pytest.mark.parametrize(
    "text", ["", json.dumps({"host": "elsewhere", "process": 1, "since": 0.0})], ids=["", "far"]
)
def test_a_lock_that_nobody_here_can_judge_stays(out, begun, text):
    (begun / LOCK).write_text(text)
    with pytest.raises(BlockingIOError, match=r"delete .*lock"), unfinished(out, RUN, LINE):
        pass
    assert (begun / LOCK).exists()


def test_a_folder_of_others_is_left_alone(out):
    folder = out.with_suffix(".unfinished")
    folder.mkdir()
    (folder / "notes.txt").write_text("years of work")
    with pytest.raises(PermissionError, match="no part-finished run"), unfinished(out, RUN, LINE):
        pass
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
