"""`run` in many climates, and block by block into a Zarr store."""

from functools import cache
from itertools import count

import numpy as np
import pytest
import xarray as xr

import data
import tem
from dashboard import plateau
from data.store import read_result

CELLS = 3  # so that two blocks are unequal
MADE = ("history", "date_")  # attributes that tell when and how


@pytest.fixture(scope="module")
def fewer(few):
    return few.isel(cell=slice(CELLS))


@pytest.fixture(autouse=True)
def blocks_of_two(monkeypatch, small, fewer):
    monkeypatch.setattr(data, "region", lambda *_choices: fewer)
    monkeypatch.setattr(plateau, "BLOCK", 2)


@pytest.fixture(scope="module")
def expected(fewer):
    """What the model gives for all cells at once."""

    @cache
    def yearly(rcp, gcm):
        return tem.experiment(tem.environment(fewer, data.climate(fewer, rcp, gcm)))

    return yearly


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_same_bits(found, model):
    assert set(found) == set(model)
    for name in model:
        assert found[name].dtype == np.float64
        np.testing.assert_array_equal(found[name], model[name])


def test_a_store_of_one_climate_is_its_netcdf_file_and_prints_the_same(say, tmp_path, expected):
    where = ["run", "--rcp", "rcp45", "--gcm", "MIROC5", "--out"]
    paths = [tmp_path / "one.nc", tmp_path / "one.zarr"]
    said = [say(*where, str(path)) for path in paths]
    assert [code for code, *_ in said] == [0, 0]
    lines = [out.splitlines() for _, out, _ in said]
    assert lines[0][:-2] == lines[1][:-2]
    assert all("close to within" in said[-2] for said in lines)  # round-off differs with blocks
    assert lines[1][-1] == f"Written to {paths[1]}"
    with read_result(paths[0]) as file, read_result(paths[1]) as store:
        assert_same_bits(store, expected("rcp45", "MIROC5"))
        for one in (file, store):
            assert str(paths[one is store].name) in one.attrs["history"]
            for name in [name for name in one.attrs if name.startswith(MADE)]:
                del one.attrs[name]
        xr.testing.assert_identical(store.load(), file.load())
    assert names_in(tmp_path) == ["one.nc", "one.zarr"]


def test_all_climates_go_into_one_store_and_are_told_by_rcp(
    say, tmp_path, monkeypatch, fewer, expected
):
    path, two = tmp_path / "plateau.zarr", ("GFDL-ESM2M", "MIROC5")
    monkeypatch.setattr(data, "GCMS", two)
    code, out, _ = say("run", "--rcp", "all", "--gcm", "all", "--out", str(path))
    assert code == 0
    with read_result(path) as found:
        assert found.npp.dims == ("rcp", "gcm", "run", "year", "cell")
        assert tuple(found.rcp.values) == data.RCPS
        assert tuple(found.gcm.values) == two
        assert not any(found[name].isnull().any() for name in found)
        for rcp, gcm in (("rcp45", "MIROC5"), ("rcp85", "GFDL-ESM2M")):
            one = found.sel(rcp=rcp, gcm=gcm)
            assert_same_bits(one, expected(rcp, gcm))
        assert not {"rcp", "gcm", "seed"} & found.attrs.keys()
        assert "not GCM output" in found.attrs["summary"]
        rh = found.rh.sel(year=2099)
        effect = ((rh.sel(run="S_T") - rh.sel(run="S_R")) * fewer.cell_area).sum("cell") / 1e12
    told = [line.split() for line in out.splitlines()]
    assert [row[1:] for row in told if row[:1] == ["ΔRH"]] == [
        [f"{one.mean().item():.3f}", "±", f"{one.std(ddof=1).item():.3f}", "TgC", "year-1"]
        for one in effect
    ]
    titles = [line for line in out.splitlines() if line.startswith("Effect of thaw")]
    assert [rcp in title for rcp, title in zip(data.RCPS, titles, strict=True)] == [True, True]
    assert float(out.split("close to within ")[1].split()[0]) < 1e-6


def test_both_rcps_of_one_model_need_no_file(say, expected):
    code, out, _ = say("run", "--rcp", "all", "--gcm", "MIROC5")
    assert code == 0
    assert out.startswith(f"rcp45 and rcp85, MIROC5, {CELLS} cells")
    for rcp in data.RCPS:
        total = tem.summary.regional_total(tem.summary.difference(expected(rcp, "MIROC5")))
        told = out.split(f"under {rcp}")[1].split()
        assert told[told.index("ΔSOC") + 1] == f"{total.soc[-1].item():.3f}"


def test_cells_not_at_rest_are_counted_over_blocks(say, tmp_path, monkeypatch):
    real = tem.experiment
    monkeypatch.setattr(
        tem, "experiment", lambda *a, **k: real(*a, **k).assign_attrs(cells_not_at_rest=1)
    )
    path = tmp_path / "one.zarr"
    _, out, _ = say("run", "--gcm", "MIROC5", "--out", str(path))
    assert f"2 of {CELLS} cells did not come to rest" in out
    with read_result(path) as found:
        assert found.attrs["cells_not_at_rest"] == 2


def test_edits_reach_the_ground_and_life_of_every_block(say, tmp_path, fewer):
    path, edits = tmp_path / "one.zarr", ["k_thawed_3*=1.3", "kd*=1.2"]
    say("run", "--gcm", "MIROC5", "--set", edits[0], "--set", edits[1], "--out", str(path))
    climate = data.climate(fewer, "rcp85", "MIROC5")
    model = tem.experiment(tem.environment(fewer, climate, edits), edits)
    with read_result(path) as found:
        assert_same_bits(found, model)


def test_ctrl_c_on_the_way_leaves_the_older_store_and_no_half(say, tmp_path, monkeypatch, expected):
    path = tmp_path / "one.zarr"
    asked = ("run", "--gcm", "MIROC5", "--out", str(path))
    model = expected("rcp85", "MIROC5")
    say(*asked)
    real, blocks = tem.experiment, count()

    def interrupted(*args, **choices):
        if next(blocks):
            raise KeyboardInterrupt
        return real(*args, **choices)

    monkeypatch.setattr(tem, "experiment", interrupted)
    assert say(*asked, "--rcp", "rcp45")[0] == 130
    assert next(blocks) == 2
    assert names_in(tmp_path) == ["one.zarr"]
    with read_result(path) as found:
        assert_same_bits(found, model)


def test_a_folder_of_others_is_not_replaced(say, tmp_path):
    mine = tmp_path / "mine.zarr"
    mine.mkdir()
    (mine / "notes.txt").write_text("years of work")
    code, out, err = say("run", "--out", str(mine))
    assert (code, out) == (2, "")
    assert "mine.zarr" in err
    assert "no Zarr result" in err
    assert names_in(mine) == ["notes.txt"]


@pytest.mark.parametrize("cells", [1, 2, 3, 7, 8])
def test_blocks_cover_all_cells_once_and_are_of_about_equal_size(cells):
    found = plateau.blocks(cells)
    assert [n for one in found for n in range(one.start, one.stop)] == list(range(cells))
    assert {one.stop - one.start for one in found[:-1]} <= {plateau.BLOCK}
    assert len(found) == -(-cells // plateau.BLOCK)
