"""`make fuzz`: whatever can be said to the program is said wrongly; print how it was taken.

What is right is taken, what is wrong is refused in words of ours. Anything else is a fault: a
traceback, another kind of error, a number that is none in the model, a server that has gone.
Everything happens on this machine and in folders of its own.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import re
import string
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock
from urllib.parse import quote, urlencode

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

import data
import tem
from benchmarks.load import PATIENCE, READY, _first
from benchmarks.serving import served
from benchmarks.visitor import Visitor, changed
from dashboard import calibration, cli, commands, doorman, edits, headless, link, parameter_table
from dashboard.changes import NO_OFFSETS, OFFSETS, Change
from dashboard.grid import Grid
from dashboard.language import Fault
from dashboard.runs import Library
from dashboard.state import CHOICES, State
from data import example, recipe
from tem.experiment import SINCE
from tem.parameters import ECOSYSTEMS, FIELDS

HOME = Path(tem.__file__).parents[1]
FULL = 12_000  # cases, unless told otherwise
STEP = 80  # every so manieth cell is in the region
BEYOND = 20  # times a bound
SELDOM = 7  # so many are right beside one that is odd
LEAK = re.compile(r"Traceback|File \"|\.py\b|/home/|/usr/|/root/|site-packages")


@dataclass
class Tally:
    """What became of what was said to one surface."""

    surface: str
    tried: int = 0
    refused: int = 0
    faults: list = field(default_factory=list)

    def row(self) -> str:
        """Return it as a line of the table."""
        return f"{self.surface:<34}{self.tried:>8}{self.refused:>18}{len(self.faults):>8}"


def throughout(surface, cases, check, count) -> Tally:
    """Let *check* meet *count* of the *cases*; it returns whether one was refused in words."""
    tally = Tally(surface)

    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def meet(case):
        tally.tried += 1
        try:
            tally.refused += bool(check(case))
        except Exception:  # noqa: BLE001 - is what is looked for
            tally.faults.append(f"{case!r}\n{traceback.format_exc(limit=-3)}")

    meet()
    return tally


def in_words(fault) -> bool:
    """Return True if *fault* is a refusal in words; raise it otherwise."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    here = Path(last.filename).is_relative_to(HOME) and "site-packages" not in last.filename
    if not (here and last.line.startswith("raise")) or not str(fault) or LEAK.search(str(fault)):
        raise fault
    return True


# --- what is said --------------------------------------------------------------------------------

ODD = st.sampled_from([
    "", " ", "nan", "inf", "-inf", "1e999", "-0", "0", "1", "1_0", "½", "٣", "None", "true", "{}",
    "<script>alert(1)</script>", "../../etc/passwd", "%00", "{0.__class__}", "%s", "=", "*=", ",",
    "~", ";", "𐍈", "\u202e", "a" * 5000, "9" * 400, "-1", "0x10",
])  # fmt: skip
NUMBERS = st.floats().map(repr) | st.floats(-200, 200).map(lambda x: f"{x:.4g}")
WORDS = ODD | NUMBERS | st.text(max_size=20)
NAMED = [*FIELDS, *ECOSYSTEMS, *OFFSETS, *data.RCPS, *data.GCMS, *SINCE]


def mostly(right, odd=WORDS):
    """Return what is *right*, and once in a while what is *odd*."""
    return st.integers(0, SELDOM).flatmap(lambda k: right if k else odd)


def edit_of(draw):
    """Return an edit that is nearly right."""
    name = draw(mostly(st.sampled_from(list(FIELDS)), st.text(string.ascii_letters, max_size=6)))
    places = st.sampled_from(["", *(f"{one}." for one in ECOSYSTEMS)])
    where = draw(mostly(places, st.just("Moon.")))
    sign = draw(mostly(st.sampled_from(["=", "*=", " = "]), st.sampled_from(["==", ""])))
    about = FIELDS[name].about if name in FIELDS else None
    near = st.floats(about.low, about.high).map(repr) if about else NUMBERS
    return f"{where}{name}{sign}{draw(mostly(near))}"


