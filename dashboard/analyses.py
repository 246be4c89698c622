"""Answers to `questions`, for all open pages: one lane works on them, answers are kept.

No Panel here.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import tem
from dashboard.lanes import CANCELLED, Lane, Task, quietly
from tem.blocks import part_of

log = logging.getLogger(__name__)

KEPT = 64  # answers
PACE = {"cell": 1e-3, "warming": 3e-2}  # s a cell takes in a run, until one has been measured


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


class Analyses:
    """All answers, and the lane in which they are worked out."""

    def __init__(self, library):
        self._library = library
        self._lane, self._started = Lane("analyses"), False
        self._lock = threading.Lock()
        self._kept = OrderedDict()
        self._paces = dict(PACE)

    def known(self, question) -> Study | None:
        """Return the finished study of a question, if there is one."""
        return self._kept.get(question)

    def seconds(self, question) -> float:
        """Return how long an answer will take, judged by earlier ones."""
        runs, cells = question.size(self._library)
        return runs * cells * self._paces[_kind(question)]

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
        study.waiting, started = False, time.monotonic()
        known = self.known(study.question)
        try:
            answer = known.answer if known else study.question.answer(self._library, study)
        except tem.Cancelled:
            study.failed = CANCELLED
        except Exception as fault:
            log.exception("An analysis failed")
            study.failed = str(fault)
        else:
            study.seconds = known.seconds if known else time.monotonic() - started
            study.answer, study.fraction = answer, 1.0
            self._keep(study)
        study.changed(study)
        study.changed = lambda _study: None  # the page that asked may go

    def _keep(self, study):
        runs, cells = study.question.size(self._library)
        self._paces[_kind(study.question)] = study.seconds / (runs * cells)
        self._kept[study.question] = study
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _kind(question) -> str:
    span = getattr(question, "span", None)
    return "warming" if span is not None and span.name == "warming" else "cell"
