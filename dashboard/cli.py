"""The command `permafrost-carbon`: serve the page, run the model, look at a cell, validate.

Heavy packages are imported by the commands that need them, so that help comes at once.
"""

import argparse
import json
import os
import shlex
import sys
from contextlib import contextmanager

PROGRAM = "permafrost-carbon"
FAULT, INTERRUPTED = 2, 130  # exit codes
ALL_GCMS = "ensemble"


def main(argv=None) -> int:
    """Run one command line (default: that of the process); return the exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    arguments = _parser().parse_args(words)
    arguments.line = shlex.join([PROGRAM, *words])
    try:
        code = arguments.command(arguments) or 0
        sys.stdout.flush()  # here, where a reader that has left is still caught
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads our lines has had enough of them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as fault:
        print(f"{PROGRAM}: {_sentence(fault)}", file=sys.stderr)
        return FAULT
    return code


def _sentence(fault) -> str:
    """Return a fault in one line."""
    if isinstance(fault, OSError) and fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}"
    return " ".join(str(fault).split())


# --- what can be asked -----------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence and whose help ends in what *closing* returns."""

    closing = staticmethod(lambda: "")

    def error(self, message):
        self.exit(FAULT, f"{self.prog}: {message}\n")

    def format_help(self):
        return super().format_help() + self.closing()


def _parser() -> _Parser:
    parser = _Parser(
        prog=PROGRAM,
        description="Carbon and nitrogen of the thawing Qinghai-Tibetan Plateau. Climates are "
        "reconstructed from published figures, not GCM output.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_run(commands)
    _add_cell(commands)
    _add_validate(commands)
    return parser


def _add(commands, name, command, words):
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(command=command)
    parser.add_argument(
        "--resolution", type=_resolution, default=0.5, metavar="DEGREES",
        help="width of the cells (default: %(default)s)",
    )  # fmt: skip
    return parser


def _add_serve(commands):
    parser = _add(commands, "serve", serve, "Serve the page and open it in a browser.")
    parser.add_argument(
        "--port", type=_number(int, 1, 65535), default=5006, help="default: %(default)s"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: %(default)s)"
    )
    parser.add_argument("--no-browser", action="store_true", help="open no browser window")


def _add_experiment(parser, gcms):
    parser.closing = _choices
    parser.add_argument("--rcp", default="rcp85", help="scenario (default: %(default)s)")
    parser.add_argument("--gcm", default="HadGEM2-ES", help=gcms + " (default: %(default)s)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="EDIT",
        help="change a parameter: Meadow.b=0.6, or kd*=1.2 for all ecosystems; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--since", choices=("spin-up", "2006", "2020"), default="spin-up",
        help="when the changes start to hold (default: %(default)s)",
    )  # fmt: skip


def _add_run(commands):
    parser = _add(commands, "run", run, "Run the region with thaw (S_T) and without (S_R).")
    _add_experiment(parser, f"climate model, or {ALL_GCMS} for all four")
    parser.add_argument(
        "--texture", nargs=2, metavar=("SAND", "SILT"), help="HWSD files of sand and silt"
    )
    parser.add_argument("--out", metavar="FILE", help="NetCDF file (.nc) for the yearly result")


def _add_cell(commands):
    parser = _add(commands, "cell", cell, "Run one cell and print its years.")
    parser.add_argument("--lat", type=_number(float, -90, 90), required=True, help="degrees north")
    parser.add_argument("--lon", type=_number(float, -180, 180), required=True, help="degrees east")
    _add_experiment(parser, "climate model")
    parser.add_argument("--json", action="store_true", help="print JSON with all variables")


def _add_validate(commands):
    parser = _add(commands, "validate", validate, "Compare the model with the published numbers.")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _number(kind, low, high):
    """Return what reads a number of *kind* from *low* to *high*."""

    def read(text):
        try:
            number = kind(text)
        except ValueError:
            number = None
        if number is None or not low <= number <= high:
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r}: expected {what} from {low} to {high}")
        return number

    return read


def _resolution(text):
    from data.region import COARSEST, FINEST

    return _number(float, FINEST, COARSEST)(text)


def _choices() -> str:
    """Return scenarios, models, ecosystems and parameters, as they are declared."""
    import data
    from dashboard.lines import aligned
    from tem.parameters import Parameters
    from tem.schema import fields

    rows = [("name", "symbol", "unit", "bounds", "meaning")]
    for name, unit, about in fields(Parameters):
        rows.append((name, about.symbol, unit, f"{about.low:g} to {about.high:g}", about.label))
    return "\n".join([
        "",
        f"RCP: {', '.join(data.RCPS)}",
        f"GCM: {', '.join(data.GCMS)}",
        f"ecosystems: {', '.join(data.ECOSYSTEMS)}",
        "",
        "parameters:",
        *aligned(rows, left=True),
        "",
    ])  # fmt: skip


# --- the commands ----------------------------------------------------------------------------


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
    """Return the edited parameters, and whether they move more than carbon and nitrogen."""
    import tem
    from tem.parameters import Parameters, parse
    from tem.schema import fields

    stages = {field.name: field.about.stage for field in fields(Parameters)}
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
