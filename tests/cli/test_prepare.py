"""The command `prepare`, and the commands that open what it wrote."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import data
import tem
from dashboard import domain, receipt, words
from data import example, recipe
from data.store import read_result

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """The region of the example, made by the command line."""
    from dashboard import cli

    folder = tmp_path_factory.mktemp("prepared")
    config = folder / "corner" / example.RECIPE
    assert cli.main(["prepare", "--example", str(config.parent)]) == 0
    assert cli.main(["prepare", "--config", str(config)]) == 0
    return config.with_suffix(".zarr")


def test_the_report_is_printed(say, region, tmp_path):
    config = region.with_name(example.RECIPE)
    code, out, _ = say("prepare", "--config", str(config), "--out", str(tmp_path / "a.zarr"))
    assert code == 0
    assert "elevation: " in out
    assert "units: K to degC" in out
    assert out.endswith(
        f"Written to {tmp_path / 'a.zarr'}; open it with --region {tmp_path / 'a.zarr'}\n"
    )


def test_a_prepared_region_runs_in_its_own_climate(say, region, tmp_path):
    path = tmp_path / "result.nc"
    code, out, _ = say("run", "--region", str(region), "--gcm", "MIROC5", "--out", str(path))
    assert code == 0
    assert out.startswith("rcp85, MIROC5, 48 cells of 0.5°.\nA corner of the plateau, from example")
    assert "reconstructed" not in out
    place = data.prepared_region(region)
    model = tem.experiment(tem.environment(place, data.climate(place, "rcp85", "MIROC5")))
    with read_result(path) as found:
        assert np.array_equal(found.npp, model.npp)
        assert "A corner of the plateau" in found.attrs["title"]
        assert "embedded plateau, written to files" in found.attrs["summary"]


def test_its_blocks_on_disk_are_the_same(say, region, tmp_path):
    path = tmp_path / "result.zarr"
    asked = ("run", "--region", str(region), "--gcm", "MIROC5", "--out", str(path))
    assert say(*asked)[0] == 0
    place = data.prepared_region(region)
    model = tem.experiment(tem.environment(place, data.climate(place, "rcp85", "MIROC5")))
    with read_result(path) as found:
        assert np.array_equal(found.soc, model.soc.transpose(*found.soc.dims))


def test_a_cell_of_it_is_that_of_the_region(say, region):
    asked = ("cell", "--region", str(region), "--lat", "34.2", "--lon", "92.3", "--json")
    code, out, _ = say(*asked)
    assert code == 0
    found = json.loads(out)
    place = data.prepared_region(region)
    here = int(np.flatnonzero((place.lat == 34.25) & (place.lon == 92.25))[0])
    one = place.isel(cell=[here])
    model = tem.experiment(tem.environment(one, data.climate(one, "rcp85", "HadGEM2-ES")))
    assert found["runs"]["S_T"]["npp"][-1] == pytest.approx(float(model.npp.sel(run="S_T")[-1, 0]))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("prepare",), ["--config", "--example"]),
        (("prepare", "--config", "no.toml"), ["no.toml"]),
        (("prepare", "--config", "no.toml", "--example", "x"), ["--example", "--config"]),
        (("run", "--region", "no.zarr"), ["no.zarr", "no such region", "prepare"]),
        (("run", "--region", "no.zarr", "--resolution", "0.5"), ["--region", "--resolution"]),
        (("run", "--region", "a.zarr", "--texture", "s.nc", "t.nc"), ["--texture", "--region"]),
        (("run", "--region", "a.zarr", "--out", "./a.zarr"), ["a.zarr", "--out"]),
        (("serve", "--region", "no.zarr", "--no-browser", "--port", "5999"), ["no.zarr"]),
        (("export", "--region", "no.zarr", "--link", "?", "--out", "a.csv"), ["no.zarr"]),
        (("validate", "--region", "no.zarr"), ["--region"]),
    ],
)
def test_bad_words_are_answered_by_one_sentence(say, words, named):
    code, _, err = say(*words)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert all(word in err for word in named)


def test_a_climate_that_the_region_lacks_is_named(say, region):
    code, out, err = say("run", "--region", str(region), "--gcm", "IPSL-CM5A-LR")
    assert (code, out) == (2, "")
    assert "HadGEM2-ES, MIROC5, ensemble, all" in err


@pytest.fixture
def chosen(monkeypatch):
    """Let a test choose what the page shows; the choice is taken back."""
    monkeypatch.setattr(data, "GCMS", data.GCMS)
    monkeypatch.setattr(domain, "_region", None)
    return domain.choose


def test_the_page_takes_its_climate_models_from_the_region(region, chosen):
    assert domain.is_embedded()
    assert words.label().endswith("not GCM output")
    chosen(data.prepared_region(region))
    assert data.GCMS == ("HadGEM2-ES", "MIROC5")
    assert words.label() == "Climate from files: A corner of the plateau, from example files"
    made = receipt.of_view("?year=2050", 0.5, "view.nc")
    assert made.command.endswith(f"--region {region} --out view.nc")


def test_regions_that_the_page_cannot_show_are_refused(region, chosen):
    place = data.prepared_region(region)
    with pytest.raises(ValueError, match="holds rcp85; the page compares rcp45 with rcp85"):
        chosen(place.assign_attrs(prepared_rcps=("rcp85",)))
    with pytest.raises(ValueError, match=r"33.25° N, 151.25° E lies beyond the maps of the page"):
        chosen(place.assign_coords(lon=place.lon + 60))
    assert domain.is_embedded()


def test_a_view_of_a_prepared_region_is_exported(region, tmp_path):
    """In a process of its own: a page's modules read what there is to choose once."""
    path = tmp_path / "view.nc"
    link = "?gcm=MIROC5&year=2060"
    said = subprocess.run(
        [sys.executable, "-m", "dashboard", "export", "--region", str(region), "--link", link,
         "--out", str(path)], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    with xr.open_dataset(path, decode_times=False) as found:
        assert found.attrs["climate_models"] == "MIROC5"
        assert f"--region {region}" in found.attrs["receipt"]
        assert "written to files and read again" in found.attrs["summary"]
    other = [*said.args[:-3], "?gcm=IPSL-CM5A-LR", "--out", str(path)]
    refused = subprocess.run(other, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "choose one of ensemble, HadGEM2-ES, MIROC5" in refused.stderr


def test_the_page_starts_without_the_readers():
    code = (
        "import sys, dashboard.app\n"
        "readers = {'rasterio', 'geopandas', 'pint', 'cf_xarray'} & set(sys.modules)\n"
        "sys.exit(', '.join(readers) or 0)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def test_the_configuration_of_the_paper_is_understood(tmp_path):
    text = (DOCS / "paper.toml").read_text("utf-8")
    (tmp_path / "paper.toml").write_text(text)
    (tmp_path / "srtm").mkdir()
    (tmp_path / "isimip2b").mkdir()
    for name in (
        "srtm/a.tif",
        "T_SAND.nc4",
        "T_SILT.nc4",
        "frozen_ground_of_china.shp",
        "vegetation_of_china.shp",
    ):
        (tmp_path / name).touch()
    for gcm in data.GCMS:
        for rcp in data.RCPS:
            for name in ("tas", "pr", "rsds"):
                (tmp_path / f"isimip2b/{name}_day_{gcm}_{rcp}_r1i1p1_EWEMBI_2006.nc4").touch()
    found = recipe.read(tmp_path / "paper.toml")
    assert set(found.runs) == {(rcp, gcm) for rcp in data.RCPS for gcm in data.GCMS}
    assert found.cells.shape == (150, 310)
    from data import classes

    assert set(classes.table("vegetation_of_china.csv", DOCS).values()) == {-1, *range(7)}
