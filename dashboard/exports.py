"""What a page shows, as a Dataset: every number of its maps and curves, and what each is of."""

import re

import numpy as np
import pandas as pd
import xarray as xr

import tem
from dashboard import takewords, words
from dashboard.changes import NO_OFFSETS
from dashboard.quantities import EFFECT
from dashboard.results import SAVED, unrested
from dashboard.runs import RCP_NAMES
from dashboard.shelf import NO_RESULT, NOT_THERE_YET
from data import YEARS
from data.described import STANDARD_NAMES
from data.region import ATTRS
from tem.door import cf_units
from tem.environment import REFERENCE_YEAR
from tem.summary import DECLARED, THAW

COLUMNS = {  # of `Selection.curves`: what is shown, and which run
    "st": ("Baseline", "S_T"),
    "sr": ("Baseline", "S_R"),
    "whatif_st": ("What-if", "S_T"),
    "whatif_sr": ("What-if", "S_R"),
}
ENDS = ("low", "high")  # of a band: mean ∓ 1 SD over the climate models
ABOUT = ("shown", "run", "scenario", "models")  # what is said of a curve
MISSING = np.int8(-1)


def view(selection) -> xr.Dataset:
    """Return the numbers of the maps, in all years, and of the curves.

    On (curve, year) and (year, lat, lon); the units are those of the page. Its attributes say
    what is looked at.
    """
    grid = selection.library.grid
    found = xr.Dataset(
        _maps(selection),
        {
            "year": np.array(YEARS),
            "lat": ("lat", grid.lat, ATTRS["lat"]),
            "lon": ("lon", grid.lon, ATTRS["lon"]),
        },
        about(selection),
    )
    area = grid.picture(selection.library.region.cell_area.to_numpy())
    found["cell_area"] = (("lat", "lon"), area, ATTRS["cell_area"] | {"_FillValue": np.nan})
    return found.merge(_curves(selection), combine_attrs="drop_conflicts")


def about(selection) -> dict:
    """Return what is looked at, in words and as a reader of the file asks for it."""
    state, place, (old, new) = selection.state, selection.place, selection.gains()
    said = [words.headlined(selection, (old, new))]
    if new:
        said.append(words.what_if(place, old, new, selection.change(), selection.marks_told()))
    return _climate(selection) | {
        "headline": " ".join(said),
        "place": place.name,
        "scenario": RCP_NAMES[state.rcp],
        "climate_models": ", ".join(selection.results()),
        "ecosystem_shown": state.ecosystem,
        "resolution": selection.library.grid.step,
        "year_shown": state.year,
    }


def _climate(selection) -> dict:
    """Return what the climates say of themselves."""
    if selection.library.opened is not None:
        return {"summary": words.label()} | selection.library.said
    for climate in selection.library.climates.values():
        if climate.environment is not None:
            return {name: climate.environment.attrs[name] for name in ("summary", "source")}
    return {"summary": words.label()}


def missing(selection) -> str:
    """Return why what is looked at cannot be taken away yet, in a sentence; or nothing.

    What is taken away must be what its receipt makes again.
    """
    state, region = selection.state, selection.state.cell is None
    ready = [selection.library.results(rcp, state.gcms) for rcp in state.rcps]
    if any(len(results) < len(state.gcms) for results in ready) or selection.previewed():
        return takewords.LATER
    if state.change and (region or state.shown != "Baseline") and not selection.up_to_date():
        return takewords.UNRUN
    if state.change and not region and not selection.cell_run.curves:
        return selection.cell_run.fault or takewords.LATER
    late = {NOT_THERE_YET, NO_RESULT} & set(selection.shelf.missing())
    return takewords.LATER if late else ""


