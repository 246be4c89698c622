"""Land of others: maps of pixels and polygons, in any projection, on cells of any width."""

import os
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import rasterio
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin

import data
from data import classes, land, maps, polygons, rasters
from data.rasters import Cells

REAL = Path(os.environ.get("PERMAFROST_REAL_FILES", Path(__file__).parents[3] / "shared" / "real"))
CELLS = Cells(90.0, 34.0, 0.5, (4, 6))  # 90-93 E, 34-36 N
NAMES = {"11": "Steppe", "12": "Meadow", "20": "none"}


def raster(path, values, *, west=90.0, north=36.0, step=0.1, nodata=None, crs="EPSG:4326"):
    """Write *values* [y, x], first row north, as GeoTIFF; return its path."""
    values = np.asarray(values)
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype, crs=crs, nodata=nodata, transform=from_origin(west, north, step, step),
    ) as file:  # fmt: skip
        file.write(values, 1)
    return path


def netcdf(path, values, name="v", units="m", *, lat=None, lon=None):
    """Write *values* [lat, lon], first row south, as NetCDF; return its path."""
    lat = np.arange(34.05, 36, 0.1) if lat is None else lat
    lon = np.arange(90.05, 93, 0.1) if lon is None else lon
    xr.Dataset(
        {name: (("lat", "lon"), values, {"units": units})},
        {
            "lat": ("lat", lat, {"standard_name": "latitude"}),
            "lon": ("lon", lon, {"standard_name": "longitude"}),
        },
    ).to_netcdf(path)
    return path


def plain(pixels):
    return pixels[None]


def one(path, **options):
    return maps.Map([path], options, Path())


def blocks(values, size=5):
    """Return the means of blocks of *values* [y, x] (first row north), rows from the south."""
    rows, columns = (n // size for n in values.shape)
    return np.nanmean(values[::-1].reshape(rows, size, columns, size), axis=(1, 3))


@pytest.fixture
def rough():
    """Heights of pixels of 0.1 degrees, [y, x], first row north."""
    return np.random.default_rng(1).uniform(3000, 6000, (20, 30))


# --- pixels ---


def test_numbers_are_averaged_over_the_cells(tmp_path, rough):
    (mean,), covered = rasters.shares([raster(tmp_path / "a.tif", rough)], CELLS, plain)
    assert np.allclose(mean, blocks(rough))
    assert np.allclose(covered, 1)


def test_netcdf_and_geotiff_say_the_same(tmp_path, rough):
    tif = raster(tmp_path / "a.tif", rough)
    for k, change in enumerate((lambda a: a, lambda a: a[::-1])):  # latitude either way
        lat = change(np.arange(34.05, 36, 0.1))
        path = netcdf(tmp_path / f"{k}.nc", change(rough[::-1]), lat=lat)
        one_way, other = (rasters.shares([p], CELLS, plain)[0] for p in (tif, path))
        assert np.allclose(one_way, other)


def test_longitudes_may_run_to_360(tmp_path, rough):
    cells = CELLS._replace(west=-93.0)
    west = raster(tmp_path / "a.tif", rough, west=-93.0)
    path = netcdf(tmp_path / "a.nc", rough[::-1], lon=np.arange(267.05, 270, 0.1))
    assert np.allclose(*(rasters.shares([p], cells, plain)[0] for p in (west, path)))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 12), st.integers(0, 7), st.integers(0, 7), st.integers(1, 25), st.integers(1, 25)
)
def test_any_cells_have_the_area_weighted_mean(
    tmp_path_factory, tenths, south, west, rows, columns
):
    path = tmp_path_factory.getbasetemp() / "any.tif"
    pixels = np.random.default_rng(rows * 31 + columns).normal(size=(20, 30))
    raster(path, pixels)
    width = 0.05 * tenths
    cells = Cells(90 + 0.05 * west, 34 + 0.05 * south, width, (rows, columns))
    half = np.full((60, 80), np.nan)  # the map on pixels of 0.05 degrees, rows from the south
    half[:40, :60] = np.kron(pixels[::-1], np.ones((2, 2)))
    span = np.full((rows * tenths, columns * tenths), np.nan)
    inside = half[south : south + span.shape[0], west : west + span.shape[1]]
    span[: inside.shape[0], : inside.shape[1]] = inside
    parts = span.reshape(rows, tenths, columns, tenths)
    if np.isnan(parts).all():
        return
    (mean,), covered = rasters.shares([path], cells, plain)
    share = (~np.isnan(parts)).mean(axis=(1, 3))
    assert np.allclose(covered, share, atol=1e-6)
    there = share > 1e-6
    wanted = np.nansum(parts, axis=(1, 3))[there] / (share[there] * tenths**2)
    assert np.allclose(mean[there], wanted, atol=1e-6)


