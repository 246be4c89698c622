"""The scorecard for all open pages: worked out once, when the first page asks for it."""

import threading

from dashboard.lanes import quietly
from dashboard.scorecard import scorecard


class Verdicts:
    """The rows of `scorecard` for the results of a `runs.Library`."""

    def __init__(self, library):
        self._library, self._rows = library, None
        self._lock, self._waiting = threading.Lock(), []  # who is told when the work ends

    @property
    def rows(self) -> list[dict] | None:
        """The rows, once they are there."""
        return self._rows

    def ask(self, callback):
        """Call *callback* (from a worker thread) once the rows are there, or have failed.

        What failed is tried again.
        """
        with self._lock:
            self._waiting.append(callback)
            if len(self._waiting) > 1:  # the work is going on
                return
        # a daemon, so that whoever ends the server need not wait for it
        threading.Thread(target=self._work, name="scorecard", daemon=True).start()

    def _work(self):
        found = []
        if self._rows is None:
            quietly(
                lambda: found.extend(scorecard(self._library.region, store=self._library.store))
            )
        with self._lock:
            self._rows = self._rows or found or None  # None: the log says why
            waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()
