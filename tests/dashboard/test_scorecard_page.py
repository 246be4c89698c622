"""The scorecard on the page: what it says while it waits, how it is filtered, how it fits."""

import io
import re
import subprocess
import sys
import threading

import pytest
from bokeh.document import Document
from PIL import Image

import data
from dashboard import kinds, style, verdicts
from dashboard.views import scorecard as view

PATIENCE = 60.0  # s until the rows are worked out
GROUNDS = {False: "#FFFFFF", True: "#121212"}  # of the page, by whether it is dark

ROW = {
    "id": "P001", "kind": "predicted", "quantity": "NPP total", "symbol": "NPP", "scenario": None,
    "run": "S_T", "region": "QTP", "period": "2090s", "unit": "Tg C/yr", "where": "Table 1",
    "published": 9.0, "published_sd": None, "printed": "9.00", "range": None, "model": 8.0,
    "model_sd": 1.0, "difference": None, "relative": -0.11, "verdict": "near", "reason": "<cause>",
    "note": None,
}  # fmt: skip
MISSED = ROW | {"id": "P002", "kind": "input", "model": None, "model_sd": None, "relative": None,
                "verdict": None, "note": "a caveat"}  # fmt: skip
FITS = """
() => {  // what of the scorecard is wider than its place, and the text that is cut
  const found = []
  const walk = (node) => {
    if (["TD", "TH", "TABLE"].includes(node.nodeName) && node.scrollWidth > node.clientWidth + 1)
      found.push(node.nodeName + " " + node.textContent)
    const {right} = node.getBoundingClientRect?.() ?? {right: 0}
    if (node.nodeName == "TD" && right > window.innerWidth) found.push("beyond: " + right)
    for (const child of [...node.children, ...(node.shadowRoot?.children ?? [])]) walk(child)
  }
  walk(document.body)
  return found
}
"""
HEAD = """
() => {  // where the head of the table is, and whether anything is drawn over it
  let head
  const walk = (node) => {
    if (node.nodeName == "TH" && node.classList.contains("what")) head = node
    for (const child of [...node.children, ...(node.shadowRoot?.children ?? [])]) walk(child)
  }
  walk(document.body)
  const {x, y, width, height} = head.getBoundingClientRect()
  const hit = head.getRootNode().elementFromPoint(x + width / 2, y + height / 2)
  return {x: x + width / 2, y, bottom: y + height, free: hit == head}
}
"""


class Library:
    """As many climates ready as told."""

    def __init__(self, ready=2):
        self.ready, self.climates = ready, {"a": None, "b": None}
        self.region = self.store = None


class Verdicts:
    """Rows that come when they are told to."""

    def __init__(self):
        self.found, self.callbacks = None, []

    def ask(self, callback):
        self.callbacks.append(callback)


class At(Document):
    """A document that does at once what is put off."""

    def add_next_tick_callback(self, callback):
        callback()


@pytest.fixture
def judged():
    found = Verdicts()
    return found, view.Scorecard(found, Library(), At())


# --- waiting ---


def test_a_filter_cannot_be_chosen_before_the_rows_are_there(judged):
    rows, card = judged
    card.open()
    assert card.words.object == view.WORKING
    assert not card.filters.visible
    card.verdict.value = "far"  # as by a link of old
    assert card.words.object == view.WORKING
    rows.found = [ROW]
    rows.callbacks.pop()()
    assert card.filters.visible
    assert view.NOTHING in card.table.object


def test_climates_that_are_awaited_are_counted():
    card = view.Scorecard(Verdicts(), Library(ready=1), At())
    card.open()
    assert card.words.object == "The scorecard is worked out once all climates are there (1 of 2)."


def test_a_failure_is_told_in_a_sentence_and_tried_again_when_opened(judged):
    rows, card = judged
    card.open()
    card.show()
    assert len(rows.callbacks) == 1  # asked once, however often the library moves
    rows.callbacks.pop()()
    assert card.words.object == view.FAILED.replace("'", "&#x27;")
    card.show()
    assert not rows.callbacks
    card.open()
    assert len(rows.callbacks) == 1


def test_verdicts_are_worked_out_once_and_again_after_a_failure(monkeypatch):
    asked, come = [], threading.Semaphore(0)

    def worked_out(region, store):
        asked.append(region)
        if len(asked) == 1:
            raise ValueError("planted")
        return [ROW]

    monkeypatch.setattr(verdicts, "scorecard", worked_out)
    found = verdicts.Verdicts(Library())
    for rows in (None, [ROW], [ROW]):
        found.ask(come.release)
        assert come.acquire(timeout=PATIENCE)
        assert found.found == rows
    assert len(asked) == 2


def test_the_server_ends_while_the_scorecard_is_worked_out():
    code = (
        "import time\nfrom types import SimpleNamespace\nfrom dashboard import verdicts\n"
        "verdicts.scorecard = lambda *_args, **_choices: time.sleep(600)\n"
        "verdicts.Verdicts(SimpleNamespace(region=None, store=None)).ask(print)\n"
        "time.sleep(0.5)"
    )
    subprocess.run([sys.executable, "-c", code], timeout=PATIENCE, check=True)


