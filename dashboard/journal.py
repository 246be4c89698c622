"""The log of the server: each run, visit and fault is a line, as text or as JSON.

A fault has a number. Whoever meets it is told that number and no more; beside it in the log stands
the traceback. What has been named a secret, and whatever follows the question mark of an address,
is never written.
"""

import json
import linecache
import logging
import re
import secrets
import sys
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from dashboard.lanes import CANCELLED
from dashboard.language import N_, Fault, Later, kept
from tem import Cancelled

log = logging.getLogger(__name__)

OURS = ("dashboard", "data", "tem")  # packages whose runs and visits are told
WORDED = ("dashboard.", "tem.")  # modules whose ValueErrors are words for visitors, without paths
DIGITS = 4  # bytes of a number
UNEXPECTED = N_(
    "Something went wrong on the server; what you see stays as it was. Whoever runs it finds error "
    "{number} in its log."
)
REFUSED = N_("{reason} (error {number} in the log of the server)")
QUERY = re.compile(r"\?[^\s'\"()<>]+")
HIDDEN = "…"

_secret: set[str] = set()
_run: ContextVar[str] = ContextVar("run", default="")


# --- faults --------------------------------------------------------------------------------------


def number(fault: BaseException) -> str:
    """Return the number of a *fault*: the same one wherever it is told or logged."""
    return vars(fault).setdefault("number_in_log", secrets.token_hex(DIGITS))


def worded(fault: BaseException) -> bool:
    """Return whether *fault* is a refusal in words of ours, and not a fault of the program."""
    if isinstance(fault, Fault):
        return True
    at = fault.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    if at is None or type(fault) is not ValueError:
        return False
    line = linecache.getline(at.tb_frame.f_code.co_filename, at.tb_lineno).lstrip()
    where = at.tb_frame.f_globals.get("__name__", "")
    return where.startswith(WORDED) and line.startswith("raise")  # not by a library


def shown(fault: BaseException) -> str:
    """Return what a visitor is told of a *fault*: words of ours, or its number."""
    if worded(fault):
        return kept(fault)
    if isinstance(fault, OSError) and fault.strerror:  # which tells no path, but what to do
        return Later(REFUSED, reason=fault.strerror, number=number(fault))
    return Later(UNEXPECTED, number=number(fault))


# --- runs ----------------------------------------------------------------------------------------


def attempt(of: logging.Logger, what: str, work, **where) -> tuple[object, str]:
    """Return what *work*() returns, and why it returned nothing; tell in one line how it went.

    Lines that are logged meanwhile in this thread carry the same run id. *where*: what the run is
    about. The reason is `CANCELLED`, or what a visitor may read.
    """
    answer, failed, fault = None, "", None
    with _numbered():
        begun = time.perf_counter()
        try:
            answer = work()
        except Cancelled:
            failed = CANCELLED
        except Exception as caught:  # noqa: BLE001 - told below, with its traceback
            failed, fault = shown(caught), caught
        said = where | {"seconds": round(time.perf_counter() - begun, 3)}
        if fault is None:
            of.info("%s: %s", what, failed or "done", extra=told(**said))
        elif worded(fault):
            of.info("%s: refused: %s", what, fault, extra=told(**said))
        else:
            of.error("%s: failed", what, exc_info=fault, extra=told(**said))
    return answer, failed


@contextmanager
def _numbered():
    before = _run.set(secrets.token_hex(DIGITS))
    try:
        yield
    finally:
        _run.reset(before)


def told(**said) -> dict:
    """Return *said* as what a line of the log says beside its words (`extra` of `logging`)."""
    return {"told": said}


# --- lines ---------------------------------------------------------------------------------------


def hide(*words: str):
    """Never write any of *words*."""
    _secret.update(filter(None, words))


def _masked(text: str) -> str:
    for word in sorted(_secret, key=len, reverse=True):
        text = text.replace(word, HIDDEN)
    return QUERY.sub(f"?{HIDDEN}", text)


def parts(record: logging.LogRecord) -> dict:
    """Return what a line says, by name; without secrets."""
    said = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _masked(record.getMessage()),
        "run": _run.get(),
    }
    said |= {name: _plain(value) for name, value in getattr(record, "told", {}).items()}
    if record.exc_info and record.exc_info[1] is not None:
        said["error"] = number(record.exc_info[1])
        said["traceback"] = _masked(logging.Formatter().formatException(record.exc_info))
    return {name: value for name, value in said.items() if value not in ("", None)}


def _plain(value):
    return value if isinstance(value, int | float) else _masked(str(value))


class AsJson(logging.Formatter):
    """A line is a JSON object."""

    def format(self, record):
        """Return the line."""
        return json.dumps(parts(record), ensure_ascii=False)


class AsText(logging.Formatter):
    """A line is for people; a traceback follows, indented."""

    def format(self, record):
        """Return the line."""
        said = parts(record)
        head = " ".join(said.pop(name) for name in ("time", "level", "logger"))
        message, traceback = said.pop("message"), said.pop("traceback", "")
        rest = "".join(f" {name}={value}" for name, value in said.items())
        return f"{head} {message}{rest}" + "".join(f"\n  {x}" for x in traceback.splitlines())


FORMS = {"text": AsText, "json": AsJson}


def begin(form="text", stream=None):
    """Write the log of this process to *stream* (default: stderr) in one of `FORMS`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(FORMS[form]())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    threading.excepthook = _thread_ended


def _thread_ended(found):
    log.error("A thread has ended", exc_info=(found.exc_type, found.exc_value, found.exc_traceback))
