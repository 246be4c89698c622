"""The scorecard for all open pages: worked out once, when the first page asks for it."""

import logging
import threading

from dashboard.lanes import quietly
from dashboard.scorecard import scorecard

log = logging.getLogger(__name__)


class Verdicts:
    """The rows of `scorecard` for the results of a `runs.Library`."""

    def __init__(self, library):
        self._library = library
        self._lock, self._begun, self._waiting = threading.Lock(), False, []
        self.rows, self.failed = None, ""

    def ask(self, callback):
        """Call *callback* (from a worker thread) once the rows are there, or have failed."""
        with self._lock:
            if self.rows is None and not self.failed:
                self._waiting.append(callback)
                begin, self._begun = not self._begun, True
            else:
                begin = None
        if begin is None:
            callback()
        elif begin:
            work = threading.Thread(target=quietly, args=[self._work], daemon=True)
            work.start()

    def _work(self):
        try:
            rows, failed = scorecard(self._library.region, store=self._library.store), ""
        except Exception as fault:
            log.exception("The scorecard could not be worked out")
            rows, failed = None, f"{type(fault).__name__}: {fault}"
        with self._lock:
            self.rows, self.failed = rows, failed
            waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()
