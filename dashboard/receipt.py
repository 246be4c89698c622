"""What a result, a file or a figure was made of, and the command line that makes it again."""

import json
import shlex
from importlib.metadata import version
from typing import NamedTuple

import tem
from dashboard import domain
from dashboard.commands import ALL, PROGRAM
from dashboard.state import ENSEMBLE
from data.described import DOI
from data.figures import PAPER
from data.store import source_hash

PACKAGES = (PROGRAM, "numpy", "numba", "xarray")
USUAL = 0.5  # degrees, cells of the command line unless another width is asked for


def provenance(change, *, table=None) -> dict:
    """Return the attributes by which what a `Change` brings can be made again.

    *table*: what a `parameter_table.Table` says of itself, or None.
    """
    return {
        "edits": json.dumps(change.edits),
        "since": change.since,
        "climate_offsets": json.dumps(change.offsets._asdict()),
        "parameter_table": json.dumps(table),
        "model_source_hash": tem.source_hash,
        "data_source_hash": source_hash(),
        "versions": json.dumps({name: version(name) for name in PACKAGES}),
    }


class Receipt(NamedTuple):
    """Where a view can be seen again, and the command line that gives its file."""

    link: str
    command: str

    def said(self, state) -> dict:
        """Return both as attributes, with what the view of *state* was made of."""
        return provenance(state.change) | {
            "share_link": self.link,
            "receipt": self.command,
            "history": self.command,
            "references": f"{PAPER}, {DOI}",
        }


def of_view(link: str, step: float, name: str, *choices) -> Receipt:
    """Return the receipt of what a *link* shows, as the file *name*.

    *step*: width of the cells in degrees; *choices*: further words of the command.
    """
    words = [PROGRAM, "export", "--link", link, *_width(step), *choices, "--out", name]
    return Receipt(link, shlex.join(words))


def of_opened(link: str, path) -> Receipt:
    """Return the receipt of a view of the finished run in a file."""
    return Receipt(link, shlex.join([PROGRAM, "serve", "--open", str(path)]))


def of_run(link: str, step: float, name: str, state) -> Receipt:
    """Return the receipt of all that *state* was worked out from, as the file *name*."""
    words = [PROGRAM, "run", "--rcp", state.rcp]
    words += ["--gcm", ALL if state.gcm == ENSEMBLE else state.gcm, *_width(step)]
    for edit in state.edits:
        words += ["--set", edit]
    if state.edits:
        words += ["--since", state.since]
    for part in state.change.parts[len(state.edits) :]:
        words += ["--offset", part]
    return Receipt(link, shlex.join([*words, "--out", name]))


def _width(step: float) -> list[str]:
    """Return the words that ask for the same cells."""
    if not domain.is_embedded():
        return domain.words()
    return [] if step == USUAL else ["--resolution", f"{step:g}"]
