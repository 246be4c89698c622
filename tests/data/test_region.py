"""The embedded plateau: its area, its ecosystems, its soils."""

import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import data
from data.soil import rooting_depth

REAL = Path(os.environ.get("PERMAFROST_REAL_FILES", Path(__file__).parents[3] / "shared" / "real"))
SAND, SILT = REAL / "T_SAND.nc4", REAL / "T_SILT.nc4"
PAPER_AREA = 1.1955e12  # m2, from totals and densities of the paper's Table 1
TARGET = {  # vegetation_areas.csv, %
    "Steppe": 47,
    "Meadow": 32,
    "Shrubland": 3.6,
    "Sparse": 9,
    "Desert": 6,
    "Forest": 0.4,
    "Others": 2,
}
needs_real_files = pytest.mark.skipif(
    not (SAND.exists() and SILT.exists()), reason=f"no T_SAND.nc4 and T_SILT.nc4 in {REAL}"
)


@pytest.fixture(scope="module", params=[0.5, 0.3, 0.25, 0.1])
def region(request):
    return data.region(request.param)


@pytest.fixture(scope="module")
def coarse():
    return data.region(0.5)


def mean_position(region, kind):
    chosen = region.where(region.ecosystem == kind, drop=True)
    return [float(np.average(chosen[x], weights=chosen.cell_area)) for x in ("lat", "lon")]


def files(folder, sand=60.0, silt=25.0, names=("T_SAND", "T_SILT"), west=73.0, east=103.0):
    """Write a pair of texture files, uniform on a grid of 0.05 degrees, and return their paths."""
    lat, lon = np.arange(29.025, 40, 0.05), np.arange(west + 0.025, east, 0.05)
    paths = folder / "sand.nc", folder / "silt.nc"
    for path, name, value in zip(paths, names, (sand, silt), strict=True):
        values = np.full((lat.size, lon.size), value)
        xr.Dataset({name: (("lat", "lon"), values)}, {"lat": lat, "lon": lon}).to_netcdf(path)
    return paths


def test_area_is_that_of_the_paper_at_every_resolution(region):
    assert float(region.cell_area.sum()) == pytest.approx(PAPER_AREA, rel=0.005)


def test_every_ecosystem_has_its_share_at_every_resolution(region):
    share = region.cell_area.groupby(region.ecosystem).sum() / region.cell_area.sum() * 100
    found = share.to_series()
    assert set(found.index) == set(data.ECOSYSTEMS)
    for name, target in TARGET.items():
        assert found[name] == pytest.approx(target, abs=0.3), name


def test_ecosystems_lie_where_they_grow(region):
    steppe, meadow, desert, shrub = (
        mean_position(region, kind) for kind in ("Steppe", "Meadow", "Desert", "Shrubland")
    )
    assert desert[1] < steppe[1] < meadow[1] < shrub[1], "from the west to the east"
    assert desert[0] > steppe[0], "desert north of the steppe"
    height = region.elevation.groupby(region.ecosystem).mean().to_series()
    assert height["Sparse"] > height["Meadow"]
    assert height["Sparse"] > height["Forest"] + 500


def test_cells_lie_on_the_global_grid(region):
    for name in ("lat", "lon"):
        edges = region[name] / region.resolution - 0.5
        assert np.allclose(edges, np.round(edges), atol=1e-4), name


def test_no_cell_has_more_land_than_ground(region):
    half = region.resolution / 2
    south, north = np.radians(region.lat - half), np.radians(region.lat + half)
    ground = 6.371e6**2 * np.radians(region.resolution) * (np.sin(north) - np.sin(south))
    assert bool((region.cell_area <= ground).all())
    assert bool((region.cell_area > 0).all())


def test_lakes_are_no_land():
    fine = data.region(0.1)
    in_lake = (abs(fine.lat - 37.55) < 0.07) & (abs(fine.lon - 89.40) < 0.07)  # Ayakkum Lake
    assert not bool(in_lake.any())


def test_height_is_that_of_the_permafrost_land(region):
    mean = float(np.average(region.elevation, weights=region.cell_area))
    assert mean == pytest.approx(4720, abs=60)  # facts, section 4
    assert float(region.elevation.min()) > 3000


def test_relief_passes_near_the_lattice_it_is_drawn_through(coarse):
    from data.figures import table
    from data.relief import elevation

    lattice = table("elevation_lattice_1deg")
    miss = elevation(lattice.lat_center, lattice.lon_center) - lattice.mean_elev_m
    assert float(np.sqrt((miss**2).mean())) < 30


