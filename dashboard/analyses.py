"""Answers to `questions`, for all open pages: one lane works on them, answers are kept.

No Panel here.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dashboard.journal import attempt
from dashboard.lanes import Lane, Task, quietly
from tem.blocks import part_of

log = logging.getLogger(__name__)

KEPT = 64  # answers
PACES = {  # s a run takes, and each cell in it
    "cells": (1e-2, 1e-3),
    "climates": (3e-2, 2e-3),  # where an environment is worked out before several runs
    "warming": (0.1, 2e-2),  # where one is before each
}
GUESSED = (1, 100)  # cells of runs that are guessed
GUESS = 0.01  # weight of a guess beside what is measured


@dataclass
class Study(Task):
    """A question, and how far its answer is."""

    question: object
    changed: Callable = lambda _study: None
    partial: object = None  # what is there of the answer
    answer: object = None
    seconds: float = 0.0  # that the answer took

    @property
    def shown(self):
        """What there is to show."""
        return self.answer or self.partial

    @property
    def running(self):
        """Whether more is to come."""
        return self.answer is None and not self.failed

    def show(self, partial):
        """Take what there is of the answer."""
        self.partial = partial
        self.changed(self)

    def part(self, number, of):
        """Return what hears how far a part of the work is."""

        def progress(fraction):
            self.fraction = fraction
            self.changed(self)

        return part_of(progress, number, of)


class Pace:
    """How long a run takes: some time whatever its cells, and some for each."""

    def __init__(self, run, cell):
        self._guessed = self._times = run, cell  # s
        self._measured = {}  # s, by cells

    def seconds(self, cells) -> float:
        """Return how long a run of so many cells will take."""
        run, cell = self._times
        return run + cells * cell

    def learn(self, cells, seconds):
        """Take in how long a run has taken.

        What runs of one size leave open stays as guessed, on a computer as fast as measured.
        """
        from scipy.optimize import nnls

        self._measured[cells] = seconds
        run, cell = self._guessed
        faster = np.median([took / (run + n * cell) for n, took in self._measured.items()])
        guessed = [(GUESS, n, faster * (run + n * cell)) for n in GUESSED]
        points = [*guessed, *((1.0, *point) for point in self._measured.items())]
        weight, counts, took = np.array(points).T
        rows = (weight / took)[:, None] * np.stack([np.ones_like(counts), counts], axis=1)
        self._times = nnls(rows, weight)[0].tolist()  # of relative errors


class Analyses:
    """All answers, and the lane in which they are worked out."""

    def __init__(self, library):
        self._library = library
        self._lane, self._started = Lane("analyses"), False
        self._lock = threading.Lock()
        self._kept = OrderedDict()
        self._paces = {kind: Pace(*times) for kind, times in PACES.items()}

    def known(self, question) -> Study | None:
        """Return the finished study of a question, if there is one."""
        return self._kept.get(question)

    def seconds(self, question) -> float:
        """Return how long an answer will take, judged by earlier ones."""
        runs, cells = question.size(self._library)
        return runs * self._paces[question.pace].seconds(cells)

    def ask(self, question, changed) -> Study:
        """Have a question answered; *changed* is called with the study, from a worker."""
        known = self.known(question)
        if known is not None:
            return known
        with self._lock:
            if not self._started:
                self._lane.start()
                self._started = True
        study = Study(question, changed)
        self._lane.add(lambda: quietly(lambda: self._work(study)))
        return study

    def _work(self, study):
        study.waiting, started = False, time.perf_counter()
        known = self.known(study.question)
        answer, study.failed = attempt(
            log, "Analysis",
            lambda: known.answer if known else study.question.answer(self._library, study),
            question=type(study.question).__name__,
        )  # fmt: skip
        if not study.failed:
            study.seconds = known.seconds if known else time.perf_counter() - started
            study.answer, study.fraction = answer, 1.0
            self._keep(study)
        study.changed(study)
        study.changed = lambda _study: None  # the page that asked may go

    def _keep(self, study):
        runs, cells = study.question.size(self._library)
        self._paces[study.question.pace].learn(cells, study.seconds / runs)
        self._kept[study.question] = study
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