EDIT = st.composite(edit_of)()
EDITS = st.lists(mostly(EDIT), max_size=4).map(",".join)
VALUES = {
    **{name: st.sampled_from(list(known)) for name, known in CHOICES.items()},
    "edits": EDITS,
    "saved": st.tuples(WORDS, st.sampled_from([*SINCE, "x"]), EDITS, WORDS).map("~".join),
    "year": st.integers(1990, 2110).map(str),
    "cell": st.tuples(st.floats(26, 41), st.floats(73, 104)).map(lambda p: f"{p[0]},{p[1]}"),
    "area": st.lists(NUMBERS, max_size=12).map(",".join),
    "zoom": st.lists(NUMBERS, min_size=3, max_size=5).map(",".join),
    "story": st.integers(-1, 20).map(str),
    **dict.fromkeys(OFFSETS, NUMBERS),
}


def said_of(draw):
    """Return what a link says, some of it right."""
    names = draw(st.lists(mostly(st.sampled_from(list(link.KNOWN))), max_size=5, unique=True))
    return {name: draw(mostly(VALUES.get(name, WORDS))) for name in names}


SAID = st.composite(said_of)()


# --- the page's own readers ----------------------------------------------------------------------


def links(count) -> Tally:
    """Open links of all kinds."""
    region = data.region(0.5)
    grid = Grid(region)

    def check(said):
        found, faults = link.choices(said, grid)
        state = State(**found)
        assert all(isinstance(one, str) and one and not LEAK.search(one) for one in faults)
        again = headless.query_of(link.query(state, region))
        found, lost = link.choices(again, grid)
        assert not lost
        assert link.query(State(**found), region) == link.query(state, region)
        held(state.edits, state.offsets)
        return faults

    return throughout("share links, parameters of the URL", SAID, check, count)


def held(found, offsets):
    """Raise AssertionError if edits or offsets are beyond what is declared."""
    for one in tem.edited(found).values():
        for name, (_, _, about) in FIELDS.items():
            assert about.low <= getattr(one, name) <= about.high
    for name, (_, _, about) in OFFSETS.items():
        assert about.low <= getattr(offsets, name) <= about.high


def texts(count) -> Tally:
    """Write edits as text."""

    def check(text):
        good, faults = edits.read(text)
        assert all(faults)
        held(good, NO_OFFSETS)
        return faults

    return throughout("edits as text", EDITS, check, count)


# --- the model -----------------------------------------------------------------------------------

THINGS = (
    st.floats() | st.integers() | st.none() | st.booleans() | WORDS | st.lists(st.floats())
    | st.lists(st.floats(-30, 30), min_size=1, max_size=6)
)  # fmt: skip
NO_GRID = THINGS.filter(lambda x: not isinstance(x, float) or not 0 < x < 1)  # some take minutes
SOUND = {"surface_temperature": [5.0] * 3, "dt": 86400, "layers": [0.1] * 5,
         "initial_temperature": -1.0}  # fmt: skip
OF_COLUMN = (*SOUND, "geothermal_flux", "water", "k_thawed", "k_frozen", "c_thawed", "c_frozen",
             "initial_liquid", "parts")  # fmt: skip


def model(count) -> Tally:
    """Give values of all kinds to the functions of `tem` and `data`."""
    region = data.region(0.5).isel(cell=[0])
    sky = data.climate(region, data.RCPS[0], data.GCMS[0])
    environment = tem.environment(region, sky, workers=1)

    def column(said):
        found = tem.column(**(SOUND | said))
        assert np.isfinite(found.temperature).all()

    def edited(said):
        held(tuple(said), NO_OFFSETS)

    def offset(said):
        tem.offset(sky, **said)

    def experiment(said):
        found = tem.experiment(environment, said[0], since=said[1], workers=1)
        assert set(found.sizes) >= {"run", "year", "cell"}

    def place(said):
        data.climate(region, *said[1:])
        data.region(said[0])

    acts = st.one_of(
        st.tuples(st.just(column), st.dictionaries(st.sampled_from(OF_COLUMN), THINGS, max_size=3)),
        st.tuples(st.just(edited), st.lists(EDIT | WORDS, max_size=3)),
        st.tuples(st.just(offset), st.dictionaries(st.sampled_from(list(OFFSETS)), THINGS)),
        st.tuples(st.just(experiment),
                  st.tuples(st.lists(EDIT, max_size=2), st.sampled_from(SINCE) | WORDS)),
        st.tuples(st.just(place),
                  st.tuples(NO_GRID, st.sampled_from(data.RCPS) | WORDS, WORDS)),
    )  # fmt: skip

    def check(act):
        try:
            act[0](act[1])
        except (ValueError, TypeError) as fault:
            return in_words(fault)
        return False

    return throughout("parameters and values of the API", acts, check, count)


