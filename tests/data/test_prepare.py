"""From files to a region: the example comes back as it was; what is wrong leaves nothing behind."""

import json
import shutil

import numpy as np
import pytest
import xarray as xr

import data
from data import example, prepared, recipe
from data.prepare import prepare
from data.relief import elevation


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The example files."""
    place = tmp_path_factory.mktemp("example") / "files"
    example.write(place)
    return place


@pytest.fixture(scope="session")
def ready(folder):
    """The region made of them, and what was told on the way."""
    told = []
    path = prepare(folder / example.RECIPE, folder.parent / "ready.zarr", told=told.append)
    return path, told


def changed(folder, tmp_path, *pairs, add=""):
    """Write the configuration of the example, which names its files, with words replaced."""
    text = (folder / example.RECIPE).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / example.RECIPE
    path.write_text(text + add)
    for file in folder.iterdir():
        if file.name != example.RECIPE:
            (tmp_path / file.name).symlink_to(file)
    return path


# --- what comes out ---


def test_climates_come_back_as_they_were_written(ready):
    region = data.prepared_region(ready[0])
    there = region.assign(elevation=("cell", elevation(region.lat.values, region.lon.values)))
    plain = xr.Dataset(
        {"elevation": ("cell", there.elevation.to_numpy())},
        {name: ("cell", region[name].to_numpy()) for name in ("lat", "lon")},
    )
    assert data.climates_of(region) == (("rcp45", "rcp85"), ("HadGEM2-ES", "MIROC5"))
    for rcp in data.RCPS:
        for gcm in example.CALENDARS:
            ours, embedded = (data.climate(place, rcp, gcm) for place in (region, plain))
            for name in ("tas", "pr", "rsds", "co2"):
                assert np.allclose(ours[name], embedded[name], rtol=1e-6, atol=1e-4), name
                assert ours[name].attrs["units"] == embedded[name].attrs["units"]
            assert (ours.time == embedded.time).all()


def test_land_is_that_of_the_embedded_plateau(ready):
    region = data.prepared_region(ready[0])
    embedded = data.region(0.5)
    places = {
        tuple(place): k
        for k, place in enumerate(zip(embedded.lat.values, embedded.lon.values, strict=True))
    }
    same = embedded.isel(
        cell=[places[p] for p in zip(region.lat.values, region.lon.values, strict=True)]
    )
    assert float(region.cell_area.sum()) == pytest.approx(float(same.cell_area.sum()), rel=0.05)
    assert float((region.ecosystem == same.ecosystem).mean()) > 0.8
    assert np.allclose(region.sand + region.silt + region.clay, 100)
    assert float(abs(region.elevation - same.elevation).max()) < 200
    for name in ("elevation", "sand", "cell_area", "ecosystem"):
        assert region[name].attrs["source"]


def test_some_cells_and_all_cells_have_the_same_climate(ready):
    region = data.prepared_region(ready[0])
    some = region.isel(cell=[7, 3, 40])
    whole = data.climate(region, "RCP8.5", "miroc5")
    assert data.climate(some, "rcp85", "MIROC5").tas.equals(whole.tas.isel(cell=[7, 3, 40]))


def test_a_climate_that_is_not_there_is_refused(ready):
    region = data.prepared_region(ready[0])
    with pytest.raises(ValueError, match="expected one of HadGEM2-ES, MIROC5"):
        data.climate(region, "rcp85", "GFDL-ESM2M")


def test_the_report_tells_of_every_variable(ready):
    path, told = ready
    text = "\n".join(line for lines in told for line in lines)
    for word in ("elevation: ", "permafrost: ", "ecosystem: cells: Steppe", "sand: ", "silt: "):
        assert word in text
    assert "rcp85 HadGEM2-ES pr: " in text
    assert "units: kg m-2 s-1 to mm day-1, as water of 1000 kg m-3" in text
    assert "WARNING: the climates have different calendars (360_day: rcp45 HadGEM2-ES" in text
    records = json.loads(prepared.report(path))
    assert len(records) == 5 + 4 * 3
    assert all(record["files"] and record["found"] for record in records)


def test_what_is_written_is_described(ready):
    with xr.open_zarr(ready[0]) as found:
        assert found.attrs["Conventions"] == "CF-1.11, ACDD-1.3"
        assert found.attrs["title"] == "A corner of the plateau, from example files"
        assert found.tas.attrs["standard_name"] == "air_temperature"
        assert "tas_Amon_HadGEM2-ES_rcp45_200601-204911.nc" in found.tas.attrs["source"]
        assert found.time.dt.calendar == "noleap"


def test_the_store_of_results_tells_climates_of_one_grid_apart(ready):
    from dashboard import baseline

    region = data.prepared_region(ready[0])
    names = {
        baseline.name("yearly", region.assign_attrs(prepared=seal), "rcp85", "MIROC5")
        for seal in ("a", "b")
    }
    plain = region.drop_attrs(deep=False)
    assert len(names | {baseline.name("yearly", plain, "rcp85", "MIROC5")}) == 3


def test_without_land_the_embedded_one_is_cut_to_the_grid(folder, tmp_path):
    text = (folder / example.RECIPE).read_text()
    land = text[text.index("[land]") : text.index("[climate]")]
    path = prepare(changed(folder, tmp_path, (land, "")), tmp_path / "a.zarr")
    region, embedded = data.prepared_region(path), data.region(0.5)
    chosen = (abs(embedded.lat - 34.5) < 1.5) & (abs(embedded.lon - 93) < 2)
    assert region.sand.equals(embedded.sand.isel(cell=np.flatnonzero(chosen)))


def test_bilinear_climates_follow_the_height_of_the_cells(folder, tmp_path):
    with xr.open_dataset(next(folder.glob("tas_*_MIROC5_rcp85_*"))) as file:
        place = {name: file[name] for name in ("lat", "lon")}
    flat = xr.DataArray(np.full((6, 8), 4000.0), place, ("lat", "lon"), attrs={"units": "m"})
    flat.rename("orog").to_netcdf(tmp_path / "orog.nc")
    lifted = changed(
        folder, tmp_path, ('mapping = "block"', 'mapping = "bilinear"\norography = "orog.nc"')
    )
    one = data.prepared_region(prepare(lifted, tmp_path / "a.zarr"))
    lifted.write_text(lifted.read_text().replace('orography = "orog.nc"', "", 1))
    other = data.prepared_region(prepare(lifted, tmp_path / "b.zarr"))
    warm, cold = (data.climate(place, "rcp85", "MIROC5").tas for place in (other, one))
    wanted = 6.5 * (one.elevation - 4000) / 1000
    assert np.allclose(warm - cold, wanted.to_numpy()[:, None], atol=1e-4)


# --- what is refused, and leaves nothing behind ---


def refused(config, out, error=ValueError):
    """Return what is said of a configuration; there is nothing of *out* afterwards."""
    before = {path.name for path in out.parent.iterdir()}
    with pytest.raises(error) as fault:
        prepare(config, out)
    assert {path.name for path in out.parent.iterdir()} == before
    return str(fault.value)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (("[grid]", "[girt]"), "girt is unknown; known: climate, co2, grid"),
        (("resolution = 0.5", "resolution = 7"), "grid.resolution = 7: expected 0.01 to 2.0"),
        (("west = 91.0", "west = 99.0"), "expected the west edge to be the smaller"),
        (("north = 36.0", "north = 99"), "grid.north = 99: expected -90 to 90 degrees"),
        (('elevation = "dem.tif"', ""), "land lacks elevation"),
        (('mapping = "block"', 'mapping = "cubic"'), "'cubic': expected block or bilinear"),
        (('mapping = "block"', "lapse_rate = 6.5"), "needs climate.orography"),
        (("rcp45.MIROC5", "rcp45.MIROC"), "runs.rcp45.MIROC5 is missing"),
        (("rcp85", "ssp370"), "co2.ssp370 is missing: expected a CSV file"),
        (('column = "type"', 'colour = "type"'), "land.permafrost: colour is unknown"),
        (('rsds = "rsds_*_MIROC5_rcp85_*.nc"', ""), "runs.rcp85.MIROC5: expected tas"),
        (('rsds = "rsds_*_MIROC5_rcp85_*.nc"', "rsds = {path = 1}"), "rsds: expected `file`"),
        (
            ('"rsds_*_MIROC5_rcp85_*.nc"', '{file = "rsds_*_MIROC5_rcp85_*", variable = "R"}'),
            "rsds_Amon_MIROC5_rcp85_200601-209912.nc: expected variable R",
        ),
        (("title =", "title"), "cannot be read as TOML"),
        (('"vegetation_classes.csv"', '{11 = "Steppe"}'), "the table of classes lacks 12"),
    ],
)
def test_configurations_that_make_no_sense_are_refused(folder, tmp_path, pair, said):
    path = tmp_path / example.RECIPE
    text = (folder / example.RECIPE).read_text()
    assert pair[0] in text
    path.write_text(text.replace(*pair))
    for file in folder.iterdir():
        if file.name != example.RECIPE:
            (tmp_path / file.name).symlink_to(file)
    told = refused(path, tmp_path / "a.zarr")
    assert said in told
    assert str(tmp_path) in told


def test_files_that_are_not_there_are_named(folder, tmp_path):
    path = tmp_path / example.RECIPE
    shutil.copy(folder / example.RECIPE, path)
    assert "dem.tif" in refused(path, tmp_path / "a.zarr", FileNotFoundError)
    assert "no.toml" in refused(tmp_path / "no.toml", tmp_path / "a.zarr", FileNotFoundError)


def test_a_fault_late_in_the_files_leaves_the_older_region(folder, tmp_path):
    config = changed(folder, tmp_path)
    path = prepare(config, tmp_path / "a.zarr")
    before = data.prepared_region(path)
    last = next(tmp_path.glob("rsds_*_MIROC5_rcp85_*"))
    with xr.open_dataset(last, decode_times=False) as file:
        spoiled = file.load().assign(rsds=file.rsds * 3)
    last.unlink()
    spoiled.to_netcdf(last)
    said = refused(config, path)
    assert last.name in said
    assert "W m-2" in said
    assert data.prepared_region(path).identical(before)


def test_what_the_check_refuses_is_not_kept(folder, tmp_path):
    def check(_region, _climate):
        raise ValueError("not in my model")

    with pytest.raises(ValueError, match="not in my model"):
        prepare(changed(folder, tmp_path), tmp_path / "a.zarr", check)
    assert not (tmp_path / "a.zarr").exists()


def test_co2_is_read_from_a_file(folder, tmp_path):
    rows = "\n".join(f"{year},{400 + year - 2006}" for year in data.YEARS)
    (tmp_path / "co2.csv").write_text(f"year,ppm\n{rows}\n")
    config = changed(folder, tmp_path, ("rcp85", "ssp370"), add='\n[co2]\nssp370 = "co2.csv"\n')
    text = config.read_text()
    for name in ("tas", "pr", "rsds"):
        for gcm in example.CALENDARS:
            text = text.replace(f"{name}_*_{gcm}_ssp370_*", f"{name}_*_{gcm}_rcp85_*")
    config.write_text(text)
    region = data.prepared_region(prepare(config, tmp_path / "a.zarr"))
    found = data.climate(region, "ssp370", "MIROC5").co2
    assert found.to_numpy().tolist() == [400.0 + k for k in range(94)]
    (tmp_path / "co2.csv").write_text(f"year,ppm\n{rows[9:]}\n")
    assert "co2.csv: lacks 2006 (1 years)" in refused(config, tmp_path / "b.zarr")


def test_what_is_no_prepared_region_is_refused(tmp_path, ready):
    with pytest.raises(FileNotFoundError, match="no such region; `permafrost-carbon prepare`"):
        data.prepared_region(tmp_path / "no.zarr")
    with pytest.raises(ValueError, match="is no prepared region"):
        data.prepared_region(tmp_path)
    with xr.open_zarr(ready[0]) as whole:
        whole[["elevation"]].to_zarr(tmp_path / "other.zarr", zarr_format=2)
    with pytest.raises(ValueError, match="it lacks sand, silt"):
        data.prepared_region(tmp_path / "other.zarr")


def test_the_example_is_not_written_over_files(folder):
    with pytest.raises(FileExistsError, match="is not empty"):
        example.write(folder)


def test_edges_of_the_grid_are_multiples_of_the_resolution():
    cells = recipe._cells({"west": 91.2, "east": 94.9, "south": 33.01, "north": 35.99})
    assert cells.bounds == (91.0, 33.0, 95.0, 36.0)
    assert cells.lat.tolist() == [33.25, 33.75, 34.25, 34.75, 35.25, 35.75]
