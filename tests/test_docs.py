"""The model description says what the code declares, and every equation is in it."""

import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from dashboard import commands
from dashboard.describe import TABLES, filled, sensitivity
from tem.parameters import FIELDS
from tem.schema import fields
from tem.sensitivity import OUTPUTS, step
from tem.variables import Drivers, Fluxes, Ground, Pools

DOCS = Path(__file__).parents[1] / "docs"
MODEL = (DOCS / "model.md").read_text("utf-8")


def test_tables_are_those_of_the_declarations():
    """If this fails: python -m dashboard.describe docs/model.md."""
    assert filled(MODEL) == MODEL


def test_every_parameter_driver_and_flux_has_its_place_in_the_text():
    text = re.sub(r"<!-- table.*?<!-- end -->", "", MODEL.split("## 6 ")[0], flags=re.DOTALL)
    layers = "1234₁₂₃₄"  # of the soil: what is said of one holds for all
    moving = [field for field in FIELDS.values() if field.about.group != "start"]
    for field in (*moving, *fields(Drivers), *fields(Ground), *fields(Fluxes), *fields(Pools)):
        symbol = field.about.symbol
        symbol = symbol.rstrip(layers) if field.about.group == "soil heat" else symbol
        assert re.search(rf"(?<!\w){re.escape(symbol)}(?!\w)", text), symbol


def test_every_table_is_shown():
    for name in TABLES:
        assert f"<!-- table: {name} -->" in MODEL


def test_an_unknown_table_is_named():
    with pytest.raises(ValueError, match="there is no table 'moss'; known are parameters"):
        filled("<!-- table: moss -->\n<!-- end -->")


def masked(text):
    """Return *text* without the numbers that only the model can know."""
    return re.sub(r"(?<=[|;]) [+−-]?\d[\d.\u202f]*(?: %)?(?= )", " #", text)


@pytest.fixture
def nothing():
    """Sensitivities of the right form, all of them 0."""
    factors = ("parameter", [step(name, 0.1) for name in FIELDS])
    none = ("parameter", np.zeros(len(FIELDS)), {"value": 0.0})
    return xr.Dataset(
        dict.fromkeys(OUTPUTS, none) | {"factor": factors},
        coords={"parameter": list(FIELDS)}, attrs={"rcp": commands.RCP, "gcm": commands.GCM},
    )  # fmt: skip


def test_sensitivities_have_the_parameters_units_and_words_of_the_code(nothing):
    """If this fails: python -m dashboard.describe docs/sensitivity.md (it takes minutes)."""
    now = (DOCS / "sensitivity.md").read_text("utf-8")
    made = filled(now, {"sensitivity": lambda: sensitivity(nothing)})
    assert masked(made) == masked(now)
    assert "| k_d | Decomposition rate at 0 °C | ×1.1 | # | # | # | # |" in masked(now)


def test_each_source_of_parameters_is_said_once():
    told = TABLES["parameters"]()
    for source in {field.about.source for field in FIELDS.values()}:
        assert told.lower().count(f") {source.lower()}.") == 1
    for row in told.splitlines()[2 : 2 + len(FIELDS)]:
        letter = row.split("|")[-2].strip()
        assert re.fullmatch(r"\([a-z]\)", letter)
        source = FIELDS[row.split("`")[1]].about.source
        assert f"{letter} {source}.".lower() in told.lower()


def test_files_that_are_named_exist():
    root = DOCS.parent
    for name in set(re.findall(r"`((?:tem|data|tests|docs)/[\w/.]+)`", MODEL)):
        assert (root / name).exists(), name
    for name in set(re.findall(r"`(\w+\.py)`", MODEL)):
        assert (root / "tem" / name).exists(), name
    for name in set(re.findall(r"`(\w+\.csv)`", MODEL)):
        assert (root / "data" / "tables" / name).exists(), name
