"""What the commands of `permafrost-carbon` do, once their words have been read."""

import json
import webbrowser
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from dashboard import doorman

PROGRAM = "permafrost-carbon"
RCP, GCM = "rcp85", "HadGEM2-ES"  # unless another is asked for
ALL = "all"  # ecosystems, stages, scenarios or climate models
ALL_GCMS = "ensemble"  # what all climate models together are called


def serve(arguments):
    """Serve the page until it is interrupted; until it is there, its address says so."""
    from dashboard import guard, journal

    journal.begin(arguments.log)
    host, port, region = arguments.host, arguments.port, _shown(arguments)
    guarded = guard.Guard(
        origins=tuple(arguments.allow_websocket_origin),
        prefix=arguments.prefix,
        passwords=arguments.basic_auth and guard.passwords(arguments.basic_auth),
        ancestors=arguments.frame_ancestors,
        sessions=arguments.sessions,
    )
    if arguments.open:  # what is wrong with it is told here, before a browser opens
        from dashboard.reopened import Reopened

        Reopened(arguments.open)
    if arguments.next_port:
        port = doorman.next_free(host, port)
    with doorman.at_the_door(host, port) as make_way:
        address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
        print(f"Permafrost Carbon is at {address}  (Ctrl-C ends it)", flush=True)
        if not arguments.no_browser:
            webbrowser.open(address)
        from dashboard.app import serve as page  # takes seconds

        page(
            port=port, host=host, resolution=arguments.resolution, region=region,
            opened=arguments.open, make_way=make_way, guard=guarded,
        )  # fmt: skip


def run(arguments):
    """Run the region; print what thaw does by the last year; write the result if asked."""
    import data
    from dashboard import lines, plateau
    from data.store import ZARR

    changed = _changed(arguments)
    place = arguments.region and _own_region(arguments)
    known = data.climates_of(place) if place else (data.RCPS, data.GCMS)
    rcps = _some_of("rcp", arguments.rcp, known[0])
    gcms = _some_of("gcm", arguments.gcm, known[1], ALL_GCMS)
    out = arguments.out and _writable(arguments.out, rcps)
    where = _where(arguments, out)
    region = place or data.region(
        arguments.resolution, arguments.texture and tuple(arguments.texture)
    )
    which = f"{' and '.join(rcps)}, {gcms[0] if len(gcms) == 1 else ALL_GCMS}"
    print(f"{which}, {region.sizes['cell']} cells of {region.attrs['resolution']:g}°.")
    print(_climate_said(region))
    print("".join(f"{line}\n" for line in lines.parameters(changed.table)), end="", flush=True)
    worked_out = plateau.in_blocks if out and out.suffix == ZARR else plateau.in_memory
    if where:
        from dashboard import cluster

        by = cluster.Place.of(region, arguments.texture)
        worked_out = partial(cluster.in_cluster, place=by, where=where)
    said = {"history": arguments.line} | changed.provenance()
    accounts = worked_out(region, rcps, gcms, changed, out=out, said=said, bar=bar)
    for rcp in rcps:
        print(*lines.effect_of_thaw(rcp, [accounts[rcp, gcm] for gcm in gcms]), sep="\n")
    print(lines.closure(accounts.values()))
    if out:
        print(f"Written to {out}")


def export(arguments):
    """Write what the page of a link shows: its data, or its maps and curves as a figure."""
    region = _shown(arguments)
    from dashboard import headless, receipt, takeaway
    from data.store import Store, default_folder, writable

    out = writable(arguments.out, takeaway.VIEW)
    shape = takeaway.Shape(arguments.size or takeaway.USUAL, arguments.slide, arguments.map)
    with bar("climates") as tell:
        shown = headless.shown(
            arguments.link, arguments.resolution, Store(default_folder()), tell, region=region
        )
        tell(1.0)
    made = receipt.of_view(arguments.link, arguments.resolution, arguments.out, *shape.choices)
    print(f"Written to {takeaway.write_view(shown, made, out, shape)}")


def cell(arguments):
    """Run one cell; print a table of its years, or JSON."""
    import data
    from dashboard import lines
    from dashboard.baseline import surroundings
    from dashboard.plateau import lived, under_offsets

    changed = _changed(arguments)
    region = _region(arguments)
    here = _cell_at(region, arguments)
    place = region.isel(cell=[here])
    climate = data.climate(place, arguments.rcp, arguments.gcm)
    permitted = surroundings(place, climate, changed.of_the_ground, bar=bar)
    later = under_offsets(place, climate, changed, bar=bar)
    yearly = lived(permitted, later, changed).isel(cell=0)
    if arguments.json:
        said = {"resolution": region.attrs["resolution"]} | changed.described()
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


