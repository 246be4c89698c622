"""A what-if as one thing: which parameters are edited, since when, and what the climate gains.

A page keeps a history of them, and some under a name.
"""

import re
from typing import NamedTuple

import tem
from dashboard import edits as editing
from dashboard import style
from tem.experiment import SINCE
from tem.schema import fields

NO_OFFSETS = tem.Offsets()
OFFSETS = {field.name: field for field in fields(tem.Offsets)}
STEPS = 100  # that can be undone
ROOM = 4  # what-ifs with a name: as many kinds of lines can be told apart
NAME = re.compile(r"[^~;<>&@{}$\"'\\]{1,30}")  # what a link and a tooltip can carry


class Change(NamedTuple):
    """What is changed; nothing is where there are neither edits nor offsets."""

    edits: tuple[str, ...] = ()
    since: str = SINCE[0]  # edits hold; offsets hold from 2021 on
    offsets: tem.Offsets = NO_OFFSETS

    def __bool__(self):
        return bool(self.edits) or self.offsets != NO_OFFSETS

    @property
    def parts(self) -> tuple[str, ...]:
        """Each thing that is changed, such as `kd*=1.2` or `warming=2`."""
        return (*self.edits, *spelled(self.offsets))

    def without(self, part: str) -> "Change":
        """Return the change with one of its `parts` taken back."""
        name = part.partition("=")[0]
        if name in tem.Offsets._fields:
            default = getattr(NO_OFFSETS, name)
            return self._replace(offsets=self.offsets._replace(**{name: default}))
        return self._replace(edits=tuple(edit for edit in self.edits if edit != part))


class Kept(NamedTuple):
    """A change under a name."""

    name: str
    change: Change


def spelled(offsets: tem.Offsets) -> tuple[str, ...]:
    """Return *offsets* as `name=value`; what adds nothing stays out."""
    pairs = zip(offsets._fields, offsets, NO_OFFSETS, strict=True)
    return tuple(f"{name}={value:.6g}" for name, value, nothing in pairs if value != nothing)


def offset(name: str, text: str) -> float:
    """Return the offset *name* that *text* says; ValueError if it is none or out of bounds."""
    if name not in OFFSETS:
        raise ValueError(f"{name[:40]!r} is not one of {', '.join(OFFSETS)}")
    _, unit, about = OFFSETS[name]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not about.low <= value <= about.high:
        bounds = f"{about.low:g} to {about.high:g} {style.unit(unit)}".strip()
        raise ValueError(f"{name} = {text[:40]}: {about.symbol} may be {bounds}")
    return value


def offsets_in(text: str) -> tem.Offsets:
    """Return the offsets in a text such as `warming=2,co2=100`; ValueError names what is wrong."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return tem.Offsets(**{name: offset(name, value) for name, _, value in pairs})


def named(name: str, change: Change) -> Kept:
    """Return *change* under a *name*; ValueError if it is none, or the name cannot be one."""
    name = " ".join(name.split())
    if not change:
        raise ValueError("Nothing is changed yet: there is no what-if to save.")
    if not name or name.lower() == "baseline":
        raise ValueError("Give the what-if a name of its own; Baseline is that of the defaults.")
    if not NAME.fullmatch(name):
        raise ValueError(f"{name[:40]}: a name has up to 30 letters and none of ~ ; < > & @ {{ }}")
    return Kept(name, change)


def kept_with(saved: tuple[Kept, ...], one: Kept) -> tuple[Kept, ...]:
    """Return *saved* with *one*, in the place of what had its name; ValueError if full."""
    if any(other.name == one.name for other in saved):
        return tuple(one if other.name == one.name else other for other in saved)
    if len(saved) == ROOM:
        raise ValueError(f"{ROOM} what-ifs are saved already; delete one to make room.")
    return (*saved, one)


def written(saved: tuple[Kept, ...]) -> str:
    """Return *saved* as the text that `kept_in` reads."""
    return ";".join(
        "~".join((name, one.since, ",".join(one.edits), ",".join(spelled(one.offsets))))
        for name, one in saved
    )


def kept_in(text: str) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """Return the saved what-ifs in *text*, and a sentence for each fault in it."""
    saved, faults = (), []
    for part in filter(None, text.split(";")):
        try:
            one, refused = _kept(part)
            saved = kept_with(saved, one)
            faults += refused
        except ValueError as fault:
            faults.append(f"saved what-if: {fault}")
    return saved, tuple(faults)


def _kept(text) -> tuple[Kept, tuple[str, ...]]:
    fields = text.split("~")
    if len(fields) != len(Change._fields) + 1:
        raise ValueError(f"{text[:40]!r} is not of the form name~since~edits~offsets")
    name, since, written_edits, offsets = fields
    if since not in SINCE:
        raise ValueError(f"{name[:40]}: changes hold since one of {', '.join(SINCE)}")
    found, refused = editing.read(written_edits)
    return named(name, Change(found, since, offsets_in(offsets))), refused


class History:
    """The changes of one page, one after the other."""

    def __init__(self, first: Change):
        self._steps, self._at = [first], 0

    def note(self, change: Change):
        """Remember where the page has come to rest; what had been undone is forgotten."""
        if change != self._steps[self._at]:
            self._steps = [*self._steps[: self._at + 1], change][-STEPS:]
            self._at = len(self._steps) - 1

    @property
    def older(self) -> bool:
        """Whether there is anything to undo."""
        return self._at > 0

    @property
    def newer(self) -> bool:
        """Whether anything was undone."""
        return self._at < len(self._steps) - 1

    def back(self) -> Change:
        """Return the change before, or the first."""
        self._at = max(self._at - 1, 0)
        return self._steps[self._at]

    def forward(self) -> Change:
        """Return the change after, or the last."""
        self._at = min(self._at + 1, len(self._steps) - 1)
        return self._steps[self._at]
