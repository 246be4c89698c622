"""What the log says, what it never says, and what a visitor learns of a fault."""

import io
import json
import logging
import re

import pytest

from dashboard import journal
from dashboard.language import Fault
from tem import Cancelled, edited

SECRET = "ice & snow"  # noqa: S105 - of nobody


@pytest.fixture
def lines(monkeypatch):
    """The lines of a log as JSON, as they are written."""
    monkeypatch.setattr(journal, "_secret", set())
    stream, log = io.StringIO(), logging.getLogger("dashboard.tried")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(journal.AsJson())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    log.removeHandler(handler)


log = logging.getLogger("dashboard.tried")


def test_a_run_is_one_line_with_an_id_that_others_of_it_carry(lines):
    def work():
        log.warning("on the way")
        return 7

    assert journal.attempt(log, "Run", work, rcp="rcp45", cell=3) == (7, "")
    assert journal.attempt(log, "Run", work)[0] == 7
    first, done, second, _ = lines()
    assert (done["message"], done["rcp"], done["cell"]) == ("Run: done", "rcp45", 3)
    assert first["run"] == done["run"] != second["run"]
    assert done["seconds"] >= 0


def test_a_fault_is_shown_by_a_number_that_stands_in_the_log_with_its_traceback(lines):
    answer, said = journal.attempt(log, "Run", lambda: 1 / 0)
    (line,) = lines()
    assert answer is None
    assert re.search(r"\berror [0-9a-f]{8}\b", said)[0].split()[1] == line["error"]
    assert "ZeroDivisionError" in line["traceback"]
    assert __file__ in line["traceback"]
    assert "Traceback" not in said
    assert "division" not in said
    assert "/" not in said


def test_a_refusal_of_ours_is_told_in_its_words_and_has_no_traceback(lines):
    def refuse():
        raise Fault("{what} is too deep", what="The thaw")

    assert journal.attempt(log, "Run", refuse)[1] == "The thaw is too deep"
    said = journal.attempt(log, "Run", lambda: edited(["kd=9"]))[1]
    assert "lies outside" in said
    assert not any("traceback" in line for line in lines())


def test_a_value_error_of_a_library_is_no_refusal(lines):
    said = journal.attempt(log, "Run", lambda: int("/home/ann/keys"))[1]
    assert "ann" not in said
    assert lines()[0]["error"] in said


def test_a_disk_that_refuses_is_told_without_its_path(lines):
    def full():
        raise OSError(28, "No space left on device", "/home/ann/keys")

    said = journal.attempt(log, "Run", full)[1]
    assert "No space left on device" in said
    assert "ann" not in said
    assert lines()[0]["error"] in said


def test_what_was_cancelled_is_no_fault(lines):
    def stop():
        raise Cancelled

    assert journal.attempt(log, "Run", stop) == (None, "cancelled")
    assert lines()[0]["level"] == "INFO"


@pytest.mark.parametrize("form", journal.FORMS.values())
def test_secrets_and_queries_are_never_written(form, monkeypatch):
    monkeypatch.setattr(journal, "_secret", set())
    journal.hide(SECRET, "")
    fault = RuntimeError(f"no entry for {SECRET!r}")
    wrong = (type(fault), fault, None)
    words = "403 POST /login?password=%s&next=/ (127.0.0.1) %s"
    record = logging.LogRecord("x", 40, "f", 1, words, ("hunter2", SECRET), wrong)
    record.told = {"name": f"ann {SECRET}"}
    line = form().format(record)
    assert SECRET not in line
    assert "hunter2" not in line
    assert "/login?…" in line


def test_a_line_for_people_begins_with_time_and_level_and_ends_with_a_traceback():
    record = logging.LogRecord("dashboard.x", 20, "f", 1, "Run: done", (), None)
    record.told = {"rcp": "rcp45"}
    line = journal.AsText().format(record)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\S+ INFO dashboard\.x Run: done rcp=rcp45", line)