def what_ifs(count) -> Tally:
    """Ask for what-ifs of a cell: numbers that are numbers, or a refusal."""
    library = Library(region=data.region(0.5).isel(cell=slice(None, None, STEP)))
    library.start()
    while library.ready < len(library.climates):
        library.lanes[0]._thread.join(0.05)  # noqa: SLF001 - to wait without a clock
    near = {name: st.floats(about.low, about.high) for name, (_, _, about) in OFFSETS.items()}
    far = {name: st.floats(-BEYOND, BEYOND * about.high) for name, (*_, about) in OFFSETS.items()}
    offsets = st.builds(tem.Offsets, **near) | st.builds(tem.Offsets, **far)
    changes = st.builds(
        Change, st.lists(EDIT, max_size=3).map(tuple), st.sampled_from(SINCE),
        st.just(NO_OFFSETS) | offsets,
    )  # fmt: skip
    before = {key: one.result for key, one in library.climates.items()}

    def check(change):
        run = library._run_cell("rcp85", data.GCMS[:1], 1, change)  # noqa: SLF001 - in this thread
        assert bool(run.fault) != bool(run.curves)
        assert not LEAK.search(str(run.fault))
        assert "error " not in run.fault, run.fault
        assert all(np.isfinite(x).all() for one in run.curves.values() for x in one.values())
        assert all(library.climates[key].result is one for key, one in before.items())
        return run.fault

    return throughout("what-ifs", changes, check, count)


# --- the command line ----------------------------------------------------------------------------


class ReachedError(Exception):
    """The words have been taken; the work is left out."""


def reached(*_words, **_more):
    """Stand for the work."""
    raise ReachedError


PLACES = (  # where the work begins
    (doorman, "at_the_door"), (doorman, "next_free"), (headless, "shown"),
    (calibration, "calibrate"), (tem, "ground"), (example, "write"),
)  # fmt: skip
OPTIONS = {
    "serve": ("--resolution", "--region", "--port", "--next-port", "--host", "--no-browser",
              "--sessions", "--allow-websocket-origin", "--prefix", "--basic-auth",
              "--frame-ancestors", "--open", "--log"),
    "run": ("--resolution", "--region", "--rcp", "--gcm", "--set", "--parameters", "--since",
            "--offset", "--texture", "--out"),
    "export": ("--resolution", "--region", "--link", "--out", "--size", "--slide", "--map"),
    "cell": ("--resolution", "--region", "--lat", "--lon", "--rcp", "--gcm", "--set",
             "--parameters", "--since", "--offset", "--json"),
    "prepare": ("--config", "--example", "--out"),
    "validate": ("--resolution", "--json"),
    "calibrate": ("--ecosystem", "--at", "--out"),
    "sensitivity": ("--resolution", "--rcp", "--gcm", "--stage", "--change"),
}  # fmt: skip
FILES = st.sampled_from(["a.nc", "a.zarr", "a.toml", "a.json", "a.png", "nowhere/a.nc", ".", "a"])
RIGHT = {
    "--resolution": st.floats(0.1, 0.5).map(str), "--sessions": st.integers(1, 99).map(str),
    "--size": st.tuples(st.integers(100, 9000), st.integers(100, 9000)).map("{0[0]}x{0[1]}".format),
    "--map": st.sampled_from("1234"), "--log": st.sampled_from(["text", "json"]),
    "--stage": st.sampled_from(["ground", "ecosystem", "all"]), "--host": st.just("127.0.0.1"),
    "--change": st.floats(0.001, 0.6).map(str),
    "--rcp": st.sampled_from([*data.RCPS, "all"]), "--gcm": st.sampled_from([*data.GCMS, "all"]),
    "--set": EDIT, "--since": st.sampled_from(SINCE), "--lat": st.floats(26, 41).map(str),
    "--lon": st.floats(73, 104).map(str), "--ecosystem": st.sampled_from([*ECOSYSTEMS, "all"]),
    "--link": SAID.map(urlencode), "--port": st.integers(1, 70_000).map(str),
    "--offset": st.sampled_from(["warming=2", "co2=100", "precipitation=1.2", "co2=1e9"]),
    **dict.fromkeys(("--out", "--region", "--parameters", "--open", "--basic-auth"), FILES),
    **dict.fromkeys(("--config", "--example"), FILES),
}  # fmt: skip


NEEDED = {"cell": ("--lat", "--lon"), "export": ("--link", "--out"), "prepare": ("--config",),
          "calibrate": ("--ecosystem",)}  # fmt: skip
