"""The paper's figures on our results: what is drawn is what the scorecard judges."""

import re
from itertools import chain
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

import data
from dashboard import figures, measures, paper, printed, scorecard, state
from dashboard.figures import FIGURES, Bars, Course, Map
from dashboard.grid import Grid
from dashboard.views import panels
from dashboard.views import paper as view
from tem.summary import DECLARED
from tem.variables import Yearly

PATIENCE = 60.0  # s until the comparison is worked out
ROWS = data.published().reset_index().set_index("id", drop=False)

PUBLISHED = """
() => {  // what the panels hold: ids and values of printed numbers, and how many pictures
  const found = {rows: {}, bars: 0, curves: 0, maps: 0}
  for (const model of Bokeh.documents[0].all_models) {
    if (model.name == "published")
      [...model.data.row].forEach((row, k) => found.rows[row] = [...model.data.value][k])
    if (model.name == "bars") found.bars += model.data.mean.length
    if (/^rcp\\d+ /.test(model.name ?? "")) found.curves += 1
    if (model.name == "effect") found.maps += 1
  }
  return found
}
"""


@pytest.fixture(scope="module")
def region():
    plateau = data.region(0.5)
    return plateau.isel(cell=slice(None, None, 25))


@pytest.fixture(scope="module")
def results(region):
    """Results of all climates that are made up, by scenario."""
    units = {name: DECLARED[name].unit for name in Yearly._fields}
    dice, shape = np.random.default_rng(4), (2, len(data.YEARS), region.sizes["cell"])

    def made_up():
        values = {name: dice.uniform(1, 2, shape).cumsum(axis=1) for name in Yearly._fields}
        for both in values.values():  # until 2020 the runs are one
            both[0, : figures.NOW + 1] = both[1, : figures.NOW + 1]
        return xr.Dataset(
            {
                name: (("run", "year", "cell"), array, {"long_name": name, "units": units[name]})
                for name, array in values.items()
            },
            coords={"run": ["S_R", "S_T"], "year": list(data.YEARS)}
            | {n: region[n].variable for n in ("lat", "lon", "ecosystem", "cell_area")},
        )

    return {rcp: [made_up() for _ in data.GCMS] for rcp in data.RCPS}


@pytest.fixture(scope="module")
def numbers(region, results):
    def yearly(_region, rcp, gcm, store):
        return results[rcp][data.GCMS.index(gcm)]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(paper.baseline, "yearly", yearly)
        return paper.gathered(SimpleNamespace(region=region, store=None))


def value(panel, mark):
    """Return what *panel* draws where it draws *mark*."""
    if isinstance(panel, Bars):
        (bar,) = (bar for bar in panel.bars if (bar.rcp, bar.of) == (mark.rcp, mark.of))
        return bar.mean
    (line,) = (line for line in panel.lines if (line.rcp, line.of) == (mark.rcp, mark.of))
    first, last = measures.years(ROWS.period[mark.row])
    if mark.year == data.YEARS[-1]:
        return line.mean[-1]
    assert mark.year == (first + last) / 2
    return line.mean[first - data.YEARS[0] : last + 1 - data.YEARS[0]].mean()


def test_every_figure_can_be_chosen():
    assert tuple(FIGURES) == state.FIGURES


@pytest.mark.parametrize("name", FIGURES)
def test_what_stands_beside_a_printed_number_is_what_the_scorecard_judges(
    name, numbers, region, results
):
    found = FIGURES[name].draw(numbers)
    for panel in chain.from_iterable(found.panels):
        for mark in getattr(panel, "marks", ()):
            row = ROWS.loc[mark.row].to_dict()
            ours = np.mean(measures.values(row, region, results)) / printed.size(panel.unit)
            assert value(panel, mark) == pytest.approx(ours, rel=1e-9), mark.row
            scale = scorecard.SCALES[row["unit"]] / printed.size(panel.unit)
            assert mark.value == pytest.approx(row["mean"] * scale)


