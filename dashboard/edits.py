"""What a user changed in the parameters, in the words of the command line: `Meadow.b=0.6`.

Edits are a tuple of such strings. Those for all ecosystems come first, so that one for a single
ecosystem has the last word.
"""

import re
from typing import NamedTuple

import tem
from tem.parameters import ECOSYSTEMS, Parameters, parse
from tem.schema import fields

ALL = "All"
FIELDS = {field.name: field for field in fields(Parameters)}
SAME = 1e-9  # relative; a slider brought back to its baseline is no edit


class Edit(NamedTuple):
    """One change: where (an ecosystem or `ALL`), of what, by how much."""

    where: str
    name: str
    scales: bool
    value: float

    def __str__(self):
        where = "" if self.where == ALL else f"{self.where}."
        return f"{where}{self.name}{'*=' if self.scales else '='}{self.value:.6g}"


def parsed(edit: str) -> Edit:
    """Return one edit taken apart; ValueError says what is wrong with it."""
    where, name, scales, value = parse(edit)
    return Edit(where[0] if len(where) == 1 else ALL, name, scales, value)


def read(text: str) -> tuple[str, ...]:
    """Return the edits in *text*, separated by commas; ValueError says what is not allowed."""
    found = tuple(str(parsed(part)) for part in re.split(r"[,;\n]+", text) if part.strip())
    return checked(ordered(found))


def checked(edits) -> tuple[str, ...]:
    """Return *edits* if the model takes them and the page can rerun them; else ValueError."""
    tem.edited(edits)
    for edit in edits:
        field = FIELDS[parsed(edit).name]
        if field.about.stage != "ecosystem":
            raise ValueError(
                f"edit {edit!r}: {field.name} ({field.about.label}) belongs to the "
                f"{field.about.stage} stage, which this panel does not rerun; choose one of "
                + ", ".join(f.name for f in FIELDS.values() if f.about.stage == "ecosystem")
            )
    return tuple(edits)


def ordered(edits) -> tuple[str, ...]:
    """Return *edits* with those for all ecosystems first; order within is kept."""
    return tuple(sorted(edits, key=lambda edit: parsed(edit).where != ALL))


def put(edits, where: str, name: str, value: float) -> tuple[str, ...]:
    """Return *edits* with *name* set for one ecosystem, or scaled by *value* for `ALL`."""
    kept = tuple(e for e in edits if (parsed(e).where, parsed(e).name) != (where, name))
    usual = 1.0 if where == ALL else effective(kept, where, name)
    if abs(value - usual) <= SAME * max(abs(usual), 1):
        return kept
    return ordered((*kept, str(Edit(where, name, where == ALL, value))))


def effective(edits, where: str, name: str) -> float:
    """Return the value that *edits* leave: of one ecosystem, or the factor for `ALL`."""
    if where == ALL:
        found = [parsed(e) for e in edits]
        factors = [e.value for e in found if e.where == ALL and e.name == name and e.scales]
        return factors[-1] if factors else 1.0
    return getattr(tem.edited(edits)[where], name)


def touched(edits) -> tuple[str, ...]:
    """Return the ecosystems whose parameters *edits* change."""
    before, after = tem.ecosystems(), tem.edited(edits)
    return tuple(name for name in ECOSYSTEMS if before[name] != after[name])
