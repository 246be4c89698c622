"""Work that all open pages share: done once, when the first page asks for it."""

import threading

from dashboard.lanes import quietly


class Once:
    """What *work*() returns, worked out in the background; what failed is tried again."""

    def __init__(self, name, work):
        self._name, self._do, self._found = name, work, None
        self._lock, self._waiting = threading.Lock(), []  # who is told when the work ends

    @property
    def found(self):
        """What was worked out; None before, and after a failure (the log says why)."""
        return self._found

    def ask(self, callback):
        """Call *callback* (from a worker thread) once it is there, or has failed."""
        with self._lock:
            self._waiting.append(callback)
            if len(self._waiting) > 1:  # the work is going on
                return
        # a daemon, so that whoever ends the server need not wait for it
        threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self):
        if self._found is None:
            quietly(self._keep)
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()

    def _keep(self):
        self._found = self._do()
