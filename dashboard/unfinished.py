"""The part-finished result of a run in several processes, beside the place where it will stand.

A folder NAME.unfinished holds what is run (run.json), a file for each finished block with what it
came to (blocks/), the numbers (result.zarr), and who works on it (lock). The same command goes on
from the finished blocks.
"""

import json
import os
import shutil
import socket
from contextlib import contextmanager
from pathlib import Path

import psutil

from data.store import replacing, take_place

ENDING = ".unfinished"
RUN, BLOCKS, RESULT, LOCK = "run.json", "blocks", "result.zarr", "lock"
NAMED = 5  # differences that a message names


class Unfinished:
    """What there is of the result that will stand at *out*."""

    def __init__(self, out):
        self.out = Path(out).resolve()  # where a link leads is replaced, not the link
        self.folder = self.out.with_suffix(ENDING)
        self.result = self.folder / RESULT

    def finished(self) -> dict[int, dict]:
        """Return what each finished block came to, by number."""
        files = (self.folder / BLOCKS).glob("*.json")
        return {int(file.stem): json.loads(file.read_text("utf-8")) for file in files}

    def keep(self, number: int, status: dict) -> None:
        """Note that a block is finished; its numbers must have been written."""
        with replacing(self.folder / BLOCKS / f"{number}.json") as temporary:
            temporary.write_text(json.dumps(status), "utf-8")

    def complete(self) -> None:
        """Put the result in its place; nothing else remains."""
        take_place(self.result, self.out)
        self.forget()

    def forget(self) -> None:
        """Leave nothing."""
        shutil.rmtree(self.folder)


@contextmanager
def unfinished(out, run: dict, line: str):
    """Give the `Unfinished` result of a *run* at *out*, which nobody else works on meanwhile.

    What has no finished block in the end leaves nothing.

    Parameters
    ----------
    out : where the whole result will stand
    run : all that the result depends on, as JSON can hold it
    line : the command line, to name it to others

    Raises ValueError if what is there belongs to another run, BlockingIOError while another
    process works on it, OSError where the folder cannot be written.
    """
    work = Unfinished(out)
    _check_ours(work.folder)
    work.folder.mkdir(exist_ok=True)
    with _locked(work.folder / LOCK):
        _take_up(work, json.loads(json.dumps(run)), line)
        try:
            yield work
        finally:
            if work.folder.exists() and not work.finished():
                work.forget()


def _check_ours(folder) -> None:
    there = {path.name for path in folder.iterdir()} if folder.exists() else {LOCK}
    if RUN not in there and there - {LOCK}:
        raise PermissionError(f"{folder}: what lies there is no part-finished run; move it away")


def _take_up(work, run, line) -> None:
    """Begin, or make sure that what is there is the same run."""
    path = work.folder / RUN
    if work.finished():
        begun = json.loads(path.read_text("utf-8"))
        differing = sorted(_differing(begun["run"], run))
        if differing:
            more = ", …" if len(differing) > NAMED else ""
            raise ValueError(
                f"{work.folder}: holds the part-finished result of another run, `{begun['line']}` "
                f"(different: {', '.join(differing[:NAMED])}{more}). Give that command to finish "
                "it, another --out, or delete the folder"
            )
    (work.folder / BLOCKS).mkdir(exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps({"line": line, "run": run}, indent=1), "utf-8")


def _differing(one, other, name=""):
    """Yield the names of what differs between two trees."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            inner = f"{name} {key}".strip()
            yield from _differing(one.get(key), other.get(key), inner)
    elif one != other:
        yield name


# --- one at a time ---------------------------------------------------------------------------


@contextmanager
def _locked(path):
    """Hold the lock at *path*; that of a process of this machine that has ended is taken over."""
    me = {"host": socket.gethostname(), "process": os.getpid(), "since": _began(os.getpid())}
    if not _created(path, me):
        _check_left(path)
        path.unlink(missing_ok=True)
        if not _created(path, me):
            raise BlockingIOError(f"{path.parent}: another process has just begun to write there")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # with the folder, once all is finished


def _created(path, me) -> bool:
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(me, file)
    except FileExistsError:
        return False
    return True


def _check_left(path) -> None:
    """Raise BlockingIOError unless whoever made the lock at *path* has ended."""
    try:
        other = json.loads(path.read_text("utf-8"))
        host, process, since = (other[key] for key in ("host", "process", "since"))
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):  # its maker died while writing it, or is about to
        host, process, since = "an unknown machine", "unknown", None
    if host == socket.gethostname() and _began(process) != since:
        return
    raise BlockingIOError(
        f"{path.parent}: process {process} on {host} is writing this result. If it has ended, "
        f"delete {path}"
    )


def _began(process: int) -> float | None:
    """Return when a process of this machine began; None if there is none of that number."""
    try:
        return psutil.Process(process).create_time()
    except psutil.NoSuchProcess:
        return None
