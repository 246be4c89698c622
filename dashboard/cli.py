"""The command `permafrost-carbon`: what can be asked of it, and how it ends.

Heavy packages are imported by the commands that need them, so that help comes at once.
"""

import argparse
import os
import shlex
import sys

from dashboard import commands
from dashboard.commands import ALL, ALL_GCMS, GCM, PROGRAM, RCP

FAULT, INTERRUPTED = 2, 130  # exit codes


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
    known = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for add in (
        _add_serve, _add_run, _add_export, _add_cell, _add_prepare, _add_validate, _add_calibrate,
        _add_sensitivity,
    ):  # fmt: skip
        add(known)
    return parser


def _add(known, name, command, words, *, prepared=False):
    """Add a command; *prepared*: it takes prepared regions too."""
    parser = known.add_parser(name, help=words, description=words)
    parser.set_defaults(command=command)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--resolution", type=_resolution, default=0.5, metavar="DEGREES",
        help="width of the cells (default: %(default)s)",
    )  # fmt: skip
    if prepared:
        which.add_argument(
            "--region", metavar="PATH", help="region that `prepare` wrote, with its climates"
        )
    return parser


def _add_serve(known):
    parser = _add(
        known, "serve", commands.serve, "Serve the page and open it in a browser.", prepared=True
    )
    parser.add_argument(
        "--port", type=_number(int, 1, 65535), default=5006, help="default: %(default)s"
    )
    parser.add_argument(
        "--next-port", action="store_true", help="if that port is in use, take the next free one"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: %(default)s)"
    )
    parser.add_argument("--no-browser", action="store_true", help="open no browser window")
    parser.add_argument(
        "--sessions", type=_number(int, 1, 10_000), default=100,
        help="pages open at once; who comes later waits (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--allow-websocket-origin", action="append", default=[], metavar="HOST[:PORT]",
        help="a name under which others reach the server; may be repeated",
    )  # fmt: skip
    parser.add_argument("--prefix", default="", help="path that a proxy puts before every address")
    parser.add_argument(
        "--basic-auth", metavar="FILE", help="ask for a password: JSON of names and passwords"
    )
    parser.add_argument(
        "--frame-ancestors", default="'self'", metavar="SOURCES",
        help="pages that may show this one in a frame (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--log", choices=("text", "json"), default="text",
        help="form of the log, which goes to stderr (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--open", metavar="PATH",
        help="show a finished run (.nc, .zarr, .zip) that `run` or the page wrote, and run nothing",
    )  # fmt: skip


def _add_climate(parser, gcms="climate model", rcps="scenario"):
    parser.add_argument("--rcp", default=RCP, help=rcps + " (default: %(default)s)")
    parser.add_argument("--gcm", default=GCM, help=gcms + " (default: %(default)s)")


def _add_experiment(parser, **climates):
    _add_climate(parser, **climates)
    parser.closing = lambda: _listed("rcp", "gcm", "ecosystem", "since", "offset") + _parameters()
    parser.add_argument(
        "--set", action="append", default=[], metavar="EDIT",
        help="change a parameter: Meadow.b=0.6, or kd*=1.2 for all ecosystems; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--parameters", metavar="FILE",
        help="table whose [ecosystem.NAME] values replace the defaults, as `calibrate` writes it",
    )  # fmt: skip
    parser.add_argument(
        "--since", default="spin-up",
        help="from when on the changes of parameters hold (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--offset", action="append", default=[], metavar="OFFSET",
        help="change the climate from 2021 on, such as warming=2; may be repeated",
    )  # fmt: skip


def _add_run(known):
    parser = _add(known, "run", commands.run, "Run the region with thaw (S_T) and without (S_R).",
                  prepared=True)  # fmt: skip
    _add_experiment(
        parser,
        gcms=f"climate model, or {ALL} or {ALL_GCMS} for the four",
        rcps=f"scenario, or {ALL} for both",
    )
    parser.add_argument(
        "--texture", nargs=2, metavar=("SAND", "SILT"), help="HWSD files of sand and silt"
    )
    parser.add_argument(
        "--out", metavar="PATH",
        help="NetCDF file (.nc) for the yearly result, or Zarr folder (.zarr), which is written "
        "as the run goes: for fine grids and for all climates at once",
    )  # fmt: skip
    shared = parser.add_mutually_exclusive_group()
    shared.add_argument(
        "--workers", type=_number(int, 1, 1000), metavar="N",
        help="share a Zarr result out to N processes of this machine (docs/cluster.md)",
    )  # fmt: skip
    shared.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="or to the workers of this scheduler of Dask, such as tcp://host:8786",
    )
    parser.add_argument(
        "--block", type=_number(int, 1, 1_000_000), metavar="CELLS",
        help="cells that each of them holds at once (default: 1024, about 0.5 GiB)",
    )  # fmt: skip


