"""From cells and years to sentences: sums, means, totals, ensembles."""

import numpy as np
import pytest
import xarray as xr

from tem import summary
from tem.summary import Measure, measured, measured_mean


def test_an_effect_is_a_difference(yearly):
    delta = summary.difference(yearly)
    assert "run" not in delta.dims
    expected = yearly.soc.sel(run="S_T") - yearly.soc.sel(run="S_R")
    assert np.array_equal(delta.soc, expected.transpose(*delta.soc.dims))
    assert delta.soc.attrs["units"] == "g m-2"


def test_sums_start_after_2020(yearly):
    total = summary.cumulative(yearly)
    assert float(abs(total.npp.sel(year=2020)).max()) == 0
    expected = yearly.npp.sel(year=slice(2021, 2023)).sum("year")
    assert np.allclose(total.npp.sel(year=2023), expected)
    assert total.npp.attrs["units"] == "g m-2"
    assert "soc" not in total


def test_means_are_weighted_by_area(yearly):
    mean = summary.regional_mean(yearly)
    expected = np.average(yearly.soc, axis=-1, weights=yearly.cell_area)
    assert np.allclose(mean.soc, expected)
    assert mean.soc.attrs == yearly.soc.attrs


def test_a_mask_chooses_cells(yearly):
    only = np.arange(yearly.sizes["cell"]) == 2
    assert np.allclose(summary.regional_mean(yearly, only).soc, yearly.soc.isel(cell=2))
    with pytest.raises(ValueError, match="where selects no cell"):
        summary.regional_mean(yearly, only & False)
    with pytest.raises(ValueError, match="where has 3 cells; the data has 7"):
        summary.regional_mean(yearly, [True, False, True])


def test_totals_are_amounts(yearly):
    total = summary.regional_total(yearly)
    assert np.allclose(total.soc, (yearly.soc * yearly.cell_area).sum("cell") / 1e15)
    assert np.allclose(total.npp, (yearly.npp * yearly.cell_area).sum("cell") / 1e12)
    units = {name: total[name].attrs["units"] for name in ("soc", "npp", "son", "vegnup")}
    assert units == {"soc": "Pg", "npp": "Tg year-1", "son": "Tg", "vegnup": "Tg year-1"}
    assert "alt" not in total


def test_an_ensemble_has_a_mean_and_a_spread(yearly):
    joined = summary.ensemble({"one": yearly, "other": yearly + 2.0})
    mean, deviation = summary.spread(joined)
    assert np.allclose(mean.soc, yearly.soc + 1)
    assert np.allclose(deviation.soc, np.sqrt(2))
    with pytest.raises(ValueError, match="at least one"):
        summary.ensemble({})


def test_a_measure_is_a_mean_or_a_sum_of_years(yearly):
    npp = yearly.npp.sel(run="S_T", year=slice(2030, 2039))
    found = measured(yearly, Measure("npp", "S_T", 2030, 2039))
    np.testing.assert_allclose(found, npp.mean("year"), rtol=1e-14)  # in another order
    assert found.attrs == yearly.npp.attrs
    total = measured(yearly, Measure("npp", "S_T", 2030, 2039, "sum"))
    np.testing.assert_allclose(total, npp.sum("year"), rtol=1e-14)
    assert total.attrs["units"] == "g m-2"


def test_a_measure_is_the_same_however_its_years_lie_in_memory(yearly):
    measure = Measure("soc", "S_T", 2090, 2099)
    turned = yearly.copy(data={name: np.asfortranarray(x.values) for name, x in yearly.items()})
    few = yearly.isel(cell=[0, 1])
    assert np.array_equal(measured(turned, measure), measured(yearly, measure))
    assert np.array_equal(measured(few, measure), measured(yearly, measure)[:2])


def test_a_measure_of_thaw_is_a_difference(yearly):
    found = measured(yearly, Measure("nep", "thaw", over="sum"))
    expected = summary.cumulative(summary.difference(yearly)).nep.isel(year=-1)
    assert np.allclose(found, expected, rtol=1e-12)
    assert Measure("nep", "thaw").runs == ("S_T", "S_R")
    assert Measure("nep", "S_R").runs == ("S_R",)
    mean = np.average(expected, weights=yearly.cell_area)
    assert measured_mean(yearly, Measure("nep", "thaw", over="sum")) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure("moss"), "moss is no output; choose from gpp"),
        (Measure("npp", "S_X"), "run = 'S_X'; choose from S_T, S_R, thaw"),
        (Measure("soc", over="sum"), "soc has no sum over years"),
        (Measure("npp", over="median"), "npp has no median over years"),
        (Measure("npp", "S_T", 2050, 2040), "years 2050-2040 do not"),
        (Measure("npp", "S_T", 1990, 2000), "years 1990-2000 do not lie within 2006-2099"),
    ],
)
def test_a_measure_that_is_none_is_named(yearly, measure, words):
    with pytest.raises(ValueError, match=words):
        measured(yearly, measure)


def test_totals_of_ecosystems_add_up(yearly):
    found = summary.by_ecosystem(yearly)
    assert np.allclose(found.soc.sum("ecosystem"), summary.regional_total(yearly).soc, rtol=1e-12)
    only = yearly.isel(cell=(yearly.ecosystem == "Desert").values)
    assert np.allclose(found.npp.sel(ecosystem="Desert"), summary.regional_total(only).npp)


def test_everything_closes(yearly, environment):
    found = summary.closure(yearly, environment)
    assert list(found.budget.values) == ["carbon", "nitrogen", "water", "heat"]
    assert int(found.cells.sum()) == 0
    assert float(found.residual.max()) < 1e-11


@pytest.mark.parametrize(
    ("budget", "leak"),
    [
        ("carbon", lambda y, e: (y.assign(soc=y.soc + xr.where(y.year == 2099, 1.0, 0.0)), e)),
        ("nitrogen", lambda y, e: (y.assign(son=y.son.where(y.year < 2099, y.son * 1.01)), e)),
        ("water", lambda y, e: (y, e.assign(water_residual=e.water_residual + 0.01))),
        ("heat", lambda y, e: (y, e.assign(heat_residual=e.heat_residual * np.nan))),
    ],
)
def test_a_leak_is_seen_where_it_is(yearly, environment, budget, leak):
    found = summary.closure(*leak(yearly, environment))
    cells = found.cells.to_series()
    assert cells.pop(budget) == yearly.sizes["cell"]
    assert not cells.any()


def test_a_leak_is_told_as_a_share_of_what_passed(yearly, environment):
    one = yearly.isel(cell=[0])
    leaky = one.assign(vegc=one.vegc.where(one.year < 2099, one.vegc + 5.0))
    gpp = one.gpp.sel(year=slice(2021, None)).sum("year").min()
    found = summary.closure(leaky, environment.isel(cell=[0]))
    assert float(found.residual[0]) == pytest.approx(5.0 / float(gpp))
