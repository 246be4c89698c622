"""The model description says what the code declares, and every equation is in it."""

import re
from pathlib import Path

import pytest

from dashboard.describe import TABLES, filled
from tem.parameters import Parameters
from tem.schema import fields

DOCS = Path(__file__).parents[1] / "docs"
MODEL = (DOCS / "model.md").read_text("utf-8")


def test_tables_are_those_of_the_declarations():
    """If this fails: python -m dashboard.describe docs/model.md."""
    assert filled(MODEL) == MODEL


def test_every_table_is_shown():
    for name in TABLES:
        assert f"<!-- table: {name} -->" in MODEL


def test_an_unknown_table_is_named():
    with pytest.raises(ValueError, match="there is no table 'moss'; known are parameters"):
        filled("<!-- table: moss -->\n<!-- end -->")


def test_sensitivities_are_listed_for_every_parameter():
    listed = (DOCS / "sensitivity.md").read_text("utf-8")
    for field in fields(Parameters):
        assert f"| {field.about.symbol} |" in listed, field.name


def test_files_that_are_named_exist():
    root = DOCS.parent
    for name in set(re.findall(r"`((?:tem|data|tests|docs)/[\w/.]+)`", MODEL)):
        assert (root / name).exists(), name
    for name in set(re.findall(r"`(\w+\.py)`", MODEL)):
        assert (root / "tem" / name).exists(), name
    for name in set(re.findall(r"`(\w+\.csv)`", MODEL)):
        assert (root / "data" / "tables" / name).exists(), name
