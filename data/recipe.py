"""The configuration of a prepared region: which files, which grid, which climates."""

import csv
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data import change, land, mapping, maps
from data.figures import RCPS, YEARS
from data.pieces import Box
from data.rasters import Cells

PLATEAU = {"west": 73.0, "east": 104.0, "south": 26.0, "north": 41.0}
FINEST, COARSEST = 0.01, 2.0  # degrees
VARIABLES = ({"tas", "pr", "rsds"}, {"tasmin", "tasmax", "pr", "rsds"})
SAID = ("title", "summary", "references")
KNOWN = {
    "": {*SAID, "grid", "land", "climate", "co2", "runs"},
    "grid": {*PLATEAU, "resolution"},
    "land": {*land.MAPS, "clay"},
    "climate": {"mapping", "lapse_rate", "orography"},
}
MAP_OPTIONS = {"file", "variable", "classes", "column", "threshold"}
NAME = re.compile(r"[\w.+-]+")
CO2_RANGE = (100.0, 5000.0)  # ppm


class Recipe(NamedTuple):
    """What a configuration asks for, its names resolved."""

    path: Path
    said: dict  # title, summary, references
    cells: Cells
    maps: dict  # by name; empty: the embedded land
    mapping: str
    lapse_rate: float | None  # K km-1; None: no correction for height
    orography: object  # the file with the climate's relief, or None
    co2: dict  # ppm of each year by RCP
    runs: dict  # `maps.Map` by (rcp, gcm), then by variable

    @property
    def box(self) -> Box:
        """What is wanted of the globe."""
        west, south, east, north = self.cells.bounds
        return Box(west, east, south, north)

    @property
    def rcps(self) -> list[str]:
        """Scenarios, as they are first named."""
        return list(dict.fromkeys(rcp for rcp, _ in self.runs))

    @property
    def gcms(self) -> list[str]:
        """Climate models, as they are first named."""
        return list(dict.fromkeys(gcm for _, gcm in self.runs))


def read(path) -> Recipe:
    """Return what the TOML file *path* asks for.

    Raises OSError if it or a file that it names is not there, ValueError for what makes no sense.
    """
    path = Path(path)
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path}: cannot be read as TOML ({fault})") from fault
    try:
        return _recipe(path, said)
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from fault


def _recipe(path, said) -> Recipe:
    _check_names("", said)
    for part in ("grid", "land", "climate"):
        _check_names(part, said.get(part, {}))
    climate, folder = said.get("climate", {}), path.parent
    way = climate.get("mapping", mapping.METHODS[0])
    if way not in mapping.METHODS:
        raise ValueError(f"climate.mapping = {way!r}: expected {' or '.join(mapping.METHODS)}")
    lapse = climate.get("lapse_rate", mapping.LAPSE_RATE if "orography" in climate else None)
    if lapse is not None and "orography" not in climate:
        raise ValueError("climate.lapse_rate needs climate.orography, the relief of the climate")
    if lapse is not None and not (_is_number(lapse) and 0 <= lapse <= 12):  # noqa: PLR2004
        raise ValueError(f"climate.lapse_rate = {lapse!r}: expected 0 to 12 K km-1")
    runs = _runs(said.get("runs", {}))
    cells = _cells(said.get("grid", {}))
    co2 = _co2(said.get("co2", {}), dict.fromkeys(rcp for rcp, _ in runs), folder)
    return Recipe(
        path=path,
        said={name: str(said[name]) for name in SAID if name in said},
        cells=cells,
        maps=_maps(said.get("land", {}), folder),
        mapping=way,
        lapse_rate=lapse,
        orography=maps.named(climate["orography"], folder) if "orography" in climate else None,
        co2=co2,
        runs={
            one: {name: _source((*one, name), given, folder) for name, given in files.items()}
            for one, files in runs.items()
        },
    )


def _check_names(part, said):
    if not isinstance(said, dict):
        raise ValueError(f"[{part}] is {said!r}; expected a table")  # noqa: TRY004 - a file's
    unknown = sorted(set(said) - KNOWN[part])
    if unknown:
        where = f"{part}." if part else ""
        raise ValueError(f"{where}{unknown[0]} is unknown; known: {', '.join(sorted(KNOWN[part]))}")


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value)


