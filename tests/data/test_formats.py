"""Files in every format: nothing is lost, and what fails leaves no half."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from data.formats import rows, write_dataset, write_map, write_table
from data.region import ATTRS
from data.store import read_result


@pytest.fixture
def result():
    """A result of three cells with what rounding would lose."""
    values = np.random.default_rng(1).normal(size=(2, 3, 3))
    values[0, 0] = 0.1 + 0.2, -0.0, 5e-324
    npp = {"units": "g m-2 year-1", "long_name": "Net primary production"}
    return xr.Dataset(
        {"npp": (("run", "year", "cell"), values, npp)},
        {"run": ["S_R", "S_T"], "year": [2006, 2020, 2099]}
        | {
            name: ("cell", numbers, ATTRS[name])
            for name, numbers in {
                "lat": [30.25, 30.75, 31.25], "lon": [90.25, 90.25, 90.75],
                "ecosystem": ["Steppe", "Meadow", "Sparse"], "cell_area": [1e9, 2e9, 3e9],
            }.items()
        },
        {"summary": "reconstructed", "source": "tables", "resolution": 0.5},
    )  # fmt: skip


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["one.nc", "one.zarr", "one.zip"])
def test_a_dataset_comes_back_bit_for_bit_from_every_format(tmp_path, result, name, complaints):
    path = write_dataset(result, tmp_path / name)
    back = read_result(path)
    assert back.npp.to_numpy().tobytes() == result.npp.to_numpy().tobytes()
    assert names_in(tmp_path) == [name]
    if name != "one.zip":
        assert complaints(path) == {"cf:1.11": set(), "acdd:1.3": set()}


@pytest.mark.parametrize("name", ["one.csv", "one.csv.zip"])
def test_a_table_has_a_row_for_each_cell_year_and_run(tmp_path, result, name):
    about = {"title": "Carbon", "history": "asked\nwritten"}
    path = write_table(rows(result), about, tmp_path / name)
    back = pd.read_csv(path, comment="#", float_precision="round_trip")
    assert list(back) == ["run", "year", "ecosystem", "lat", "lon", "cell_area", "npp"]
    assert len(back) == 18
    assert back.npp.to_numpy().tobytes() == result.npp.to_numpy().tobytes()
    if name == "one.csv":
        said = path.read_text("utf-8").splitlines()
        assert said[:3] == ["# title: Carbon", "# history: asked", "# history: written"]


def test_a_map_lies_where_it_should_and_its_gaps_are_gaps(tmp_path):
    rasterio = pytest.importorskip("rasterio", reason="rasterio is missing")
    values = np.array([[1.5, np.nan], [0.1 + 0.2, -4.0]])
    given = xr.DataArray(values, {"lat": [30.25, 30.75], "lon": [90.25, 90.75]}, ("lat", "lon"))
    path = write_map(given, {"title": "ΔSOC", "units": "g m-2"}, tmp_path / "one.tif")
    with rasterio.open(path) as file:
        np.testing.assert_array_equal(file.read(1), values[::-1])
        assert file.crs.to_epsg() == 4326
        assert np.isnan(file.nodata)
        assert tuple(file.bounds) == (90.0, 30.0, 91.0, 31.0)
        assert next(file.sample([(90.3, 30.8)]))[0] == 0.1 + 0.2
        assert file.tags()["title"] == "ΔSOC"


@pytest.mark.parametrize("name", ["one.nc", "one.zarr", "one.zip", "one.csv", "one.csv.zip"])
def test_what_fails_on_the_way_leaves_the_older_file_and_no_half(
    tmp_path, result, monkeypatch, name
):
    def written():
        path = tmp_path / name
        if ".csv" in name:
            return write_table(rows(result), {}, path)
        return write_dataset(result, path)

    def fails(*_args, **_choices):
        raise OSError(28, "No space left on device")

    before = names_in(written()) if name == "one.zarr" else written().read_bytes()
    for what in ("to_netcdf", "to_zarr"):
        monkeypatch.setattr(xr.Dataset, what, fails)
    monkeypatch.setattr(pd.DataFrame, "to_csv", fails)
    with pytest.raises(OSError, match="No space left"):
        written()
    path = tmp_path / name
    assert (names_in(path) if name == "one.zarr" else path.read_bytes()) == before
    assert names_in(tmp_path) == [name]


def test_another_ending_is_refused(tmp_path, result):
    with pytest.raises(ValueError, match=r"\.nc or \.zarr or \.zip"):
        write_dataset(result, tmp_path / "one.txt")
