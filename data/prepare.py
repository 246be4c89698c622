"""From files of others to a region that is ready: read, checked, mapped, written and told."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import xarray as xr

from data import isimip, land, limits, mapping
from data.climate import ATTRS, mid_months
from data.figures import YEARS
from data.prepared import climate, opened
from data.recipe import read
from data.region import COARSEST, FINEST
from data.region import region as embedded
from data.store import ZARR, replacing, writable

CHUNK = 512  # cells read together
SUMMARY = "Climate and land read from files that the configuration of the region names"


def prepare(config, out, check=lambda _region, _climate: None, told=lambda _lines: None):
    """Write the region that *config* asks for to the Zarr folder *out*.

    Parameters
    ----------
    config : TOML file, as docs/data.md describes it
    out : folder whose name ends in .zarr; an older region is replaced once the new one is whole
    check : called with the region and each climate before they are kept; may raise ValueError
    told : hears the report, a list of lines for each variable as it is read

    Returns
    -------
    Path of the folder. Raises OSError or ValueError that names the file at fault; then nothing is
    left behind.
    """
    recipe = read(config)
    out = writable(out, (ZARR,))
    place, readings = _land(recipe)
    for reading in readings:
        told(reading.lines())
    relief = _relief(recipe, place)
    with replacing(out) as folder:
        seal, records = sha256(_plain(place)), [reading.record() for reading in readings]
        _lay_out(folder, place, recipe)
        for rcp, gcm in recipe.runs:
            fields, said = _climate(recipe, rcp, gcm, place, relief)
            for name, values in fields.items():
                _put(folder, name, values, recipe, (rcp, gcm))
                seal.update(f"{rcp} {gcm} {name}".encode() + values.tobytes())
            seal.update(recipe.co2[rcp].tobytes())
            for reading in said:
                reading.variable = f"{rcp} {gcm} {reading.variable}"
                told(reading.lines())
            records += [reading.record() for reading in said]
        warning = _calendars(records)
        told([f"WARNING: {warning}"] if warning else [])
        said = {"prepared": seal.hexdigest(), "report": json.dumps(records, default=str)}
        whole = xr.Dataset(attrs=place.attrs | said)  # attributes are written as a whole
        whole.to_zarr(folder, mode="a", zarr_format=2, consolidated=True)
        _validate(folder, recipe, check)
    return out


def _land(recipe):
    """Return the region, described, and what was read for it."""
    cells = recipe.cells
    if recipe.maps:
        place, readings = land.region(recipe.maps, cells)
    else:
        if not FINEST <= cells.resolution <= COARSEST:
            raise ValueError(
                f"{recipe.path}: grid.resolution = {cells.resolution:g}: the embedded land has "
                f"{FINEST} to {COARSEST} degrees"
            )
        west, south, east, north = cells.bounds
        place, readings = embedded(cells.resolution), []
        inside = (place.lat > south) & (place.lat < north) & (place.lon > west) & (place.lon < east)
        place = place.isel(cell=np.flatnonzero(inside))
        if place.sizes["cell"] == 0:
            raise ValueError(f"{recipe.path}: [grid] holds no cell of the embedded region")
    files = [file for reading in readings for file in reading.files]
    source = ", ".join(dict.fromkeys(Path(file).name for file in files)) or "embedded (data/tables)"
    place.attrs = {
        "title": f"Prepared region {recipe.path.stem}",
        "summary": SUMMARY,
        "source": f"land: {source}; climate: {', '.join(recipe.gcms)}",
        "Conventions": "CF-1.11, ACDD-1.3",
        "resolution": cells.resolution,
    } | recipe.said
    return place, readings


def _relief(recipe, place):
    """Return the height of the climate's relief at each cell, m; None where it is not asked for."""
    if recipe.lapse_rate is None:
        return None
    field, reading = isimip.relief(recipe.orography.files, recipe.box)
    return mapping.mapped(field, place, recipe.mapping, reading)[:, 0]


