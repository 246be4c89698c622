"""From cells and years to sentences: sums, means, totals, ensembles."""

import numpy as np
import pytest

from tem import summary


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