BARE = {"--no-browser", "--next-port", "--json", "--slide"}
INSIDE = re.compile(r"\x00|^/+|\.\./")  # what no command line has, or what leads out of the folder


def line_of(draw):
    """Return a command line that is nearly right."""
    command = draw(mostly(st.sampled_from(list(OPTIONS)), st.just("nonsense")))
    known = st.sampled_from(OPTIONS.get(command, ("--x",)))
    needed = draw(mostly(st.just(NEEDED.get(command, ())), st.just(())))
    some = draw(st.lists(mostly(known), max_size=4, unique=True))
    words = [command]
    for name in dict.fromkeys([*needed, *some]):
        words.append(name)
        if name not in BARE:
            words.append(draw(mostly(RIGHT.get(name, WORDS))))
    return [INSIDE.sub("", word).encode("utf-8", "replace").decode() for word in words]


def command_line(count) -> Tally:
    """Say lines to every command, with every option."""
    few = data.region(0.5).isel(cell=slice(None, None, STEP))

    def check(words):
        out, told = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
            try:
                code = cli.main(words)
            except SystemExit as end:
                code = end.code
            except ReachedError:
                return False
        assert code in {0, cli.FAULT}, code
        assert "Traceback" not in told.getvalue()
        assert code == 0 or told.getvalue().strip()
        return code

    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(mock.patch.object(data, "region", return_value=few))
        for module, name in PLACES:
            stack.enter_context(mock.patch.object(module, name, reached))
        environment = {"PERMAFROST_CARBON_STORE": folder}
        stack.enter_context(mock.patch.dict(os.environ, environment))
        stack.enter_context(mock.patch("dashboard.scorecard.scorecard", reached))
        stack.enter_context(mock.patch("tem.sensitivity.sensitivity", reached))
        stack.enter_context(mock.patch("dashboard.journal.begin"))
        stack.enter_context(mock.patch.object(commands.webbrowser, "open", reached))
        return throughout("options of every command", st.composite(line_of)(), check, count)


# --- files ---------------------------------------------------------------------------------------

VALUE = re.compile(r"=.*$")


def named(fault, folder) -> bool:
    """Return True if *fault* is one of ours and names a file in *folder*; raise it otherwise."""
    ours = type(fault) in {ValueError, Fault} or isinstance(fault, OSError)
    if not (ours and str(folder) in str(fault)):
        raise fault
    return True


def files(count) -> Tally:
    """Read configurations of regions and tables of parameters that are nearly right."""
    whole = (HOME / "data" / "example.toml").read_text("utf-8").splitlines()
    table = (HOME / "tem" / "calibrated.toml").read_text("utf-8").splitlines()
    values = ODD.map(json.dumps) | NUMBERS | st.text(max_size=20) | st.just("[1, {}]")

    def changed(draw):
        reader, lines = draw(st.sampled_from([(recipe.read, whole), (parameter_table.read, table)]))
        found = list(lines)
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(found) - 1))
            one = VALUE.sub(lambda _m: f"= {draw(values)}", found[at], count=1)
            found[at] = draw(st.sampled_from([one, "", draw(st.text(max_size=20))]))
        return reader, "\n".join(found).encode("utf-8", "surrogatepass")

    with tempfile.TemporaryDirectory() as folder:
        example.write(folder)  # the files that are named
        path = Path(folder) / "file.toml"

        def check(case):
            reader, content = case
            path.write_bytes(content)
            try:
                reader(path)
            except (ValueError, OSError) as fault:
                return named(fault, folder)
            return False

        return throughout("configurations and tables", st.composite(changed)(), check, count)


# --- the server ----------------------------------------------------------------------------------

ROUTES = ("", "healthz", "metrics", "ws", "autoload.js", "static/x", "assets/page.css", "taken/x",
          "static/extensions/panel/x", "login", "components/x")  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
MESSY = st.text(string.printable, max_size=30).map(lambda x: re.sub(r"[\r\n\x0b\x0c]", "", x))


