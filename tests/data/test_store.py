"""What is kept comes back as it was, or not at all."""

import json
import os
import shutil
import subprocess
import sys

import cftime
import numpy as np
import pytest
import xarray as xr

from data import store as module
from data.store import Store, default_folder, key, writable, write_result


@pytest.fixture
def dataset():
    """A small Dataset of everything that results hold: floats, strings, cftime, whole numbers."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(2, 3, 4))
    values[0, 0] = np.nan, -0.0, np.inf, 5e-324  # what rounding or filling would lose
    months = cftime.num2date([15.5, 45.0], "days since 2006-01-01", "noleap")
    return xr.Dataset(
        {
            "npp": (("run", "year", "cell"), values, {"units": "g m-2 year-1"}),
            "length": (("time",), [31.0, 28.0], {"units": "days"}),
        },
        coords={
            "run": ["S_T", "S_R"],
            "year": [2006, 2020, 2099],
            "time": months,
            "lat": ("cell", [30.25, 30.75, 31.25, 31.75]),
            "lon": ("cell", [90.25, 90.25, 90.25, 90.75]),
            "ecosystem": ("cell", ["Steppe", "Meadow", "Meadow", "Sparse"]),
        },
        attrs={
            "summary": "climate reconstructed from published figures, not GCM output: normals",
            "source": "tables",
            "seed": 7,
        },
    )


@pytest.fixture
def kept(tmp_path, dataset):
    """A store that holds *dataset* under the key `one`."""
    store = Store(tmp_path / "store")
    assert store.put("one", dataset)
    return store


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def bits(array):
    return array.to_numpy().astype(">f8").tobytes()


# --- keys ---


def test_equal_inputs_have_equal_keys_in_any_order():
    assert key(a=1.5, b={"x": 1, "y": (1, 2)}) == key(b={"y": [1, 2], "x": 1}, a=1.5)


@pytest.mark.parametrize(
    "other",
    [{"a": 0.1 + 0.2}, {"a": "0.3"}, {"b": 0.3}, {"a": [0.3]}, {"a": np.array([0.3])}, {}],
)
def test_different_inputs_have_different_keys(other):
    assert key(a=0.3) != key(**other)


def test_key_of_a_dataset_follows_its_values_and_not_its_attributes(dataset):
    moved = dataset.copy(deep=True)
    moved["npp"][1, 1, 1] += 1e-12
    renamed = dataset.assign_coords(ecosystem=("cell", ["Steppe", "Meadow", "Meadow", "Desert"]))
    assert key(region=dataset) == key(region=dataset.assign_attrs(history="today"))
    assert len({key(region=one) for one in (dataset, moved, renamed)}) == 3


def test_key_of_something_unnameable_is_refused():
    with pytest.raises(TypeError, match="object"):
        key(a=object())


def test_key_changes_when_a_table_is_edited(monkeypatch):
    before = key(a=1)
    monkeypatch.setattr(module, "_source", lambda: "another table")
    assert key(a=1) != before


def test_key_is_the_same_in_another_process():
    code = "from data.store import key; print(key(a=1.5, b=('x',)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == key(a=1.5, b=("x",))


# --- round trip ---


def test_what_was_put_comes_back_bit_for_bit(kept, dataset):
    back = kept.get("one")
    xr.testing.assert_identical(back, dataset)
    assert bits(back.npp) == bits(dataset.npp)
    assert back.npp.dtype == np.float64


def test_what_comes_back_is_in_memory(kept):
    back = kept.get("one")
    shutil.rmtree(kept.folder)
    assert float(back.length.sum()) == 59.0


def test_putting_leaves_the_dataset_alone(tmp_path, dataset):
    before = dataset.copy(deep=True)
    Store(tmp_path).put("one", dataset)
    xr.testing.assert_identical(dataset, before)


def test_a_second_put_replaces_the_first(kept, dataset):
    kept.put("one", dataset * 2)
    assert bits(kept.get("one").npp) == bits(dataset.npp * 2)


def test_an_unknown_key_is_not_there(kept):
    assert kept.get("two") is None


def test_a_store_without_folder_is_empty(tmp_path):
    assert Store(tmp_path / "nowhere").get("one") is None


# --- damage ---


def file_of(store):
    return store.folder / "one.nc"


@pytest.mark.parametrize("size", [0, 1, 31, 32, 1000])
def test_a_truncated_file_is_not_there_and_removed(kept, size):
    os.truncate(file_of(kept), size)
    assert kept.get("one") is None
    assert not file_of(kept).exists()


def test_a_single_changed_byte_is_noticed_wherever_it_is(kept, caplog):
    sound = file_of(kept).read_bytes()
    for where in np.linspace(0, len(sound) - 1, 40).astype(int):
        damaged = bytearray(sound)
        damaged[where] ^= 1
        file_of(kept).write_bytes(damaged)
        assert kept.get("one") is None, where
    assert caplog.text.count("damaged") == 40


def test_a_foreign_netcdf_file_is_not_there(kept, dataset):
    dataset.drop_vars("time").to_netcdf(file_of(kept))
    assert kept.get("one") is None


def test_a_file_under_another_key_is_not_there(kept):
    shutil.copy(file_of(kept), kept.folder / "two.nc")
    assert kept.get("two") is None
    assert kept.get("one") is not None


# --- disks that refuse ---


def test_a_store_that_cannot_be_made_loses_no_run(tmp_path, dataset, caplog):
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file" / "store")
    assert store.put("one", dataset) is False
    assert store.get("one") is None
    assert "not kept" in caplog.text


def test_a_full_disk_loses_no_run_and_no_older_result(kept, dataset):
    resource = pytest.importorskip("resource")
    code = (
        "import resource, sys; from data.store import Store\n"
        "store = Store(sys.argv[1]); one = store.get('one')\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, {resource.RLIM_INFINITY}))\n"
        "big = one.isel(cell=[0] * 100_000)\n"
        "assert store.put('one', big) is False and big.sizes['cell'] == 100_000"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, kept.folder], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert "not kept" in said.stderr
    assert bits(kept.get("one").npp) == bits(dataset.npp)
    assert names_in(kept.folder) == ["one.nc"]


def test_an_interrupted_put_leaves_nothing_behind(kept, dataset, monkeypatch):
    def interrupted(*_args, **_encoding):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        kept.put("one", dataset)
    assert names_in(kept.folder) == ["one.nc"]


def test_two_processes_can_write_one_key_while_a_third_reads(kept, dataset):
    code = (
        "import sys; from data.store import Store; s = Store(sys.argv[1]); d = s.get('one')\n"
        "assert all(s.put('one', d) for _ in range(20))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, kept.folder]) for _ in range(2)]
    while any(writer.poll() is None for writer in writers):
        assert kept.get("one") is not None
    assert [writer.returncode for writer in writers] == [0, 0]
    assert names_in(kept.folder) == ["one.nc"]


def test_the_environment_moves_the_store(monkeypatch, tmp_path):
    monkeypatch.delenv("PERMAFROST_CARBON_STORE", raising=False)
    assert default_folder().parts[-2:] == ("permafrost-carbon", "store")
    monkeypatch.setenv("PERMAFROST_CARBON_STORE", str(tmp_path))
    assert default_folder() == tmp_path


# --- files for users ---


@pytest.fixture
def result(dataset):
    return dataset.drop_dims("time")


def test_a_result_can_be_opened_and_says_what_it_is(tmp_path, result):
    path = write_result(result, tmp_path / "result.nc")
    with xr.open_dataset(path) as back:
        said = back.attrs
        assert bits(back.npp) == bits(result.npp)
        assert back.npp.attrs["standard_name"].startswith("net_primary_productivity")
    assert said["Conventions"] == "CF-1.11, ACDD-1.3"
    assert "climate reconstructed from published figures, not GCM output" in said["summary"]
    assert "10.1029/2021GB007068" in said["references"]
    assert (said["geospatial_lat_min"], said["geospatial_lon_max"]) == (30.25, 90.75)
    assert said["time_coverage_start"] == "2006-07-02T12:00:00Z"
    assert said["time_coverage_end"] == "2099-07-02T12:00:00Z"
    assert said["institution"] == "Permafrost Carbon"
    assert {"title", "source", "history", "license", "date_created"} <= said.keys()


def test_history_grows_and_what_the_caller_says_is_kept(tmp_path, result):
    given = result.assign_attrs(history="asked for", edits=json.dumps(["b=1"]))
    with xr.open_dataset(write_result(given, tmp_path / "result.nc")) as back:
        assert back.attrs["history"].splitlines()[0] == "asked for"
        assert json.loads(back.attrs["edits"]) == ["b=1"]


def test_a_difference_or_a_sum_has_no_standard_name(tmp_path, result):
    result["npp"].attrs["comment"] = "S_T minus S_R"
    with xr.open_dataset(write_result(result, tmp_path / "result.nc")) as back:
        assert "standard_name" not in back.npp.attrs


def test_writing_a_result_leaves_the_dataset_alone(tmp_path, result):
    before = result.copy(deep=True)
    write_result(result, tmp_path / "result.nc")
    xr.testing.assert_identical(result, before)


@pytest.mark.parametrize("name", ["result.csv", "result", "result.nc.txt"])
def test_a_result_of_another_ending_is_refused(tmp_path, result, name):
    with pytest.raises(ValueError, match=r"must end in \.nc"):
        write_result(result, tmp_path / name)


def test_a_missing_folder_is_named(tmp_path, result):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*elsewhere"):
        write_result(result, tmp_path / "elsewhere" / "result.nc")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "result.nc").mkdir()
    with pytest.raises(PermissionError, match="cannot be written"):
        writable(tmp_path / "result.nc")


def test_a_folder_that_only_seems_writable_is_refused(tmp_path, monkeypatch):
    def refuses(**_choices):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(module, "TemporaryFile", refuses)
    with pytest.raises(PermissionError, match=r"result.nc: .* cannot be written"):
        writable(tmp_path / "result.nc")


def test_another_ending_may_be_asked_for(tmp_path):
    assert writable(tmp_path / "fitted.toml", (".toml",)) == tmp_path / "fitted.toml"
    with pytest.raises(ValueError, match=r"must end in \.toml"):
        writable(tmp_path / "fitted.nc", (".toml",))
    assert names_in(tmp_path) == []


def test_a_failed_export_leaves_the_older_file_and_no_half(tmp_path, result, monkeypatch):
    path = write_result(result, tmp_path / "result.nc")
    before = path.read_bytes()
    half = module._write

    def fails(whole, temporary, **encoding):
        half(whole, temporary, **encoding)
        raise OSError("no space left")

    monkeypatch.setattr(module, "_write", fails)
    with pytest.raises(OSError, match="no space"):
        write_result(result * 2, path)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["result.nc"]


def test_what_a_killed_process_left_half_written_is_swept_once_it_is_old(tmp_path):
    store, old = Store(tmp_path), tmp_path.stat().st_mtime - 2 * module.ABANDONED
    for name in (".run-1.part", ".run-2.part", "kept.nc"):
        (tmp_path / name).write_bytes(b"half")
    os.utime(tmp_path / ".run-1.part", (old, old))
    os.utime(tmp_path / "kept.nc", (old, old))
    store.sweep()
    assert sorted(names_in(tmp_path)) == [".run-2.part", "kept.nc"]
    Store(tmp_path / "elsewhere").sweep()  # no folder, nothing to do
