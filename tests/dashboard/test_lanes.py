import os
import subprocess
import sys
import threading
import weakref

import pytest

from dashboard.lanes import GIVING_WAY, Lane, Newest, Task
from tests.dashboard.conftest import until


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads share one priority")
@pytest.mark.parametrize("nice", [0, GIVING_WAY + 5])
def test_a_quiet_job_is_done_and_never_less_nice_than_its_process(nice):
    job = "quietly(lambda: print(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))"
    here = os.getpriority(os.PRIO_PROCESS, 0)
    said = subprocess.run(
        ["nice", "-n", str(nice), sys.executable, "-c",
         f"import os, threading; from dashboard.lanes import quietly; {job}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(said.stdout) == max(GIVING_WAY, min(here + nice, 19))


def test_who_waits_is_told_a_place_that_only_falls():
    lane, go, heard = Lane("test"), threading.Event(), []
    tasks = [Task() for _ in range(4)]
    for task in tasks[:3]:
        lane.add(go.wait, task, lambda task: heard.append((tasks.index(task), task.ahead)))
    assert [task.ahead for task in tasks[:3]] == [0, 1, 2]
    tasks[1].cancel()
    lane.add(go.wait, tasks[3])
    assert tasks[3].ahead == 2  # the cancelled one keeps nobody waiting
    last = threading.Event()
    lane.add(last.set)
    lane.start()
    go.set()
    assert last.wait(10)
    assert [ahead for task, ahead in heard if task == 2] == [1]
    assert all(task != 1 for task, _ in heard)


class Page:
    """Something that asks a lane for work."""

    def work(self):
        """Do nothing."""


@pytest.mark.parametrize(("kind", "wish"), [
    (Lane, lambda page: (page.work, Task(), lambda _task: page)),
    (Newest, lambda page: (page, page.work)),
])  # fmt: skip
def test_a_lane_at_rest_keeps_nothing_of_its_last_job(kind, wish):
    lane, page = kind("test"), Page()
    alive = weakref.ref(page)
    lane.add(*wish(page))
    lane.start()
    del page
    until(lambda: lane.done == 1 and alive() is None, 10, lambda: f"{lane.done} done, {alive()}")
