"""The page in Chinese, in a real browser."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def declared(seen, tag, title):
    seen.page.wait_for_function(
        "([tag, title]) => document.documentElement.lang == tag && document.title == title",
        arg=[tag, title],
    )


def turn(seen, name, tag):
    with seen.page.expect_navigation():
        seen.page.get_by_text(name, exact=True).click()
    seen.page.wait_for_selector(".MuiToggleButton-root", timeout=60_000)
    assert f"lang={tag}" in seen.link()


def test_the_other_language_opens_at_the_same_link(opened):
    seen = opened("?rcp=rcp45&year=2060")
    seen.says("Under RCP4.5, by 2060")
    declared(seen, "en", "Permafrost Carbon")
    turn(seen, "中文", "zh")
    seen.says("在RCP4.5情景下，到2060年")
    declared(seen, "zh-Hans", "多年冻土碳")
    said = seen.link().partition("?")[2].split("&")
    assert set(said) == {"rcp=rcp45", "lang=zh", "year=2060"}
    turn(seen, "EN", "en")
    seen.says("Under RCP4.5, by 2060")