def _add_export(known):
    parser = _add(
        known, "export", commands.export,
        "Write what a link of the page shows: its data, or its maps and curves as a figure.",
        prepared=True,
    )  # fmt: skip
    parser.add_argument(
        "--link",
        required=True,
        help="address that the page shows, or what follows its question mark",
    )
    parser.add_argument(
        "--out", required=True, metavar="PATH",
        help="data: .nc, .zarr, .zip (Zarr in one file), .csv; a map: .tif; a figure: .png, .svg, "
        ".pdf",
    )  # fmt: skip
    parser.add_argument(
        "--size", type=_pixels, metavar="WxH", help="of a .png or .svg in pixels, such as 2400x1800"
    )
    parser.add_argument("--slide", action="store_true", help="a slide of 1920x1080 for projectors")
    parser.add_argument(
        "--map", type=_number(int, 1, 3), default=1,
        help="which of the three maps a .tif is of (default: %(default)s)",
    )  # fmt: skip


def _pixels(text):
    from dashboard.takeaway import LARGEST, SMALLEST

    side = _number(int, SMALLEST, LARGEST)
    width, by, height = text.lower().partition("x")
    if not by:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a width and a height, as 2400x1800")
    return side(width), side(height)


def _add_cell(known):
    parser = _add(known, "cell", commands.cell, "Run one cell and print its years.", prepared=True)
    parser.add_argument("--lat", type=_number(float, -90, 90), required=True, help="degrees north")
    parser.add_argument("--lon", type=_number(float, -180, 180), required=True, help="degrees east")
    _add_experiment(parser)
    parser.add_argument("--json", action="store_true", help="print JSON with all variables")


def _add_prepare(known):
    words = "Make a region of your own files of climate and land, as docs/data.md describes."
    parser = known.add_parser("prepare", help=words, description=words)
    parser.set_defaults(command=commands.prepare)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--config", metavar="FILE", help="which files, which cells (.toml)")
    what.add_argument(
        "--example", metavar="FOLDER", help="write example files and their configuration instead"
    )
    parser.add_argument(
        "--out", metavar="PATH", help="Zarr folder (default: beside FILE, of its name)"
    )


def _add_validate(known):
    parser = _add(
        known, "validate", commands.validate, "Compare the model with the published numbers."
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _add_calibrate(known):
    words = "Fit the rates of an ecosystem to targets at its site and in the region."
    parser = known.add_parser("calibrate", help=words, description=words)
    parser.set_defaults(command=commands.calibrate)
    parser.closing = lambda: _listed("ecosystem", "site")
    parser.add_argument("--ecosystem", required=True, help=f"ecosystem, or {ALL}")
    parser.add_argument("--at", metavar="PLACE", help="only at this site, or only in the region")
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="table (.toml) to which the fitted values are added; without it they are printed only",
    )


def _add_sensitivity(known):
    parser = _add(
        known, "sensitivity", commands.sensitivity, "Change parameters one at a time and compare."
    )
    _add_climate(parser)
    parser.closing = lambda: _listed("rcp", "gcm", "stage")
    parser.add_argument(
        "--stage", default="ecosystem",
        help=f"which parameters, or {ALL} (default: %(default)s; the others take minutes)",
    )  # fmt: skip
    parser.add_argument(
        "--change", type=_number(float, 0.001, 0.5), default=0.1,
        help="share by which each is raised (default: %(default)s)",
    )  # fmt: skip


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


def _listed(*names) -> str:
    """Return what may be chosen for each of *names*, as it is declared."""
    import data
    import tem
    from tem.experiment import SINCE

    known = {
        "rcp": data.RCPS,
        "gcm": data.GCMS,
        "ecosystem": data.ECOSYSTEMS,
        "since": SINCE,
        "stage": commands.stages(),
        "offset": [f"{name} ({words})" for name, words in _offsets().items()],
        "site": [f"{site} ({name})" for site, (name, _) in tem.sites().items()],
    }
    return "".join(f"\n{name}: {', '.join(known[name])}" for name in names) + "\n"


def _offsets() -> dict[str, str]:
    """Return every offset of the climate with its bounds."""
    from dashboard.changes import OFFSETS
    from dashboard.style import unit

    return {
        name: f"{about.low:g} to {about.high:g} {unit(declared)}".strip()
        for name, declared, about in OFFSETS.values()
    }


def _parameters() -> str:
    """Return every parameter as it is declared."""
    from dashboard.lines import aligned
    from tem.parameters import FIELDS

    rows = [("name", "symbol", "unit", "bounds", "meaning")]
    for name, unit, about in FIELDS.values():
        rows.append((name, about.symbol, unit, f"{about.low:g} to {about.high:g}", about.label))
    return "\n".join(["\nparameters:", *aligned(rows, left=True), ""])