def test_tiles_make_one_map(tmp_path, rough):
    left = raster(tmp_path / "a.tif", rough[:, :13])
    right = raster(tmp_path / "b.tif", rough[:, 13:], west=91.3)
    (mean,), covered = rasters.shares([left, right], CELLS, plain)
    assert np.allclose(mean, blocks(rough))
    assert np.allclose(covered, 1)


def test_empty_pixels_count_for_coverage_not_for_the_mean(tmp_path, rough):
    holed = rough.copy()
    holed[:3, :5] = -9999
    path = raster(tmp_path / "a.tif", holed, nodata=-9999)
    (mean,), covered = rasters.shares([path], CELLS, plain)
    assert np.allclose(mean, blocks(np.where(holed < 0, np.nan, holed)))
    assert covered[3, 0] == pytest.approx(0.4)


def test_a_map_in_another_projection_is_brought_to_degrees(tmp_path):
    to = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32646", always_xy=True)
    x, y = to.transform([89.5, 93.5], [33.5, 36.5])
    step = 2000.0
    easting = np.arange(min(x) - 5e4, max(x) + 5e4, step) + step / 2
    northing = np.arange(min(y) - 5e4, max(y) + 5e4, step)[::-1] + step / 2
    lon, lat = to.transform(*np.meshgrid(easting, northing), direction="INVERSE")
    path = raster(
        tmp_path / "a.tif", lat * 100 + lon, west=easting[0] - step / 2,
        north=northing[0] + step / 2, step=step, crs="EPSG:32646",
    )  # fmt: skip
    (mean,), covered = rasters.shares([path], CELLS, plain)
    assert np.allclose(mean, CELLS.lat[:, None] * 100 + CELLS.lon, atol=0.5)
    assert np.allclose(covered, 1, atol=1e-6)


def test_a_projected_netcdf_is_brought_to_degrees(tmp_path):
    crs = pyproj.CRS("EPSG:32646")
    to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = (np.arange(centre - 2.2e5, centre + 2.2e5, 2000.0) for centre in to.transform(91.5, 35))
    lon, lat = to.transform(*np.meshgrid(x, y), direction="INVERSE")
    xr.Dataset(
        {"v": (("y", "x"), lat * 100 + lon, {"grid_mapping": "utm"}), "utm": ((), 0, crs.to_cf())},
        {
            "y": ("y", y, {"standard_name": "projection_y_coordinate"}),
            "x": ("x", x, {"standard_name": "projection_x_coordinate"}),
        },
    ).to_netcdf(tmp_path / "a.nc")
    (mean,), _ = rasters.shares([tmp_path / "a.nc"], CELLS, plain, "v")
    assert np.allclose(mean, CELLS.lat[:, None] * 100 + CELLS.lon, atol=0.5)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "is empty"), (b"not a map", "cannot be read as a raster")]
)
def test_files_that_are_no_raster_are_named(tmp_path, content, said):
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"a\.tif.*{said}"):
        rasters.shares([path], CELLS, plain)


def test_a_truncated_raster_is_named(tmp_path, rough):
    path = raster(tmp_path / "a.tif", rough)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match=r"a\.tif: (truncated or damaged|cannot be read)"):
        rasters.shares([path], CELLS, plain)


def test_rasters_without_projection_or_with_bands_or_elsewhere_are_refused(tmp_path, rough):
    with pytest.raises(ValueError, match="has no projection"):
        rasters.shares([raster(tmp_path / "a.tif", rough, crs=None)], CELLS, plain)
    with pytest.raises(ValueError, match="no data between 34 and 36° N, 90 and 93° E"):
        rasters.shares([raster(tmp_path / "b.tif", rough, west=10.0)], CELLS, plain)
    with rasterio.open(
        tmp_path / "c.tif", "w", driver="GTiff", height=2, width=2, count=3, dtype="uint8",
        crs="EPSG:4326", transform=from_origin(90, 36, 1, 1),
    ) as file:  # fmt: skip
        file.write(np.zeros((3, 2, 2), "uint8"))
    with pytest.raises(ValueError, match="has 3 bands; expected one"):
        rasters.shares([tmp_path / "c.tif"], CELLS, plain)
    uneven = np.r_[34.05:35:0.1, 35.2:36:0.1]
    path = netcdf(tmp_path / "d.nc", np.zeros((uneven.size, 30)), lat=uneven)
    with pytest.raises(ValueError, match="lat is not evenly spaced"):
        rasters.shares([path], CELLS, plain)


