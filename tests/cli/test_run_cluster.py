"""`run` in several processes: the numbers of one, whatever dies on the way."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
import xarray as xr

import data
from dashboard import cli, cluster, commands, plateau
from data import example
from data.region import region as embedded
from data.store import read_result

cloudpickle = pytest.importorskip("cloudpickle", reason="Dask is missing: the extra `cluster`")
distributed = pytest.importorskip("distributed", reason="Dask is missing: the extra `cluster`")

MADE = ("history", "date_")  # attributes that tell when and how
BLOCK = 10
BLOCKS = 5  # of the 48 cells of the example
EDITED = ("--set", "Meadow.b=0.6", "--set", "k_thawed_3*=1.3", "--offset", "warming=2")


@pytest.fixture(scope="module", autouse=True)
def functions_of_this_file_travel():
    """Workers cannot import it."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The words that run a small region of its own in one climate."""
    folder = tmp_path_factory.mktemp("prepared")
    config = folder / "corner" / example.RECIPE
    assert cli.main(["prepare", "--example", str(config.parent)]) == 0
    assert cli.main(["prepare", "--config", str(config)]) == 0
    return ("run", "--region", str(config.with_suffix(".zarr")), "--gcm", "MIROC5")


@pytest.fixture(scope="module")
def expected(asked, tmp_path_factory):
    """What one process makes of it."""
    path = tmp_path_factory.mktemp("expected") / "one.zarr"
    assert cli.main([*asked, "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def workers():
    """Two worker processes, as many tests as possible share them."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0"
    ) as found:
        yield found


@pytest.fixture
def shared(workers):
    """The words that hand a run to these workers."""
    return ("--scheduler", workers.scheduler_address, "--block", str(BLOCK))


def assert_same(found, expected):
    """Assert that two stores hold the same bits and words, but for when they were made."""
    one, other = read_result(found), read_result(expected)
    for store in (one, other):
        for name in [name for name in store.attrs if name.startswith(MADE)]:
            del store.attrs[name]
    xr.testing.assert_identical(one, other)
    for name in other:
        assert one[name].to_numpy().tobytes() == other[name].to_numpy().tobytes()


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def chunks_of(folder):
    """When the chunks of a variable were written, by name."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("npp/[0-9]*")}


@contextmanager
def bar_that(acts):
    """Show no bar, but act once some blocks are finished."""
    yield lambda fraction: acts() if 0.3 < fraction < 1 else None


# --- the same numbers ---


def test_two_workers_give_what_one_process_does(say, asked, expected, tmp_path):
    path = tmp_path / "two.zarr"
    code, out, err = say(*asked, "--out", str(path), "--workers", "2", "--block", str(BLOCK))
    assert code == 0, err
    assert out.endswith(f"Written to {path}\n")
    assert_same(path, expected)
    assert names_in(tmp_path) == ["two.zarr"]
    assert len(chunks_of(path)) == BLOCKS  # none is shared


def test_so_do_edits_and_offsets_in_several_climates(say, asked, shared, tmp_path):
    paths = [tmp_path / "one.zarr", tmp_path / "two.zarr"]
    words = (*asked[:3], "--gcm", "all", *EDITED, "--out")
    said = [say(*words, str(paths[0])), say(*words, str(paths[1]), *shared)]
    assert [code for code, *_ in said] == [0, 0]
    assert_same(*paths)
    lines = [out.splitlines() for _, out, _ in said]
    assert lines[0][:-2] == lines[1][:-2]  # what thaw does; sums of blocks agree in these digits


def test_so_does_the_embedded_plateau(say, shared, monkeypatch, tmp_path):
    monkeypatch.setattr(data, "region", embedded)
    paths = [tmp_path / "one.zarr", tmp_path / "two.zarr"]
    words = ("run", "--gcm", "MIROC5", "--out")
    assert say(*words, str(paths[0]))[0] == 0
    assert say(*words, str(paths[1]), *shared[:2], "--block", "200")[0] == 0
    assert_same(*paths)


# --- what dies on the way ---


def test_after_ctrl_c_only_what_is_missing_is_computed(say, asked, expected, monkeypatch, tmp_path):
    path, half = tmp_path / "two.zarr", tmp_path / "two.unfinished"
    words = (*asked, "--out", str(path), "--workers", "2", "--block", str(BLOCK))

    def interrupts():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(commands, "bar", lambda _stage: bar_that(interrupts))
        code, out, _ = say(*words)
    assert code == 130
    done = len(names_in(half / "blocks"))
    assert 2 <= done < BLOCKS
    assert f"{done} of {BLOCKS} blocks are finished and kept in {half}" in out
    assert names_in(tmp_path) == ["two.unfinished"]
    before = chunks_of(half / "result.zarr")

    code, out, err = say(*words, "--set", "kd*=1.1")
    assert code == 2
    assert "kd" in err
    assert "another run" in err

    code, out, _ = say(*words)
    assert code == 0
    assert f"{done} of {BLOCKS} blocks were finished before" in out
    numbers = [name for name in before if chunks_of(path)[name] == before[name]]
    assert len(numbers) >= done
    assert_same(path, expected)
    assert names_in(tmp_path) == ["two.zarr"]


def dies_in_its_next_block():
    plateau.block = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def test_a_killed_worker_costs_its_block_only(say, asked, shared, workers, expected, tmp_path):
    path = tmp_path / "two.zarr"
    with distributed.Client(workers, set_as_default=False) as client:
        one = next(iter(client.scheduler_info(n_workers=-1)["workers"]))
        (dying,) = client.run(dies_in_its_next_block, workers=[one]).values()
        code, _, err = say(*asked, "--out", str(path), *shared)
        assert code == 0, err
        client.wait_for_workers(2)
        assert dying not in client.run(os.getpid).values()
    assert_same(path, expected)


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler of the command line, as docs/cluster.md starts it, and its address."""
    file = tmp_path / "scheduler.json"
    words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    with dask(*words, "--scheduler-file", str(file)) as process:
        while not (file.exists() and file.read_text()):
            assert process.poll() is None
        yield process, json.loads(file.read_text())["address"]


@contextmanager
def dask(*words):
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def test_a_killed_scheduler_leaves_the_finished_blocks(
    say, asked, scheduler, expected, monkeypatch, tmp_path
):
    process, address = scheduler
    path = tmp_path / "two.zarr"
    words = (*asked, "--out", str(path), "--block", str(BLOCK))
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    code, out, err = say(*words, "--scheduler", address)
    assert (code, names_in(tmp_path)) == (2, ["scheduler.json"])
    assert f"--scheduler {address}: the scheduler has no workers" in err

    monkeypatch.setattr(cluster, "PATIENCE", 120)  # for a worker that starts on a busy machine
    worker = ("worker", address, "--nthreads", "1", "--no-dashboard", "--death-timeout", "5")
    with dask(*worker), monkeypatch.context() as patch:
        patch.setattr(commands, "bar", lambda _stage: bar_that(process.kill))
        code, out, err = say(*words, "--scheduler", address)
    assert code == 2
    assert f"--scheduler {address}: the scheduler was lost" in err.splitlines()[-1]
    assert f"of {BLOCKS} blocks are finished and kept" in out
    assert not path.exists()

    code, out, _ = say(*words, "--workers", "1")
    assert code == 0
    assert f"of {BLOCKS} blocks were finished before" in out
    assert_same(path, expected)


# --- what is refused ---


def test_workers_of_another_version_are_refused(say, asked, shared, workers, tmp_path):
    def pretend():
        real = cluster.made_with
        cluster.made_with = lambda: real() | {"numba": "0.1"}
        cluster.made_with.real = real

    def stop():
        cluster.made_with = cluster.made_with.real

    with distributed.Client(workers, set_as_default=False) as client:
        one = next(iter(client.scheduler_info(n_workers=-1)["workers"]))
        client.run(pretend, workers=[one])
        code, _, err = say(*asked, "--out", str(tmp_path / "two.zarr"), *shared)
        client.run(stop, workers=[one])
    assert code == 2
    assert f"worker {one}: has numba 0.1 (here {cluster.made_with()['numba']})" in err
    assert names_in(tmp_path) == []


@pytest.fixture
def plan(asked, tmp_path):
    place = cluster.Place.of(data.prepared_region(asked[2]))
    return cluster.Plan(tmp_path / "two.zarr", place, None, cluster.made_with())


def test_a_worker_refuses_what_is_not_the_same_there(plan):
    def block(plan):
        cluster.block(plan, 0, ("rcp85", "MIROC5"), slice(0, 1), {})

    with pytest.raises(ValueError, match=r"has numba .* \(here 0.1\); all must have the same"):
        block(plan._replace(versions=cluster.made_with() | {"numba": "0.1"}))
    with pytest.raises(FileNotFoundError, match="a file system that all workers share"):
        block(plan)
    with pytest.raises(ValueError, match=r"region of the worker at .* is another one"):
        plan.place._replace(seal="other").cells(slice(0, 1))


def test_workers_that_keep_dying_are_told_in_words():
    where = cluster.Where(2, None)
    with (
        pytest.raises(OSError, match=r"--workers 2: 4 workers died over one block.*--block"),
        cluster._in_words(where),
    ):
        raise distributed.KilledWorker("block-1", None, 3)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--workers", "2"), ["--workers", ".zarr"]),
        (("--workers", "2", "--out", "a.nc"), ["--workers", ".zarr"]),
        (("--scheduler", "tcp://127.0.0.1:1", "--out", "a.nc"), ["--scheduler", ".zarr"]),
        (("--block", "9", "--out", "a.zarr"), ["--block", "--workers"]),
        (("--workers", "0", "--out", "a.zarr"), ["--workers", "1"]),
        (("--workers", "2", "--scheduler", "tcp://127.0.0.1:1"), ["--scheduler", "--workers"]),
        (("--scheduler", "tcp://127.0.0.1:1", "--out", "a.zarr"), ["no scheduler", ":1"]),
        (("--scheduler", "nonsense://x", "--out", "a.zarr"), ["no scheduler", "nonsense"]),
    ],
)
def test_bad_words_are_answered_by_one_sentence(say, tmp_path, monkeypatch, words, named):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    code, _, err = say("run", *words)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert all(word in err for word in named)
    assert names_in(tmp_path) == []


def test_without_dask_it_is_told_what_to_install(say, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = say("run", "--workers", "2", "--out", str(tmp_path / "a.zarr"))
    assert code == 2
    assert "--workers 2: needs Dask, the extra `cluster`: pip install" in err
