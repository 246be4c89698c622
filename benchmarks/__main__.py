"""`make bench`: print the table, keep the figures as JSON in benchmarks/history."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import model, page
from benchmarks.timing import machine

HISTORY = Path(__file__).parent / "history"


def main() -> None:
    """Measure, print, record."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--resolution", type=float, default=0.5, help="degrees (default 0.5)")
    parser.add_argument("--runs", type=int, default=5, help="repeats of each (default 5)")
    parser.add_argument("--no-page", action="store_true", help="leave the browser out")
    parser.add_argument("--record", action="store_true", help="keep the figures in history/")
    given = parser.parse_args()
    about = machine()
    print(*(f"{key}: {value}" for key, value in about.items()), sep="\n", end="\n\n")
    found = model.figures(given.resolution, given.runs)
    if not given.no_page:
        found += page.figures(given.resolution)
    head = f"{'':58} {'value':>9} {'unit':16} {'':7} {'least':>9} – {'most':9} {'runs':>4}"
    print(head, *(figure.row() for figure in found), *model.accuracy(), sep="\n")
    if given.record:
        HISTORY.mkdir(exist_ok=True)
        now = datetime.now(UTC)
        path = HISTORY / f"{now:%Y-%m-%d-%H%M}.json"
        figures = [figure.record() for figure in found]
        path.write_text(
            json.dumps({"time": now.isoformat(), "machine": about, "figures": figures}, indent=1)
        )
        print(f"\nrecorded in {path}")


if __name__ == "__main__":
    main()
