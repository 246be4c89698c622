"""The budget light: what it says of budgets that close and of those that do not."""

import re

import numpy as np
import pytest

from dashboard.budget import Budget, budgets, light, worst
from tem import summary

CLOSED = {name: Budget(2e-13, 0) for name in ("carbon", "nitrogen", "water", "heat")}


def test_budgets_of_a_climate_are_those_of_the_model(library):
    climate = next(iter(library.climates.values()))
    assert set(climate.closure) == set(CLOSED)
    assert all(one.residual <= summary.CLOSED and not one.cells for one in climate.closure.values())


def test_a_planted_leak_is_counted_by_cell(library):
    import tem

    environment = next(iter(library.climates.values())).environment
    yearly = tem.experiment(environment)
    yearly["rh"][0, 50, 3] += 5.0
    found = budgets(yearly, environment)
    assert found["carbon"].cells == 1
    assert found["carbon"].residual > 1e-6
    assert found["nitrogen"].cells == 0


def test_the_worst_climate_counts_and_what_is_no_number_stays_none():
    found = worst([CLOSED, CLOSED | {"water": Budget(np.nan, 2)}, CLOSED])
    assert np.isnan(found["water"].residual)
    assert found["water"].cells == 2
    assert found["heat"] == Budget(2e-13, 0)


@pytest.mark.parametrize(
    ("many", "kind", "said"),
    [
        ([], "light", "○ Budgets: waiting for the first climate"),
        ([CLOSED], "light closed", "● Budgets close: C to 2e−13"),
        (
            [CLOSED, CLOSED | {"heat": Budget(3e-5, 4)}],
            "light leaking",
            r"▲ Budgets do not close \(heat\): .*heat to 3e−05",
        ),
    ],
)
def test_the_light_speaks_by_words_and_shape_not_by_colour_alone(many, kind, said):
    told = light(many, 14)
    assert f"class='{kind}'" in told
    assert re.search(said, told)


def test_details_name_what_a_residual_is_a_share_of():
    told = light([CLOSED | {"heat": Budget(3e-5, 4)}], 14)
    assert "worst of 14 cells in 1 climate" in told
    assert "heat: 3e−05 of a year&#x27;s heat exchange; 4 cells do not close" in told


@pytest.mark.browser
def test_the_light_is_on_in_both_views(opened):
    page = opened()
    page.says("● Budgets close: C to [\\d.e−]+, N to .*, water to .*, heat to ")
    page.page.get_by_role("button", name="Scorecard").click()
    page.says("● Budgets close")
    assert page.page.locator("span.light").get_attribute("title").startswith("Not accounted for")
