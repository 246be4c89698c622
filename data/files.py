"""NetCDF files of others: opened only where they are whole, their variables found by name or CF.

The NetCDF library reads the part that a truncated classic file has lost as zeros, without a word
(tried with netCDF4 1.7). Classic files are therefore read by SciPy, which compares their length
with what the header promises. HDF5 files know their own length.
"""

from contextlib import contextmanager
from glob import glob
from pathlib import Path

import cf_xarray  # noqa: F401 - gives Datasets their .cf
import xarray as xr

HDF5, CLASSIC, CDF5 = b"\x89HDF", (b"CDF\x01", b"CDF\x02"), b"CDF\x05"


def found(pattern, folder=Path()) -> list[Path]:
    """Return the files that a path, a pattern with * or a list of them names, sorted.

    *folder* is where relative names start. Raises FileNotFoundError if a name fits no file.
    """
    names = pattern if isinstance(pattern, list) else [pattern]
    if not all(isinstance(name, str | Path) and str(name) for name in names):
        raise ValueError(f"{pattern!r}: expected the name of a file, or a list of names")
    files = {}
    for name in names:
        fitting = sorted(glob(str(folder / name), recursive=True))  # noqa: PTH207 - ** and absolute
        if not fitting:
            raise FileNotFoundError(f"{folder / name}: no such file")
        files |= dict.fromkeys(map(Path, fitting))
    if not files:
        raise FileNotFoundError("an empty list of files; expected at least one")
    return list(files)


@contextmanager
def opened(path):
    """Give the Dataset of a NetCDF file: packed and masked values decoded, times not yet.

    Raises FileNotFoundError, or ValueError for a file that is empty, truncated or no NetCDF; and
    for one whose damage shows only while it is read.
    """
    engine = _engine(Path(path))
    how = {"backend_kwargs": {"mmap": False}} if engine == "scipy" else {}  # else it warns at last
    try:
        file = xr.open_dataset(
            path, engine=engine, decode_times=False, decode_timedelta=False, cache=False, **how
        )
    except Exception as fault:  # a damaged header makes readers raise anything
        raise ValueError(
            f"{path}: truncated or damaged; expected a whole file ({fault})"
        ) from fault
    with file:
        try:
            yield file
        except (OSError, RuntimeError) as fault:
            raise ValueError(f"{path}: truncated or damaged where it is read ({fault})") from fault


def _engine(path) -> str:
    """Return what reads the file; ValueError or FileNotFoundError says why nothing does."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise ValueError(f"{path}: the file is empty; expected NetCDF")
    if start == CDF5:
        raise ValueError(
            f"{path}: is of the CDF-5 kind, of which no reader here sees whether it is whole; "
            "make it NetCDF-4 with `nccopy -k nc4`"
        )
    if start in CLASSIC:
        return "scipy"
    if start == HDF5:
        return "netcdf4"
    raise ValueError(f"{path}: is no NetCDF file (it starts with {start!r})")


def variable(file, path, name, standard_names=()) -> str:
    """Return what the variable *name* is called in *file*: so, or by one of CF's standard names.

    Raises ValueError if there is none, or more than one to choose from.
    """
    if name in file.data_vars:
        return name
    known = file.cf.standard_names
    fitting = [
        one
        for standard in standard_names
        for one in known.get(standard, ())
        if one in file.data_vars
    ]
    if len(fitting) == 1:
        return fitting[0]
    wanted = name
    if standard_names:
        wanted += f", or one variable with standard_name {' or '.join(standard_names)}"
    there = ", ".join(fitting or map(str, file.data_vars)) or "none"
    raise ValueError(
        f"{path}: expected variable {wanted}; {'both fit' if fitting else 'it has'} {there}"
    )