def test_texture_adds_up_and_grades_from_meadow_to_desert(region):
    assert np.allclose(region.sand + region.silt + region.clay, 100)
    sand = region.sand.groupby(region.ecosystem).mean().to_series()
    assert sand["Meadow"] < sand["Steppe"] < sand["Desert"]


def test_roots_of_meadow_reach_as_deep_as_the_paper_says():
    assert rooting_depth(["Meadow"], np.array([56.0])) == pytest.approx([1.193], abs=1e-3)
    forest = 2.8977 - 2.0875 * 0.5
    depths = rooting_depth(["Forest", "Steppe"], np.array([50.0, 100.0]))
    assert depths == pytest.approx([forest, 0.3003], abs=1e-4)


def test_roots_never_end_above_the_least_depth():
    depths = rooting_depth(["Forest", "Shrubland"], np.array([0.0, 0.0]))
    assert depths.tolist() == pytest.approx([0.8102, 0.55], abs=1e-4)


def test_what_is_returned_names_units_and_sources(coarse):
    for name in ("elevation", "sand", "silt", "clay", "rooting_depth", "cell_area"):
        assert coarse[name].attrs["units"], name
        assert coarse[name].attrs["source"], name
    assert coarse.attrs["resolution"] == 0.5
    assert "published figures" in coarse.attrs["title"]
    assert coarse.attrs["references"]


def test_the_same_call_gives_the_same_region(coarse):
    assert coarse.identical(data.region(0.5))


@pytest.mark.parametrize("bad", [0.09, 0.6, 0, -0.25, "0.5", None, float("nan")])
def test_impossible_resolutions_are_refused_with_what_is_allowed(bad):
    with pytest.raises(ValueError, match=r"resolution = .*0\.1.*0\.5") as refusal:
        data.region(bad)
    assert repr(bad) in str(refusal.value)


def test_texture_of_files_replaces_the_embedded_one(tmp_path):
    region = data.region(0.5, texture=files(tmp_path))
    assert np.allclose(region.sand, 60)
    assert np.allclose(region.clay, 15)
    expected = rooting_depth(region.ecosystem.to_numpy(), region.sand.to_numpy())
    assert np.allclose(region.rooting_depth, expected)
    assert region.attrs["texture_filled_cells"] == 0
    assert "sand.nc" in region.sand.attrs["source"]


def test_cells_without_texture_keep_the_embedded_one_and_are_counted(tmp_path, coarse):
    region = data.region(0.5, texture=files(tmp_path, west=90.0))
    outside = (coarse.lon < 90).to_numpy()
    assert np.allclose(region.sand[outside], coarse.sand[outside])
    assert np.allclose(region.sand[~outside], 60)
    assert region.attrs["texture_filled_cells"] == outside.sum()


def test_files_that_miss_the_plateau_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no data in any cell"):
        data.region(0.5, texture=files(tmp_path, west=10.0, east=20.0))


def test_a_missing_texture_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.nc.*T_SAND"):
        data.region(0.5, texture=(tmp_path / "nowhere.nc", SILT))


def test_a_missing_texture_variable_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"silt\.nc: expected .*T_SILT"):
        data.region(0.5, texture=files(tmp_path, names=("T_SAND", "T_CLAY")))


def test_a_file_that_is_no_netcdf_is_named(tmp_path):
    broken = tmp_path / "broken.nc"
    broken.write_text("not a grid")
    with pytest.raises(ValueError, match=r"broken\.nc: expected a NetCDF file"):
        data.region(0.5, texture=(broken, broken))


def test_one_file_alone_is_refused():
    with pytest.raises(ValueError, match="pair"):
        data.region(0.5, texture="sand.nc")


@needs_real_files
def test_real_texture_is_averaged_over_the_cells():
    region = data.region(0.5, texture=(SAND, SILT))
    one = region.isel(cell=100)
    with xr.open_dataset(SAND) as file, xr.open_dataset(SILT) as other:
        box = {
            name: slice(float(one[name]) - 0.25, float(one[name]) + 0.25) for name in ("lat", "lon")
        }
        sand, silt = file.T_SAND.sel(box), other.T_SILT.sel(box)
        expected = float(sand.where(sand + silt > 0).mean())
    assert float(one.sand) == pytest.approx(expected, abs=1e-6)
    assert np.allclose(region.sand + region.silt + region.clay, 100)
    assert float(region.clay.min()) >= 0
