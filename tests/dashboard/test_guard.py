"""What strangers may do: headers, passwords, prefix, and a room that is full."""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace as Some

import pytest

from dashboard import guard
from dashboard.guard import HOME, Guard, Room
from dashboard.vitals import health, metrics
from tests.dashboard.conftest import until

ROOT = Path(__file__).parents[2]


def test_nobody_else_may_show_the_page_in_a_frame_unless_told():
    policy = HOME.headers()["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy.split("; ")
    other = HOME._replace(ancestors="https://example.org").headers()["Content-Security-Policy"]
    assert "frame-ancestors https://example.org" in other.split("; ")


def test_nothing_is_loaded_from_elsewhere():
    policy = HOME.headers()["Content-Security-Policy"]
    assert not re.search(r"https?:|\*", policy)
    assert "default-src 'self'" in policy


def test_who_waits_is_counted_until_there_is_a_place():
    room = Room(2)
    room.enter("a")
    room.enter("b")
    assert room.full
    assert [room.wait(who) for who in "cdc"] == [1, 2, 1]
    room.leave("a")
    assert not room.full
    room.enter("c")
    assert room.wait("d") == 1
    room.leave("d")
    assert room.wait("e") == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"ann": 3}', '{"ann": ""}', '"secret"'])
def test_a_file_of_passwords_must_be_one_and_is_not_repeated(tmp_path, text):
    file = tmp_path / "passwords.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=re.escape(str(file))) as fault:
        guard.passwords(file)
    assert "secret" not in str(fault.value)


def test_health_fails_with_a_climate():
    well = Some(climates={1: Some(name="RCP8.5, A", failed="")}, ready=1)
    ill = Some(climates={1: Some(name="RCP8.5, A", failed="no heat")}, ready=1)
    assert health(well) == (
        200, {"status": "ok", "ready": 1, "climates": 1, "failed": []}
    )  # fmt: skip
    status, said = health(ill)
    assert (status, said["failed"]) == (503, ["RCP8.5, A"])


def test_metrics_are_lines_that_prometheus_reads():
    busy = Some(name="cells", waiting=2, done=21, took=list(range(21)))
    idle = Some(name="what-ifs", waiting=0, done=0, took=[])
    library = Some(lanes=[busy, idle], answers={"store": 3}, ready=8)
    text = metrics(library, 5, 7)
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert all(re.fullmatch(r"permafrost_carbon_\w+(\{[^}]*\})?", name) for name in found)
    assert found["permafrost_carbon_sessions"] == "5"
    assert found["permafrost_carbon_pages"] == "7"
    assert found['permafrost_carbon_waiting{lane="cells"}'] == "2"
    assert found['permafrost_carbon_job_seconds{lane="cells",quantile="0.5"}'] == "10"
    assert found['permafrost_carbon_job_seconds{lane="cells",quantile="0.95"}'] == "19"
    assert 'permafrost_carbon_job_seconds{lane="what-ifs",quantile="0.5"}' not in found


# --- a server of its own ---------------------------------------------------------------------


@contextmanager
def served(port, folder, **kept):
    code = (
        "import sys, data; from dashboard import app; from dashboard.guard import Guard;"
        "app.Shared.region = data.region(0.5).isel(cell=slice(None, None, 60));"
        f"app.serve({port}, folder=sys.argv[1], guard=Guard(**{kept!r}))"
    )
    server = subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def answer(address, patience=120.0):
    """Return status, headers and text of an address, once somebody answers."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(address, timeout=patience) as found:
                return found.status, found.headers, found.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.headers, fault.read().decode()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_a_page_behind_a_prefix_tells_its_health_there(port, tmp_path):
    with served(port, tmp_path, prefix="/carbon") as address:
        status, headers, text = answer(f"{address}/carbon/healthz")
        assert (status, json.loads(text)["status"]) == (200, "ok")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert answer(f"{address}/healthz")[0] == 404
        assert "permafrost_carbon_sessions 0" in answer(f"{address}/carbon/metrics")[2]
        status, headers, text = answer(f"{address}/carbon/")
        assert status == 200
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
        assert "Permafrost Carbon" in text


@pytest.mark.parametrize("prefix", ["/carbon", "carbon", "/carbon/"])
def test_the_path_of_a_page_has_its_prefix_once(prefix):
    assert Guard(prefix=prefix).path == "/carbon/"
    assert HOME.path == "/"


def test_links_that_leave_a_page_behind_a_prefix_lead_back_to_it(browser, port, tmp_path):
    with served(port, tmp_path, prefix="/carbon") as address:
        answer(f"{address}/carbon/healthz")
        page = browser.new_page()
        page.goto(f"{address}/carbon/?year=2050")
        page.get_by_text("by 2050").first.wait_for(timeout=120_000)
        page.get_by_role("button", name="Take away").click()
        made = page.locator(".receipt").first
        made.wait_for()
        assert f"export --link '{address}/carbon/?year=2050'" in made.inner_text()
        page.close()


def test_a_password_is_asked_for(port, tmp_path):
    with served(port, tmp_path, passwords={"ann": "ice"}) as address:
        _, _, text = answer(f"{address}/")
        assert "password" in text.lower()
        assert '"token"' not in text


def test_who_comes_when_all_places_are_taken_waits_and_comes_in_alone(browser, port, tmp_path):
    with served(port, tmp_path, sessions=1) as address:
        answer(f"{address}/healthz")
        first, second = browser.new_page(), browser.new_page()
        first.goto(address)
        until(lambda: "permafrost_carbon_sessions 1" in answer(f"{address}/metrics")[2])
        second.goto(f"{address}/?year=2050")
        second.get_by_text("You are number 1 of those that wait").wait_for(timeout=60_000)
        first.close()
        second.get_by_text("by 2050").first.wait_for(timeout=120_000)
        second.close()
