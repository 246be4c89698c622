"""`make faults`: what goes wrong is made to go wrong; print what was survived, lost and wrong.

Everything happens in folders of its own. A result is wrong if it differs by one bit from that of a
library that nothing happened to; it is lost if it was finished, and is not there any more.
"""

import argparse
import contextlib
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest import mock

import numba
import numpy as np
from bokeh.document import Document

import data
import tem
from dashboard.changes import Change
from dashboard.page import Page
from dashboard.paper import Figures
from dashboard.runs import Library
from dashboard.verdicts import Verdicts
from dashboard.views.atlas import Atlas
from data import store as storing
from data.store import Store

ROOT = Path(__file__).parent.parent
STEP = 80  # every so manieth cell is simulated
FULL = 100  # how often, unless told otherwise; what needs a process of its own: a tenth of it
PATIENCE = 300.0  # s
WIDEST = 50_000  # bytes of a file on a full disk
CHANGE = Change(("kd*=1.2",))
SERVE = """
import sys, data
from dashboard import app
app.Shared.region = data.region(0.5).isel(cell=slice(None, None, int(sys.argv[3])))
app.serve(int(sys.argv[1]), folder=sys.argv[2])
"""
COMPUTE = """
import tem
print(repr(tem.column([5.0] * 30, 86400, [0.05] * 20, -1.0, water=0.25,
                      k_thawed=1.2, k_frozen=2.0).thaw_depth.tolist()))
"""


@dataclass
class Outcome:
    """What came of one kind of fault."""

    kind: str
    injected: int = 0
    survived: int = 0
    lost: int = 0
    wrong: int = 0

    def count(self, *, good, lost=0, wrong=0):
        """Count one fault."""
        self.injected += 1
        self.survived += good and not lost and not wrong
        self.lost += lost
        self.wrong += wrong


