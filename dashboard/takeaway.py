"""What can be taken away from a page, and how it is written. No Panel here."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import xarray as xr

import tem
from dashboard import exports, receipt, sheet, takewords
from dashboard.plateau import BLOCK
from dashboard.results import unrested
from data import formats
from data.store import NETCDF, ZARR
from data.streamed import streamed

SLIDE = (1920, 1080)  # px
USUAL = (1600, 1200)  # px, of a picture
SMALLEST, LARGEST = 400, 8000  # px, a side of a picture
MOST = 4 * BLOCK  # cells in all climates of which everything fits into memory at once, 2 GiB
DATA = (NETCDF, formats.ZIP, formats.CSV)
PICTURES = (".png", ".svg", ".pdf")
MAP = formats.TIFF
VIEW = (*DATA, ZARR, *PICTURES, MAP)  # endings of what a view is written as


class Shape(NamedTuple):
    """How a picture is cut, and which map a GeoTIFF is of."""

    size: tuple[int, int] = USUAL  # px
    slide: bool = False
    map: int = 1

    @property
    def choices(self) -> list[str]:
        """The words of the command line that ask for it."""
        if self.slide:
            return ["--slide"]
        found = [] if self.size == USUAL else ["--size", "x".join(map(str, self.size))]
        return found + ([] if self.map == 1 else ["--map", str(self.map)])

    @property
    def paper(self) -> sheet.Paper:
        """The sheet that it is drawn on."""
        size = SLIDE if self.slide else self.size
        return sheet.Paper.of_pixels(*size, slide=self.slide)


def write_view(selection, made: receipt.Receipt, path, shape: Shape | None = None) -> Path:
    """Write what *selection* shows by the ending of *path*; return it.

    Raises ValueError, in a sentence, if the page is not ready or the ending is another; OSError
    if the disk refuses.
    """
    path, shape = Path(path), shape or Shape()
    missing = exports.missing(selection)
    if missing:
        raise ValueError(missing)
    said = made.said(selection.state) | selection.library.said
    if path.suffix in PICTURES:
        about = exports.about(selection) | said
        paper = sheet.A4 if path.suffix == ".pdf" and not shape.slide else shape.paper
        return sheet.write_sheet(
            selection, about | takewords.sources(selection, about), path, paper
        )
    found = exports.view(selection).assign_attrs(said)
    if path.suffix == formats.CSV:
        return formats.write_table(exports.table(found), formats.told(found), path)
    if path.suffix == MAP:
        picture = selection.frames().pictures[shape.map - 1]
        values = found[exports.map_name(picture)].sel(year=selection.state.year)
        return formats.write_map(values, formats.told(found) | values.attrs, path)
    return formats.write_dataset(found, path)


def write_run(selection, made: receipt.Receipt, path, tell=lambda _fraction: None) -> Path:
    """Write all that the view was worked out from, as `permafrost-carbon run` does; as above.

    All variables of both runs in every year and cell, under each climate model. *tell* hears the
    finished fraction. What is Zarr is written as it is worked out; the rest must fit into memory.
    """
    path, state, library = Path(path), selection.state, selection.library
    if len(selection.results()) < len(state.gcms):
        raise ValueError(takewords.LATER)
    said = made.said(state)
    if path.suffix == ZARR:
        return _streamed(library, state, said, path, tell)
    if formats.CSV not in path.suffixes and path.suffix == formats.ZIP:
        with TemporaryDirectory(dir=path.parent, prefix=".") as folder:
            store = _streamed(library, state, said, Path(folder, "run.zarr"), tell)
            return formats.write_zip(store, path)
    if library.region.sizes["cell"] * len(state.gcms) > MOST:
        raise ValueError(takewords.ZARR)
    found = exports.everything(library, state, tell).assign_attrs(said)
    if formats.CSV in path.suffixes:
        return formats.write_table(formats.rows(found), formats.told(found), path)
    return formats.write_dataset(found, path)


def _streamed(library, state, said, path, tell):
    """Write the runs to the Zarr folder *path*, one climate model after the other."""
    many = {"gcm": list(state.gcms)} if len(state.gcms) > 1 else {}
    coords = xr.Dataset(coords=library.region.coords, attrs={"resolution": library.grid.step})
    restless = 0
    with streamed(path, coords.assign_coords(many), BLOCK) as result:
        for gcm, yearly in exports.runs(library, state, tell):
            result.put(yearly, cell=slice(None), **({"gcm": gcm} if many else {}))
            restless += unrested(yearly)
        result.attrs = said | {"cells_not_at_rest": restless}
    return path


def name(state, what: str, link: str, ending: str) -> str:
    """Return what a file is called: what it holds, of which climate, and a short name of its own.

    *what*: "view", "run", "figure", "slide" or a variable.
    """
    change = ["what-if"] if state.change else []
    own = sha256(f"{link} {tem.source_hash}".encode()).hexdigest()[:8]
    return "_".join([what, *change, state.rcp, state.gcm, str(state.year), own]) + ending
