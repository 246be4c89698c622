"""A server that goes and comes again, in Chromium: the page comes back by itself."""

import pytest

from tests.dashboard.conftest import PATIENCE, Seen, free_port, served

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("told")
def test_a_page_that_lost_its_server_comes_back_with_what_was_chosen(browser, store):
    port = free_port()
    with served(port, store) as address:
        page = Seen(browser, address, "?year=2060")
        page.drawn()
        page.page.get_by_role("button", name="RCP4.5").click()
        page.links("rcp=rcp45")
    page.says("The page has lost its server. It comes back by itself")
    with served(port, store):
        page.page.wait_for_function("!document.getElementById('lost')", timeout=1000 * PATIENCE)
        page.page.wait_for_selector("canvas")
        page.says("Under RCP4.5, by 2060", PATIENCE)
        page.page.get_by_role("button", name="RCP8.5").click()
        page.says("Under RCP8.5, by 2060")
        page.page.close()
