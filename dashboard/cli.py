"""The command `permafrost-carbon`: what can be asked of it, and how it ends.

Heavy packages are imported by the commands that need them, so that help comes at once.
"""

import argparse
import os
import shlex
import sys

from dashboard import commands
from dashboard.commands import ALL, ALL_GCMS, PROGRAM

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
        _add_serve, _add_run, _add_cell, _add_validate, _add_calibrate, _add_sensitivity,
    ):  # fmt: skip
        add(known)
    return parser


def _add(known, name, command, words):
    parser = known.add_parser(name, help=words, description=words)
    parser.set_defaults(command=command)
    parser.add_argument(
        "--resolution", type=_resolution, default=0.5, metavar="DEGREES",
        help="width of the cells (default: %(default)s)",
    )  # fmt: skip
    return parser


def _add_serve(known):
    parser = _add(known, "serve", commands.serve, "Serve the page and open it in a browser.")
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
        "--parameters", metavar="FILE", help="table of parameters, as `calibrate` writes it"
    )
    parser.add_argument(
        "--since", choices=("spin-up", "2006", "2020"), default="spin-up",
        help="when the changes start to hold (default: %(default)s)",
    )  # fmt: skip


def _add_run(known):
    parser = _add(known, "run", commands.run, "Run the region with thaw (S_T) and without (S_R).")
    _add_experiment(parser, f"climate model, or {ALL_GCMS} for all four")
    parser.add_argument(
        "--texture", nargs=2, metavar=("SAND", "SILT"), help="HWSD files of sand and silt"
    )
    parser.add_argument("--out", metavar="FILE", help="NetCDF file (.nc) for the yearly result")


def _add_cell(known):
    parser = _add(known, "cell", commands.cell, "Run one cell and print its years.")
    parser.add_argument("--lat", type=_number(float, -90, 90), required=True, help="degrees north")
    parser.add_argument("--lon", type=_number(float, -180, 180), required=True, help="degrees east")
    _add_experiment(parser, "climate model")
    parser.add_argument("--json", action="store_true", help="print JSON with all variables")


def _add_validate(known):
    parser = _add(
        known, "validate", commands.validate, "Compare the model with the published numbers."
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _add_calibrate(known):
    words = "Fit the rates of an ecosystem to what is observed at its site and in the region."
    parser = known.add_parser("calibrate", help=words, description=words)
    parser.set_defaults(command=commands.calibrate)
    parser.add_argument("--ecosystem", required=True, help=f"ecosystem, or {ALL}")
    parser.add_argument(
        "--at", metavar="PLACE", help="only at this site (Zoige, NamCo, Haibei), or region"
    )
    parser.add_argument(
        "--out", metavar="FILE", default="calibrated.toml",
        help="table into which the fits are put (default: %(default)s)",
    )  # fmt: skip


def _add_sensitivity(known):
    parser = _add(
        known, "sensitivity", commands.sensitivity, "Change parameters one at a time and compare."
    )
    parser.add_argument("--rcp", default="rcp85", help="scenario (default: %(default)s)")
    parser.add_argument("--gcm", default="HadGEM2-ES", help="climate model (default: %(default)s)")
    parser.add_argument(
        "--stage", choices=("ecosystem", "climate", "ground", ALL), default="ecosystem",
        help="which parameters (default: %(default)s; the others take minutes)",
    )  # fmt: skip
    parser.add_argument(
        "--change", type=_number(float, 0.001, 0.5), default=0.1,
        help="share by which each is raised (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")


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
