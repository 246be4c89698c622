"""Symbols tell what they mean, by the model's declarations."""

import re

import pytest

from dashboard import glossary
from dashboard.views.about import DESCRIPTION
from tem.parameters import FIELDS
from tem.summary import DECLARED


def test_every_declared_symbol_has_a_meaning_a_unit_and_a_source():
    known = glossary.entries()
    for field in (*DECLARED.values(), *FIELDS.values()):
        label, _, source = known[field.about.symbol]
        assert label
        assert source
    assert known["k_d"][1] == "month⁻¹"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("ΣΔNEP −19", ["ΣΔNEP"]),
        ("S_T − S_R of SOC_PF+", ["S_T", "S_R", "SOC_PF+"]),
        ("NPP, (k_d) C_max", ["NPP", "k_d", "C_max"]),
        ("INNPP alone; Aboard; b = 1", ["INNPP"]),
        ('<b title="NEP">NEP</b>', ["NEP"]),
        ("Under RCP8.5", []),
    ],
)
def test_symbols_are_marked_and_nothing_else(text, marked):
    told = glossary.marked(text)
    assert re.findall(r"<abbr title=\"[^\"]+\">([^<]+)</abbr>", told) == marked
    assert re.sub(r"</?abbr[^>]*>", "", told) == text


def test_a_difference_says_what_it_is_the_difference_of():
    told = glossary.marked("ΣΔNEP")
    assert "Sum since 2020 of the effect of thaw (S_T − S_R) on: Net ecosystem production" in told


def test_the_description_is_where_the_page_looks_for_it():
    assert DESCRIPTION.read_text("utf-8").startswith("# The model")


@pytest.mark.browser
def test_description_and_glossary_are_one_click_away(opened):
    page = opened()
    page.drawn()
    abbr = page.page.locator("abbr", has_text="ΣΔNEP").first
    assert "Net ecosystem production" in abbr.get_attribute("title")
    page.page.get_by_role("button", name="Model description").click()
    page.says("Two stages. Stage 1")
    page.page.keyboard.press("Escape")
    page.page.get_by_role("button", name="Glossary").click()
    page.says("Depth scale of soil carbon m parameter: Liu et al., Table S1")
    page.says("Published : printed by Liu et al.")
