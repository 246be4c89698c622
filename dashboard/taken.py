"""Files on their way to visitors: written one after the other, kept until the visitor leaves."""

import logging
import secrets
import shutil
from pathlib import Path
from tempfile import mkdtemp

from dashboard.journal import attempt
from dashboard.lanes import Lane

log = logging.getLogger(__name__)


class Taken:
    """The files of all pages of this process, below one folder that the server shows."""

    def __init__(self):
        self.folder, self._lane = Path(mkdtemp(prefix="permafrost-carbon-")), Lane("take away")
        self._lane.start()

    def ask(self, write, name: str, done) -> Path:
        """Let *write*(path) write a file of this *name*; return the folder that it will be in.

        *done* is called from a worker with where the file is below the folder that is shown, or
        None, and a fault in plain words. A name that nobody can guess keeps files apart.
        """
        folder = self.folder / secrets.token_urlsafe(16)
        self._lane.add(lambda: done(*self._written(write, folder / name)))
        return folder

    def _written(self, write, path):
        _, failed = attempt(log, "File", lambda: _put(write, path), ending=path.suffix)
        if failed:
            shutil.rmtree(path.parent, ignore_errors=True)
            return None, failed
        return path.relative_to(self.folder), ""

    def forget(self, folder: Path):
        """Remove what one visitor has taken."""
        shutil.rmtree(folder, ignore_errors=True)

    def end(self):
        """Remove all."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _put(write, path):
    path.parent.mkdir()
    write(path)