def prepare(arguments):
    """Make a region of the files that a configuration names; print what was found in them."""
    from tem.door import check_climate, check_region

    if arguments.example:
        from data import example

        print(f"Written: {example.write(arguments.example)} and the files that it names")
        return
    from data.prepare import prepare as made

    def check(region, climate):
        check_region(region)
        check_climate(climate)

    def told(lines):
        print(*lines, sep="\n", flush=True)

    config = Path(arguments.config)
    out = made(config, arguments.out or config.with_suffix(".zarr"), check, told)
    print(f"Written to {out}; open it with --region {out}")


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


def _region(arguments):
    """Return the region that a command line asks for: a prepared one, or the embedded plateau."""
    import data

    if arguments.region:
        return data.prepared_region(arguments.region)
    return data.region(arguments.resolution)


def _own_region(arguments):
    """Return the prepared region of a run; ValueError for options that do not go with it."""
    if arguments.texture:
        raise ValueError("--texture is for the embedded land; --region has its own")
    if arguments.out and Path(arguments.out).resolve() == Path(arguments.region).resolve():
        raise ValueError(f"--out {arguments.out}: is the region itself; choose another name")
    return _region(arguments)


def _shown(arguments):
    """Return the prepared region that the page is to show, or None; before it is imported."""
    if not arguments.region:
        return None
    from dashboard import domain

    region = _region(arguments)
    domain.choose(region)
    return region


def _climate_said(region) -> str:
    """Return what there is to say of where the climates of *region* come from."""
    from data.prepared import is_prepared

    if is_prepared(region):
        return f"{region.attrs['title']}. {region.attrs['summary']}."
    return "Climate reconstructed from published figures, not GCM output."


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


def _where(arguments, out):
    """Return which processes compute, a `cluster.Where`; None if it is this one."""
    from data.store import ZARR

    asked = [f"--{name}" for name in ("workers", "scheduler", "block") if getattr(arguments, name)]
    if not asked:
        return None
    if asked == ["--block"]:
        raise ValueError("--block is for --workers and --scheduler")
    if not out or out.suffix != ZARR:
        raise ValueError(f"{asked[0]}: workers write block by block; --out must end in {ZARR}")
    from dashboard import cluster

    block = arguments.block or cluster.BLOCK
    return cluster.Where(arguments.workers, arguments.scheduler, block)


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
    offsets: object  # a `tem.Offsets`: what the climate gains from 2021 on
    edits: list[str]  # as they were typed
    table: object  # a `parameter_table.Table`, or None

    def described(self) -> dict:
        """Return what a reader of the result needs to make it again."""
        table = self.table and self.table.described()
        return {
            "set": self.edits,
            "since": self.since,
            "offset": self.offsets._asdict(),
            "parameters": table,
        }

    def provenance(self) -> dict:
        """Return the same as attributes of a file."""
        from dashboard.changes import Change
        from dashboard.receipt import provenance

        change = Change(tuple(self.edits), self.since, self.offsets)
        return provenance(change, table=self.described()["parameters"])


def _changed(arguments) -> _Changed:
    """Return what is changed: by a table of parameters first, by single edits on top of it."""
    import tem
    from dashboard import parameter_table
    from dashboard.changes import offsets_in
    from tem.experiment import SINCE
    from tem.parameters import FIELDS

    since, offsets = (
        _one_of("since", arguments.since, SINCE),
        offsets_in(",".join(arguments.offset)),
    )
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
    return _Changed(changed, changed if ground else None, since, offsets, arguments.set, table)


def _moved(name, before, after) -> bool:
    """Return whether a parameter differs in any ecosystem."""
    return any(getattr(before[where], name) != getattr(after[where], name) for where in after)


def _cell_at(region, arguments) -> int:
    """Return the index of the cell in which the point lies; ValueError names the nearest."""
    import numpy as np

    north = region.lat.to_numpy() - arguments.lat
    east = region.lon.to_numpy() - arguments.lon
    nearest = int(np.argmin(np.hypot(north, east * np.cos(np.radians(arguments.lat)))))
    width = region.attrs["resolution"]
    inside = np.flatnonzero(np.maximum(abs(north), abs(east)) <= width / 2)
    if inside.size:
        return int(inside[0])
    raise ValueError(
        f"{arguments.lat:g}° N, {arguments.lon:g}° E lies in no permafrost cell of "
        f"{width:g}°; the nearest is at --lat {float(region.lat[nearest]):g} "
        f"--lon {float(region.lon[nearest]):g}"
    )
