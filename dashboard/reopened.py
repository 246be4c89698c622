"""A finished run, opened from its file as what a page shows: nothing is simulated again."""

import json
from itertools import product
from pathlib import Path

import numpy as np

import data
from dashboard import takewords
from dashboard.language import say
from dashboard.results import Result
from dashboard.runs import Library
from data.relief import elevation
from data.store import read_result
from tem.experiment import RUNS
from tem.parameters import ECOSYSTEMS
from tem.summary import DECLARED

PLACES = ("lat", "lon", "ecosystem", "cell_area")
SAID = (
    "summary", "source", "edits", "since", "climate_offsets", "parameter_table", "versions",
    "model_source_hash", "data_source_hash",
)  # fmt: skip


class _Absent:
    """The environment that a file of results does not have: whoever asks for it is told so."""

    def __getattr__(self, _name):
        raise ValueError(say(takewords.FINISHED))


class Reopened(Library):
    """The results in a file that `run` or a page wrote, for pages to show."""

    def __init__(self, path, store=None):
        """Raises ValueError for a file that is no run, in a sentence that names what is amiss."""
        path, found = Path(path), read_result(path)
        _check(found, path)
        super().__init__(store=store, region=_region(found, path))
        self.opened = path
        self.said = {name: found.attrs[name] for name in SAID if name in found.attrs}
        parts = _by_climate(found, self.opened)
        for key, climate in self.climates.items():
            climate.environment, climate.fraction = _Absent(), 1.0
            if key in parts:
                climate.result = Result(parts[key], self.weights)
                climate.stage = self.opened.name
            else:
                climate.failed = say(takewords.NOT_THERE)
        rcps, gcms = ({key[k] for key in parts} for k in (0, 1))
        self.chosen = {"rcp": min(rcps)} if len(rcps) == 1 else {}
        self.chosen |= {"gcm": min(gcms)} if len(gcms) == 1 else {}
        self._order.clear()  # nothing is left to simulate

    def _prepare(self):
        """Compile nothing: no model runs here."""

    def told(self) -> str:
        """Return what was opened, and what had been changed in it, in words."""
        edits = json.loads(self.said.get("edits", "[]"))
        offsets = json.loads(self.said.get("climate_offsets", "{}"))
        usual = {"warming": 0.0, "precipitation": 1.0, "co2": 0.0}
        added = [f"{name}={value:g}" for name, value in offsets.items() if value != usual.get(name)]
        changes = ", ".join([*edits, *added]) or say(takewords.UNCHANGED)
        ready = ", ".join(one.name for one in self.climates.values() if one.result is not None)
        return say(
            takewords.OPENED, file=self.opened.name, climates=ready, changes=changes,
        )  # fmt: skip


def _check(found, path):
    """Raise ValueError if *found* is no run that a page can show."""
    if "curve" in found.dims:
        raise ValueError(
            f"{path}: these are the numbers of a view, not a run; open its link instead: "
            f"{found.attrs.get('share_link', 'none is given')}"
        )
    missing = [name for name in (*DECLARED, *PLACES) if name not in found.variables]
    if missing:
        raise ValueError(f"{path}: no run of this model, for it has no {', '.join(missing[:4])}")
    if "run" not in found.indexes or not set(RUNS) <= set(found.run.values):
        raise ValueError(f"{path}: expected the runs {' and '.join(RUNS)}")
    if list(found.year.values) != list(data.YEARS):
        raise ValueError(f"{path}: expected the years {data.YEARS[0]} to {data.YEARS[-1]}")
    unknown = set(found.ecosystem.values) - set(ECOSYSTEMS)
    if unknown:
        raise ValueError(f"{path}: ecosystem = {min(unknown)!r} is not one of this model")
    for name in DECLARED:
        if found[name].attrs.get("unit_as_modelled", "") != DECLARED[name].unit:
            raise ValueError(f"{path}: {name} is not in {DECLARED[name].unit}")
        gaps = int((~np.isfinite(found[name])).sum())
        if gaps:
            raise ValueError(f"{path}: {name} has no number in {gaps} places")


def _region(found, path):
    """Return where the cells of a run are; heights, which it does not tell, from the relief."""
    places = {name: found[name] for name in PLACES}
    height = elevation(found.lat.to_numpy(), found.lon.to_numpy())
    bare = found[[]].reset_coords(drop=True).assign_coords(places)
    return bare.assign(elevation=("cell", height)).assign_attrs(resolution=_width(found, path))


def _width(found, path) -> float:
    """Return the width of the cells; ValueError if none is told."""
    width = float(found.attrs.get("resolution", 0.0))
    if width <= 0:
        raise ValueError(f"{path}: the attribute resolution, the width of the cells, is missing")
    return width


def _by_climate(found, path) -> dict:
    """Return the runs of each climate, by RCP and GCM; ValueError for unknown names."""
    names = {
        dim: [str(name) for name in found[dim].values]
        if dim in found.dims
        else [str(found.attrs.get(dim, "unknown"))]
        for dim in ("rcp", "gcm")
    }
    for dim, known in (("rcp", data.RCPS), ("gcm", data.GCMS)):
        strange = [name for name in names[dim] if name not in known]
        if strange:
            raise ValueError(f"{path}: {dim} = {strange[0]}; the page has {', '.join(known)}")
    return {
        (rcp, gcm): found.sel(
            {dim: name for dim, name in (("rcp", rcp), ("gcm", gcm)) if dim in found.dims}
        )
        for rcp, gcm in product(names["rcp"], names["gcm"])
    }