def _cells(said) -> Cells:
    """Return the grid that the configuration asks for; edges are multiples of the resolution."""
    size = said.get("resolution", 0.5)
    if not (_is_number(size) and FINEST <= size <= COARSEST):
        raise ValueError(f"grid.resolution = {size!r}: expected {FINEST} to {COARSEST} degrees")
    edges = {name: said.get(name, default) for name, default in PLATEAU.items()}
    for name, value in edges.items():
        most = 90 if name in ("south", "north") else 180
        if not (_is_number(value) and abs(value) <= most):
            raise ValueError(f"grid.{name} = {value!r}: expected {-most} to {most} degrees")
    for low, high in (("west", "east"), ("south", "north")):
        if edges[low] >= edges[high]:
            raise ValueError(
                f"grid.{low} = {edges[low]} and grid.{high} = {edges[high]}: expected the "
                f"{low} edge to be the smaller"
            )
    west, south = (np.floor(edges[name] / size + 1e-9) for name in ("west", "south"))
    east, north = (np.ceil(edges[name] / size - 1e-9) for name in ("east", "north"))
    shape = (round(north - south), round(east - west))
    return Cells(float(west * size), float(south * size), float(size), shape)


def _maps(said, folder) -> dict:
    if not said:
        return {}
    lacking = [name for name in land.MAPS if name not in said]
    if lacking:
        raise ValueError(
            f"land lacks {', '.join(lacking)}; expected all of {', '.join(land.MAPS)}, or no [land]"
        )
    for name, given in said.items():
        options = given if isinstance(given, dict) else {"file": given}
        unknown = sorted(set(options) - MAP_OPTIONS)
        if unknown or "file" not in options:
            wrong = f"{unknown[0]} is unknown" if unknown else "has no file"
            raise ValueError(f"land.{name}: {wrong}; known: {', '.join(sorted(MAP_OPTIONS))}")
    return {name: maps.named(given, folder) for name, given in said.items()}


def _runs(said) -> dict:
    """Return what stands for each climate; every GCM must have every RCP."""
    runs = {}
    for rcp, models in said.items():
        for gcm, files in (models if isinstance(models, dict) else {}).items():
            where = f"runs.{rcp}.{gcm}"
            for name in (rcp, gcm):
                if not NAME.fullmatch(name):
                    raise ValueError(f"{where}: {name!r}: expected letters, digits and . _ + -")
            if not isinstance(files, dict) or set(files) not in VARIABLES:
                raise ValueError(f"{where}: expected tas (or tasmin and tasmax), pr and rsds")
            runs[rcp, gcm] = files
    if not runs:
        raise ValueError("no [runs.RCP.GCM]: expected the files of at least one climate")
    for rcp in dict.fromkeys(rcp for rcp, _ in runs):
        for gcm in dict.fromkeys(gcm for _, gcm in runs):
            if (rcp, gcm) not in runs:
                raise ValueError(f"runs.{rcp}.{gcm} is missing: every model needs every scenario")
    return runs


def _source(where, given, folder) -> maps.Map:
    """Return the files of a variable of a climate, and what it is called in them."""
    if isinstance(given, dict) and (set(given) - {"file", "variable"} or "file" not in given):
        raise ValueError(
            f"runs.{'.'.join(where)}: expected `file`, and `variable` if it has another name there"
        )
    return maps.named(given, folder)


def _co2(said, rcps, folder) -> dict:
    """Return the CO2 of each RCP: of a file where one is named, else the embedded series."""
    unknown = sorted(set(said) - set(rcps))
    if unknown:
        raise ValueError(f"co2.{unknown[0]}: no such scenario; known: {', '.join(rcps)}")
    known = {}
    for rcp in rcps:
        if rcp in said:
            known[rcp] = _co2_file(folder / str(said[rcp]))
        elif rcp in RCPS:
            known[rcp] = change.co2(rcp)
        else:
            raise ValueError(
                f"co2.{rcp} is missing: expected a CSV file (columns year, ppm); embedded are "
                f"{' and '.join(RCPS)} alone"
            )
    return known


def _co2_file(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    try:
        known = {int(row["year"]): float(row["ppm"]) for row in rows}
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"{path}: expected the columns year and ppm, numbers in both") from fault
    lacking = [year for year in YEARS if year not in known]
    if lacking:
        raise ValueError(
            f"{path}: lacks {lacking[0]} ({len(lacking)} years); expected all of "
            f"{YEARS[0]}-{YEARS[-1]}"
        )
    values = np.array([known[year] for year in YEARS])
    wrong = ~((values >= CO2_RANGE[0]) & (values <= CO2_RANGE[1]))
    if wrong.any():
        k = int(wrong.argmax())
        raise ValueError(
            f"{path}: {values[k]:g} ppm in {YEARS[k]}; expected {CO2_RANGE[0]:g} to "
            f"{CO2_RANGE[1]:g}"
        )
    return values
