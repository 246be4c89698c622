"""What a user changed in the parameters, in the words of the command line: `Meadow.b=0.6`.

Edits are a tuple of such strings. Those for all ecosystems come first, so that one for a single
ecosystem has the last word.
"""

import re
from difflib import get_close_matches
from typing import NamedTuple

import tem
from dashboard import style
from dashboard.language import N_, Fault, Later, heard, say
from tem.parameters import ECOSYSTEMS, FIELDS, parse

ALL = "All"
SAME = 1e-9  # relative; a slider brought back to its baseline is no edit
PANEL = tuple(name for name, field in FIELDS.items() if field.about.stage == "ecosystem")
NAMED = re.compile(r"\s*(?:[^\W\d]+\.)?(\w+)\s*\*?=")  # the parameter of an edit
WORDS = {w.lower(): name for name, f in FIELDS.items() for w in (name, f.about.symbol)}


STAGES = {"ground": N_("ground"), "climate": N_("climate")}  # that the panel does not rerun
FAULTS = (  # of `tem.parameters.parse`
    N_("edit {edit} is not of the form [Ecosystem.]name=value or name*=value"),
    N_("edit {edit}: {where} is not an ecosystem; choose one of {allowed}"),
    N_("edit {edit}: {text} is not a number"),
    N_("edit {edit}: {text} is not a finite number"),
)


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
    """Return one edit taken apart; `Fault` says what is wrong with it."""
    spelled_out = _spelled(edit)
    try:
        where, name, scales, value = parse(spelled_out)
    except ValueError as fault:
        raise Fault(heard(str(fault), FAULTS)) from None
    return Edit(where[0] if len(where) == 1 else ALL, name, scales, value)


def _spelled(edit: str) -> str:
    """Return *edit* with its parameter spelled as declared; the case of its letters is free.

    Raises `Fault` if the panel can rerun no such parameter.
    """
    found = NAMED.match(edit)
    if found is None:
        return edit
    word = found[1]
    name = WORDS.get(word.lower())
    if name is None:
        near = get_close_matches(word.lower(), [w for w, n in WORDS.items() if n in PANEL], n=2)
        if not near:
            raise Fault(
                "{edit}: {word} is not a parameter; the sliders and lists name them",
                edit=edit.strip(), word=word,
            )  # fmt: skip
        guess = near[0] if len(near) == 1 else Later("{one} or {other}", one=near[0], other=near[1])
        raise Fault(
            "{edit}: {word} is not a parameter; did you mean {guess}?",
            edit=edit.strip(), word=word, guess=guess,
        )  # fmt: skip
    if name not in PANEL:
        about = FIELDS[name].about
        raise Fault(
            "{edit}: {name} ({label}) belongs to the {stage} stage, which this panel does not "
            "rerun; the command line does",
            edit=edit.strip(), name=name, label=Later(about.label),
            stage=Later(STAGES[about.stage]),
        )  # fmt: skip
    return edit[: found.start(1)] + name + edit[found.end(1) :]


def read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the edits in *text*, separated by commas, and a sentence for each that is refused."""
    found, faults = [], []
    for part in filter(str.strip, re.split(r"[,;\n]+", text)):
        try:
            found.append(str(parsed(part)))
        except ValueError as fault:
            faults.append(str(fault))
    good, refused = allowed(ordered(found))
    return good, (*faults, *refused)


def allowed(edits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return those of *edits* that stay within bounds, and a sentence for each other one."""
    good, faults, sets = [], [], tem.ecosystems()
    for edit in edits:
        fault = _beyond(parsed(edit), sets)
        if fault:
            faults.append(fault)
        else:
            good.append(edit)
            sets = tem.edited([edit], sets)
    return tuple(good), tuple(faults)


def _beyond(edit: Edit, sets) -> str:
    """Return what to say if *edit* takes *sets* beyond the declared bounds, or nothing."""
    _, unit, about = FIELDS[edit.name]
    for where in ECOSYSTEMS if edit.where == ALL else (edit.where,):
        value = edit.value * (getattr(sets[where], edit.name) if edit.scales else 1.0)
        if not about.low <= value <= about.high:
            whose = f" ({say(where)})" if edit.scales and edit.where == ALL else ""
            return say(
                "{edit}: {symbol} may be {bounds}, not {value}{whose}",
                edit=edit, symbol=about.symbol, bounds=bounds(unit, about), value=f"{value:.4g}",
                whose=whose,
            )  # fmt: skip
    return ""


def bounds(unit: str, about) -> str:
    """Return what a value may be, as declared, in words."""
    said = say("{low} to {high}", low=f"{about.low:g}", high=f"{about.high:g}")
    return f"{said} {style.unit(unit)}".strip()


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


def apart(edits, name: str) -> tuple[str, ...]:
    """Return the ecosystems that have a value of their own of *name*, whatever holds for all."""
    found = {one.where for one in map(parsed, edits) if one.name == name}
    return tuple(where for where in ECOSYSTEMS if where in found)


def touched(edits) -> tuple[str, ...]:
    """Return the ecosystems whose parameters *edits* change."""
    before, after = tem.ecosystems(), tem.edited(edits)
    return tuple(name for name in ECOSYSTEMS if before[name] != after[name])