def test_of_several_variables_one_must_be_named(tmp_path, rough):
    path = netcdf(tmp_path / "a.nc", rough[::-1])
    with xr.open_dataset(path) as file:
        file.load().assign(w=file.v + 1).to_netcdf(tmp_path / "b.nc")
    with pytest.raises(ValueError, match="it has v, w"):
        rasters.shares([tmp_path / "b.nc"], CELLS, plain)
    assert np.allclose(rasters.shares([tmp_path / "b.nc"], CELLS, plain, "w")[0], blocks(rough) + 1)


# --- classes ---


def test_the_majority_of_what_is_mapped_counts(tmp_path):
    codes = np.full((20, 30), 11, "uint8")
    codes[:, :5] = 20  # the western cells have no vegetation …
    codes[15:, :2] = 12  # … but for the south of one of them
    path = raster(tmp_path / "a.tif", codes)
    kind, reading = land.ecosystem(one(path, classes=NAMES), CELLS)
    assert kind[1:, 0].tolist() == [-1, -1, -1]
    assert data.ECOSYSTEMS[kind[0, 0]] == "Meadow"
    assert {data.ECOSYSTEMS[k] for k in kind[:, 1:].ravel()} == {"Steppe"}
    assert "Steppe 20, Meadow 1" in reading.found


def test_classes_that_the_table_lacks_are_named(tmp_path):
    codes = np.full((20, 30), 11, "uint8")
    codes[3, 4] = 77
    with pytest.raises(ValueError, match=r"a\.tif: the table of classes lacks 77"):
        land.ecosystem(one(raster(tmp_path / "a.tif", codes), classes=NAMES), CELLS)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_polygons_are_drawn_on_the_cells(tmp_path, ending):
    west, east = shapely.box(90, 34, 91.25, 36), shapely.box(91.25, 34, 93, 36)
    path = tmp_path / f"a.{ending}"
    frame = geopandas.GeoDataFrame({"code": [11, 12], "geometry": [west, east]}, crs="EPSG:4326")
    frame.to_crs("EPSG:4326" if ending == "geojson" else "EPSG:32646").to_file(path)
    kind, _ = land.ecosystem(one(path, classes=NAMES, column="code"), CELLS)
    assert {data.ECOSYSTEMS[k] for k in kind[:, :2].ravel()} == {"Steppe"}
    assert {data.ECOSYSTEMS[k] for k in kind[:, 3:].ravel()} == {"Meadow"}
    drawn = polygons.shares(polygons.read(path, CELLS), np.array([0, 1]), 2, CELLS)
    assert drawn[:, :, 2] == pytest.approx(0.5, abs=0.06)
    assert drawn.sum(axis=0) == pytest.approx(1, abs=0.06)


def test_a_missing_column_and_missing_files_are_named(tmp_path):
    path = tmp_path / "a.gpkg"
    box = {"code": [11], "geometry": [shapely.box(90, 34, 93, 36)]}
    geopandas.GeoDataFrame(box, crs="EPSG:4326").to_file(path)
    with pytest.raises(ValueError, match="column 'kind' is not there; expected one of code"):
        land.ecosystem(one(path, classes=NAMES, column="kind"), CELLS)
    with pytest.raises(FileNotFoundError, match=r"b\.gpkg: no such file"):
        polygons.read(tmp_path / "b.gpkg", CELLS)
    (tmp_path / "c.gpkg").write_bytes(b"no polygons")
    with pytest.raises(ValueError, match=r"c\.gpkg: cannot be read as polygons"):
        polygons.read(tmp_path / "c.gpkg", CELLS)


def test_tables_of_classes_are_read_from_csv_and_toml(tmp_path):
    (tmp_path / "a.csv").write_text("class,ecosystem\n# comment\n11,Steppe\n12.0,meadow\n20,\n")
    (tmp_path / "a.toml").write_text('11 = "Steppe"\n12 = "Meadow"\n20 = "none"\n')
    wanted = {"11": 0, "12": 1, "20": -1}
    assert classes.table("a.csv", tmp_path) == wanted
    assert classes.table("a.toml", tmp_path) == wanted
    assert classes.table(NAMES) == wanted


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("class,ecosystem\n11,Taiga\n", "class 11 is 'Taiga'; expected one of Steppe"),
        ("kind,name\n11,Steppe\n", "expected the columns class and ecosystem"),
        ("class,ecosystem\n20,none\n", "no class has an ecosystem"),
    ],
)
def test_tables_of_classes_that_make_no_sense_are_refused(tmp_path, content, said):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(ValueError, match=rf"a\.csv: {said}"):
        classes.table("a.csv", tmp_path)


# --- permafrost and texture ---


