"""Shares of variance against closed forms, and sets of parameters that fill their ranges."""

import numpy as np
import pytest
import xarray as xr

import tem
from tem import variance
from tem.parameters import FIELDS, parse
from tem.variance import FACTORS

R, G, P = (xr.DataArray(values, dims=[name]) for name, values in zip(
    FACTORS, ([-1.0, 1.0], [-3.0, -1.0, 1.0, 3.0], [0.0, 1.0, 5.0]), strict=True
))  # fmt: skip
SPREAD = [float(one.var()) for one in (R, G, P)]


def shares(outcome):
    found = variance.shares(outcome)
    assert float(found.sum("part")) == pytest.approx(1)
    return {str(part): float(found.sel(part=part)) for part in found.part.values}


def test_what_adds_up_has_no_interaction():
    found = shares(10 + 2 * R + G - 3 * P)
    parts = 4 * SPREAD[0], SPREAD[1], 9 * SPREAD[2]
    for name, part in zip(FACTORS, parts, strict=True):
        assert found[name] == pytest.approx(part / sum(parts))
    assert sum(share for part, share in found.items() if "×" in part) == pytest.approx(0, abs=1e-15)


def test_a_product_around_nought_is_interaction_alone():
    assert shares(7 + R * G + 0 * P)["rcp × gcm"] == pytest.approx(1)
    assert shares(R * G * (P - P.mean()))["rcp × gcm × parameters"] == pytest.approx(1)


def test_a_product_around_a_mean_is_both():
    """(a + x)(b + y) = ab + bx + ay + xy, each orthogonal to the others."""
    found = shares((2 + R) * (5 + G) + 0 * P)
    r, g = SPREAD[:2]
    parts = {"rcp": 25 * r, "gcm": 4 * g, "rcp × gcm": r * g}
    for name, part in parts.items():
        assert found[name] == pytest.approx(part / sum(parts.values()))
    assert found["parameters"] == pytest.approx(0, abs=1e-15)


def test_other_dimensions_stay():
    """Each year on its own; one in which nothing varies has no shares."""
    weight = xr.DataArray([0.0, 1.0, 1.0], dims="year", coords={"year": [2020, 2021, 2022]})
    found = variance.shares(weight * (R + G) + 0 * P + weight.cumsum("year") * weight * P)
    assert bool(np.isnan(found.sel(year=2020)).all())
    one = variance.shares(R + G + P)
    assert np.allclose(found.sel(year=2021), one)
    assert float(found.sel(part="parameters", year=2022)) > float(one.sel(part="parameters"))


def test_round_off_of_a_mean_is_no_variance():
    still = 0 * (R + G + P) + 0.1
    assert float(still.var()) > 0
    assert bool(np.isnan(variance.shares(still)).all())


def test_any_factors_will_do():
    found = variance.shares((R + 2 * G).rename(rcp="gas"), ["gas", "gcm"])
    assert list(found.part.values) == ["gas", "gcm", "gas × gcm"]


def test_shares_need_all_combinations():
    whole = R + G + P
    with pytest.raises(ValueError, match="parameters: a share needs two values or more"):
        variance.shares((R + G).expand_dims("parameters"))
    with pytest.raises(ValueError, match="values are missing"):
        variance.shares(whole.where(whole < whole.max()))


def test_a_sample_fills_each_range_evenly():
    sets = variance.sample(10, ["kd", "b"], 0.2, seed=3)
    assert sets == variance.sample(10, ["kd", "b"], 0.2, seed=3)
    assert sets != variance.sample(10, ["kd", "b"], 0.2, seed=4)
    for k, name in enumerate(("kd", "b")):
        edits = [parse(edits[k]) for edits in sets]
        assert {(field, scales) for _, field, scales, _ in edits} == {(name, True)}
        tenths = [int((value - 0.8) / 0.4 * 10) for *_, value in edits]
        assert sorted(tenths) == list(range(10))


def test_wide_ranges_are_filled_by_factors():
    values = [parse(edits[0])[3] for edits in variance.sample(8, ["b"], "usual")]
    low, high = FIELDS["b"].about.usual
    eighths = [int(8 * np.log(value / low) / np.log(high / low)) for value in values]
    assert sorted(eighths) == list(range(8))


def test_outcomes_are_what_experiments_give(environment, yearly):
    cells = environment.isel(cell=[0, 1])
    richer = cells.assign(co2=cells.co2 + 100)
    skies = {("rcp45", "A"): cells, ("rcp45", "B"): richer}
    heard = []
    found = variance.outcomes(skies, [(), ("kd*=1.1",)], tem.Measure("soc"), progress=heard.append)
    assert found.dims == FACTORS
    assert list(found.parameters.values) == ["", "kd*=1.1"]
    plain = tem.summary.measured_mean(yearly.isel(cell=[0, 1]), tem.Measure("soc"))
    assert found.values[0, 0, 0] == plain
    edited = tem.experiment(richer, ["kd*=1.1"])
    assert found.values[0, 1, 1] == tem.summary.measured_mean(edited, tem.Measure("soc"))
    assert heard[-1] == 1
    assert heard == sorted(heard)
    part = variance.shares(found.squeeze("rcp"), ["gcm", "parameters"])
    assert float(part.sum()) == pytest.approx(1)


def test_outcomes_need_every_climate(environment):
    skies = dict.fromkeys([("rcp45", "A"), ("rcp85", "B")], environment)
    with pytest.raises(ValueError, match=r"no environment for \[\('rcp45', 'B'\)"):
        variance.outcomes(skies, [()], tem.Measure("soc"))
