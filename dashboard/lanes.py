"""Threads that work for all open pages: lanes for climates, for regions and for single cells.

Nothing here knows the model or the page.
"""

import logging
import os
import sys
import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

GIVING_WAY = 10  # nice value
REMEMBERED = 256  # times that jobs took
CANCELLED = "cancelled"


@dataclass(kw_only=True)
class Task:
    """Work that a lane does for someone: how far it is, and how it ended."""

    fraction: float = 0.0
    waiting: bool = True
    ahead: int = 0  # tasks that are done before this one
    failed: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def cancelled(self) -> bool:
        """Whether someone stopped it before it had finished."""
        return self.failed == CANCELLED

    def cancel(self):
        """Ask it to stop: it does so at its next block of cells."""
        self.stopped.set()


class _Worker:
    """One thread that does jobs, and how long they took; a job is a function without arguments."""

    def __init__(self, name):
        self.name, self.done, self.took = name, 0, deque(maxlen=REMEMBERED)  # s
        self._there_is_work = threading.Condition()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self):
        """Start to work."""
        self._thread.start()

    def _work(self):
        while True:
            self._do(self._next())  # no name for the job here: it would keep its page in memory

    def _do(self, job):
        begun = time.perf_counter()
        _done(job)
        self.took.append(time.perf_counter() - begun)
        self.done += 1


class Lane(_Worker):
    """A thread that does one job after the other."""

    def __init__(self, name):
        super().__init__(name)
        self._queue, self._working = deque(), False

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._queue)

    def add(self, job, task=None, told=lambda _task: None):
        """Queue *job*; *told* is called with its *task* whenever there are fewer ahead of it."""
        with self._there_is_work:
            self._queue.append((job, task, told))
            if task is not None:
                task.ahead = self._working + len(self._wanted()) - 1
            self._there_is_work.notify()

    def _wanted(self):
        """Return what waits and has not been stopped; a stopped task ends as soon as it begins."""
        return [one for one in self._queue if one[1] is None or not one[1].stopped.is_set()]

    def _next(self):
        """Wait for a job and return it; who is behind it is told."""
        with self._there_is_work:
            self._working = False
            while not self._queue:
                self._there_is_work.wait()
            job, _, _ = self._queue.popleft()
            self._working, waiting = True, self._wanted()
        for before, (_, task, told) in enumerate(waiting, start=1):
            if task is not None and task.ahead != before:
                task.ahead = before
                _done(lambda told=told, task=task: told(task))
        return job


class Newest(_Worker):
    """A thread that serves pages in turn and keeps only the newest wish of each."""

    def __init__(self, name):
        super().__init__(name)
        self._wishes = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wishes wait."""
        return len(self._wishes)

    def add(self, who, job):
        """Replace what *who* is waiting for by *job*."""
        with self._there_is_work:
            self._wishes[who] = job
            self._there_is_work.notify()

    def _next(self):
        """Wait for a wish and return it."""
        with self._there_is_work:
            while not self._wishes:
                self._there_is_work.wait()
            _, job = self._wishes.popitem(last=False)
        return job


def quietly(job):
    """Do *job* in a thread, and the threads it starts, that give way to pages and what-ifs."""

    def work():
        if sys.platform == "linux":  # elsewhere threads share one priority
            nicer = max(GIVING_WAY, os.getpriority(os.PRIO_PROCESS, 0))
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nicer)
        _done(job)

    thread = threading.Thread(target=work, name="quiet", daemon=True)
    thread.start()
    thread.join()


def _done(job):
    try:
        job()
    except Exception:  # a lane outlives any job; whoever queued it reports to the user
        log.exception("A job failed")
