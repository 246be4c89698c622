"""The catalogue of sentences: what the page says, and what of it each language has.

`make texts` (`python -m dashboard.catalogue`) brings `texts/*.po` up to the code: new sentences
come in without a translation, those that nobody says any more go.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

import data
import tem
from dashboard.context import PLACES
from dashboard.language import ENGLISH, FOLDER, LANGUAGES
from tem.parameters import ECOSYSTEMS, Parameters
from tem.schema import fields
from tem.variables import Drivers, GroundYear, WaterYear, Yearly

ROOT = Path(__file__).parent
SAYS = {"say": 1, "N_": 1, "say_n": 2, "Later": 1, "Fault": 1, "Cause": 1}  # how many forms
DECLARED = (Parameters, tem.Offsets, Yearly, GroundYear, WaterYear, Drivers)
PRINTED = ("quantity", "region", "note", "run", "period", "where")  # columns that are told
WIDTH = 100


def written() -> Iterator[tuple]:
    """Yield what the code says: the text (or its two forms), and the file."""
    for path in sorted(ROOT.rglob("*.py")):
        for call in calls(ast.parse(path.read_text("utf-8"))):
            forms = [list(literals(one)) for one in call.args[: SAYS[name_of(call)]]]
            for text in zip(*forms, strict=False):
                yield text if len(text) > 1 else text[0], path.relative_to(ROOT.parent).as_posix()


def calls(tree: ast.AST) -> list[ast.Call]:
    """Return where *tree* says or marks a text, in the order of the lines; inside f-strings too."""
    found = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and name_of(one) in SAYS]
    return sorted(found, key=lambda one: (one.lineno, one.col_offset))


def name_of(call: ast.Call) -> str:
    """Return what is called, without the module it is of."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be: one, or those of a choice; none of a name."""
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def declared() -> Iterator[tuple[str, str]]:
    """Yield what model and data declare and the page says, and where that is."""
    for schema in DECLARED:
        where = f"{schema.__module__.replace('.', '/')}.py"
        for field in fields(schema):
            yield field.about.label, where
            yield field.about.source, where
    for name in ECOSYSTEMS:
        yield name, "tem/parameters.py"
    for name in PLACES:
        yield name, "data/tables/stations.csv"
    rows = data.published()
    for column in PRINTED:
        for text in rows[column].dropna().unique():
            for part in text.split("; ") if column == "where" else (text,):
                if re.search("[a-z]", part):  # else numbers and symbols alone
                    yield part, "data/tables/published_results.csv"


def template() -> Catalog:
    """Return all that the page says, without translations."""
    found = Catalog(project="permafrost-carbon", version="", fuzzy=False)
    for text, where in (*written(), *declared()):
        if all(map(str.strip, (text,) if isinstance(text, str) else text)):
            found.add(text, locations=[(where, 0)])
    return found


def catalogue(name: str) -> Catalog:
    """Return what there is of a language."""
    path = FOLDER / f"{name}.po"
    if not path.exists():
        return Catalog(name, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=name)


def brought_up(name: str) -> Catalog:
    """Return the catalogue of a language with all that the page says, and nothing else."""
    found, wanted = catalogue(name), template()
    wanted.creation_date = found.creation_date
    found.update(wanted, no_fuzzy_matching=True)
    found.obsolete.clear()
    ordered = Catalog(
        name, project="permafrost-carbon", version="", fuzzy=False,
        header_comment=f"# What the page says, in {LANGUAGES[name].name}; kept by `make texts`.",
        creation_date=found.creation_date, revision_date=found.revision_date,
    )  # fmt: skip
    for one in wanted:
        if one.id:
            said = found[one.id]
            ordered.add(one.id, said.string, locations=one.locations)
            ordered[one.id].flags.clear()  # `%` is per cent here, never a place
    return ordered


def main():
    """Write the catalogues."""
    FOLDER.mkdir(exist_ok=True)
    for name in LANGUAGES.keys() - {ENGLISH}:
        found = brought_up(name)
        with (FOLDER / f"{name}.po").open("wb") as file:
            write_po(file, found, width=WIDTH, include_lineno=False, ignore_obsolete=True)


if __name__ == "__main__":
    main()
