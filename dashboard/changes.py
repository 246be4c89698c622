"""A what-if as one thing: which parameters are edited, since when, and what the climate gains.

A page keeps a history of them, and some under a name.
"""

import re
from typing import NamedTuple

import tem
from dashboard import edits as editing
from dashboard.language import Fault, say
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


def spelled(offsets: tem.Offsets, besides: tem.Offsets = NO_OFFSETS) -> tuple[str, ...]:
    """Return *offsets* as `name=value`; what is as in *besides* (adds nothing) stays out."""
    pairs = zip(offsets._fields, offsets, besides, strict=True)
    return tuple(f"{name}={value:.6g}" for name, value, nothing in pairs if value != nothing)


def offset(name: str, text: str) -> float:
    """Return the offset *name* that *text* says; `Fault` if it is none or out of bounds."""
    if name not in OFFSETS:
        raise Fault("{name} is not one of {names}", name=repr(name[:40]), names=", ".join(OFFSETS))
    _, unit, about = OFFSETS[name]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not about.low <= value <= about.high:
        raise Fault(
            "{name} = {text}: {symbol} may be {bounds}",
            name=name, text=text[:40], symbol=about.symbol, bounds=editing.bounds(unit, about),
        )  # fmt: skip
    return value


def offsets_in(text: str) -> tem.Offsets:
    """Return the offsets in a text such as `warming=2,co2=100`; `Fault` names what is wrong."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return tem.Offsets(**{name: offset(name, value) for name, _, value in pairs})


def named(name: str, change: Change) -> Kept:
    """Return *change* under a *name*; `Fault` if it is none, or the name cannot be one."""
    name = " ".join(name.split())
    if not change:
        raise Fault("Nothing is changed yet: there is no what-if to save.")
    if not name or name.lower() == "baseline":
        raise Fault("Give the what-if a name of its own; Baseline is that of the defaults.")
    if not NAME.fullmatch(name):
        raise Fault(
            "{name}: a name has up to 30 letters and none of {signs}",
            name=name[:40], signs="~ ; < > & @ { }",
        )  # fmt: skip
    return Kept(name, change)


def kept_with(saved: tuple[Kept, ...], one: Kept) -> tuple[Kept, ...]:
    """Return *saved* with *one*, in the place of what had its name; `Fault` if full."""
    if any(other.name == one.name for other in saved):
        return tuple(one if other.name == one.name else other for other in saved)
    if len(saved) == ROOM:
        raise Fault("{count} what-ifs are saved already; delete one to make room.", count=ROOM)
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
            faults.append(say("saved what-if: {fault}", fault=str(fault)))
    return saved, tuple(faults)


def _kept(text) -> tuple[Kept, tuple[str, ...]]:
    fields = text.split("~")
    if len(fields) != len(Change._fields) + 1:
        raise Fault("{text} is not of the form name~since~edits~offsets", text=repr(text[:40]))
    name, since, written_edits, offsets = fields
    if since not in SINCE:
        raise Fault(
            "{name}: changes hold since one of {moments}", name=name[:40], moments=", ".join(SINCE)
        )
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
