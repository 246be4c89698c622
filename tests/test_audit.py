"""The audit fails on what can be mended, and never passes in silence what it has not looked at."""

import subprocess

import pytest

from tests import audit


def answer(**package):
    return {"dependencies": [{"name": "ice", "version": "1.0"} | package]}


@pytest.mark.parametrize(
    ("package", "mendable", "words"),
    [
        ({"vulns": []}, False, "No known holes"),
        ({"vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}, True, "ice 1.0: CVE-1, mended in"),
        ({"vulns": [{"id": "CVE-1", "fix_versions": []}]}, False, "CVE-1, no fix"),
        ({"skip_reason": "not found"}, False, "*** NOT CHECKED: 1 of 1 packages"),
    ],
)
def test_what_is_said_and_what_fails(package, mendable, words):
    (line,), found = audit.judged(answer(**package))
    assert found is mendable
    assert words in line


@pytest.mark.parametrize("how", ["slow", "missing"])
def test_an_audit_that_cannot_be_made_says_so_and_fails_nobody(how, monkeypatch, capsys):
    def run(command, **_choices):
        if how == "slow":
            raise subprocess.TimeoutExpired(command, 1)
        return subprocess.CompletedProcess(command, 1, "", "No module named pip_audit")

    monkeypatch.setattr(audit.subprocess, "run", run)
    assert audit.main() == 0
    assert "*** NOT CHECKED" in capsys.readouterr().out