# --- the table ---


def test_filters_choose_by_kind_and_verdict(judged):
    rows, card = judged
    rows.found = [ROW, MISSED]
    card.open()
    assert re.findall(r"P00\d", card.table.object) == ["P001", "P002"]
    card.kind.value = "input"
    assert re.findall(r"P00\d", card.table.object) == ["P002"]
    card.verdict.value = "near"
    assert view.NOTHING in card.table.object
    card.kind.value = view.ALL
    assert re.findall(r"P00\d", card.table.object) == ["P001"]


def test_summary_tells_counts_by_kind_and_the_rule_by_its_constants(judged, monkeypatch):
    rows, card = judged
    rows.found = [ROW, MISSED]
    card.open()
    assert (
        "Of 1 printed numbers that the model predicts: 0 pass, 1 near, 0 far." in card.words.object
    )
    assert re.findall(r"<td>(\d+)</td>", card.words.object) == list("0100000000010000")
    assert all(meaning in card.words.object for meaning in kinds.KINDS.values())
    assert "within 10 and 25 %" in card.words.object


def test_a_row_tells_all_that_tells_it_apart_and_nothing_as_markup():
    told = view.table([ROW, MISSED])
    for words in ("NPP total", "S_T", "2090s", "Table 1", "9.00", "8.00 ± 1.00", "Tg C yr⁻¹",
                  "−11 %", "&lt;cause&gt;", "Note: a caveat", "no number"):  # fmt: skip
        assert words in told
    assert "<cause>" not in told


def test_words_are_legible_on_both_grounds():
    """WCAG 2: 4.5 to 1 for text."""
    for dark, ground in GROUNDS.items():
        for name, colour in re.findall(r"--(\w+): (#\w{6})", style.variables(dark=dark)):
            assert contrast(colour, ground) > 4.5, (name, ground)


def contrast(one, other):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.05 + 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return high / low


# --- in the browser ---


@pytest.fixture
def scored(opened):
    """Open the scorecard in a window of this size."""

    def at(size=(1440, 900), query="?view=scorecard"):
        page = opened(query, size)
        page.says("printed numbers that the model predicts", PATIENCE)
        return page

    return at


@pytest.mark.browser
def test_every_printed_number_is_shown_and_can_be_filtered(scored):
    page = scored()
    rows = page.page.locator(".rows tbody tr")
    assert rows.count() == len(data.published())
    texts = rows.all_inner_texts()
    assert len(set(texts)) == len(texts)
    page.page.get_by_role("button", name="predicted", exact=True).click()
    page.page.get_by_role("button", name="far", exact=True).click()
    page.wait(lambda _found: rows.count() < len(texts))
    page.wait(lambda _found: all("far\npredicted" in text for text in rows.all_inner_texts()))
    assert rows.count() > 0


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1024, 768), (1280, 800), (1920, 1080)])
def test_the_table_fits_and_its_head_stays(scored, size):
    page = scored(size)
    assert page.page.evaluate(FITS) == []
    assert page.extent()[0] <= size[0]
    page.page.mouse.move(size[0] / 2, 0.7 * size[1])
    for _ in range(20):
        page.page.mouse.wheel(0, 500)
        page.page.wait_for_timeout(100)
    head = page.page.evaluate(HEAD)
    assert 40 < head["y"] < 100
    assert head["free"]
    clip = {"x": head["x"], "y": head["bottom"] - 3, "width": 1, "height": 4}
    strip = Image.open(io.BytesIO(page.page.screenshot(clip=clip))).convert("L")
    assert min(strip.tobytes()) < 180  # its rule stays as well


@pytest.mark.browser
def test_what_does_not_act_on_the_scorecard_is_hidden_and_comes_back(opened):
    page = opened()
    page.drawn()
    headline = page.page.get_by_text(re.compile("^Under RCP8.5, by 2099"))
    slider = page.page.get_by_label(re.compile("^C_max")).last
    assert headline.is_visible()
    page.page.get_by_role("button", name="Scorecard").click()
    page.says("printed numbers that the model predicts", PATIENCE)
    headline.wait_for(state="hidden")
    page.page.get_by_role("button", name="Run region").wait_for(state="hidden")
    page.page.get_by_label(re.compile("(Open|Close) drawer")).wait_for(state="hidden")
    page.page.get_by_role("button", name="Explore").click()
    headline.wait_for(state="visible")
    page.page.get_by_role("button", name="Run region").wait_for(state="visible")
    page.drawn()
    assert slider.count() == 1


@pytest.mark.browser
def test_complaints_are_seen_on_the_scorecard(scored):
    page = scored(query="?view=scorecard&gcn=x")
    page.page.get_by_text("'gcn' is not part of a link").wait_for(state="visible")