def runs(library, state, tell=lambda _fraction: None):
    """Yield, for each climate model chosen, both runs under what *state* changes.

    As `permafrost-carbon run` gives them, bit for bit; *tell* hears the finished fraction.
    """
    change, cells = state.change, np.arange(library.region.sizes["cell"])
    for k, gcm in enumerate(state.gcms):
        before, later = library.climates[state.rcp, gcm].environment, None
        if change.offsets != NO_OFFSETS:
            later = library.skies.of_region(before, (state.rcp, gcm, change.offsets), cells)
        yearly = tem.experiment(
            before if later is None else later, tem.edited(change.edits), since=change.since,
            past=None if later is None else before,
            progress=lambda part, k=k: tell((k + part) / len(state.gcms)),
        )  # fmt: skip
        yield gcm, yearly


def everything(library, state, tell=lambda _fraction: None) -> xr.Dataset:
    """Return all `runs` as one Dataset."""
    found = dict(runs(library, state, tell))
    result = tem.summary.ensemble(found) if len(found) > 1 else found[state.gcms[0]]
    return result.assign_attrs(
        resolution=library.grid.step, cells_not_at_rest=sum(map(unrested, found.values()))
    )


# --- curves --------------------------------------------------------------------------------------


def _curves(selection) -> xr.Dataset:
    """Return all lines of the curves [curve, year], and the ends of their bands."""
    state, units, rows = selection.state, selection.units(), _lines(selection)
    shape = len(rows), len(YEARS)
    found = {}
    for name in state.variables:
        for end in ("", *ENDS):
            values = np.full(shape, np.nan)
            for k, lines in enumerate(rows.values()):
                values[k] = lines.get((name, end), np.nan)
            if end and not np.isfinite(values).any():
                continue
            about = _of_curve(name, units[name], end, selection)
            found[f"{name}_{end}".strip("_")] = (("curve", "year"), values, about)
    said = np.array(list(rows), dtype=str).reshape(len(rows), len(ABOUT)).T
    along = {name: ("curve", column, {"long_name": name.capitalize()})
             for name, column in zip(ABOUT, said, strict=True)}  # fmt: skip
    return xr.Dataset(found, along | {"curve": [", ".join(row) for row in rows]})


def _of_curve(name, unit, end, selection) -> dict:
    declared, state = DECLARED[name], selection.state
    total = unit != declared.unit
    area = "sum" if total else "mean"
    ends = {"low": "mean − 1 SD", "high": "mean + 1 SD"}
    said = {
        "units": cf_units(_amount(unit)),
        "long_name": ", ".join(filter(None, [declared.about.label, selection.place.name,
                                             ends.get(end, "")])),
        "symbol": declared.about.symbol,
        "cell_methods": f"area: {area} time: {declared.about.over_time}",
        "_FillValue": np.nan,
    }  # fmt: skip
    return said | ({"comment": "S_T minus S_R"} if state.curves == THAW or end else {})


def _amount(unit) -> str:
    """Return a unit of the page without the element, which CF keeps out of units."""
    for prefix in ("Tg", "Pg"):
        unit = unit.replace(f"{prefix}C", prefix).replace(f"{prefix}N", prefix)
    return unit


def _lines(selection) -> dict:
    """Return what each line is of (see `ABOUT`) and its values [year] by (variable, end)."""
    state, found = selection.state, {}
    many = _models(selection.told())
    effect = state.curves == THAW
    names = [one.name for one in state.saved]
    for name, columns in selection.curves().items():
        for column, values in columns.items():
            base, _, end = column.rpartition("_") if column.endswith(ENDS) else (column, "", "")
            shown, run = COLUMNS.get(base) or (names[SAVED.index(base)], "S_T")
            row = shown, EFFECT if effect else run, RCP_NAMES[state.rcp], many
            found.setdefault(row, {})[name, end] = values
    for name, lines in selection.more_lines().items():
        for line in lines:
            rcp = line.rcp or state.rcp
            models = line.gcm or _models(selection.library.results(rcp, state.gcms))
            row = "Baseline", EFFECT if effect else "S_T", RCP_NAMES[rcp], models
            found.setdefault(row, {}).update(_with_band(name, *line))
    return found


