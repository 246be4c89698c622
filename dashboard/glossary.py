"""What every symbol means, by the model's declarations; HTML whose symbols tell it on hover."""

import html
import re
from functools import cache

from dashboard import style
from tem.environment import REFERENCE_YEAR
from tem.parameters import FIELDS
from tem.schema import fields
from tem.variables import Drivers, GroundYear, WaterYear, Yearly

OWN = {
    "S_T": "The run in which thaw follows the climate",
    "S_R": f"The run in which thaw stays as in {REFERENCE_YEAR}",
}
WORDS = {  # told in the table alone
    "RCP4.5": "Representative concentration pathway to 4.5 W m⁻² in 2100",
    "RCP8.5": "Representative concentration pathway to 8.5 W m⁻² in 2100",
    "GCM": "General circulation model: a climate model",
    "SD": "Standard deviation over climate models",
}
DELTA = "Effect of thaw (S_T − S_R), or another change that is named, of: {}"
SUM_DELTA = f"Sum since {REFERENCE_YEAR} of the effect of thaw (S_T − S_R) on: {{}}"
BEFORE = {"ΣΔ": SUM_DELTA, "Δ": DELTA, "": "{}"}
SIMULATED = "Simulated by this model"
HEADS = ("Symbol", "Meaning", "Unit", "Source")
TAG = re.compile(r"(<[^>]*>)")


@cache
def entries() -> dict[str, tuple[str, str, str]]:
    """Return by symbol: what it means, its unit, and where it comes from."""
    found = {symbol: (text, "", "") for symbol, text in (OWN | WORDS).items()}
    for schema in (Yearly, GroundYear, WaterYear, Drivers):
        for field in fields(schema):
            said = (field.about.label, style.unit(field.unit), field.about.source or SIMULATED)
            found.setdefault(field.about.symbol, said)
    for field in FIELDS.values():
        said = (field.about.label, style.unit(field.unit), f"parameter: {field.about.source}")
        found.setdefault(field.about.symbol, said)
    found.pop("", None)
    return found


def meaning(symbol: str) -> str:
    """Return what a symbol means, in a line."""
    label, unit, source = entries()[symbol]
    return f"{label}{f' ({unit})' if unit else ''}. {source}".strip().rstrip(".") + "."


@cache
def _known() -> re.Pattern:
    # a single letter may be a word or an initial: those are in the table alone
    long = sorted((s for s in entries() if len(s) > 1 and s not in WORDS), key=len, reverse=True)
    return re.compile(rf"(?<![\w&])(ΣΔ|Δ|)({'|'.join(map(re.escape, long))})(?![\w+])")


def marked(text: str) -> str:
    """Return HTML whose symbols, outside tags, tell what they mean under the pointer."""
    parts = TAG.split(text)
    parts[::2] = (_known().sub(_explained, part) for part in parts[::2])
    return "".join(parts)


def _explained(found) -> str:
    told = BEFORE[found[1]].format(meaning(found[2]))
    return f'<abbr title="{html.escape(told, quote=True)}">{found[0]}</abbr>'


def table() -> str:
    """Return all symbols as an HTML table."""
    lines = "".join(
        f"<tr><th scope='row'>{html.escape(symbol)}</th>"
        + "".join(f"<td>{html.escape(part)}</td>" for part in told)
        + "</tr>"
        for symbol, told in entries().items()
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in HEADS)
    return f"<table class='glossary'><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
