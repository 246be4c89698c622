"""`make fuzz`: inputs that make no sense at every door; each is taken or refused in words.

A fault is an exception that is not the project's own kind, a refusal without words, a traceback,
or an invalid number behind the door. Hypothesis makes the inputs and shrinks what fails.
"""

import argparse
import contextlib
import io
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import data
import tem
from dashboard import cli, commands, edits, guard, link, parameter_table
from dashboard.changes import OFFSETS, kept_in, offsets_in
from dashboard.grid import Grid
from dashboard.state import CHOICES, State
from data import recipe
from tem.parameters import FIELDS, settled

CASES = 10_000  # at least, over all doors
TAKEN, REFUSED = "taken", "refused in words"
PHASES = Phase.explicit, Phase.generate, Phase.shrink
PATIENCE = 120  # s
SECRET = re.compile(  # what an answer must not hold: a fault, a traceback, a folder of ours
    rb"^HTTP/1.1 5|Traceback|" + re.escape(str(Path(__file__).parents[1]).encode())
)
SERVER = (  # the page of a few cells
    "import sys, data; from dashboard import app\n"
    "app.Shared.region = data.region(0.5).isel(cell=slice(None, None, 200))\n"
    "app.serve(int(sys.argv[1]), folder=sys.argv[2])"
)
NASTY = (
    "", " ", "nan", "inf", "-inf", "1e999", "-0", "١", "1_0", "0x1", "1,2", ";", "~~~", "../../etc",
    "<script>alert(1)</script>", "{0}", "%s", "\x00", "é", "'; --", "=", "*=", "Meadow.",
    "kd*=", "9" * 400,
)  # fmt: skip


class FoundError(AssertionError):
    """An input has come through a door, or was turned away by something else than words."""


# --- inputs ----------------------------------------------------------------------------------

numbers = st.floats().map(repr) | st.integers().map(str)
texts = st.sampled_from(NASTY) | numbers | st.text(max_size=60)
edit = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "Meadow.", "meadow.", "All.", "Nowhere.")),
    st.sampled_from((*FIELDS, "k_d", "nonsense", "")),
    st.sampled_from(("=", "*=", "==", "")),
    texts,
) | st.builds(  # which may well be taken
    "{}{}*={:.3g}".format,
    st.sampled_from(("", "Meadow.", "Steppe.")),
    st.sampled_from(edits.PANEL),
    st.floats(0.8, 1.2),
)
edit_texts = st.lists(edit | texts, max_size=4).map(",".join)
sound = st.fixed_dictionaries({}, optional={
    **{name: st.sampled_from(many) for name, many in CHOICES.items()},
    "year": st.integers(2000, 2105).map(str),
    "edits": edit_texts,
    "divide": st.floats(70, 110).map(str),
    "cell": st.builds("{},{}".format, st.floats(25, 42), st.floats(70, 108)),
    "story": st.integers(0, 9).map(str),
    **{name: st.floats(-6, 6).map(str) for name in OFFSETS},
})  # fmt: skip
links = sound | st.dictionaries(
    st.sampled_from(link.KNOWN) | texts,
    texts | edit_texts | st.sampled_from([one for many in CHOICES.values() for one in many]),
    max_size=6,
)
options = st.sampled_from((
    "--rcp", "--gcm", "--lat", "--lon", "--set", "--since", "--offset", "--parameters", "--region",
    "--resolution", "--texture", "--out", "--json", "--port", "--host", "--sessions", "--prefix",
    "--basic-auth", "--log", "--open", "--stage", "--change", "--ecosystem", "--at", "--config",
    "--link", "--size", "--map", "--slide", "--frame-ancestors", "--allow-websocket-origin",
))  # fmt: skip
COMMANDS = "serve", "run", "export", "cell", "prepare", "validate", "calibrate", "sensitivity"
lines = st.tuples(
    st.sampled_from(COMMANDS), st.lists(st.tuples(options, texts | edit).map(list), max_size=4)
).map(lambda made: [made[0], *(word for pair in made[1] for word in pair)])
plain = texts | st.floats() | st.integers() | st.booleans()
tomls = st.dictionaries(
    st.sampled_from(("title", "grid", "land", "climate", "co2", "runs", "ecosystem", "x")),
    plain | st.dictionaries(
        st.sampled_from(("west", "east", "south", "north", "resolution", "mapping", "sand", "rcp85",
                         "Meadow")),
        plain | st.dictionaries(st.sampled_from(("kd", "file", "b")), plain, max_size=2),
        max_size=5,
    ),
    max_size=4,
)  # fmt: skip
paths = st.sampled_from((
    "", "ws", "autoload.js", "healthz", "metrics", "taken/", "assets/", "static/js/", "login",
    "static/extensions/panel/", "components/", "favicon.ico", "..%2f..%2f", "../", "%00", "//",
))  # fmt: skip
requests = st.builds(
    "{} /{}{}?{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}\r\n\r\n{}".format,
    st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "NONE")),
    paths,
    texts.map(lambda text: "".join(text.split())),
    links.map(urlencode) | texts.map(lambda text: "".join(text.split())),
    texts.map(lambda text: f"X-Forwarded-Proto: {' '.join(text.split())}")
    | st.sampled_from(("Content-Length: 5", "Content-Length: -1", "Cookie: user=x", "Origin: x")),
    texts,
)


