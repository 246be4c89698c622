"""Threads that work for all open pages: lanes for climates, for regions and for single cells.

Nothing here knows the model or the page.
"""

import logging
import os
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from queue import SimpleQueue

log = logging.getLogger(__name__)

GIVING_WAY = 10  # nice value
CANCELLED = "cancelled"


@dataclass(kw_only=True)
class Task:
    """Work that a lane does for someone: how far it is, and how it ended."""

    fraction: float = 0.0
    waiting: bool = True
    failed: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def cancelled(self) -> bool:
        """Whether someone stopped it before it had finished."""
        return self.failed == CANCELLED

    def cancel(self):
        """Ask it to stop: it does so at its next block of cells."""
        self.stopped.set()


class Lane:
    """One thread that does one job after the other; a job is a function without arguments."""

    def __init__(self, name):
        self._jobs = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self):
        """Start to work."""
        self._thread.start()

    def add(self, job):
        """Queue *job*."""
        self._jobs.put(job)

    def _work(self):
        while True:
            _done(self._jobs.get())


class Newest:
    """One thread that serves pages in turn and keeps only the newest wish of each."""

    def __init__(self, name):
        self._wishes = OrderedDict()
        self._there_is_work = threading.Condition()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self):
        """Start to work."""
        self._thread.start()

    def add(self, who, job):
        """Replace what *who* is waiting for by *job*."""
        with self._there_is_work:
            self._wishes[who] = job
            self._there_is_work.notify()

    def _work(self):
        while True:
            with self._there_is_work:
                while not self._wishes:
                    self._there_is_work.wait()
                _, job = self._wishes.popitem(last=False)
            _done(job)


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
