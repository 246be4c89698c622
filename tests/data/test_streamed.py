"""What is written in parts is whole in the end, or not there."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import xarray as xr

from data.store import read_result, writable
from data.streamed import streamed

BLOCK = 3
PARTS = (slice(0, 3), slice(3, 5))
ATTRS = {"summary": "climate reconstructed from published figures, not GCM output: normals"}


@pytest.fixture
def region():
    """Coordinates of five cells and two climate models."""
    places = {"lat": np.arange(30.25, 32.75, 0.5), "lon": np.full(5, 90.25)}
    kinds = ["Steppe", "Meadow", "Meadow", "Sparse", "Shrubland"]
    coords = {name: ("cell", values) for name, values in (places | {"ecosystem": kinds}).items()}
    return xr.Dataset(coords=coords | {"gcm": ["MIROC5", "GFDL-ESM2M"]})


@pytest.fixture
def results(region):
    """Both runs of the cells by GCM, with what rounding or filling would lose."""
    rng = np.random.default_rng(1)

    def one(gcm):
        values = rng.normal(size=(2, 4, 5))
        values[0, 0, :4] = np.nan, -0.0, np.inf, 5e-324
        return xr.Dataset(
            {
                "npp": (("run", "year", "cell"), values, {"units": "g m-2 year-1"}),
                "alt": (("run", "year", "cell"), values + 1, {"units": "m"}),
            },
            coords=region.drop_vars("gcm").coords
            | {"run": ["S_R", "S_T"], "year": [2006, 2007, 2008, 2099]},
            attrs=ATTRS | {"gcm": gcm},
        )

    return {str(gcm): one(gcm) for gcm in region.gcm.values}


@pytest.fixture
def write(region, results):
    def written(path, change=lambda part: part):
        with streamed(path, region, BLOCK) as result:
            for gcm, whole in results.items():
                for cells in PARTS:
                    result.put(change(whole.isel(cell=cells)), cell=cells, gcm=gcm)
            result.attrs["edits"] = "[]"
        return path

    return written


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def test_parts_make_the_whole_bit_for_bit(write, results, tmp_path):
    path = write(tmp_path / "all.zarr")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_result(path)
    assert found.npp.dims == ("gcm", "run", "year", "cell")
    for gcm, whole in results.items():
        one = found.sel(gcm=gcm)
        for name in whole.variables:
            xr.testing.assert_equal(one[name].drop_vars("gcm"), whole[name])
        for name in whole:
            assert one[name].to_numpy().tobytes() == whole[name].to_numpy().tobytes()


def test_a_chunk_holds_the_curves_of_a_block(write, tmp_path):
    path = write(tmp_path / "all.zarr")
    assert xr.open_zarr(path).npp.encoding["chunks"] == (1, 2, 4, BLOCK)
    assert len([*path.glob("npp/[0-9]*")]) == 4  # two GCMs, two blocks


def test_a_store_says_what_it_is(write, tmp_path):
    found = read_result(write(tmp_path / "all.zarr"))
    said = found.attrs
    assert found.npp.attrs["standard_name"].startswith("net_primary_productivity")
    assert set(found.coords) == {"lat", "lon", "ecosystem", "gcm", "run", "year"}
    assert said["Conventions"] == "CF-1.11, ACDD-1.3"
    assert ATTRS["summary"] in said["summary"]
    assert said["edits"] == "[]"
    assert "gcm" not in said  # on which parts differ
    assert (said["geospatial_lat_min"], said["geospatial_lat_max"]) == (30.25, 32.25)
    assert said["time_coverage_end"] == "2099-07-02T12:00:00Z"


def test_parts_are_left_alone(write, results, tmp_path):
    before = {gcm: one.copy(deep=True) for gcm, one in results.items()}
    write(tmp_path / "all.zarr")
    for gcm, one in results.items():
        xr.testing.assert_identical(one, before[gcm])


def test_a_later_store_replaces_the_older(write, tmp_path):
    path = write(tmp_path / "all.zarr")
    (path / "older").touch()
    write(path, lambda part: part * 2)
    assert names_in(tmp_path) == ["all.zarr"]
    assert "older" not in names_in(path)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError, OSError])
def test_a_fault_on_the_way_leaves_the_older_store_and_no_half(write, tmp_path, fault):
    path = write(tmp_path / "all.zarr")
    before = read_result(path)

    def fails(part):
        if part.sizes["cell"] < BLOCK:
            raise fault
        return part

    with pytest.raises(fault):
        write(path, fails)
    with pytest.raises(fault):
        write(tmp_path / "new.zarr", fails)
    assert names_in(tmp_path) == ["all.zarr"]
    xr.testing.assert_identical(read_result(path), before)


def test_a_full_disk_is_told_by_the_name_that_was_asked_for(tmp_path):
    pytest.importorskip("resource")
    code = (
        "import resource, sys, numpy as np, xarray as xr; from data.streamed import streamed\n"
        "cells = xr.Dataset(coords={'lat': ('cell', np.arange(1e5))})\n"
        "values = np.random.default_rng(1).normal(size=(1, 100_000))\n"
        "part = xr.Dataset({'npp': (('year', 'cell'), values)}, {'year': [2006]})\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, {2**40}))\n"
        "try:\n"
        "    with streamed(sys.argv[1], cells, 100_000) as result:\n"
        "        result.put(part, cell=slice(None))\n"
        "except OSError as fault:\n"
        "    sys.exit(0 if fault.filename == sys.argv[1] else str(fault))\n"
        "sys.exit('no fault')"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "all.zarr"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert names_in(tmp_path) == []


def test_a_name_that_the_store_does_not_have_is_refused(region, results, tmp_path):
    part = results["MIROC5"]
    with (
        pytest.raises(KeyError, match="MIROC6"),
        streamed(tmp_path / "all.zarr", region, BLOCK) as result,
    ):
        result.put(part, cell=slice(None), gcm="MIROC6")


@pytest.mark.parametrize(
    ("change", "names", "words"),
    [
        (lambda part: part, {"gcm": "MIROC5", "rcp": "rcp45"}, r"\['gcm', 'rcp'\]; the store"),
        (lambda part: part.assign_coords(year=[2006, 2007, 2008, 2050]), {"gcm": "MIROC5"}, "2050"),
    ],
)
def test_a_part_that_is_not_of_this_store_is_refused(
    region, results, tmp_path, change, names, words
):
    first = results["GFDL-ESM2M"].isel(cell=PARTS[0])
    second = change(results["MIROC5"].isel(cell=PARTS[0]))
    with streamed(tmp_path / "all.zarr", region, BLOCK) as result:
        result.put(first, cell=PARTS[0], gcm="GFDL-ESM2M")
        with pytest.raises(ValueError, match=words):
            result.put(second, cell=PARTS[0], **names)


def test_where_a_link_leads_is_replaced(write, tmp_path):
    there = write(tmp_path / "there.zarr")
    link = tmp_path / "link.zarr"
    link.symlink_to(there)
    write(link)
    assert link.is_symlink()
    assert sorted(names_in(tmp_path)) == ["link.zarr", "there.zarr"]


def test_only_a_store_may_be_replaced_by_a_store(write, tmp_path):
    endings = (".nc", ".zarr")
    path = write(tmp_path / "all.zarr")
    assert writable(path, endings) == path
    (tmp_path / "mine.zarr").mkdir()
    (tmp_path / "file.zarr").touch()
    for name in ("mine.zarr", "file.zarr"):
        with pytest.raises(PermissionError, match=f"{name}: .* not replaced"):
            writable(tmp_path / name, endings)
    with pytest.raises(ValueError, match=r"must end in \.nc or \.zarr"):
        writable(tmp_path / "all.csv", endings)