def test_printed_ranges_hold_the_shares_that_the_scorecard_judges(numbers, region, results):
    _, shares = figures.figure_4(numbers).panels[0]
    for span in shares.spans:
        drawn = [bar.mean for bar in shares.bars if bar.rcp == span.rcp]
        for row, end in zip(span.rows, (min(drawn), max(drawn)), strict=True):
            (ours,) = measures.values(ROWS.loc[row].to_dict(), region, results)
            assert end == pytest.approx(100 * ours)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("3", "P032 P037 P038 P041 P123 P126"),
        ("4", "P024 P042 P045 P142 P143"),
        ("5", ""),
        ("6", "P046 P047 P048 P049 P050"),
        ("7", "P129 P132 P133 P136 P152"),
        ("8", "P166 P169 P171 P176 P177"),
        ("S3", "P004 P005 P006 P007 P008 P009 P148 P150"),
        ("S5", "P038 P040"),
    ],
)
def test_the_numbers_that_the_text_prints_are_drawn_in(name, rows, numbers):
    assert set(rows.split()) <= set(FIGURES[name].draw(numbers).rows)


def test_maps_show_what_thaw_changed_by_the_end(numbers, results):
    found = figures.figure_5(numbers)
    drawn = {panel.title: panel for panel in chain.from_iterable(found.panels)}
    symbols = ("ΔVegC", "ΔSOC", "ΣΔNPP", "ΣΔRH", "ΣΔNEP")
    assert set(drawn) == {f"{s}, {rcp}" for s in symbols for rcp in ("RCP4.5", "RCP8.5")}
    last = data.YEARS[-1]
    thaw = [one.sel(run="S_T") - one.sel(run="S_R") for one in results["rcp85"]]
    soil = np.mean([one.soc.sel(year=last) for one in thaw], axis=0)
    balance = np.mean([one.nep.sel(year=slice(2021, last)).sum("year") for one in thaw], axis=0)
    assert np.allclose(drawn["ΔSOC, RCP8.5"].values, soil)
    assert np.allclose(drawn["ΣΔNEP, RCP8.5"].values, balance)
    assert all(drawn[f"{s}, RCP4.5"].most == drawn[f"{s}, RCP8.5"].most for s in symbols)


@pytest.mark.parametrize("dark", [False, True])
def test_panels_tell_model_and_paper_apart(numbers, region, dark):
    grid = Grid(region)
    for panel in chain.from_iterable(chain.from_iterable(
        one.draw(numbers).panels for one in FIGURES.values()
    )):  # fmt: skip
        drawn = panels.drawn(panel, grid, dark=dark)
        if isinstance(panel, Map):
            continue
        published = drawn.select_one({"name": "published"})
        assert list(published.data["row"]) == [mark.row for mark in panel.marks]
        low, high = drawn.y_range.start, drawn.y_range.end
        assert all(low < end < high for end in (*published.data["low"], *published.data["high"]))
        if isinstance(panel, Course):
            own = [drawn.select_one({"name": f"{line.rcp} {line.of}"}) for line in panel.lines]
            assert all(np.min(one.data["low"]) > low for one in own)


def test_the_caption_counts_agreement_and_lists_every_printed_number():
    rows = [{"verdict": one} for one in ("pass", "far", None, "pass")]
    assert view.verdict(rows) == (
        "Of 4 printed numbers: 2 met (pass), 1 not met (far), 1 without a number of the model."
    )


# --- in the browser ---


@pytest.mark.browser
def test_every_figure_is_one_click_away(opened):
    page = opened("?view=paper")
    page.says("Of 14 printed numbers", PATIENCE)
    before = page.page.evaluate(PUBLISHED)
    assert before["rows"]["P034"] == 2.51
    assert before["curves"] == 24
    for name, one in list(FIGURES.items())[1:]:
        page.page.get_by_role("button", name=re.compile(rf"^Fig\. {name} ")).click()
        page.says(f"Figure {name} · {one.title}")
        page.links(f"figure={name}")
        found = page.page.evaluate(PUBLISHED)
        assert found["curves"] + found["bars"] + found["maps"] > 0
        assert "Simulated by this model with its Baseline" in page.text()
    assert page.page.get_by_text(re.compile("^Under RCP")).is_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_a_figure_fits_the_window(opened, size):
    page = opened("?view=paper&figure=7", size)
    page.says("Of 11 printed numbers", PATIENCE)
    assert page.extent()[0] <= size[0]
    found = page.page.evaluate(PUBLISHED)
    assert found["bars"] == 5 * 4 + 5 * 2
    assert found["rows"]["P129"] == 73.58
