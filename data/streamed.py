"""Results larger than memory, for others: written part by part into a Zarr store.

Zarr 2, because every reader knows it and because Zarr 3 does not say how names of fixed length
are kept. Numbers are float64 as in NetCDF files: the same values, and budgets that close, which
float32 would not leave (0.002 g m-2 of a stock of 30 kg). Blosc takes off a third.
"""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from data.described import described
from data.exported import TIME, conforming
from data.store import replacing


class Streamed:
    """A result on its way to disk.

    `attrs` are attributes of the whole; what all parts agree on is added to them at the end.
    """

    def __init__(self, folder: Path, coords: xr.Dataset, block: int):
        self.attrs = {}
        self._folder, self._coords, self._block = folder, coords, block
        self._outer = []  # dimensions on which a part has a single name
        self._agreed = None  # attributes that all parts so far have in common

    def put(self, part: xr.Dataset, *, cell: slice, **names) -> None:
        """Write *part*, a result of some of the cells, where it belongs.

        Parameters
        ----------
        part : Dataset on `cell` and on dimensions that it has whole (run, year)
        cell : its cells in the region: a whole block, or the rest
        names : its name on every other dimension of the store, such as gcm="MIROC5"

        Raises KeyError for a name that the store does not have, ValueError for other dimensions
        or other years or runs than it has.
        """
        if self._agreed is None:
            self.know(part)
            self.lay_out(part)
        self._check(part, names)
        self.agree(part.attrs)
        write(self._folder, part, cell=cell, at=self.at(**names))

    def know(self, first: xr.Dataset) -> None:
        """Learn from a part what all have whole, and what all say until one does not."""
        self._agreed = first.attrs
        own = {name: first[name] for name in first.indexes if name != "cell"}
        self._coords = self._coords.assign_coords(own)
        self._outer = [dim for dim in self._coords.dims if dim not in first.dims]

    def at(self, **names) -> dict[str, int]:
        """Return the position of each of *names* on its dimension; KeyError if it has none."""
        return {dim: self._coords.indexes[dim].get_loc(names[dim]) for dim in self._outer}

    def agree(self, attrs: dict) -> None:
        """Take the attributes of another part into account."""
        self._agreed = _common(self._agreed, attrs)

    def _check(self, part, names):
        if set(names) != set(self._outer):
            raise ValueError(f"part has a name on {sorted(names)}; the store on {self._outer}")
        for dim in set(part.indexes) - {"cell"}:
            if not part.indexes[dim].equals(self._coords.indexes[dim]):
                raise ValueError(
                    f"part has {dim} {list(part.indexes[dim])}; "
                    f"the store {list(self._coords.indexes[dim])}"
                )

    def lay_out(self, first: xr.Dataset) -> None:
        """Make the store as it will be, without its numbers; *first*: the part that is known."""
        empty = {}
        for name, array in described(first).data_vars.items():
            dims = (*self._outer, *array.dims)
            shape = [self._coords.sizes[dim] for dim in dims]
            nothing = np.broadcast_to(np.array(np.nan, array.dtype), shape)  # takes no room
            empty[name] = (dims, nothing, array.attrs)
        whole = conforming(xr.Dataset(empty, self._coords.coords, self._coords.attrs))
        block = min(self._block, self._coords.sizes["cell"])
        chunk = dict.fromkeys(self._outer, 1) | {"cell": block}
        encoding = {
            name: {"chunks": tuple(chunk.get(dim, size) for dim, size in whole[name].sizes.items())}
            for name in empty
        }
        own = [name for name in whole.variables if name not in empty]  # written here and now
        encoding |= {name: {"_FillValue": None} for name in own if whole[name].dtype.kind == "f"}
        whole.to_zarr(
            self._folder, mode="w-", zarr_format=2, consolidated=False, encoding=encoding,
            write_empty_chunks=False,
        )  # fmt: skip

    def finish(self) -> None:
        """Write what is said of the whole."""
        whole = self._coords.assign_attrs(self._agreed | self.attrs)
        said = xr.Dataset(attrs=described(whole).attrs)
        said.to_zarr(self._folder, mode="a", zarr_format=2, consolidated=True)


def write(folder: Path, part: xr.Dataset, *, cell: slice, at: dict[str, int]) -> None:
    """Write *part* into the store that is laid out in *folder*.

    Several processes may do so at once, each with blocks of its own: no two share a chunk.

    Parameters
    ----------
    part, cell : as for `Streamed.put`
    at : its position on the dimensions on which it has a single name, as `Streamed.at` gives it
    """
    on_disk = {"year": TIME} if "year" in part.dims else {}
    values = part.drop_vars(list(part.coords)).drop_attrs().rename_dims(on_disk)
    region = dict.fromkeys(values.dims, slice(None)) | {"cell": cell}
    region |= {dim: slice(k, k + 1) for dim, k in at.items()}
    values.expand_dims(list(at)).to_zarr(folder, region=region, consolidated=False)


@contextmanager
def streamed(path, coords: xr.Dataset, block: int):
    """Give a `Streamed` result that stands at *path* once all is written, or leaves no trace.

    Parameters
    ----------
    path : folder to write, as `store.writable` returns it; an older result is replaced
    coords : Dataset without variables: the coordinates on `cell` of the whole region, and one for
        every dimension (rcp, gcm) along which parts have a single name; with the attribute
        `resolution` (degrees) cells get their corners
    block : cells that are written, and later read, together

    A chunk holds all runs and years of a block of cells in one climate: a curve is one chunk, a
    map one for each block. Raises OSError if the disk refuses.
    """
    with replacing(Path(path)) as temporary:
        result = Streamed(temporary, coords, block)
        yield result
        result.finish()


def _common(one: dict, other: dict) -> dict:
    """Return the entries that both have."""
    return {name: value for name, value in one.items() if other.get(name) == value}
