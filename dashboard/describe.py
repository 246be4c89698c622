"""The tables of docs/, made from the declarations and, for sensitivities, from the model.

`python -m dashboard.describe docs/model.md` puts them between the markers of that file; so does
it with docs/sensitivity.md, which takes minutes.
"""

import re
import sys
from pathlib import Path

import data
import tem
from dashboard import commands, lines
from dashboard.style import unit
from tem.parameters import FIELDS
from tem.schema import fields
from tem.variables import Drivers, Yearly

MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _table(head, rows) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + " --- |" * len(head), *lines[1:]]) + "\n"


def parameters() -> str:
    """Return every parameter with its meaning, unit, bounds and source; sources as notes."""
    head = ("symbol", "name", "meaning", "unit", "bounds", "literature", "acts on", "source")
    notes = list(dict.fromkeys(field.about.source for field in FIELDS.values()))
    rows = []
    for name, declared, about in FIELDS.values():
        usual = "" if about.usual is None else f"{about.usual[0]:g} to {about.usual[1]:g}"
        bounds = f"{about.low:g} to {about.high:g}"
        rows.append((
            about.symbol, f"`{name}`", about.label, unit(declared), bounds, usual,
            f"{about.stage}: {about.group}", _letter(notes.index(about.source)),
        ))  # fmt: skip
    said = [f"{_letter(k)} {source[0].upper()}{source[1:]}." for k, source in enumerate(notes)]
    return f"{_table(head, rows)}\nSources: {' '.join(said)}\n"


def _letter(number: int) -> str:
    return f"({chr(ord('a') + number)})"


def values() -> str:
    """Return the values of the parameters for each ecosystem, then for each site."""
    sets = tem.ecosystems() | {f"{site} ({name})": p for site, (name, p) in tem.sites().items()}
    rows = [
        (field.about.symbol, *(f"{getattr(one, name):.4g}" for one in sets.values()))
        for name, field in FIELDS.items()
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


def sensitivity(found=None) -> str:
    """Return what a tenth more of each parameter does; *found*: from `tem.sensitivity`."""
    found = worked_out() if found is None else found
    head, *rows = lines.changes(found)
    told = "\n".join(f"- {line}" for line in lines.watched(found, unit))
    return f"{told}\n\n{_table(head, rows)}"


def worked_out():
    """Return the sensitivities to all parameters under the usual climate. Takes minutes."""
    from tem.sensitivity import sensitivity as change_each

    region = data.region()
    climate = data.climate(region, commands.RCP, commands.GCM)
    with commands.bar("sensitivity") as tell:
        return change_each(region, climate, progress=tell)


TABLES = {"parameters": parameters, "values": values, "outputs": outputs, "drivers": drivers}
SLOW = {"sensitivity": sensitivity}


def filled(text: str, tables=TABLES) -> str:
    """Return *text* with every marked table made anew; ValueError names an unknown one."""

    def made(match):
        if match[2] not in tables:
            raise ValueError(f"there is no table {match[2]!r}; known are {', '.join(tables)}")
        return f"{match[1]}\n{tables[match[2]]()}\n{match[3]}"

    return MARKED.sub(made, text)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(filled(path.read_text("utf-8"), TABLES | SLOW), "utf-8")
