"""What happens often and is drawn seldom."""

import time

import panel as pn


class Paced:
    """Does something soon after it is asked for, at most once in *patience* seconds."""

    def __init__(self, document, patience, act):
        self._document, self._patience, self._act = document, patience, act
        self._waiting, self._last = False, 0.0

    def ask(self):
        """Act soon; may be called from worker threads."""
        if not self._waiting:
            self._waiting = True
            self._document.add_next_tick_callback(self._look)

    def _look(self):
        wait = self._last + self._patience - time.monotonic()
        if wait > 0:
            self._document.add_timeout_callback(self._look, int(1000 * wait) + 1)
            return
        self._waiting, self._last = False, time.monotonic()
        with pn.io.hold():
            self._act()
