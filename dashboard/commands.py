"""What the commands of `permafrost-carbon` do, once their words have been read."""

import json
from contextlib import contextmanager

PROGRAM = "permafrost-carbon"
ALL = "all"  # ecosystems
ALL_GCMS = "ensemble"


def serve(arguments):
    """Serve the page until it is interrupted."""
    from dashboard.app import serve as page

    return page(
        port=arguments.port,
        show=not arguments.no_browser,
        resolution=arguments.resolution,
        host=arguments.host,
    )


def run(arguments):
    """Run the region; print what thaw does by the last year; write the result if asked."""
    import data
    import tem
    from dashboard import lines
    from data.store import writable, write_result

    changed, ground_too = _parameters(arguments)
    rcp = _one_of("rcp", arguments.rcp, data.RCPS)
    wanted = _one_of("gcm", arguments.gcm, (*data.GCMS, ALL_GCMS))
    out = arguments.out and writable(arguments.out)
    region = data.region(arguments.resolution, arguments.texture and tuple(arguments.texture))
    gcms = data.GCMS if wanted == ALL_GCMS else (wanted,)
    found = {
        gcm: _experiment(region, rcp, gcm, changed, ground_too, arguments.since) for gcm in gcms
    }
    result = tem.summary.ensemble(found) if wanted == ALL_GCMS else found[wanted]
    print(f"{rcp}, {wanted}, {region.sizes['cell']} cells of {arguments.resolution:g}°.")
    print("Climate reconstructed from published figures, not GCM output.")
    print(*lines.effect_of_thaw(result), lines.closure(found.values()), sep="\n")
    if out:
        write_result(result.assign_attrs(_provenance(arguments)), out)
        print(f"Written to {out}")


def cell(arguments):
    """Run one cell; print a table of its years, or JSON."""
    import data
    import tem
    from dashboard import lines
    from dashboard.baseline import surroundings

    changed, ground_too = _parameters(arguments)
    region = data.region(arguments.resolution)
    here = _cell_at(region, arguments)
    climate = data.climate(region, arguments.rcp, arguments.gcm).isel(cell=[here])
    permitted = surroundings(
        region.isel(cell=[here]), climate, changed if ground_too else None, bar=_bar
    )
    yearly = tem.experiment(permitted, changed, since=arguments.since).isel(cell=0)
    if arguments.json:
        choices = {name: vars(arguments)[name] for name in ("resolution", "set", "since")}
        print(json.dumps(lines.record(yearly) | choices, allow_nan=False))
    else:
        print(*lines.table(yearly), sep="\n")


def calibrate(arguments):
    """Fit the rates of ecosystems to their targets; print how well that went; write the table."""
    from pathlib import Path

    import data
    from dashboard import calibration, lines
    from data.store import Store, default_folder

    wanted = _one_of("ecosystem", arguments.ecosystem, (*data.ECOSYSTEMS, ALL))
    names = data.ECOSYSTEMS if wanted == ALL else (wanted,)
    store, found = Store(default_folder()), {}
    for name in names:
        for place in calibration.places(name):
            if arguments.at and arguments.at.lower() != place.lower():
                continue
            fitted = calibration.calibrate(name, place, store=store, bar=_bar)
            print(*lines.fit(name, place, fitted), "", sep="\n", flush=True)
            found[calibration.section(name, place)] = calibration.written(fitted)
    if not found:
        known = ", ".join(dict.fromkeys(p for name in names for p in calibration.places(name)))
        raise ValueError(f"--at {arguments.at}: {wanted} is calibrated at {known}")
    if arguments.out:
        calibration.update(Path(arguments.out), found)
        print(f"Written to {arguments.out}")


def sensitivity(arguments):
    """Change parameters one at a time; print what that does."""
    import data
    from dashboard import lines
    from tem.parameters import Parameters
    from tem.schema import fields
    from tem.sensitivity import sensitivity as worked_out

    stages = ("ecosystem", "climate", "ground") if arguments.stage == ALL else (arguments.stage,)
    names = [f.name for f in fields(Parameters) if f.about.stage in stages]
    region = data.region(arguments.resolution)
    climate = data.climate(region, arguments.rcp, arguments.gcm)
    with _bar("sensitivity") as tell:
        found = worked_out(region, climate, names=names, change=arguments.change, progress=tell)
    print(*lines.sensitivity(found, markdown=arguments.markdown), sep="\n")


def validate(arguments):
    """Print every published number beside the model's."""
    import data
    from dashboard import lines
    from dashboard.scorecard import scorecard
    from data.store import Store, default_folder

    region = data.region(arguments.resolution)
    rows = scorecard(region, store=Store(default_folder()), bar=_bar)
    if arguments.json:
        print(json.dumps(rows, indent=1, allow_nan=False))
    else:
        print(*lines.scorecard(rows), sep="\n")


# --- how they work ---------------------------------------------------------------------------


@contextmanager
def _bar(stage):
    """Show a bar for a stage at the terminal; give the callback that moves it."""
    from tqdm import tqdm

    shape = "{desc:<22}{percentage:3.0f} % |{bar:30}| {elapsed}"
    with tqdm(total=1.0, desc=stage, bar_format=shape, disable=None) as bar:

        def tell(fraction):
            bar.n = fraction
            bar.refresh()

        yield tell


def _one_of(what, name, allowed):
    """Return *name* as it is spelled in *allowed*; case and dots do not matter."""
    plain = name.replace(".", "").lower()
    for one in allowed:
        if one.lower() == plain:
            return one
    raise ValueError(f"{what} = {name!r}: expected one of {', '.join(allowed)}")


def _parameters(arguments):
    """Return the edited parameters, and whether they move more than carbon and nitrogen.

    A table of parameters comes first, single edits after it.
    """
    import tem
    from dashboard.calibration import as_edits
    from tem.parameters import Parameters, parse
    from tem.schema import fields

    stages = {field.name: field.about.stage for field in fields(Parameters)}
    if arguments.parameters:
        arguments.set = [*as_edits(arguments.parameters), *arguments.set]
    changed = tem.edited(arguments.set)
    moved = [edit for edit in arguments.set if stages[parse(edit)[1]] != "ecosystem"]
    if moved and arguments.since != "spin-up":
        raise ValueError(
            f"edit {moved[0]!r} belongs to the {stages[parse(moved[0])[1]]} stage, which is worked "
            f"out for all years at once; --since {arguments.since} is only for parameters of the "
            "ecosystem stage"
        )
    return changed, bool(moved)


def _experiment(region, rcp, gcm, changed, ground_too, since):
    import tem
    from dashboard.baseline import environment
    from data.store import Store, default_folder

    own = changed if ground_too else None
    permitted = environment(region, rcp, gcm, own, store=Store(default_folder()), bar=_bar)
    with _bar("carbon and nitrogen") as tell:
        return tem.experiment(permitted, changed, since=since, progress=tell)


def _provenance(arguments) -> dict:
    """Return what a reader of the file needs to make it again."""
    from importlib.metadata import version

    import tem

    packages = (PROGRAM, "numpy", "numba", "xarray")
    return {
        "history": arguments.line,
        "edits": json.dumps(arguments.set),
        "since": arguments.since,
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