class Bench:
    """A library that nothing happens to, and what comes of others beside it."""

    def __init__(self, folder, seed=8):
        self.folder, self.random = Path(folder), random.Random(seed)
        self.region = data.region(0.5).isel(cell=slice(None, None, STEP))
        self.sound = self.library("sound")
        complete(self.sound)
        self.job = run(self.sound, CHANGE)

    def library(self, name):
        """Return a library that keeps its results in the folder *name*."""
        return Library(region=self.region, store=Store(self.folder / name))

    def copied(self, name):
        """Return a library whose store is a copy of the sound one."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.folder / "sound", self.folder / name)
        return self.library(name)

    def wrong(self, library) -> int:
        """Return how many climates of *library* differ from the sound ones."""
        return sum(
            not same(one.result, self.sound.climates[key].result)
            for key, one in library.climates.items()
            if one.result is not None
        )

    def restarted(self, name, outcome, finished):
        """Count a start on what was left in the folder *name*, *finished* climates among it."""
        library = self.library(name)
        good = complete(library)
        lost = max(0, finished - library.answers["store"])
        outcome.count(good=good, lost=lost, wrong=self.wrong(library))


def complete(library, patience=PATIENCE) -> bool:
    """Start *library*; return whether all climates are there in time."""
    library.start()
    return until(lambda: library.ready == len(library.climates), patience)


def until(true, patience=PATIENCE) -> bool:
    """Wait until *true*(); return whether it came to that."""
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def same(one, other) -> bool:
    """Return whether two results are equal bit by bit."""
    return all(np.array_equal(one.values[k], other.values[k], equal_nan=True) for k in other.values)


def run(library, change, patience=PATIENCE):
    """Return the finished what-if of the region."""
    over = threading.Event()
    job = library.what_if_region(
        "rcp85", data.GCMS, change, lambda job: (job.results or job.failed) and over.set()
    )
    over.wait(patience)
    return job


def answers(bench, library) -> bool:
    """Return whether *library* still answers a what-if as the sound one does."""
    job = run(library, CHANGE)
    sound = bench.job.results
    return bool(job.results) and all(same(job.results[gcm], sound[gcm]) for gcm in sound)


# --- the model and its visitors ------------------------------------------------------------------


def kernel_raises(bench, times) -> Outcome:
    """Let the model raise in the middle of a what-if."""
    outcome = Outcome("a kernel raises")
    for _ in range(times):
        with mock.patch.object(tem, "experiment", side_effect=FloatingPointError("planted")):
            job = run(bench.sound, CHANGE)
        told = "error" in job.failed and "planted" not in job.failed
        outcome.count(good=told and answers(bench, bench.sound), wrong=bool(job.results))
    return outcome


def cancelled(bench, times) -> Outcome:
    """Cancel what-ifs at random moments."""
    outcome, begun = Outcome("a what-if is cancelled"), time.monotonic()
    run(bench.sound, CHANGE)
    took = time.monotonic() - begun
    for _ in range(times):
        over = threading.Event()
        job = bench.sound.what_if_region(
            "rcp85", data.GCMS, CHANGE,
            lambda job, over=over: (job.results or job.failed) and over.set(),
        )  # fmt: skip
        time.sleep(bench.random.uniform(0, 1.1 * took))
        job.cancel()
        good = over.wait(PATIENCE)
        wrong = sum(not same(job.results[gcm], bench.job.results[gcm]) for gcm in job.results)
        outcome.count(good=good and bool(job.results or job.cancelled), wrong=wrong)
    outcome.count(good=answers(bench, bench.sound), wrong=bench.wrong(bench.sound))
    return outcome


def tab_closed(bench, times) -> Outcome:
    """Close pages while their what-ifs run."""
    outcome, library = Outcome("a tab is closed mid-run"), bench.sound
    atlas = Atlas(library.region, library.grid)
    for _ in range(times):
        said = {"edits": "kd*=1.1"}
        page = Page(library, atlas, Verdicts(library), Figures(library), said, Document())
        page.begin()
        page.run_region()
        job = page._job  # noqa: SLF001 - to see how it ends
        time.sleep(bench.random.uniform(0, 0.2))
        page.close()
        good = until(lambda job=job: job.results or job.failed)
        outcome.count(good=good and not library._listeners)  # noqa: SLF001
    outcome.count(good=answers(bench, library), wrong=bench.wrong(library))
    return outcome


# --- the store -----------------------------------------------------------------------------------


def whole(folder) -> set[str]:
    """Return the names of finished files of a store."""
    return {path.name for path in folder.glob("*.nc") if not path.name.startswith(".")}


def killed(bench, times) -> Outcome:
    """Kill servers while they write the store, and start again on what they have left."""
    outcome, many = Outcome("SIGKILL while serve writes"), len(bench.sound.climates)
    for k in range(times):
        folder = bench.folder / f"killed{k}"
        folder.mkdir()
        command = [sys.executable, "-c", SERVE, str(50_000 + k), str(folder), str(STEP)]
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wanted = bench.random.randrange(2 * many)  # files, and then some moments more
        until(lambda: len(whole(folder)) >= wanted or server.poll() is not None)  # noqa: B023
        time.sleep(bench.random.uniform(0, 0.1))
        server.kill()
        server.wait()
        left = whole(folder)
        pairs = [
            {f"{bench.sound._key(what, one)}.nc" for what in ("environment", "yearly")}  # noqa: SLF001
            for one in bench.sound.climates.values()
        ]
        bench.restarted(folder.name, outcome, sum(pair <= left for pair in pairs))
    return outcome


def damaged(bench, times, kind, damage) -> Outcome:
    """Let *damage*(path, bytes) change a random file of a store, and start on it."""
    outcome = Outcome(kind)
    for _ in range(times):
        library = bench.copied("damaged")
        path = bench.random.choice(sorted(library.store.folder.glob("*.nc")))
        damage(path, path.read_bytes())
        bench.restarted("damaged", outcome, len(library.climates) - 1)
    return outcome


def truncated(bench, times) -> Outcome:
    """Cut files of the store short."""
    return damaged(
        bench, times, "the store is truncated",
        lambda path, content: os.truncate(path, bench.random.randrange(len(content))),
    )  # fmt: skip


def flipped(bench, times) -> Outcome:
    """Turn single bits of the store."""

    def flip(path, content):
        changed = bytearray(content)
        changed[bench.random.randrange(len(content))] ^= 1 << bench.random.randrange(8)
        path.write_bytes(changed)

    return damaged(bench, times, "a bit of the store is flipped", flip)


def older(bench, times) -> Outcome:
    """Put what an older version has kept in the place of what this one keeps."""

    def replace(path, _content):
        other = Store(path.parent)
        found = other.get(path.stem)
        other.put("older", found + 1 if path.stem in found else found.assign_attrs(older=1))
        (path.parent / "older.nc").replace(path)

    return damaged(bench, times, "the store is of an older version", replace)


def refused(bench, times, kind, refusing) -> Outcome:
    """Start on an empty store on a disk that refuses; *refusing*(folder) is such a disk."""
    outcome = Outcome(kind)
    for k in range(times):
        folder = bench.folder / f"{kind.split()[-1]}{k}"
        folder.mkdir()
        with refusing(folder):
            library = bench.library(folder.name)
            good = complete(library) and answers(bench, library)
            outcome.count(good=good, wrong=bench.wrong(library))
        bench.restarted(folder.name, outcome, 0)
    return outcome


@contextlib.contextmanager
def full_disk(folder):
    """Let *folder* be a disk of no size; where that is not allowed, let no file be large."""
    size = "size=200k,nr_inodes=20"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (WIDEST, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def read_only(_folder):
    """Let no file be written (permissions do not hold for every user)."""
    fault = OSError(30, "Read-only file system")
    with mock.patch.object(storing, "_write", side_effect=fault):
        yield


def two_at_once(bench, times) -> Outcome:
    """Start two libraries on one empty store."""
    outcome = Outcome("two servers share a store")
    for k in range(times):
        both = [bench.library(f"shared{k}") for _ in range(2)]
        for library in both:
            library.start()
        for library in both:
            outcome.count(good=complete(library), wrong=bench.wrong(library))
        bench.restarted(f"shared{k}", outcome, len(bench.sound.climates))
    return outcome


def clock_changes(bench, times) -> Outcome:
    """Let the clock jump while climates are read and simulated, and files come from the future."""
    outcome, real = Outcome("the clock changes"), time.time
    for _ in range(times):
        library = bench.copied("clock")
        (removed, *others) = sorted(library.store.folder.glob("*.nc"))
        removed.unlink()
        for path in others:
            then = real() + bench.random.uniform(-1e9, 1e9)
            os.utime(path, (then, then))

        def jumping():
            return real() + bench.random.uniform(-1e9, 1e9)

        with mock.patch("time.time", jumping):
            good = complete(library) and answers(bench, library)
        lost = max(0, len(library.climates) - 1 - library.answers["store"])
        outcome.count(good=good, lost=lost, wrong=bench.wrong(library))
    return outcome


# --- compiled code -------------------------------------------------------------------------------


def compiled(bench, times, kind, harm) -> Outcome:
    """Work out a column in a process whose compiled code *harm*(folder) has harmed."""
    outcome, sound = Outcome(kind), _column(os.environ)
    for k in range(times):
        folder = bench.folder / f"compiled-{kind.split()[-1]}{k}"
        shutil.copytree(numba.config.CACHE_DIR, folder / tem.source_hash)
        found = _column(os.environ | {"NUMBA_CACHE_DIR": str(harm(folder))})
        outcome.count(good=found == sound, wrong=found not in {sound, None})
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _column(environment):
    said = subprocess.run(
        [sys.executable, "-c", COMPUTE],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout if said.returncode == 0 else None


def _harmed(bench, folder, harm):
    for path in sorted(folder.rglob("*.nb[ci]")):
        content = bytearray(path.read_bytes())
        harm(path, content, bench.random.randrange(len(content)))
    return folder


def code_flipped(bench, times) -> Outcome:
    """Turn a bit in each file of compiled code."""

    def flip(path, content, where):
        content[where] ^= 1 << bench.random.randrange(8)
        path.write_bytes(content)

    return compiled(
        bench, times, "compiled code is damaged", lambda folder: _harmed(bench, folder, flip)
    )


def code_stale(bench, times) -> Outcome:
    """Put compiled code of other equations in the place of these."""

    def exchange(folder):
        paths = sorted(folder.rglob("*.nbc"))
        contents = [path.read_bytes() for path in paths]
        for path, content in zip(paths, bench.random.sample(contents, len(contents)), strict=True):
            path.write_bytes(content)
        return folder

    return compiled(bench, times, "compiled code is stale", exchange)


def code_unwritable(bench, times) -> Outcome:
    """Let compiled code have no place."""
    return compiled(
        bench, times, "compiled code is unwritable", lambda _folder: "/dev/null/nowhere"
    )


KINDS = {  # and the share of the number asked for
    kernel_raises: 0.2, cancelled: 1.0, tab_closed: 0.2, killed: 0.1, truncated: 0.3, flipped: 0.3,
    older: 0.1, partial(refused, kind="the store is read-only", refusing=read_only): 0.03,
    partial(refused, kind="the disk is full", refusing=full_disk): 0.03, two_at_once: 0.05,
    clock_changes: 0.1, code_flipped: 0.03, code_stale: 0.03, code_unwritable: 0.01,
}  # fmt: skip


def main() -> None:
    """Make all kinds of faults; print a table; fail if anything was lost or wrong."""
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__)
    parser.add_argument("--times", type=int, default=FULL, help="how often a what-if is cancelled")
    times = parser.parse_args().times
    print(f"{'kind':<36}{'injected':>9}{'survived':>9}{'lost':>6}{'wrong':>6}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        bench, found = Bench(folder), []
        for make, share in KINDS.items():
            found.append(make(bench, max(1, round(share * times))))
            one = found[-1]
            print(f"{one.kind:<36}{one.injected:>9}{one.survived:>9}{one.lost:>6}{one.wrong:>6}",
                  flush=True)  # fmt: skip
    sys.exit(any(one.lost or one.wrong or one.survived < one.injected for one in found))


if __name__ == "__main__":
    main()
