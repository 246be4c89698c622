"""Files for others: a Dataset as NetCDF, Zarr, tables and maps, each whole or not there at all."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import xarray as xr

from data.described import described
from data.exported import conforming
from data.store import NETCDF, ZARR, replacing, writable, write_result

ZIP, CSV, TIFF = ".zip", ".csv", ".tif"
LINES = 50_000  # of a table that are in memory as text
CRS = "EPSG:4326"


def write_dataset(dataset: xr.Dataset, path) -> Path:
    """Write *dataset*, in the form of the model, by the ending of *path*; return it.

    NetCDF (.nc), a Zarr folder (.zarr), or such a folder in one file (.zip).
    Raises ValueError for another ending, OSError if the disk refuses.
    """
    path = writable(path, (NETCDF, ZARR, ZIP))
    if path.suffix == NETCDF:
        return write_result(dataset, path)
    whole = conforming(described(dataset)).drop_encoding()
    for array in whole.variables.values():  # as in a NetCDF file: no number stands for a gap
        array.encoding["_FillValue"] = array.attrs.pop("_FillValue", None)
    with replacing(path) as temporary:
        if path.suffix == ZARR:
            whole.to_zarr(temporary, zarr_format=2, consolidated=True)
        else:
            with TemporaryDirectory(dir=path.parent, prefix=".") as folder:
                whole.to_zarr(folder, zarr_format=2, consolidated=True)
                _zip(folder, temporary)
    return path


def write_zip(folder, path) -> Path:
    """Write a Zarr *folder* as one zip file, which `read_result` opens as well."""
    with replacing(Path(path)) as temporary:
        _zip(folder, temporary)
    return Path(path)


def _zip(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:  # compressed already
        for one in sorted(Path(folder).rglob("*")):
            if one.is_file():
                file.write(one, one.relative_to(folder))


def write_table(table: pd.DataFrame, about: dict, path) -> Path:
    """Write *table* as CSV below a block of lines that start with # and say what it is *about*.

    A path that ends in .zip gets the same, compressed. `pandas.read_csv(path, comment="#",
    float_precision="round_trip")` gives every number back. Raises as `write_dataset`.
    """
    path = writable(path, (CSV, ZIP))
    with replacing(path) as temporary:
        if path.suffix == CSV:
            with temporary.open("w", encoding="utf-8", newline="") as file:
                _tell(table, about, file)
        else:
            inside = f"{path.name.removesuffix(ZIP).removesuffix(CSV)}{CSV}"
            with (
                zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as whole,
                whole.open(inside, "w", force_zip64=True) as file,
                io.TextIOWrapper(file, "utf-8", newline="") as text,
            ):
                _tell(table, about, text)
    return path


def _tell(table, about, file):
    for name, said in about.items():
        file.writelines(f"# {name}: {line}\n" for line in str(said).splitlines() or [""])
    table.to_csv(file, index=False, lineterminator="\n", chunksize=LINES)


def told(dataset: xr.Dataset) -> dict:
    """Return what `described` says of *dataset* as a whole."""
    return described(dataset).attrs


def rows(dataset: xr.Dataset) -> pd.DataFrame:
    """Return a result of the model as a table: a row for each cell, year, run and climate."""
    dims = [dim for dim in ("rcp", "gcm", "run", "year", "cell") if dim in dataset.dims]
    table = dataset.to_dataframe(dim_order=dims).reset_index()
    places = [name for name in ("ecosystem", "lat", "lon", "cell_area") if name in table]
    front = [*(dim for dim in dims if dim != "cell"), *places]
    return table[[*front, *(name for name in dataset.data_vars if name not in places)]]


def write_map(values: xr.DataArray, about: dict, path) -> Path:
    """Write *values* on a regular grid (lat, lon) as GeoTIFF; gaps are its nodata value.

    *about*: what is said of it, as tags of the file. Raises as `write_dataset`.
    """
    import rasterio  # takes a second, and few ask for it
    from rasterio.transform import from_origin

    path = writable(path, (TIFF,))
    north_up = values.sortby("lat", ascending=False).transpose("lat", "lon")
    lat, lon = (north_up[name].to_numpy() for name in ("lat", "lon"))
    width, height = lon[1] - lon[0], lat[0] - lat[1]
    shape = {"count": 1, "height": lat.size, "width": lon.size, "dtype": north_up.dtype.name}
    corner = from_origin(lon[0] - width / 2, lat[0] + height / 2, width, height)
    with (
        replacing(path) as temporary,
        rasterio.open(
            temporary, "w", driver="GTiff", crs=CRS, transform=corner, nodata=np.nan,
            compress="deflate", **shape,
        ) as file,
    ):  # fmt: skip
        file.write(north_up.to_numpy(), 1)
        file.update_tags(**{name: str(said) for name, said in about.items()})
    return path
