"""The tables of docs/model.md, made from the declarations.

`python -m dashboard.describe docs/model.md` puts them between the markers of that file.
"""

import re
import sys
from pathlib import Path

import tem
from dashboard.style import unit
from tem.parameters import Parameters
from tem.schema import fields
from tem.variables import Drivers, Yearly

MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _table(head, rows) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + " --- |" * len(head), *lines[1:]]) + "\n"


def parameters() -> str:
    """Return every parameter with its meaning, unit, bounds and source."""
    head = ("symbol", "name", "meaning", "unit", "bounds", "literature", "acts on", "source")
    rows = []
    for name, declared, about in fields(Parameters):
        usual = "" if about.usual is None else f"{about.usual[0]:g} to {about.usual[1]:g}"
        bounds = f"{about.low:g} to {about.high:g}"
        rows.append((
            about.symbol, f"`{name}`", about.label, unit(declared), bounds, usual,
            f"{about.stage}: {about.group}", about.source,
        ))  # fmt: skip
    return _table(head, rows)


def values() -> str:
    """Return the values of the parameters for each ecosystem, then for each site."""
    sets = tem.ecosystems() | {f"{site} ({name})": p for site, (name, p) in tem.sites().items()}
    rows = [
        (about.symbol, *(f"{getattr(one, name):.4g}" for one in sets.values()))
        for name, _, about in fields(Parameters)
    ]
    return _table(("symbol", *sets), rows)


def outputs() -> str:
    """Return what an experiment reports."""
    head = ("symbol", "name", "meaning", "unit", "over a year")
    return _table(head, [
        (about.symbol, f"`{name}`", about.label, unit(declared), about.over_time)
        for name, declared, about in fields(Yearly)
    ])  # fmt: skip


def drivers() -> str:
    """Return what stage 1 hands to stage 2."""
    return _table(("symbol", "name", "meaning", "unit"), [
        (about.symbol, f"`{name}`", about.label, unit(declared))
        for name, declared, about in fields(Drivers)
    ])  # fmt: skip


TABLES = {"parameters": parameters, "values": values, "outputs": outputs, "drivers": drivers}


def filled(text: str) -> str:
    """Return *text* with every marked table made anew; ValueError names an unknown one."""

    def made(match):
        if match[2] not in TABLES:
            raise ValueError(f"there is no table {match[2]!r}; known are {', '.join(TABLES)}")
        return f"{match[1]}\n{TABLES[match[2]]()}\n{match[3]}"

    return MARKED.sub(made, text)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(filled(Path(name).read_text("utf-8")), "utf-8")
