"""The recorded figures as tables of docs/speed.md, each between two comments that name it."""

import re
from pathlib import Path

from benchmarks.roofline import KINDS
from benchmarks.scaling import PARTS
from benchmarks.targets import TARGETS

PAGE = Path(__file__).parents[1] / "docs" / "speed.md"
BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str, record: dict) -> str:
    """Return *text* with every block filled from *record*; what was not measured stays."""

    def fill(match):
        name = match[2]
        if name not in TABLES:
            raise ValueError(f"there is no table {name!r}; known are {', '.join(TABLES)}")
        lines = TABLES[name](record)
        return match[0] if lines is None else "\n".join([match[1] + lines[0], *lines[1:], match[3]])

    return BLOCK.sub(fill, text)


def _table(head, rows) -> list[str]:
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return [f"| {' | '.join(map(str, row))} |" for row in (head, rule, *rows)]


def _number(value) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _machine(record):
    about = record["machine"]
    kept = ("python", "numba", "llvmlite", "numpy", "xarray", "bokeh")
    versions = ", ".join(f"{name} {about[name]}" for name in kept)
    cores = f"{about['cores']} cores, load {about['load']} before the start"
    return [f"{record['time'][:10]}: {about['processor']}, {cores}; {versions}."]


def _targets(record):
    rows = [figure for figure in record["figures"] if figure["target"] is not None]
    if not any(figure["values"] for figure in rows):
        return None
    return _table(("work", "target", "found", "spread", "runs", ""), map(_target, rows))


def _target(figure):
    held = f"{figure['target']} {figure['unit']}"
    if figure["value"] is None:
        return figure["name"], held, "–", "", 0, f"not measured {figure['note']}".strip()
    word = "met" if figure["met"] else "**missed**"
    value = f"{_number(figure['value'])} ({figure['statistic']})"
    spread = f"{_number(min(figure['values']))}–{_number(max(figure['values']))}"
    return figure["name"], held, value, spread, len(figure["values"]), word


def _others(record):
    rows = [figure for figure in record["figures"] if figure["target"] is None]
    if not rows:
        return None
    return _table(
        ("work", "found", ""),
        [(f["name"], f"{_number(f['value'])} {f['unit']}", f["note"]) for f in rows],
    )


def _roofline(record):
    if "roofline" not in record:
        return None
    names = ("adds", "multiplies", "divisions", "exps", "powers", "comparisons")  # as KINDS
    head = ("a cell and month", "µs", *names, "kB", "bound", "µs", "reached")
    return _table(head, map(_kernel, record["roofline"]["kernels"]))


def _kernel(kernel):
    counts = [f"{kernel['counts'].get(kind, 0):,.0f}" for kind in KINDS]
    bound = kernel["bounds"][kernel["bound"]]
    return (
        kernel["name"], _number(kernel["microseconds"]), *counts, _number(kernel["kilobytes"]),
        kernel["bound"], _number(bound), f"{kernel['share']:.0%}",
    )  # fmt: skip


def _ceilings(record):
    if "roofline" not in record:
        return None
    giga = {name: _number(rate / 1e9) for name, rate in record["roofline"]["ceilings"].items()}
    line = (
        f"One core: {giga['flops']} GFlop/s (adds and multiplies), {giga['divisions']} G "
        f"divisions/s, {giga['exps']} G exp/s (the model's own, vectorised), {giga['library']} G "
        f"exp/s (library, one by one); triad {giga['l1']} GB/s in L1, {giga['l2']} in L2, "
        f"{giga['memory']} from memory."
    )
    return [line]


def _scaling(record):
    if "scaling" not in record:
        return None
    return _table(("part", "against", "from", "to", "found"), map(_grown, record["scaling"]))


def _grown(grown):
    if grown["against"] == "threads":
        found = f"{grown['seconds'][0] / grown['seconds'][-1]:.2f} times as fast"
    else:
        found = f"time ~ n^{grown['exponent']:.2f}"
    sizes = (f"{grown['sizes'][0]:,}", f"{grown['sizes'][-1]:,}")
    return PARTS[grown["part"]], grown["against"], *sizes, found


def _cluster(record):
    if "cluster" not in record:
        return None
    head = ("domain", "cells", "workers", "s", "core s", "core ms a cell", "MiB, client",
            "MiB, a worker", "MB on disk")  # fmt: skip
    return _table(head, map(_shared, record["cluster"]))


def _shared(run):
    each = 1000 * run["core_seconds"] / run["cells"]
    none = not run["workers"]
    return (
        run["domain"], f"{run['cells']:,}", "none" if none else run["workers"],
        _number(run["seconds"]), _number(run["core_seconds"]), _number(each),
        f"{run['client']:,.0f}", "–" if none else f"{run['worker']:,.0f}", f"{run['result']:,.0f}",
    )  # fmt: skip


def _ours(record):
    """Return what a cell and year of this model takes, from the months of its stages."""
    found = {figure["name"]: figure["value"] for figure in record["figures"]}
    months = [found.get(TARGETS[key].name) for key in ("heat", "rest", "life")]
    if None in months:
        return None
    year = 12 * sum(months)
    return [f"This model: {year:.0f} µs of a core for a cell and year (sum of its stages)."]


TABLES = {
    "ours": _ours,
    "machine": _machine,
    "targets": _targets,
    "others": _others,
    "ceilings": _ceilings,
    "roofline": _roofline,
    "scaling": _scaling,
    "cluster": _cluster,
}
