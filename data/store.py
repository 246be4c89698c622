"""Results kept on disk between sessions, and files for users."""

import json
import logging
import os
import shutil
import threading
import time
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

import netCDF4
import numpy as np
import xarray as xr
import zarr
from platformdirs import user_cache_path

from data.described import described
from data.exported import conforming, modelled

log = logging.getLogger(__name__)

NETCDF, ZARR = ".nc", ".zarr"  # how results for others may end: a file, a folder
ABANDONED = 24 * 3600  # s after which no one writes to a file any more
SEAL = sha256().digest_size  # bytes after the NetCDF part of a stored file
_netcdf = threading.Lock()  # the NetCDF library is not made for threads


def source_hash() -> str:
    """Return a name for the tables and the code that climates are made of."""
    return _source()[:16]


def default_folder() -> Path:
    """Return where results are kept: PERMAFROST_CARBON_STORE, or the user's cache."""
    chosen = os.environ.get("PERMAFROST_CARBON_STORE")
    return Path(chosen) if chosen else user_cache_path("permafrost-carbon") / "store"


def key(**inputs) -> str:
    """Return a short name for what *inputs* lead to; equal inputs, equal name.

    Inputs are strings, numbers, None, mappings, sequences, arrays and Datasets (of which the
    values count, not the attributes). An edited table or line of this package changes every
    name, for climates are made here. Raises TypeError for anything else.
    """
    text = _source() + json.dumps(inputs, sort_keys=True, default=_plain)
    return sha256(text.encode()).hexdigest()[:24]


@cache
def _source() -> str:
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *here.glob("tables/*.csv")])
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _plain(thing):
    if isinstance(thing, xr.Dataset):
        return {str(n): [list(map(str, v.dims)), v.to_numpy()] for n, v in thing.variables.items()}
    if isinstance(thing, np.generic):
        return thing.item()
    if isinstance(thing, np.ndarray):
        if thing.dtype.hasobject:
            return [str(one) for one in thing.ravel()]
        values = np.ascontiguousarray(thing).tobytes()
        return [thing.dtype.str, thing.shape, sha256(values).hexdigest()]
    raise TypeError(f"a key cannot be made of {type(thing).__name__} {thing!r}")


