"""What the commands of `permafrost-carbon` do, once their words have been read."""

import json
import webbrowser
from contextlib import contextmanager
from typing import NamedTuple

from dashboard import doorman

PROGRAM = "permafrost-carbon"
RCP, GCM = "rcp85", "HadGEM2-ES"  # unless another is asked for
ALL = "all"  # ecosystems, stages, scenarios or climate models
ALL_GCMS = "ensemble"  # what all climate models together are called


def serve(arguments):
    """Serve the page until it is interrupted; until it is there, its address says so."""
    host, port = arguments.host, arguments.port
    with doorman.at_the_door(host, port) as make_way:
        address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
        print(f"Permafrost Carbon is at {address}  (Ctrl-C ends it)", flush=True)
        if not arguments.no_browser:
            webbrowser.open(address)
        from dashboard.app import serve as page  # takes seconds

        page(port=port, host=host, resolution=arguments.resolution, make_way=make_way)


def run(arguments):
    """Run the region; print what thaw does by the last year; write the result if asked."""
    import data
    from dashboard import lines, plateau
    from data.store import ZARR

    changed = _changed(arguments)
    rcps = _some_of("rcp", arguments.rcp, data.RCPS)
    gcms = _some_of("gcm", arguments.gcm, data.GCMS, ALL_GCMS)
    out = arguments.out and _writable(arguments.out, rcps)
    region = data.region(arguments.resolution, arguments.texture and tuple(arguments.texture))
    which = f"{' and '.join(rcps)}, {gcms[0] if len(gcms) == 1 else ALL_GCMS}"
    print(f"{which}, {region.sizes['cell']} cells of {arguments.resolution:g}°.")
    print("Climate reconstructed from published figures, not GCM output.")
    print("".join(f"{line}\n" for line in lines.parameters(changed.table)), end="", flush=True)
    worked_out = plateau.in_blocks if out and out.suffix == ZARR else plateau.in_memory
    said = _provenance(arguments, changed)
    accounts = worked_out(region, rcps, gcms, changed, out=out, said=said, bar=bar)
    for rcp in rcps:
        print(*lines.effect_of_thaw(rcp, [accounts[rcp, gcm] for gcm in gcms]), sep="\n")
    print(lines.closure(accounts.values()))
    if out:
        print(f"Written to {out}")


def cell(arguments):
    """Run one cell; print a table of its years, or JSON."""
    import data
    import tem
    from dashboard import lines
    from dashboard.baseline import surroundings

    changed = _changed(arguments)
    region = data.region(arguments.resolution)
    here = _cell_at(region, arguments)
    climate = data.climate(region, arguments.rcp, arguments.gcm).isel(cell=[here])
    permitted = surroundings(region.isel(cell=[here]), climate, changed.of_the_ground, bar=bar)
    yearly = tem.experiment(permitted, changed.parameters, since=changed.since).isel(cell=0)
    if arguments.json:
        said = {"resolution": arguments.resolution} | changed.described()
        print(json.dumps(lines.record(yearly) | said, allow_nan=False))
    else:
        print(*lines.table(yearly), *lines.parameters(changed.table), sep="\n")


def calibrate(arguments):
    """Fit the rates of ecosystems to their targets; print how well that went; keep the values."""
    import data
    from dashboard import calibration, lines, parameter_table
    from data.store import Store, default_folder

    wanted = _one_of("ecosystem", arguments.ecosystem, (*data.ECOSYSTEMS, ALL))
    names = data.ECOSYSTEMS if wanted == ALL else (wanted,)
    known = [(name, place) for name in names for place in calibration.places(name)]
    asked = (arguments.at or "").lower()
    chosen = [(name, place) for name, place in known if asked in ("", place.lower())]
    if not chosen:
        places = ", ".join(dict.fromkeys(place for _, place in known))
        raise ValueError(f"--at {arguments.at}: {wanted} is calibrated at {places}")
    out = arguments.out and parameter_table.writable(arguments.out)  # before minutes of work
    store, found = Store(default_folder()), {}
    for name, place in chosen:
        fitted = calibration.calibrate(name, place, store=store, bar=bar)
        told = lines.fit(name, place, fitted, calibration.confidence(name, place))
        print(*told, "", sep="\n", flush=True)
        found[calibration.section(name, place)] = calibration.written(fitted)
        if out:
            parameter_table.add(out, found)
    print(f"Written to {out}" if out else "\n".join(parameter_table.lines(found)))


def sensitivity(arguments):
    """Change parameters one at a time; print what that does."""
    import data
    from dashboard import lines
    from tem.sensitivity import sensitivity as worked_out

    stage = _one_of("stage", arguments.stage, (*stages(), ALL))
    region = data.region(arguments.resolution)
    climate = data.climate(region, arguments.rcp, arguments.gcm)
    with bar("sensitivity") as tell:
        found = worked_out(
            region, climate, names=of_stage(stage), change=arguments.change, progress=tell
        )
    print(*lines.sensitivity(found), sep="\n")


