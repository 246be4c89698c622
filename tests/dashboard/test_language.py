"""What the page says in which language: nothing is missing, nothing is left over."""

import ast
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


UNSAID = {  # modules whose words are none of the page, and why
    "baseline": "the command line is English",
    "catalogue": "the head of the catalogue",
    "cli": "the command line is English",
    "cluster": "the command line is English",
    "commands": "the command line is English",
    "describe": "docs/model.md is English",
    "domain": "why the server does not start",
    "doorman": "why the server does not start, and the English page of those who wait",
    "exports": "files are English",
    "guard": "why the server does not start",
    "headless": "the command line is English",
    "lines": "the command line is English",
    "measures": "names of regions in the table of printed numbers",
    "parameter_table": "a file for the command line",
    "reopened": "why the server does not start with a file",
    "sheet": "files are English",
    "takewords": "lines below a printed figure: files are English",
    "unfinished": "the command line is English",
    "vitals": "metrics for those who run the server",
}
UNSEEN = {  # other texts that nobody reads on the page, and why
    "carbon and nitrogen": "a key",
    "Meadow.b=0.6, kd*=1.2": "edits are written so in any language",
    "number model": "classes of CSS",
    "number off": "classes of CSS",
    "other study": "a kind of printed number, said where it is shown",
    "whole QTP": "a region in the table of printed numbers",
    "Tg N/yr (as printed)": "a unit in the table of printed numbers",
    " (as printed)": "the end of such a unit",
    "soil temperature": "a region in the table of printed numbers",
    "read from the store": "a stage that is over: nobody is told",
    "simulated just now": "a stage that is over: nobody is told",
    " in the log of the server.": "of a page that could not be made, before it has a language",
    "saved what-ifs": "the name of a lane",
    "take away": "the name of a lane",
}
WORDS = re.compile(r"\b[A-Za-z]+,? [a-z]{2,}\b")
CODE = re.compile(r"<[^>]*>?|&\w+;")  # tags, those that go on elsewhere too
SCRIPT = re.compile(r"[{}]|=>|//|;\n|style=|\breturn\b|^\n?(const|for|if) |currentcolor")
LOGGED = "attempt", "error", "exception", "info", "warning"  # what writes a log
SHOWN = "label", "description", "placeholder", "axis_label", "helper_text", "legend_label"


def aside(node):
    """Return what of the syntax tree is not for visitors or is said: its nodes."""
    name = catalogue.name_of(node) if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node.value]  # a docstring
    if isinstance(node, ast.keyword) and node.arg == "doc":  # of a `param.Parameter`
        return ast.walk(node)
    if name in catalogue.SAYS or name in LOGGED:
        return ast.walk(node)
    return []


def bypasses(path):
    """Yield the texts of a module that read as words and that `say` is not given."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    given = {inner for node in nodes for inner in aside(node)}
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg in SHOWN:
            text = getattr(node.value, "value", "")
            if isinstance(text, str) and re.search("[a-z]{2}", text):
                yield text
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in given:
            text = CODE.sub("", node.value)
            if WORDS.search(text) and not SCRIPT.search(node.value):
                yield node.value


def test_a_sentence_past_say_is_found_wherever_it_hides(tmp_path):
    module = tmp_path / "page.py"
    module.write_text(
        '"""Said to nobody."""\n'
        "one = Button(label='Stop')\n"
        "two = [f'{n} cells are <b>not there</b>', 'No ' + 'cell lies here', say('It is said')]\n"
    )
    assert sorted(bypasses(module)) == [" cells are <b>not there</b>", "Stop", "cell lies here"]


def test_the_catalogue_reads_what_is_said_inside_other_texts():
    code = "f'<p>{say(x)} {say(\"One.\")}</p>' + say('Two ' '{n}.') + say('A' if b else 'B')"
    calls = catalogue.calls(ast.parse(code))
    found = [list(catalogue.literals(arg)) for call in calls for arg in call.args[:1]]
    assert sorted(found) == [[], ["A", "B"], ["One."], ["Two {n}."]]


def test_nothing_is_put_into_a_sentence_before_it_is_said():
    for path in catalogue.ROOT.rglob("*.py"):
        for call in catalogue.calls(ast.parse(path.read_text("utf-8"))):
            wrong = [one for one in call.args[:1] if isinstance(one, ast.JoinedStr | ast.BinOp)]
            assert wrong == [], f"{path}:{call.lineno}"


def test_no_sentence_reaches_the_page_without_say():
    found = {
        path.relative_to(catalogue.ROOT).as_posix(): texts
        for path in catalogue.ROOT.rglob("*.py")
        if path.stem not in UNSAID and (texts := [t for t in bypasses(path) if t not in UNSEEN])
    }
    assert found == {}
