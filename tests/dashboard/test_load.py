"""Several visitors at once, without browsers: each gets the answers to its own questions."""

import asyncio
import re
import urllib.request

import pytest

from benchmarks.load import RATE
from benchmarks.visitor import Visitor
from dashboard import style
from tests.dashboard.conftest import apart, until

PATIENCE = 60  # s, on a busy machine
CHARTS = 4  # each draws other data for a cell
READY = "All 8 climates are ready"


async def _opened(address):
    page = await Visitor.opened(address.replace("localhost", "127.0.0.1"))
    await page.until(lambda page: READY in page.text("status"), PATIENCE)
    return page


def test_a_visitor_hears_what_it_chose_and_no_one_else(address):
    async def both():
        one, other = await _opened(address), await _opened(address)
        before = other.text("headline")
        await one.choose("Scenario", "RCP4.5")
        await one.choose("Year", 2060)
        said = one.text("headline"), other.text("headline")
        await one.close()
        await other.close()
        return before, said

    before, (mine, others) = apart(asyncio.run, both())
    assert mine.startswith("Under RCP4.5, by 2060, ")
    assert others == before
    assert before.startswith("Under RCP8.5, by 2099, ")


async def _turn_dark(page):
    assert style.variables(dark=False) in page.sheets()
    await page.turn_dark()
    await page.until(lambda page: style.variables(dark=True) in page.sheets(), PATIENCE)


async def _tap(page):
    await page.tap(88.75, 34.25)
    await page.until(lambda page: page.heard["ColumnDataChanged"] >= CHARTS, PATIENCE)


@pytest.mark.parametrize("act", [_turn_dark, _tap])
def test_who_acts_before_the_browser_has_drawn_all_is_answered(address, act):
    async def hasty():
        await (await _opened(address)).close()  # all is simulated
        page = await Visitor.opened(address.replace("localhost", "127.0.0.1"), drawn=False)
        await act(page)
        await page.close()

    apart(asyncio.run, hasty())


def test_what_ifs_asked_for_at_once_are_all_answered_each_its_own(address):
    async def one(visitor, value):
        await visitor.choose(RATE, value, tells="says")
        await visitor.press("Run region")
        await visitor.until(lambda page: "up to date" in page.text("says"), PATIENCE)
        return visitor.text("about"), visitor.faults

    async def several(values):
        visitors = [await _opened(address) for _ in values]
        said = await asyncio.gather(*map(one, visitors, values))
        await asyncio.gather(*(visitor.close() for visitor in visitors))
        return said

    said = apart(asyncio.run, several([1.1, 1.2, 1.1]))
    assert [faults for _, faults in said] == [[], [], []]
    (more, still_more, as_much), _ = zip(*said, strict=True)
    assert "What-if (since the spin-up): " in more
    assert more == as_much
    assert more != still_more


def _counted(address):
    """Return how many pages are open, and how many are in memory."""
    text = urllib.request.urlopen(f"{address}/metrics", timeout=PATIENCE).read().decode()
    return [int(re.search(rf"_{name} (\d+)", text)[1]) for name in ("sessions", "pages")]


def test_pages_that_were_closed_do_not_stay_in_memory(address):
    async def come_and_leave():
        visitors = [await _opened(address) for _ in range(4)]
        assert min(_counted(address)) >= 4
        for visitor in visitors:
            await visitor.close()

    def left():
        opened, kept = _counted(address)
        return opened == 0 and kept <= 2  # one is the server's own

    apart(asyncio.run, come_and_leave())
    until(left, PATIENCE, lambda: f"open and in memory: {_counted(address)}")