class Store:
    """Datasets on disk, by key. Several threads and processes may use one folder.

    A file is NetCDF-4 followed by a SHA-256 of its key and its bytes. The seal is checked
    before the NetCDF library sees the bytes, which it does not survive in every state. Nothing
    is compressed: that would make reading three times slower and save a quarter of the room.
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def get(self, key: str) -> xr.Dataset | None:
        """Return what was put under *key*, in memory; None if it is not there intact."""
        path = self._path(key)
        try:
            sealed = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            log.warning("%s cannot be read: %s", path, fault.strerror)
            return None
        content, seal = sealed[:-SEAL], sealed[-SEAL:]
        if seal != _seal(key, content):
            log.warning("%s is damaged or not ours; it is removed", path)
            with suppress(OSError):
                path.unlink()
            return None
        return _opened(content)

    def put(self, key: str, dataset: xr.Dataset) -> bool:
        """Keep *dataset* under *key*, whole or not at all; return whether that worked."""
        path = self._path(key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary:
                _write(dataset, temporary)
                seal = _seal(key, temporary.read_bytes())
                with temporary.open("ab") as file:
                    file.write(seal)
        except OSError as fault:
            log.warning("The result is not kept for next time: %s", fault)
            return False
        return True

    def sweep(self) -> None:
        """Remove what processes that were killed have left half written."""
        for part in self.folder.glob(".*.part"):
            with suppress(OSError):  # another server may have swept it
                if time.time() - part.stat().st_mtime > ABANDONED:
                    _forget(part)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.nc"


def _seal(key: str, content: bytes) -> bytes:
    seal = sha256(key.encode())
    seal.update(content)
    return seal.digest()


def _opened(content: bytes) -> xr.Dataset:
    with _netcdf, netCDF4.Dataset("stored", memory=content) as file:
        backend = xr.backends.NetCDF4DataStore(file)
        # "day" is a unit of ours, not a request for timedelta64
        return xr.open_dataset(backend, decode_timedelta=False).load()


@contextmanager
def replacing(path: Path):
    """Give a temporary name beside *path*, for a file or a folder.

    What lies there takes the place of *path* if all goes well, or vanishes. An OSError on the
    way names *path*.
    """
    path = path.resolve()  # where a link leads is replaced, not the link
    temporary = _beside(path)
    try:
        yield temporary
        take_place(temporary, path)
    except OSError as fault:
        _forget(temporary)
        raise OSError(fault.errno, fault.strerror or str(fault), str(path)) from fault
    except BaseException:
        _forget(temporary)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.stem}-{uuid4().hex}.part")


def take_place(temporary: Path, path: Path) -> None:
    """Rename *temporary* to *path*; an older folder, which no rename replaces, makes way."""
    if not path.is_dir():
        temporary.replace(path)
        return
    older = path.rename(_beside(path))
    try:
        temporary.rename(path)
    except BaseException:
        older.rename(path)
        raise
    _forget(older)


def _forget(temporary: Path) -> None:
    if temporary.is_dir():
        shutil.rmtree(temporary, ignore_errors=True)
        return
    with suppress(OSError):  # its folder may be the fault
        temporary.unlink()


def _write(dataset: xr.Dataset, path: Path, **encoding) -> None:
    """Write NetCDF-4 with *encoding* for its data; OSError if the disk refuses."""
    plain = dataset.drop_encoding()
    floats = [name for name, array in plain.variables.items() if array.dtype.kind == "f"]
    each = {name: {"_FillValue": None} for name in floats}
    for name in plain.data_vars:
        if name in each and plain[name].ndim:
            each[name] = {"_FillValue": None} | encoding
    try:
        with _netcdf:
            plain.to_netcdf(path, format="NETCDF4", engine="netcdf4", encoding=each)
    except RuntimeError as fault:  # what the NetCDF library makes of a full disk
        raise OSError(f"cannot be written: {fault}") from fault


def writable(path, endings=(NETCDF,)) -> Path:
    """Return *path* if a file, or for Zarr a folder, of one of these *endings* can be put there.

    Raises ValueError for another ending, OSError for a folder that refuses and for what must
    not be replaced.
    """
    path = Path(path)
    if path.suffix not in endings:
        raise ValueError(f"{path}: the name must end in {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}")
    if path.suffix == ZARR and path.exists() and not (path / ".zgroup").is_file():
        raise PermissionError(f"{path}: what lies there is no Zarr result and is not replaced")
    if path.suffix != ZARR and path.is_dir():
        raise PermissionError(f"{path}: this place cannot be written to")
    try:  # what the system says of permissions is not all: a disk may be full or read-only
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as fault:
        raise PermissionError(f"{path}: this place cannot be written to") from fault
    return path


def write_result(dataset: xr.Dataset, path) -> Path:
    """Write *dataset*, a result of the model, as a NetCDF file for others; return its path.

    `data.exported.modelled` gives back what was written.

    Parameters
    ----------
    dataset : Dataset on `cell` (coordinates lat, lon) and `year`; attributes say which climate
    path : file to write, ending in .nc; an older one is replaced once the new one is complete

    Raises ValueError for another ending, OSError if the file cannot be written.
    """
    path = writable(path)
    with replacing(path) as temporary:
        _write(conforming(described(dataset)), temporary, zlib=True, complevel=4, shuffle=True)
    return path


def read_result(path) -> xr.Dataset:
    """Return the result in a file or folder, in memory and as the model gave it.

    *path*: a NetCDF file (.nc), a Zarr folder (.zarr) or one in a zip file (.zip).
    Raises OSError if there is nothing, ValueError if it is neither NetCDF nor Zarr.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file or folder")
    plain = {"decode_times": False, "decode_timedelta": False}
    try:
        if path.is_dir():
            found = xr.open_zarr(path, **plain).load()
        elif path.suffix == ".zip":
            with zarr.storage.ZipStore(path, mode="r") as store:
                found = xr.open_zarr(store, **plain).load()
        else:
            with _netcdf, xr.open_dataset(path, engine="netcdf4", **plain) as file:
                found = file.load()
    except Exception as fault:  # each library has its own, and what they say helps nobody
        raise ValueError(f"{path}: this is no NetCDF file and no Zarr store, or damaged") from fault
    return modelled(found)