# --- doors -----------------------------------------------------------------------------------


class Doors:
    """What takes input; each door returns how an input was met, or raises what it should not."""

    def __init__(self, folder, port):
        """*folder* takes files; at *port* the page is served."""
        self.folder, self.port = Path(folder), port
        self.region = data.region(0.5)
        self.grid = Grid(self.region)
        sky = data.climate(self.region, data.RCPS[0], data.GCMS[0])
        self.sky = sky.isel(cell=[0]).load()

    def link(self, said):
        """Open a page with a link; what it keeps is a state that its own link restores."""
        found, faults = link.choices(said, self.grid)
        _worded(faults)
        state = State(**found)
        _valid(state.edits, state.offsets)
        again = dict(parse_qsl(link.query(state, self.region), keep_blank_values=True))
        if link.choices(again, self.grid)[1]:
            raise FoundError(f"the page's own link is refused: {again}")
        return REFUSED if faults else TAKEN

    def edits(self, text):
        """Type edits into the page."""
        good, faults = edits.read(text)
        _worded(faults)
        _valid(good)
        return REFUSED if faults else TAKEN

    def saved(self, text):
        """Open what-ifs that a link has saved."""
        found, faults = kept_in(text)
        _worded(faults)
        for one in found:
            _valid(one.change.edits, one.change.offsets)
        return REFUSED if faults else TAKEN

    def offsets(self, text):
        """Name offsets as the command line does."""
        _valid((), offsets_in(text))
        return TAKEN

    def edited(self, text):
        """Edit parameters of the model."""
        _valid([text])
        return TAKEN

    def parameters(self, values):
        """Hand parameters to the model."""
        name, value = values
        whole = tem.ecosystems()
        _finite(settled(whole | {"Meadow": whole["Meadow"]._replace(**{name: value})}))
        return TAKEN

    def offset(self, values):
        """Hand offsets to the model."""
        found = tem.offset(self.sky, **values)
        if not all(math.isfinite(float(found[name].sum())) for name in ("tas", "pr", "co2")):
            raise FoundError("a climate without numbers")
        return TAKEN

    def line(self, words):
        """Type a command line; what it would run is not run."""
        out = io.StringIO()
        stop = dict.fromkeys(("climate", "climates_of"), _reached)
        with (
            contextlib.redirect_stdout(out), contextlib.redirect_stderr(out),
            patch.multiple(data, **stop), patch.object(commands.doorman, "at_the_door", _reached),
            patch("dashboard.scorecard.scorecard", _reached),
            patch("dashboard.calibration.calibrate", _reached),
            patch("dashboard.headless.shown", _reached),
            contextlib.chdir(self.folder),
        ):  # fmt: skip
            code = _ended(words)
        said = out.getvalue()
        if "Traceback" in said or (code and not said.strip()):
            raise FoundError(said or "nothing is said")
        return REFUSED if code else TAKEN

    def config(self, said):
        """Give a configuration, a table of parameters or a file of passwords."""
        path = self.folder / "given.toml"
        path.write_bytes(_toml(said).encode("utf-8", "replace"))
        kinds = (recipe.read, parameter_table.read, guard.passwords)
        return _all(kinds, path)

    def http(self, request):
        """Send something like a request; the answer is no 5xx and knows no path of the server."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as one:
            one.sendall(request.encode("utf-8", "replace"))
            said = b""
            with contextlib.suppress(ConnectionError):
                while more := one.recv(65536):
                    said += more
        if SECRET.search(said):
            raise FoundError(f"{said[:300]!r} answers {request!r}")
        return TAKEN if said.split(b" ")[1:2] in ([b"200"], [b"304"]) else REFUSED


class _Reached(BaseException):
    """The input was taken, and work would begin."""


def _reached(*_given, **_more):
    raise _Reached


def _ended(words) -> int:
    try:
        return cli.main(words)
    except SystemExit as end:
        return int(end.code or 0)
    except _Reached:
        return 0


def _all(kinds, path):
    met = []
    for read in kinds:
        try:
            read(path)
            met.append(TAKEN)
        except (ValueError, OSError) as fault:
            _worded([str(fault)])
            met.append(REFUSED)
    return TAKEN if TAKEN in met else REFUSED


def _toml(said, within="") -> str:
    """Return a dictionary as TOML, or nearly."""
    flat = [
        f"{key} = {_written(value)}" for key, value in said.items() if not isinstance(value, dict)
    ]
    deep = [
        f"[{within}{key}]\n{_toml(value, f'{within}{key}.')}"
        for key, value in said.items() if isinstance(value, dict)
    ]  # fmt: skip
    return "\n".join([*flat, *deep])


def _written(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, int | float) else f'"{value}"'


def _worded(faults):
    for one in faults:
        if not isinstance(one, str) or " " not in one.strip() or "Traceback" in one:
            raise FoundError(f"no words: {one!r}")


def _valid(parts, offsets=None):
    _finite(tem.edited(parts))
    if offsets is not None and not all(map(math.isfinite, offsets)):
        raise FoundError(f"offsets without a number: {offsets}")


def _finite(sets):
    for where, one in sets.items():
        for name, value in one._asdict().items():
            about = FIELDS[name].about
            if not about.low <= value <= about.high:
                raise FoundError(f"{where}.{name} = {value} came through")


def doors(known):
    """Return each door with what comes to it, and its share of all cases."""
    values = st.floats() | st.integers(-10, 10)
    return {
        "share links": (known.link, links, 0.25),
        "edits that are typed": (known.edits, edit_texts, 0.15),
        "saved what-ifs": (known.saved, st.lists(
            st.lists(edit_texts | texts, min_size=3, max_size=5).map("~".join)).map(";".join), 0.1),
        "offsets that are typed": (known.offsets, st.lists(st.builds(
            "{}={}".format, st.sampled_from((*OFFSETS, "x")), texts)).map(",".join) | texts, 0.1),
        "API: edits": (known.edited, edit | texts, 0.1),
        "API: parameters": (
            known.parameters, st.tuples(st.sampled_from(list(FIELDS)), values), 0.1),
        "API: offsets": (known.offset, st.dictionaries(
            st.sampled_from(list(OFFSETS)), values, max_size=3), 0.05),
        "command lines": (known.line, lines, 0.1),
        "files of configuration": (known.config, tomls, 0.05),
        "HTTP": (known.http, requests, 0.05),
    }  # fmt: skip


def tried(door, inputs, cases) -> tuple[Counter, str]:
    """Try so many inputs at a door; return how they were met, and the least one that fails."""
    met = Counter()

    @settings(max_examples=cases, deadline=None, database=None, phases=PHASES,
              suppress_health_check=list(HealthCheck), derandomize=True)  # fmt: skip
    @given(inputs)
    def one(given_):
        try:
            met[door(given_)] += 1
        except (ValueError, OSError) as fault:
            _worded([str(fault)])
            met[REFUSED] += 1

    try:
        one()
    except Exception as wrong:  # noqa: BLE001 - which is what is looked for
        notes = " ".join(getattr(wrong, "__notes__", ()))
        return met, f"{type(wrong).__name__}: {wrong} {notes}"
    return met, ""


@contextlib.contextmanager
def served(folder):
    """Serve the page from a process of its own; give its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port), folder],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and server.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).close()
                yield port
                return
            time.sleep(0.1)
        raise RuntimeError("the server does not answer")
    finally:
        server.terminate()
        server.wait(PATIENCE)


