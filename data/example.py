"""Example files for `prepare`: a corner of the embedded plateau in the formats that others use."""

from pathlib import Path

import cftime
import geopandas
import numpy as np
import pandas as pd
import rasterio
import shapely
import xarray as xr
from rasterio.transform import from_origin

from data.climate import climate
from data.figures import ECOSYSTEMS, RCPS, YEARS
from data.rasters import DEGREES
from data.region import places
from data.region import region as embedded
from data.relief import elevation

WEST, EAST, SOUTH, NORTH = 91.0, 95.0, 33.0, 36.0
CALENDARS = {"HadGEM2-ES": "360_day", "MIROC5": "noleap"}
FINE = 0.1  # degrees of the maps of land
CODE = 10  # what classes of the vegetation map are counted from
PERMAFROST, SEASONAL = "permafrost", "seasonally frozen"
RECIPE = "region.toml"


def write(folder) -> Path:
    """Write example files, and a configuration that names them, to *folder*; return the latter.

    Climates are monthly, one in the 360-day calendar with its years in two files from December on,
    as HadGEM2-ES has them, and one in the no-leap calendar. Raises FileExistsError if the folder
    holds anything, OSError if it cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder}: is not empty; expected a new folder")
    _land(folder)
    place = _climate_grid()
    for gcm, calendar in CALENDARS.items():
        for rcp in RCPS:
            one = climate(place, rcp, gcm)
            for name in ("tas", "pr", "rsds"):
                _write_climate(folder, one[name], (name, gcm, rcp), calendar)
    recipe = folder / RECIPE
    recipe.write_text(Path(__file__).with_name("example.toml").read_text("utf-8"), "utf-8")
    return recipe


# --- land --------------------------------------------------------------------------------------


def _land(folder):
    fine = embedded(FINE)
    inside = (fine.lat > SOUTH) & (fine.lat < NORTH) & (fine.lon > WEST) & (fine.lon < EAST)
    fine = fine.isel(cell=np.flatnonzero(inside))
    lat, lon = _lines(FINE)
    y, x = np.meshgrid(lat, lon, indexing="ij")
    height = elevation(y.ravel(), x.ravel()).reshape(y.shape)
    _write_raster(folder / "dem.tif", height.astype("float32"), nodata=-9999.0)
    row, column = (
        np.floor((fine[name].to_numpy() - low) / FINE + 1e-6).astype(int)
        for name, low in (("lat", SOUTH), ("lon", WEST))
    )
    codes = np.zeros(y.shape, "uint8")
    codes[row, column] = [CODE + ECOSYSTEMS.index(kind) for kind in fine.ecosystem.to_numpy()]
    _write_raster(folder / "vegetation.tif", codes, nodata=0)
    pairs = {"class": [CODE + k for k in range(len(ECOSYSTEMS))], "ecosystem": ECOSYSTEMS}
    pd.DataFrame(pairs).to_csv(folder / "vegetation_classes.csv", index=False)
    boxes = shapely.box(lon[column] - FINE / 2, lat[row] - FINE / 2,
                        lon[column] + FINE / 2, lat[row] + FINE / 2)  # fmt: skip
    frozen = shapely.union_all(boxes)
    rest = shapely.difference(shapely.box(WEST, SOUTH, EAST, NORTH), frozen)
    polygons = {"type": [PERMAFROST, SEASONAL], "geometry": [frozen, rest]}
    geopandas.GeoDataFrame(polygons, crs=DEGREES).to_file(folder / "permafrost.gpkg", driver="GPKG")
    for name in ("sand", "silt"):
        grid = np.zeros(y.shape)  # as in HWSD: 0 where there is no soil
        grid[row, column] = fine[name]
        variable = f"T_{name.upper()}"
        xr.Dataset(
            {variable: (("lat", "lon"), grid, {"units": "%", "long_name": f"topsoil {name}"})},
            _coords(lat, lon),
        ).to_netcdf(folder / f"{variable}.nc4")


def _lines(step):
    """Return centres of rows and columns of the corner, degrees."""
    return tuple(
        np.round(low + step * (np.arange(round((high - low) / step)) + 0.5), 6)
        for low, high in ((SOUTH, NORTH), (WEST, EAST))
    )


def _write_raster(path, values, nodata):
    transform = from_origin(WEST, NORTH, FINE, FINE)
    shape = {"height": values.shape[0], "width": values.shape[1], "count": 1}
    with rasterio.open(
        path, "w", driver="GTiff", dtype=values.dtype, nodata=nodata, crs=DEGREES,
        transform=transform, **shape,
    ) as file:  # fmt: skip
        file.write(values[::-1], 1)


def _coords(lat, lon):
    return {
        "lat": ("lat", lat, {"standard_name": "latitude", "units": "degrees_north"}),
        "lon": ("lon", lon, {"standard_name": "longitude", "units": "degrees_east"}),
    }


# --- climate -----------------------------------------------------------------------------------


def _climate_grid():
    """Return a half-degree grid over the corner as places."""
    lat, lon = (axis.ravel() for axis in np.meshgrid(*_lines(0.5), indexing="ij"))
    kinds = np.full(lat.size, ECOSYSTEMS[0])
    return places(lat, lon, elevation(lat, lon), kinds, np.ones(lat.size))


def _write_climate(folder, monthly, names, calendar):
    """Write one variable of a climate as CMIP has it: K, kg m-2 s-1, W m-2; from the north."""
    name, gcm, rcp = names
    lat, lon = _lines(0.5)
    dates = [cftime.datetime(y, m, 15, calendar=calendar) for y in YEARS for m in range(1, 13)]
    days = np.array([date.daysinmonth for date in dates])
    values = monthly.to_numpy().T.reshape(len(dates), lat.size, lon.size)
    units = {"tas": "K", "pr": "kg m-2 s-1", "rsds": "W m-2"}[name]
    if name == "tas":
        values = values + 273.15
    elif name == "pr":
        values = values / (days[:, None, None] * 86_400)
    file = xr.Dataset(
        {name: (("time", "lat", "lon"), values.astype("float32"), {
            "units": units, "standard_name": STANDARD_NAMES[name],
        })},
        _coords(lat, lon) | {"time": ("time", dates)},
        {"title": f"Example, {gcm}: reconstructed from published figures, not GCM output"},
    ).isel(lat=slice(None, None, -1))  # fmt: skip
    file.time.encoding = {"units": "days since 1859-12-01", "calendar": calendar, "dtype": "f8"}
    cut = 12 * 44 - 1  # from December on, as HadGEM2-ES
    parts = (slice(0, cut), slice(cut, None)) if calendar == "360_day" else (slice(None),)
    for part in parts:
        one = file.isel(time=part)
        first, last = (f"{d.year}{d.month:02d}" for d in one.time.to_numpy()[[0, -1]])
        one.to_netcdf(folder / f"{name}_Amon_{gcm}_{rcp}_{first}-{last}.nc")


STANDARD_NAMES = {
    "tas": "air_temperature",
    "pr": "precipitation_flux",
    "rsds": "surface_downwelling_shortwave_flux_in_air",
}