def over_http(address, count) -> Tally:
    """Ask a real server for addresses of all kinds, in all manners."""

    async def asked(method, path, headers, body):
        request = HTTPRequest(
            f"{address}/{path}", method, headers, body, request_timeout=60,
            follow_redirects=False, allow_nonstandard_methods=True,
        )  # fmt: skip
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    paths = st.one_of(
        SAID.map(lambda said: "?" + urlencode(said, errors="replace")),
        st.tuples(st.sampled_from(ROUTES), MESSY).map(lambda p: p[0] + quote(p[1], safe="/?&=.")),
        st.just("assets/../../pyproject.toml") | st.just("assets/%2e%2e/%2e%2e/pyproject.toml"),
    )  # fmt: skip
    headers = st.dictionaries(
        st.sampled_from(["Accept-Language", "Cookie", "Host", "X-Forwarded-Proto", "Origin",
                         "Upgrade", "Sec-WebSocket-Protocol"]), MESSY, max_size=2)  # fmt: skip

    def check(case):
        method, path, head, text = case
        body = text.encode() if method in {"POST", "PUT"} else None
        answer = asyncio.run(asked(method, path[:4000], head, body))
        said = (answer.body or b"").decode("utf-8", "replace")
        assert answer.code < 500, (answer.code, said[:200])
        assert "Traceback" not in said
        assert "[build-system]" not in said
        return answer.code >= 400

    cases = st.tuples(st.sampled_from(METHODS), paths, headers, MESSY)
    return throughout("addresses of the server", cases, check, count)


def over_the_wire(address, count) -> Tally:
    """Set controls of an open page to values that no browser would send."""
    tally = Tally("controls of an open page")
    values = (
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
        | st.lists(WORDS, max_size=3) | st.dictionaries(WORDS, WORDS, max_size=2)
    )  # fmt: skip

    async def play(cases):
        visitor = await Visitor.opened(address)
        controls = [
            one["id"] for one in visitor._by_id.values()  # noqa: SLF001
            if "label" in one.get("attributes", {}) and "value" in one["attributes"]
        ]  # fmt: skip
        for at, value in cases:
            before, tally.tried = len(visitor.faults), tally.tried + 1
            event = changed(controls[at % len(controls)], "value", value)
            await visitor._send(event)  # noqa: SLF001 - what `choose` sends
            said = " ".join(visitor.faults[before:])
            tally.refused += bool(said)
            if LEAK.search(said):
                tally.faults.append(f"{value!r}: {said[:300]}")
        await asyncio.sleep(1)  # for what is answered later
        page = " ".join(visitor.text(kind) for kind in ("message", "says", "status"))
        if LEAK.search(page):
            tally.faults.append(page)
        await visitor.close()
        after = await Visitor.opened(address)
        if "Under RCP" not in after.text("headline"):
            tally.faults.append(f"no page any more: {after.text('headline')!r}")
        await after.close()

    taken = []

    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.tuples(st.integers(0, 1000), values))
    def gather(case):
        taken.append(case)

    gather()
    for begin in range(0, len(taken), 50):
        try:
            asyncio.run(play(taken[begin : begin + 50]))
        except Exception:  # noqa: BLE001 - is what is looked for
            tally.faults.append(traceback.format_exc(limit=-3))
    return tally


HERE = {links: 0.3, texts: 0.15, model: 0.15, what_ifs: 0.02, command_line: 0.18, files: 0.08}
THERE = {over_http: 0.1, over_the_wire: 0.02}


def main() -> None:
    """Say everything wrongly; print a table; fail if there was any fault."""
    parser = argparse.ArgumentParser(prog="benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=FULL, help="how many, of all kinds together")
    cases = parser.parse_args().cases
    print(f"{'surface':<34}{'tried':>8}{'refused in words':>18}{'faults':>8}", flush=True)
    found = []
    for say, share in HERE.items():
        found.append(say(max(1, round(share * cases))))
        print(found[-1].row(), flush=True)
    with tempfile.TemporaryDirectory() as folder, served(folder) as (name, _begun, _server):
        address = name.replace("localhost", "127.0.0.1")
        asyncio.run(ready(address))
        for say, share in THERE.items():
            found.append(say(address, max(1, round(share * cases))))
            print(found[-1].row(), flush=True)
    whole = Tally("all")
    for one in found:
        whole.tried, whole.refused = whole.tried + one.tried, whole.refused + one.refused
        whole.faults += one.faults
    print(whole.row())
    kinds = Counter(fault.splitlines()[-1] for fault in whole.faults)
    print(*(f"\n{count} × {kind}" for kind, count in kinds.items()))
    print(*whole.faults[:5], sep="\n\n")
    sys.exit(bool(whole.faults))


async def ready(address):
    """Wait until the server at *address* has its climates."""
    visitor = await _first(address)
    await visitor.until(lambda page: READY in page.text("status"), PATIENCE)
    await visitor.close()


if __name__ == "__main__":
    main()
