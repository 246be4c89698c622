"""The scorecard for all open pages: worked out once, when the first page asks for it."""

from dashboard.once import Once
from dashboard.scorecard import scorecard


class Verdicts(Once):
    """The rows of `scorecard` for the results of a `runs.Library`."""

    def __init__(self, library):
        super().__init__("scorecard", lambda: scorecard(library.region, store=library.store))
