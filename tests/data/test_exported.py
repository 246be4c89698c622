"""Results in the form of the conventions: their checker agrees, and nothing is lost on the way."""

import numpy as np
import pytest
import xarray as xr

import data
import tem
from data.described import STANDARD_NAMES
from data.exported import DAYS, conforming, modelled
from data.store import read_result, write_result
from data.streamed import streamed
from tem.summary import DECLARED
from tem.variables import Yearly

NAMED = ("lat", "lon", "ecosystem", "cell_area")


@pytest.fixture(scope="module")
def region():
    return data.region(0.5).isel(cell=slice(None, None, 100))


@pytest.fixture(scope="module")
def result(region):
    """A result with every declared variable, as `tem.experiment` annotates it."""
    rng = np.random.default_rng(1)
    shape = {"run": ["S_R", "S_T"], "year": list(data.YEARS)}
    block = rng.normal(size=(len(Yearly._fields), 2, len(data.YEARS), region.sizes["cell"]))
    return xr.Dataset(
        tem.door.annotated(Yearly, block, ("run", "year", "cell"), axis=0),
        {name: region.variables[name] for name in NAMED} | shape,
        {"summary": "reconstructed", "source": "tables", "resolution": 0.5, "rcp": "rcp85"},
    )


def ensemble(result):
    return tem.summary.ensemble(dict.fromkeys(data.GCMS, result))


def streamed_to(path, result):
    parts = result.drop_vars(("run", "year")).coords.to_dataset().assign_attrs(resolution=0.5)
    with streamed(path, parts.assign_coords(gcm=list(data.GCMS)), block=4) as store:
        for gcm in data.GCMS:
            for cells in (slice(0, 4), slice(4, None)):
                store.put(result.isel(cell=cells), cell=cells, gcm=gcm)
    return path


@pytest.mark.parametrize("kind", ["one.nc", "all.nc", "all.zarr"])
def test_the_checker_of_the_conventions_finds_no_fault(complaints, tmp_path, result, kind):
    path = tmp_path / kind
    if kind == "all.zarr":
        streamed_to(path, result)
    else:
        write_result(ensemble(result) if kind == "all.nc" else result, path)
    assert complaints(path) == {"cf:1.11": set(), "acdd:1.3": set()}


def test_a_wrong_name_and_a_wrong_unit_are_faults(complaints, tmp_path, result):
    wrong = result.copy(deep=True)
    wrong.eet.attrs["standard_name"] = "depth_of_frost"
    wrong.vegc.attrs |= {"standard_name": "vegetation_mass_content_of_carbon", "units": "kg"}
    said = complaints(write_result(wrong, tmp_path / "wrong.nc"))["cf:1.11"]
    assert any("depth_of_frost" in one for one in said)
    assert any("vegc" in one and "units" in one.lower() for one in said)


def test_what_is_written_comes_back_as_it_was(tmp_path, result):
    for whole, path in (
        (result, write_result(result, tmp_path / "one.nc")),
        (ensemble(result), write_result(ensemble(result), tmp_path / "all.nc")),
        (ensemble(result), streamed_to(tmp_path / "all.zarr", result)),
    ):
        back = read_result(path)
        assert set(back.coords) == set(whole.coords)
        for name in whole.variables:
            assert back[name].dims == whole[name].dims
            np.testing.assert_array_equal(back[name], whole[name])
        for dim in whole.indexes:
            assert back.indexes[dim].equals(whole.indexes[dim])


def test_a_file_has_a_time_and_corners_and_says_how_numbers_come_about(tmp_path, result):
    path = write_result(result, tmp_path / "one.nc")
    with xr.open_dataset(path, decode_coords="all") as found:
        assert found.sel(time="2099").time.dt.calendar == "noleap"
        assert str(found.time.values[0]) == "2006-07-02 12:00:00"
        assert [str(end)[:10] for end in found.time_bnds.values[-1]] == ["2099-01-01", "2100-01-01"]
        assert found.lat_bnds.max("vertices").equals(found.lat + 0.25)
        assert found.lon_bnds.min("vertices").equals(found.lon - 0.25)
        said = {name: found[name].attrs["cell_methods"] for name in ("npp", "vegc", "alt")}
    assert said == {
        "npp": "area: mean time: mean",
        "vegc": "area: mean time: point (end of the year)",
        "alt": "area: mean time: maximum",
    }


def test_the_time_of_a_year_is_its_middle():
    when = conforming(xr.Dataset({"npp": ("year", [1.0, 2.0])}, {"year": [2006, 2008]}))
    assert when.time.values.tolist() == [DAYS / 2, 2.5 * DAYS]
    assert when.time_bnds.values.tolist() == [[0, DAYS], [2 * DAYS, 3 * DAYS]]
    assert modelled(when).year.values.tolist() == [2006, 2008]


def test_a_result_has_every_standard_name_that_cf_knows_for_it(tmp_path, result):
    with xr.open_dataset(write_result(result, tmp_path / "one.nc")) as found:
        said = {name: array.attrs.get("standard_name") for name, array in found.items()}
    named = {name for name in DECLARED if said[name]}
    assert named == set(STANDARD_NAMES)


@pytest.mark.parametrize("name", ["none.nc", "text.nc", "empty.nc", "plain.zarr", "text.zip"])
def test_what_is_no_result_is_told_by_its_name(tmp_path, name):
    path = tmp_path / name
    if name == "plain.zarr":
        path.mkdir()
    elif name != "none.nc":
        path.write_bytes(b"years of work" if name.startswith("text") else b"")
    with pytest.raises((OSError, ValueError), match=name):
        read_result(path)