def validate(arguments):
    """Print every published number beside the model's."""
    import data
    from dashboard import lines
    from dashboard.scorecard import scorecard
    from data.store import Store, default_folder

    region = data.region(arguments.resolution)
    rows = scorecard(region, store=Store(default_folder()), bar=bar)
    if arguments.json:
        print(json.dumps(rows, indent=1, allow_nan=False))
    else:
        print(*lines.scorecard(rows), sep="\n")


# --- how they work ---------------------------------------------------------------------------


@contextmanager
def bar(stage):
    """Show a bar for a stage at the terminal; give the callback that moves it."""
    from tqdm import tqdm

    shape = "{desc:<22}{percentage:3.0f} % |{bar:30}| {elapsed}"
    with tqdm(total=1.0, desc=stage, bar_format=shape, disable=None) as shown:

        def tell(fraction):
            shown.n = fraction
            shown.refresh()

        yield tell


def _one_of(what, name, allowed):
    """Return *name* as it is spelled in *allowed*; case and dots do not matter."""
    plain = name.replace(".", "").lower()
    for one in allowed:
        if one.lower() == plain:
            return one
    raise ValueError(f"{what} = {name!r}: expected one of {', '.join(allowed)}")


def _some_of(what, name, known, *also) -> tuple[str, ...]:
    """Return all that is *known* if *name* is "all" or one of *also*, else *name* alone."""
    one = _one_of(what, name, (*known, *also, ALL))
    return (one,) if one in known else tuple(known)


def _writable(path, rcps):
    """Return *path* if the result of these RCPs can be written there."""
    from data.store import NETCDF, ZARR, writable

    path = writable(path, (NETCDF, ZARR))
    if path.suffix == NETCDF and len(rcps) > 1:
        raise ValueError(
            f"{path}: a NetCDF file takes one RCP; for all, the name must end in {ZARR}"
        )
    return path


def stages() -> tuple[str, ...]:
    """Return the stages of the model that parameters belong to."""
    from tem.parameters import FIELDS

    return tuple(dict.fromkeys(field.about.stage for field in FIELDS.values()))


def of_stage(stage) -> list[str]:
    """Return the parameters of one stage, or of all."""
    from tem.parameters import FIELDS

    return [name for name, field in FIELDS.items() if stage in (field.about.stage, ALL)]


class _Changed(NamedTuple):
    """What a command line changes, and where that came from."""

    parameters: dict  # by ecosystem
    of_the_ground: dict | None  # the same, if they move more than carbon and nitrogen
    since: str
    edits: list[str]  # as they were typed
    table: object  # a `parameter_table.Table`, or None

    def described(self) -> dict:
        """Return what a reader of the result needs to make it again."""
        table = self.table and self.table.described()
        return {"set": self.edits, "since": self.since, "parameters": table}


def _changed(arguments) -> _Changed:
    """Return what is changed: by a table of parameters first, by single edits on top of it."""
    import tem
    from dashboard import parameter_table
    from tem.experiment import SINCE
    from tem.parameters import FIELDS

    since = _one_of("since", arguments.since, SINCE)
    defaults = tem.ecosystems()
    table = parameter_table.read(arguments.parameters) if arguments.parameters else None
    changed = tem.edited(arguments.set, table.in_region() if table else defaults)
    ground = [
        field
        for field in FIELDS.values()
        if field.about.stage != "ecosystem" and _moved(field.name, defaults, changed)
    ]
    if ground and since != SINCE[0]:
        raise ValueError(
            f"{ground[0].name} belongs to the {ground[0].about.stage} stage, which is worked out "
            f"for all years at once; --since {since} is only for parameters of the ecosystem stage"
        )
    return _Changed(changed, changed if ground else None, since, arguments.set, table)


def _moved(name, before, after) -> bool:
    """Return whether a parameter differs in any ecosystem."""
    return any(getattr(before[where], name) != getattr(after[where], name) for where in after)


def _provenance(arguments, changed) -> dict:
    """Return the attributes by which a file can be made again."""
    from importlib.metadata import version

    import tem

    packages = (PROGRAM, "numpy", "numba", "xarray")
    return {
        "history": arguments.line,
        "edits": json.dumps(changed.edits),
        "since": changed.since,
        "parameter_table": json.dumps(changed.described()["parameters"]),
        "model_source_hash": tem.source_hash,
        "versions": json.dumps({name: version(name) for name in packages}),
    }


def _cell_at(region, arguments) -> int:
    """Return the index of the cell in which the point lies; ValueError names the nearest."""
    import numpy as np

    north = region.lat.to_numpy() - arguments.lat
    east = region.lon.to_numpy() - arguments.lon
    nearest = int(np.argmin(np.hypot(north, east * np.cos(np.radians(arguments.lat)))))
    inside = np.flatnonzero(np.maximum(abs(north), abs(east)) <= arguments.resolution / 2)
    if inside.size:
        return int(inside[0])
    raise ValueError(
        f"{arguments.lat:g}° N, {arguments.lon:g}° E lies in no permafrost cell of "
        f"{arguments.resolution:g}°; the nearest is at --lat {float(region.lat[nearest]):g} "
        f"--lon {float(region.lon[nearest]):g}"
    )