def test_permafrost_is_told_by_classes_by_a_threshold_or_by_shares(tmp_path):
    rows = np.arange(20)[:, None] * np.ones(30)
    half = raster(tmp_path / "a.tif", (rows < 10).astype("uint8"))  # the north
    probability = raster(tmp_path / "b.tif", np.where(rows < 10, 0.9, 0.1))
    share = raster(tmp_path / "c.tif", np.where(rows < 10, 0.8, 0.0))
    wanted = np.array([0, 0, 1, 1.0])[:, None] * np.ones(6)
    assert np.allclose(land.permafrost(one(half, classes=[1]), CELLS)[0], wanted)
    assert np.allclose(land.permafrost(one(probability, threshold=0.5), CELLS)[0], wanted)
    assert np.allclose(land.permafrost(one(share), CELLS)[0], 0.8 * wanted)
    with pytest.raises(ValueError, match=r"permafrost is 3; expected shares from 0 to 1"):
        land.permafrost(one(raster(tmp_path / "d.tif", rows * 0 + 3)), CELLS)
    with pytest.raises(ValueError, match="no cell has permafrost"):
        land.permafrost(one(half, classes=[7]), CELLS)


def region_maps(folder, height=None, **soil):
    """Return maps of a region of which everything is permafrost steppe."""
    ones = np.ones((20, 30))
    soil = {"sand": 60 * ones, "silt": 25 * ones} | soil
    found = {n: one(netcdf(folder / f"{n}.nc", v, units="%")) for n, v in soil.items()}
    height = 4500 * ones if height is None else height
    return found | {
        "elevation": one(raster(folder / "dem.tif", height, nodata=-9999.0)),
        "permafrost": one(raster(folder / "frozen.tif", ones)),
        "ecosystem": one(raster(folder / "veg.tif", 11 * ones), classes=NAMES),
    }


def test_a_region_is_made_of_its_maps(tmp_path):
    found, readings = land.region(region_maps(tmp_path), CELLS)
    assert found.sizes["cell"] == 24
    assert np.allclose(found.elevation, 4500)
    assert np.allclose(found.clay, 15)
    assert set(found.ecosystem.to_numpy()) == {"Steppe"}
    ground = data.mask.area(34.0, 36.0, 90.0, 93.0)
    assert float(found.cell_area.sum()) == pytest.approx(ground)
    assert [reading.variable for reading in readings] == [
        "elevation", "permafrost", "ecosystem", "sand", "silt"
    ]  # fmt: skip
    assert found.sand.attrs["source"].endswith("sand.nc")


def test_cells_without_soil_take_that_of_the_nearest(tmp_path):
    sand, silt = np.full((20, 30), 60.0), np.full((20, 30), 25.0)
    sand[:5, :5] = silt[:5, :5] = 0  # a lake, as HWSD has it
    sand[:, 25:] = 40
    found, readings = land.region(region_maps(tmp_path, sand=sand, silt=silt), CELLS)
    assert float(found.sand[0]) == 60
    assert "1 cells without soil took that of the nearest" in readings[-1].missing


def test_soil_that_does_not_add_up_is_refused(tmp_path):
    ones = np.ones((20, 30))
    with pytest.raises(ValueError, match=r"sand \+ silt is 130 % at lat 34.25, lon 90.25"):
        land.region(region_maps(tmp_path, sand=80 * ones, silt=50 * ones), CELLS)
    with pytest.raises(ValueError, match=r"sand \+ silt \+ clay is 90 %"):
        land.region(region_maps(tmp_path, clay=5 * ones), CELLS)
    found, _ = land.region(region_maps(tmp_path, clay=16 * ones), CELLS)
    assert np.allclose(found.sand + found.silt + found.clay, 100)


def test_a_hole_in_the_relief_is_named(tmp_path):
    height = np.full((20, 30), 4500.0)
    height[:5, :5] = -9999
    with pytest.raises(ValueError, match=r"dem\.tif: height is nan m at lat 35.75, lon 90.25"):
        land.region(region_maps(tmp_path, height=height), CELLS)


@pytest.mark.skipif(not (REAL / "T_SAND.nc4").exists(), reason=f"no T_SAND.nc4 in {REAL}")
def test_real_texture_agrees_with_the_reader_of_the_embedded_region():
    files = REAL / "T_SAND.nc4", REAL / "T_SILT.nc4"
    region = data.region(0.5, texture=files)
    cells = Cells(73.0, 26.0, 0.5, (30, 62))
    place = tuple(
        np.floor((region[name].to_numpy() - low) / 0.5).astype(int)
        for name, low in (("lat", 26.0), ("lon", 73.0))
    )
    from data import topsoil

    found = dict(zip(("sand", "silt"), map(one, files), strict=True))
    sand, silt, readings = topsoil.texture(found, cells, place)
    assert np.allclose(sand, region.sand, atol=1e-6)
    assert np.allclose(silt, region.silt, atol=1e-6)
    assert readings[0].conversion == "% to percent"