def _climate(recipe, rcp, gcm, place, relief):
    """Return the variables of one climate [cell, month], and what was read for them."""
    files, fields, readings = recipe.runs[rcp, gcm], {}, []
    for name in ("tas", "pr", "rsds"):
        field, reading = _read(name, files, recipe.box)
        values = mapping.mapped(field, place, recipe.mapping, reading)
        if name == "tas" and relief is not None:
            values = mapping.lifted(values, place.elevation, relief, recipe.lapse_rate, reading)
        reading.note(f"{recipe.mapping} onto {place.sizes['cell']} cells")
        limits.check_places(name, values, place, reading.files[0])
        fields[name] = values.astype(np.float32)
        readings.append(reading)
    return fields, readings


def _read(name, files, box):
    """Return a variable of the model and its `Reading` from the files that there are."""
    if name in files:
        one = files[name]
        return isimip.series(name, one.files, box, variable=one.options.get("variable"))
    low, high = (files[extreme].files for extreme in isimip.EXTREMES)
    return isimip.mean_of_extremes(low, high, box)


def _calendars(records) -> str:
    """Return a warning where climates differ in their calendars."""
    found = {}
    for record in records:
        if record["calendar"]:
            found.setdefault(record["calendar"], []).append(record["variable"].rsplit(" ", 1)[0])
    if len(found) < 2:  # noqa: PLR2004 - two differ
        return ""
    told = "; ".join(f"{name}: {', '.join(dict.fromkeys(who))}" for name, who in found.items())
    return f"the climates have different calendars ({told}); each month was made with its own"


# --- on disk -----------------------------------------------------------------------------------


def _lay_out(folder, place, recipe):
    """Write the region, and the room for its climates."""
    dims = ("rcp", "gcm", "cell", "time")
    time = mid_months(YEARS)
    sizes = (len(recipe.rcps), len(recipe.gcms), place.sizes["cell"], time.size)
    nothing = np.broadcast_to(np.float32(np.nan), sizes)  # takes no room
    files = {
        name: [file.name for one in recipe.runs.values() if name in one for file in one[name].files]
        for name in ("tas", "pr", "rsds")
    }
    whole = place.assign_coords(
        rcp=("rcp", recipe.rcps, {"long_name": "Scenario"}),
        gcm=("gcm", recipe.gcms, {"long_name": "Climate model"}),
        time=("time", time, {"standard_name": "time", "axis": "T"}),
        year=("year", np.array(YEARS), {"long_name": "Year", "units": "1"}),
    )
    for name, names in files.items():
        source = ", ".join(dict.fromkeys(names)) or "the middle of tasmin and tasmax"
        whole[name] = (dims, nothing, ATTRS[name] | {"source": source})
    carbon = np.stack([recipe.co2[rcp] for rcp in recipe.rcps])
    whole["co2"] = (("rcp", "year"), carbon, ATTRS["co2"])
    chunks = (1, 1, min(CHUNK, sizes[2]), sizes[3])
    encoding = {name: {"chunks": chunks, "_FillValue": np.float32(np.nan)} for name in files}
    encoding["time"] = {
        "units": f"days since {YEARS[0]}-01-01",
        "calendar": "noleap",
        "dtype": "f8",
    }
    whole.to_zarr(folder, mode="w-", zarr_format=2, consolidated=False, encoding=encoding,
                  write_empty_chunks=False)  # fmt: skip


def _put(folder, name, values, recipe, climate_name):
    rcp, gcm = climate_name
    i, j = recipe.rcps.index(rcp), recipe.gcms.index(gcm)
    part = xr.Dataset({name: (("rcp", "gcm", "cell", "time"), values[None, None])})
    everything = {"cell": slice(None), "time": slice(None)}
    part.to_zarr(
        folder, region={"rcp": slice(i, i + 1), "gcm": slice(j, j + 1)} | everything,
        consolidated=False,
    )  # fmt: skip


def _validate(folder, recipe, check):
    """Read back what was written and have it checked."""
    place = opened(folder)
    for rcp, gcm in recipe.runs:
        check(place, climate(place, rcp, gcm))


def _plain(place) -> bytes:
    """Return the values of a region as bytes."""
    return b"".join(
        np.ascontiguousarray(place[n].to_numpy()).tobytes()
        for n in sorted(map(str, place.variables))
    )
