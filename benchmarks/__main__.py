"""`make bench`: measure, print one table, keep the figures as JSON in benchmarks/history."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import cluster, document, long, model, page, roofline, scaling, side
from benchmarks.targets import TARGETS
from benchmarks.timing import Figure, aimed, machine

HISTORY = Path(__file__).parent / "history"
GROUPS = ("model", "page", "scaling", "roofline", "side", "cluster")
HEAD = (
    f"{'':62} {'value':>9} {'unit':10} {'':7} {'least':>9} – {'most':9} {'runs':>4} {'target':>6}"
)


def main() -> None:
    """Measure what is asked for, print, record."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", choices=GROUPS, action="append", help="a group; may be repeated")
    parser.add_argument("--runs", type=int, default=5, help="repeats of each (default 5)")
    parser.add_argument(
        "--long", action="store_true",
        help="also what takes minutes: 0.1° maps and command line, up to 100,000 cells",
    )  # fmt: skip
    parser.add_argument(
        "--record",
        action="store_true",
        help="keep in history/; of all groups: in docs/speed.md as well",
    )
    given = parser.parse_args()
    wanted = given.only or GROUPS
    about = machine()
    print(*(f"{key}: {value}" for key, value in about.items()), sep="\n", end="\n\n", flush=True)
    record = {"time": datetime.now(UTC).isoformat(), "machine": about}
    if "roofline" in wanted:  # first, for it asks most of a quiet machine
        record["roofline"] = _roofline(given.runs)
    record["figures"] = [one.record() for one in _figures(wanted, given)]
    if "scaling" in wanted:
        record["scaling"] = _scaling(given)
    if "cluster" in wanted:
        record["cluster"] = _cluster(given)
    if given.record:
        _keep(record)
        if not given.only:
            _tell(record)


def _figures(wanted, given) -> list[Figure]:
    """Measure and print the targets, then what has none."""
    found = []
    if "model" in wanted:
        found += model.figures(runs=given.runs)
        found += long.figures() if given.long else []
    if "page" in wanted:
        found += page.figures(long=given.long)
    if "side" in wanted:
        found += side.figures(given.runs)
    targets = in_order(found)
    others = [figure for figure in found if figure.target is None]
    print(HEAD, *(figure.row() for figure in targets), "", sep="\n")
    print("Where the time goes, and side by side", *(f.row() for f in others), "", sep="\n")
    if "model" in wanted:
        print(*model.accuracy(), "", sep="\n")
    return targets + others


def in_order(found) -> list[Figure]:
    """Return a figure for every target, in the order of `TARGETS`, measured or not."""
    by_name = {figure.name: figure for figure in found}
    return [by_name.get(target.name) or aimed(key) for key, target in TARGETS.items()]


def _roofline(runs) -> dict:
    lines, record = roofline.table(runs)
    print(*lines, "", sep="\n", flush=True)
    return record


def _scaling(given) -> list[dict]:
    found = scaling.measured(long=given.long)
    print("How time and memory grow", *(grown.row() for grown in found), "", sep="\n")
    if given.record:
        scaling.draw(found)
    return [grown.record() for grown in found]


def _cluster(given) -> list[dict]:
    print("In several processes", flush=True)
    found = []
    for one in cluster.measured(long=given.long):
        found.append(one)
        print(one.row(), flush=True)
    print(cluster.projected(found), "", sep="\n")
    return [one._asdict() for one in found]


def _keep(record) -> None:
    HISTORY.mkdir(exist_ok=True)
    path = HISTORY / f"{datetime.now(UTC):%Y-%m-%d-%H%M}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(f"recorded in {path}")


def _tell(record) -> None:
    """Fill the tables of docs/speed.md."""
    text = document.filled(document.PAGE.read_text("utf-8"), record)
    document.PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
