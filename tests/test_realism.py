"""The embedded default against what is known of the plateau today.

Only the present: nothing here knows a projected result. Whole region, one climate.
"""

import numpy as np
import pytest

import data
import tem
from tem.summary import regional_mean, regional_total

PRESENT = slice(2006, 2015)


@pytest.fixture(scope="module")
def region():
    return data.region()


@pytest.fixture(scope="module")
def environment(region):
    return tem.environment(region, data.climate(region, "rcp45", "MIROC5"))


@pytest.fixture(scope="module")
def present(environment):
    yearly = tem.experiment(environment, runs=("S_T",)).sel(run="S_T", year=PRESENT)
    return yearly.mean("year", keep_attrs=True)


def of(dataset, *names):
    return regional_mean(dataset, np.isin(dataset.ecosystem.values, names))


def test_active_layers_are_as_thick_as_the_paper_has_them(present):
    """Liu et al., 4.4: 2.05 m in meadow, 2.96 m in steppe; observed mean 2.3 m, printed 2.72 m."""
    assert float(of(present, "Meadow").alt) == pytest.approx(2.05, abs=0.1)
    assert float(of(present, "Steppe").alt) == pytest.approx(2.96, abs=0.1)
    assert 2.3 < float(regional_mean(present).alt) < 2.79


def test_most_active_layers_lie_between_1_6_and_3_metres(present):
    """Ni et al. (2021): about 90 % of the area."""
    alt, area = present.alt.values, present.cell_area.values
    inside = (alt >= 1.6) & (alt <= 3.0)
    share = area[inside].sum() / area.sum()
    spread = np.quantile(alt, [0.05, 0.25, 0.5, 0.75, 0.95]).round(2)
    print(f"{share:.0%} between 1.6 and 3.0 m; quantiles {spread}")
    assert share > 0.8


def test_nearly_all_of_the_permafrost_region_has_permafrost(environment):
    """Cells whose ground thaws to the bottom of what is counted have none within 10 m."""
    deepest = environment.thaw_depth.sel(year=PRESENT).max("year")
    frozen = environment.cell_area.where(deepest < 9.5, 0.0).sum() / environment.cell_area.sum()
    assert 0.88 < float(frozen) <= 1  # Zou et al. (2017): 1.06 of 1.1955 million km2


def test_ground_is_as_cold_as_boreholes_have_it(environment):
    """Ni et al. (2021): -1.35 ± 0.42 °C."""
    mean = regional_mean(environment[["magt"]].sel(year=PRESENT)).magt.mean()
    print(f"MAGT {float(mean):.2f} °C")
    assert float(mean) == pytest.approx(-1.35, abs=0.42)


def test_thaw_deepens_at_the_observed_pace(environment):
    """1.3 to 7.5 cm a year (alt_regional_benchmarks.csv)."""
    depth = regional_mean(environment[["thaw_depth"]]).thaw_depth
    pace = (
        depth.sel(year=slice(2016, 2020)).mean() - depth.sel(year=slice(2006, 2010)).mean()
    ) / 10
    print(f"{100 * float(pace):.1f} cm a year")
    assert 0.010 < float(pace) < 0.075


def test_soil_carbon_is_within_the_published_estimates(present):
    """13 to 19 Pg in the active layer, meadow about twice as dense as steppe."""
    assert 13 < float(regional_total(present).soc) < 19
    ratio = float(of(present, "Meadow").soc / of(present, "Steppe").soc)
    assert 1.6 < ratio < 2.4


def test_soil_nitrogen_of_grassland_is_within_the_published_estimates(present):
    """Kou et al. (2019): 1.40 to 1.76 kg N m-2."""
    assert 1400 < float(of(present, "Meadow", "Steppe").son) < 1760


def test_production_is_that_of_the_paper_and_falls_to_the_north_west(present):
    """Liu et al., Table 1: 202.5 g C m-2 a year."""
    assert float(regional_mean(present).npp) == pytest.approx(202.5, rel=0.1)
    east = present.lon + 2 * (34 - present.lat)  # towards the south-east
    corners = [present.npp.where(east > east.quantile(0.75)).mean(),
               present.npp.where(east < east.quantile(0.25)).mean()]  # fmt: skip
    print("south-east, north-west:", [round(float(one)) for one in corners])
    assert float(corners[0]) > 1.8 * float(corners[1])
