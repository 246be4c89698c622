"""A fault of the program on a real server: the visitor learns its number, the log has the rest."""

import asyncio
import http.client
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from benchmarks.visitor import RefusedError, Visitor, _event, changed
from tests.dashboard.conftest import apart, free_port, until

PLANTED = Path(__file__).with_name("planted.py")
PATIENCE = 120.0  # s
LEAK = re.compile(r"Traceback|PlantedError|/home|\.py\b|a tree of")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server with faults in it, and what reads its log."""
    folder, port = tmp_path_factory.mktemp("planted"), free_port()
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, PLANTED, str(port), str(folder)], stderr=log, stdout=log,
            cwd=PLANTED.parents[2],
        )  # fmt: skip

        def lines():
            written = (folder / "log").read_text().splitlines()
            return [json.loads(line) for line in written if line.startswith("{")]

        yield f"http://127.0.0.1:{port}", lines
        server.kill()
        server.wait()


async def opened(address):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await Visitor.opened(address)
        except (RefusedError, OSError):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.3)


def numbers(text):
    """Return the numbers of faults that a text tells."""
    return re.findall(r"error ([0-9a-f]{8})", text, re.IGNORECASE)


def logged(lines, number):
    """Return the line that has this number, once it is there."""
    deadline = time.monotonic() + 10
    while True:
        found = [line for line in lines() if line.get("error") == number]
        if found:
            return found[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def said_after(address, act):
    """Return what the page complains of after *act*(visitor), and what Bokeh itself told."""

    async def one():
        visitor = await opened(address)
        await act(visitor)
        await visitor.until(lambda page: numbers(page.text("message")), PATIENCE)
        said = visitor.text("message"), " ".join(visitor.faults)
        await visitor.close()
        return said

    return apart(asyncio.run, one())


@pytest.mark.parametrize("which", ["tap", "next tick, later, again and again"])
def test_a_fault_of_a_page_is_told_by_its_number(server, which):
    address, lines = server

    async def act(visitor):
        if which == "tap":
            figure = next(m for m in visitor._by_id.values() if m["id"].startswith("map"))
            place = [["sx", 0], ["sy", 0], ["x", 92.0], ["y", 34.0]]
            more = [["modifiers", {"type": "map", "entries": []}]]
            at = [["model", {"id": figure["id"]}], *place, *more]
            await visitor._send(_event("tap", at))
        else:
            await visitor.choose("Ecosystem", "Steppe", tells="message")

    message, faults = said_after(address, act)
    assert not LEAK.search(message + faults)
    line = logged(lines, numbers(message)[0])
    assert "PlantedError" in line["traceback"]
    assert line["visit"]


def test_every_way_of_doing_something_later_is_watched(server):
    _, lines = server

    def told():
        return [line for line in lines() if "PlantedError" in line.get("traceback", "")]

    until(lambda: len(told()) > 3)  # what comes again and again among them
    assert any("in fail_later" in line["traceback"] for line in told())
    assert not [line for line in lines() if "Exception in callback" in line["message"]]
    assert not [line for line in lines() if "Error thrown" in line["message"]]


def test_a_message_that_bokeh_cannot_follow_is_answered_by_a_number(server):
    address, lines = server

    async def one():
        visitor = await opened(address)
        await visitor._send(changed("p0", "x", 1))
        await asyncio.sleep(0.5)
        return visitor.faults

    (said,) = apart(asyncio.run, one())
    assert not LEAK.search(said)
    assert "traceback" in logged(lines, numbers(said)[0])


def test_an_address_that_fails_is_answered_by_a_number(server):
    address, lines = server
    apart(asyncio.run, opened(address))
    with pytest.raises(urllib.error.HTTPError) as fault:
        urllib.request.urlopen(f"{address}/healthz?password=hunter2", timeout=60)
    said = fault.value.read().decode()
    assert fault.value.code == 500
    assert not LEAK.search(said)
    assert "PlantedError" in logged(lines, numbers(said)[0])["traceback"]
    assert "hunter2" not in json.dumps(lines())


@pytest.mark.parametrize(("headers", "status"), [({}, 400), ({"Origin": "http://a.org"}, 200)])
def test_who_asks_before_embedding_and_names_no_origin_is_refused(server, headers, status):
    address, _ = server
    apart(asyncio.run, opened(address))
    asked = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    asked.request("OPTIONS", "/autoload.js", headers=headers)
    assert asked.getresponse().status == status
    asked.close()


def test_visits_and_runs_are_told(server):
    _, lines = server
    told = {line["message"] for line in lines()}
    assert {"Visit begins", "Climate: done"} <= told
    assert all(line["run"] for line in lines() if line["message"] == "Climate: done")