def _with_band(name, values, _gcm, _rcp, sd) -> dict:
    """Return the values of a `Line` by (variable, end)."""
    ends = {} if sd is None else {(name, "low"): values - sd, (name, "high"): values + sd}
    return {(name, ""): values} | ends


def _models(results) -> str:
    return next(iter(results)) if len(results) == 1 else f"mean of {', '.join(results)}"


# --- maps ----------------------------------------------------------------------------------------


def _maps(selection) -> dict:
    """Return the maps on the grid [year, lat, lon], and how many models agree with their sign."""
    grid, (pictures, cells) = selection.library.grid, selection.frames()
    found = {}
    for picture in pictures:
        name = map_name(picture)
        values = np.where(cells, picture.values, np.nan)
        frames = np.array([grid.picture(year) for year in values])
        scenario = {"scenario": picture.note or RCP_NAMES[selection.state.rcp]}
        found[name] = (("year", "lat", "lon"), frames, _of_map(picture) | scenario)
        if picture.agree is not None:
            agree = np.where(cells, picture.agree, MISSING)
            frames = np.array([grid.picture(year, MISSING) for year in agree], np.int8)
            found[f"{name}_agree"] = (("year", "lat", "lon"), frames, {
                "long_name": f"How many of {picture.models} climate models have the sign of {name}",
                "units": "1", "_FillValue": MISSING, "shown": picture.what, **scenario,
            })  # fmt: skip
    return found


def map_name(picture) -> str:
    """Return what a map is called in a file: its aspect and variable, such as `thaw_soc`."""
    note = picture.note.replace(" − ", "_minus_").replace(".", "").lower()
    spelled = re.sub(r"\W+", "_", note, flags=re.ASCII)
    return "_".join(filter(None, [picture.quantity.name.replace(".", "_"), spelled]))


def _of_map(picture) -> dict:
    quantity = picture.quantity
    unit, over = cf_units(quantity.unit), quantity.about.over_time
    said = {
        "units": unit,
        "long_name": f"{quantity.symbol.format(year='')}: {quantity.about.label}",
        "shown": picture.what,
        "comment": f"{picture.what}; mean of climate models: {picture.models}",
        "cell_methods": f"area: mean time: {over}",
        "_FillValue": np.nan,
    }
    if quantity.aspect in ("sum", "since"):
        said["comment"] += f"; since {REFERENCE_YEAR}"
    standard, proper = STANDARD_NAMES.get(quantity.variable, ("", ""))
    if quantity.aspect == "st" and picture.what == "S_T" and unit == proper:
        said["standard_name"] = standard
    return said


# --- tables --------------------------------------------------------------------------------------

COLUMNS_OF_TABLE = (
    *ABOUT, "place", "lat", "lon", "year", "variable", "units", "value", *ENDS,
)  # fmt: skip


def table(found: xr.Dataset) -> pd.DataFrame:
    """Return what `view` found as one number a row: the curves, and the maps of the year shown."""
    names = [str(name) for name in found.data_vars if name not in ("cell_area", *found.coords)]
    plain = [name for name in names if not name.endswith(tuple(f"_{end}" for end in ENDS))]
    parts = [
        _of_curves(found, name) if "curve" in found[name].dims else _of_maps(found, name)
        for name in plain
    ]
    return pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS_OF_TABLE))


def _of_curves(found, name):
    ends = {end: found[f"{name}_{end}"] for end in ENDS if f"{name}_{end}" in found}
    part = xr.Dataset({"value": found[name], **ends}).to_dataframe().reset_index()
    part = part[part.value.notna()]
    return part.assign(variable=name, units=found[name].attrs["units"], place=found.attrs["place"])


def _of_maps(found, name):
    now = found[name].sel(year=found.attrs["year_shown"]).rename("value")
    part = now.to_dataframe().reset_index()
    missing = part.value.isna() | (part.value == MISSING) & name.endswith("_agree")
    said = {key: found[name].attrs[key] for key in ("shown", "scenario", "units")}
    models = found.attrs["climate_models"]
    return part[~missing].assign(variable=name, models=models, **said)
