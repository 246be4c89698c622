"""What the page says in which language: nothing is missing, nothing is left over."""

import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from dashboard import catalogue, edits, language
from dashboard.language import Fault, Later, listed, say, say_n, sentences, spoken


@pytest.mark.parametrize(
    ("accepted", "name"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr;q=0.9, zh-Hant-TW;q=0.5", "zh"),
        ("de, zh;q=0", "en"),
        ("zh;q=many, en", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_a_first_visit_is_answered_as_the_browser_asks(accepted, name):
    assert language.preferred(accepted) == name


def test_a_sentence_that_is_missing_is_said_in_english():
    with spoken("zh"):
        assert say("No such sentence about {what}.", what="ALT") == "No such sentence about ALT."
        assert say_n("{count} gap", "{count} gaps", 2) == "2 gaps"


def forms(text):
    """Return a text as a tuple of its forms, singular and plural."""
    return text if isinstance(text, tuple) else (text,)


@pytest.fixture(scope="module")
def chinese():
    return catalogue.catalogue("zh")


@pytest.fixture(scope="module")
def said():
    return catalogue.template()


def test_every_sentence_of_the_page_is_there_in_chinese(chinese, said):
    found = {one.id: one for one in chinese if one.id}
    missing = [one.id for one in said if one.id and one.id not in found]
    empty = [key for key, one in found.items() if not all(forms(one.string))]
    unsure = [key for key, one in found.items() if one.fuzzy]
    assert (missing, empty, unsure) == ([], [], []), "see `make texts`"


def test_nothing_is_left_over_that_nobody_says(chinese, said):
    wanted = {one.id for one in said}
    assert [one.id for one in chinese if one.id not in wanted] == []
    assert not chinese.obsolete


def test_what_varies_has_its_place_in_both_languages(chinese):
    def places(text):
        return set(re.findall(r"{\w*}", text))

    for one in chinese:
        for text in forms(one.string):
            assert places(text) == places(forms(one.id)[0]), one.id


def test_what_the_model_refuses_is_said_in_chinese():
    for wrong in ("kd=", "Moon.kd=1", "kd=much", "kd=1e999"):
        with pytest.raises(Fault) as fault, spoken("zh"):
            edits.parsed(wrong)
        assert str(fault.value).startswith("edit")
        with spoken("zh"):
            assert str(fault.value).startswith("改动")


def test_english_is_said_as_it_stands_in_the_code():
    assert say("the {ecosystem} ecosystem", ecosystem="Meadow") == "the Meadow ecosystem"
    assert say_n("{count} climate", "{count} climates", 1) == "1 climate"
    assert sentences("One.", "", "Two.") == "One. Two."
    assert listed("a", "b") == "a, b"


def test_chinese_has_its_own_order_and_marks():
    with spoken("zh"):
        assert say("the {ecosystem} ecosystem", ecosystem=say("Meadow")) == "高寒草甸生态系统"
        assert sentences("一。", "二。") == "一。二。"
        assert listed("一", "二") == "一、二"


def test_each_page_speaks_its_own_language():
    class Page:
        pass

    one, other = Page(), Page()
    turn = SimpleNamespace(page=one)
    before = language._Here.document
    language.listen(lambda: turn.page)
    try:
        language.settle(one, "zh")
        assert say("Meadow") == "高寒草甸"
        turn.page = other
        assert say("Meadow") == "Meadow"
    finally:
        language.listen(before)


def test_a_worker_does_not_take_over_the_language_of_a_page():
    with spoken("zh"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(language.current).result() == "en"


def test_a_fault_is_said_in_the_language_of_its_reader():
    fault = Fault("the {ecosystem} ecosystem", ecosystem="Meadow")
    assert str(fault) == "the Meadow ecosystem"
    kept = language.kept(fault)
    with spoken("zh"):
        assert str(fault) == say(kept) == "Meadow生态系统"


def test_what_is_said_later_is_english_until_then():
    inner = Later("the {ecosystem} ecosystem", ecosystem=Later("Meadow"))
    assert inner == "the Meadow ecosystem"
    with spoken("zh"):
        assert say(inner) == "高寒草甸生态系统"