def fuzz(cases, told=lambda _row: None) -> list[tuple]:
    """Return for each door: its name, tried, refused, faults, and what the fault is."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, served(folder) as port:
        for name, (door, inputs, share) in doors(Doors(folder, port)).items():
            met, fault = tried(door, inputs, math.ceil(cases * share))
            rows.append((name, met.total() + bool(fault), met[REFUSED], int(bool(fault)), fault))
            told(rows[-1])
    return rows


def table(rows) -> str:
    """Return rows as lines of text."""
    lines = [f"{'door':<26}{'tried':>8}{'refused in words':>18}{'faults':>8}"]
    lines += [f"{name:<26}{n:>8}{refused:>18}{faults:>8}" for name, n, refused, faults, _ in rows]
    sums = [sum(row[k] for row in rows) for k in (1, 2, 3)]
    return "\n".join([*lines, f"{'all':<26}{sums[0]:>8}{sums[1]:>18}{sums[2]:>8}"])


def main() -> None:
    """Try what is asked for and print one table; exit with 1 if there was a fault."""
    parser = argparse.ArgumentParser(prog="benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help="inputs over all doors")
    os.environ.setdefault("PERMAFROST_CARBON_STORE", tempfile.mkdtemp())
    rows = fuzz(parser.parse_args().cases, lambda row: print(*row, flush=True))
    print(f"\n{table(rows)}")
    sys.exit(any(row[3] for row in rows))


if __name__ == "__main__":
    main()
