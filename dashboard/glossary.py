"""What every symbol means, by the model's declarations; HTML whose symbols tell it on hover."""

import html
import re
from functools import cache
from typing import NamedTuple

from dashboard import style
from dashboard.language import N_, Later, say, sentences
from tem.environment import REFERENCE_YEAR
from tem.parameters import FIELDS
from tem.schema import fields
from tem.variables import Drivers, GroundYear, WaterYear, Yearly

OWN = {
    "S_T": N_("The run in which thaw follows the climate"),
    "S_R": Later("The run in which thaw stays as in {since}", since=REFERENCE_YEAR),
}
WORDS = {  # told in the table alone
    "RCP4.5": N_("Representative concentration pathway to 4.5 W m⁻² in 2100"),
    "RCP8.5": N_("Representative concentration pathway to 8.5 W m⁻² in 2100"),
    "GCM": N_("General circulation model: a climate model"),
    "SD": N_("Standard deviation over climate models"),
}
SIMULATED = N_("Simulated by this model")
HEADS = (N_("Symbol"), N_("Meaning"), N_("Unit"), N_("Source"))
LETTER = r"[^\W\u3400-\u9fff]"  # Chinese stands beside a symbol without a space
TAG = re.compile(r"(<[^>]*>)")


class Entry(NamedTuple):
    """What is declared of a symbol."""

    label: str
    unit: str = ""
    source: str = ""
    of_parameter: bool = False

    def told(self) -> tuple[str, str, str]:
        """Return what it means, its unit, and where it comes from, in words."""
        source = say(self.source)
        if self.of_parameter:
            source = say("parameter: {source}", source=source)
        return say(self.label), style.unit(self.unit), source


@cache
def _declared() -> dict[str, Entry]:
    found = {symbol: Entry(text) for symbol, text in (OWN | WORDS).items()}
    for schema in (Yearly, GroundYear, WaterYear, Drivers):
        for _, unit, about in fields(schema):
            entry = Entry(about.label, unit, about.source or SIMULATED)
            found.setdefault(about.symbol, entry)
    for _, unit, about in FIELDS.values():
        found.setdefault(about.symbol, Entry(about.label, unit, about.source, of_parameter=True))
    found.pop("", None)
    return found


def entries() -> dict[str, tuple[str, str, str]]:
    """Return by symbol: what it means, its unit, and where it comes from."""
    return {symbol: entry.told() for symbol, entry in _declared().items()}


def meaning(symbol: str) -> str:
    """Return what a symbol means, in a line."""
    label, unit, source = _declared()[symbol].told()
    if unit:
        label = say("{label} ({unit})", label=label, unit=unit)
    stop = say(".")
    return sentences(f"{label}{stop}", source and source.rstrip(stop) + stop)


@cache
def _known() -> re.Pattern:
    # a single letter may be a word or an initial: those are in the table alone
    long = sorted((s for s in _declared() if len(s) > 1 and s not in WORDS), key=len, reverse=True)
    symbols = "|".join(map(re.escape, long))
    return re.compile(rf"(?<!{LETTER})(?<!&)(ΣΔ|Δ|)({symbols})(?!{LETTER}|\+)")


def marked(text: str) -> str:
    """Return HTML whose symbols, outside tags, tell what they mean under the pointer."""
    parts = TAG.split(text)
    parts[::2] = (_known().sub(_explained, part) for part in parts[::2])
    return "".join(parts)


def _explained(found) -> str:
    told = meaning(found[2])
    if found[1] == "Δ":
        told = say(
            "Effect of thaw (S_T − S_R), or another change that is named, of: {meaning}",
            meaning=told,
        )
    elif found[1]:
        told = say(
            "Sum since {since} of the effect of thaw (S_T − S_R) on: {meaning}",
            since=REFERENCE_YEAR, meaning=told,
        )  # fmt: skip
    return f'<abbr title="{html.escape(told, quote=True)}">{found[0]}</abbr>'


def table() -> str:
    """Return all symbols as an HTML table."""
    lines = "".join(
        f"<tr><th scope='row'>{html.escape(symbol)}</th>"
        + "".join(f"<td>{html.escape(part)}</td>" for part in told)
        + "</tr>"
        for symbol, told in entries().items()
    )
    head = "".join(f"<th scope='col'>{say(name)}</th>" for name in HEADS)
    return f"<table class='glossary'><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
