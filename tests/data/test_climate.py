"""The embedded climates: what was published must come out again."""

import os
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

import data
from data.figures import MONTH_DAYS, table

RUNS = [(gcm, rcp) for gcm in data.GCMS for rcp in data.RCPS]
BASE, FUTURE = slice(2006, 2015), slice(2080, 2099)
FIELDS = ("tas", "pr", "rsds")


@pytest.fixture(scope="module")
def region():
    return data.region(0.5)


@pytest.fixture(scope="module")
def runs(region):
    return {run: data.climate(region, run[1], run[0]) for run in RUNS}


def published(key, gcm, rcp, season="annual"):
    rows = table("climate_change")
    name = {"rcp45": "RCP4.5", "rcp85": "RCP8.5"}[rcp]
    chosen = (rows.key == key) & (rows.gcm == gcm) & (rows.rcp == name) & (rows.season == season)
    return float(rows[chosen].value.item())


def by_year(field):
    """Return a field (cell, time) as (cell, year, month)."""
    values = field.to_numpy().reshape(field.sizes["cell"], -1, 12)
    years = np.arange(2006, 2006 + values.shape[1])
    return xr.DataArray(values, dims=("cell", "year", "month"), coords={"year": years})


def regional(field, weights):
    """Return the regional mean, (year, month)."""
    return by_year(field).weighted(weights.drop_vars(["lat", "lon", "ecosystem"])).mean("cell")


def annual(field):
    """Return the mean of the year by the length of the months."""
    return (field * MONTH_DAYS).sum("month") / 365


def change(series):
    return float(series.sel(year=FUTURE).mean() - series.sel(year=BASE).mean())


def detrended_sd(series):
    """Return the deviation of annual values (..., year) about a smooth trend."""
    values = np.atleast_2d(series)
    years = np.linspace(-1, 1, values.shape[-1])
    trend = np.polynomial.polynomial.polyfit(years, values.T, 2)
    return (values - np.polynomial.polynomial.polyval(years, trend)).std(axis=-1)


@pytest.mark.parametrize(("gcm", "rcp"), RUNS)
def test_warming_is_the_published_one(runs, region, gcm, rcp):
    series = annual(regional(runs[gcm, rcp].tas, region.cell_area))
    assert change(series) == pytest.approx(published("dT_QTP", gcm, rcp), abs=0.01)


@pytest.mark.parametrize(("gcm", "rcp"), RUNS)
def test_wetting_is_the_published_one(runs, region, gcm, rcp):
    series = regional(runs[gcm, rcp].pr, region.cell_area).sum("month")
    found = change(series) / float(series.sel(year=BASE).mean()) * 100
    assert found == pytest.approx(published("dP_QTP", gcm, rcp), abs=0.2)


@pytest.mark.parametrize(("gcm", "rcp"), RUNS)
def test_brightening_is_the_published_one(runs, region, gcm, rcp):
    series = regional(runs[gcm, rcp].rsds, region.cell_area).mean("month")
    found = change(series) / float(series.sel(year=BASE).mean()) * 100
    assert found == pytest.approx(published("dSW_QTP", gcm, rcp), abs=0.05)


@pytest.mark.parametrize("season", ["DJF", "MAM", "JJA", "SON"])
def test_each_season_warms_as_published(runs, region, season):
    from data.figures import SEASONS

    series = regional(runs["HadGEM2-ES", "rcp85"].tas, region.cell_area)
    found = change(series.isel(month=list(SEASONS[season])).mean("month"))
    assert found == pytest.approx(published("dT_QTP", "HadGEM2-ES", "rcp85", season), abs=0.05)


def test_normals_are_those_of_the_facts(region):
    mean = data.normal(region)
    weights = region.cell_area
    maat = float(annual(regional(mean.tas, weights)).item())
    assert maat == pytest.approx(-3.8 + 0.65, abs=0.2)  # facts, section 4
    july = float(regional(mean.tas, weights).isel(month=6).item())
    assert july == pytest.approx(8.1 + 0.65, abs=0.3)
    rain = float(regional(mean.pr, weights).sum())
    assert 240 < rain < 300


def test_a_year_of_the_base_decade_is_a_normal_year(runs, region):
    mean = data.normal(region)
    base = by_year(runs["MIROC5", "rcp45"].tas).sel(year=BASE).mean("year")
    assert np.allclose(base, mean.tas, atol=0.02)


def test_it_is_wet_in_the_south_east_and_dry_in_the_north_west(region):
    rain = data.normal(region).pr.sum("time")
    south_east = rain[(region.lat < 34) & (region.lon > 96)].mean()
    north_west = rain[(region.lat > 34) & (region.lon < 82)].mean()
    assert float(south_east) > 3 * float(north_west)
    assert float(north_west) < 150


def test_leaving_a_station_out_costs_about_a_degree():
    errors = data.leave_one_out()
    assert errors.attrs["rmse_maat"] < 1.25
    assert errors.attrs["rmse_precipitation"] < 110
    assert abs(errors.maat_error.mean()) < 0.15
    assert errors.attrs["rmse_maat"] > 0.5, "a station left out cannot predict itself"


def places(rows):
    """Return the stations of *rows* as a region."""
    here = {"lat": rows.lat, "lon": rows.lon, "elevation": rows.elev_m}
    return xr.Dataset({name: ("cell", values.to_numpy(float)) for name, values in here.items()})


def test_stations_have_their_climate():
    known = data.stations()
    mean = data.normal(places(known))
    error = annual(by_year(mean.tas)).to_numpy()[:, 0] - 0.65 - known.t_ann
    # The surface is smooth and a station may lie in a basin of cold air: a degree is its limit.
    assert float(np.sqrt((error**2).mean())) < 1.0
    assert abs(float(error.mean())) < 0.1
    ratio = mean.pr.sum("time").to_numpy() / known.p_ann
    assert float(ratio.median()) == pytest.approx(1, abs=0.05)
    # The rain gauges of the Qaidam, in the lee of everything, lie below and are not met.
    assert float(np.log(ratio[known.elev_m > 3000]).std()) < 0.25


def test_radiation_is_near_that_of_the_stations():
    rows = table("radiation")
    rows = rows[rows.unit == "W/m2"]
    found = data.normal(places(rows)).rsds.mean("time").to_numpy()
    assert len(rows) == 9
    assert found == pytest.approx(rows.annual_mean.to_numpy(float), rel=0.07)


@pytest.mark.parametrize("gcm", data.GCMS)
def test_years_vary_as_much_as_observed(runs, region, gcm):
    tas, pr = runs[gcm, "rcp45"].tas, runs[gcm, "rcp45"].pr
    of_region = detrended_sd(annual(regional(tas, region.cell_area)).to_numpy())[0]
    assert of_region == pytest.approx(0.42, abs=0.06)
    of_cells = detrended_sd(annual(by_year(tas)).to_numpy())
    assert np.mean(of_cells) == pytest.approx(0.52, abs=0.06)
    rain = regional(pr, region.cell_area).sum("month").to_numpy()
    assert detrended_sd(rain / rain.mean())[0] == pytest.approx(0.08, abs=0.015)
    rain = by_year(pr).sum("month").to_numpy()
    spread = detrended_sd(rain / rain.mean(axis=1, keepdims=True))
    assert np.mean(spread) == pytest.approx(0.16, abs=0.03)


def test_winters_vary_more_than_summers(runs):
    months = detrended_sd(by_year(runs["MIROC5", "rcp45"].tas).isel(month=0).to_numpy())
    assert months.mean() == pytest.approx(2.2, abs=0.35)
    months = detrended_sd(by_year(runs["MIROC5", "rcp45"].tas).isel(month=6).to_numpy())
    assert months.mean() == pytest.approx(0.9, abs=0.2)


def test_it_warms_more_high_up_and_in_the_north_west():
    places = xr.Dataset(
        {
            "lat": ("cell", [34.0, 34.0, 36.0, 31.0]),
            "lon": ("cell", [88.0, 88.0, 76.0, 98.0]),
            "elevation": ("cell", [4000.0, 5000.0, 4000.0, 4000.0]),
        }
    )
    run = by_year(data.climate(places, "rcp85", "IPSL-CM5A-LR").tas)
    annual_run = annual(run)
    warming = annual_run.sel(year=FUTURE).mean("year") - annual_run.sel(year=BASE).mean("year")
    assert float(warming[1] / warming[0]) == pytest.approx(1.05, abs=1e-6)
    assert float(warming[2] / warming[3]) == pytest.approx(1.04 / 0.96, abs=1e-6)


def test_both_rcps_of_a_gcm_share_their_weather(runs):
    difference = runs["MIROC5", "rcp85"].tas - runs["MIROC5", "rcp45"].tas
    # Only the forced paths differ, and they are smooth: no month jumps against the year before.
    assert float(abs(by_year(difference).diff("year")).max()) < 0.25


def test_gcms_have_weather_of_their_own(runs, region):
    series = [annual(regional(runs[g, "rcp45"].tas, region.cell_area)) for g in data.GCMS]
    departures = [s - s.rolling(year=15, center=True, min_periods=1).mean() for s in series]
    correlation = np.corrcoef(departures)
    assert abs(correlation[np.triu_indices(4, 1)]).max() < 0.5


@pytest.mark.parametrize("gcm", data.GCMS)
def test_the_same_call_gives_the_same_climate_to_the_bit(runs, region, gcm):
    again = data.climate(region, "rcp85", gcm)
    for name in (*FIELDS, "co2"):
        assert np.array_equal(again[name], runs[gcm, "rcp85"][name]), name


@pytest.mark.parametrize("some", [slice(5, 6), slice(7, 103), slice(1, None)])
def test_a_place_has_one_climate_whatever_the_company_to_the_bit(some):
    fine = data.region(0.1).isel(cell=slice(0, None, 97))
    alone = data.climate(fine.isel(cell=some), "rcp45", "HadGEM2-ES")
    among = data.climate(fine, "rcp45", "HadGEM2-ES").isel(cell=some)
    for name in FIELDS:
        assert np.array_equal(alone[name], among[name]), name


def test_the_climate_is_the_same_on_any_number_of_threads_to_the_bit():
    code = (
        "import sys, data\n"
        "place = data.region(0.5)\n"
        "found = data.climate(place, 'rcp85', 'MIROC5')\n"
        "for array in (*place.data_vars.values(), found.tas, found.pr, found.rsds):\n"
        "    sys.stdout.buffer.write(array.to_numpy().tobytes())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, check=True, env=os.environ | {"OPENBLAS_NUM_THREADS": str(n)},
        ).stdout
        for n in (1, 2)
    }  # fmt: skip
    assert len(made) == 1
    assert len(*made) > 1_000_000


def test_the_region_warms_alike_at_every_resolution():
    fine = data.region(0.2)
    run = data.climate(fine, "rcp85", "GFDL-ESM2M")
    assert change(annual(regional(run.tas, fine.cell_area))) == pytest.approx(3.2, abs=0.05)


@pytest.mark.parametrize(("gcm", "rcp"), RUNS)
def test_arrays_are_as_the_model_wants_them(runs, gcm, rcp):
    run = runs[gcm, rcp]
    for name in FIELDS:
        assert run[name].dims == ("cell", "time"), name
        assert run[name].dtype == np.float64, name
        assert run[name].to_numpy().flags["C_CONTIGUOUS"], name
        assert bool(np.isfinite(run[name]).all()), name
    assert run.sizes["time"] == 94 * 12
    assert float(run.pr.min()) > 0
    assert float(run.rsds.min()) > 50
    assert list(run.year.to_numpy()) == list(data.YEARS)


def test_carbon_dioxide_is_that_of_the_rcp(runs):
    table_of_years = table("co2_rcp").set_index("year")
    for rcp, column in (("rcp45", "RCP4.5_ppm"), ("rcp85", "RCP8.5_ppm")):
        found = runs["MIROC5", rcp].co2.sel(year=[2006, 2050, 2099])
        assert found.to_numpy().tolist() == table_of_years.loc[[2006, 2050, 2099], column].tolist()


def test_a_climate_says_what_it_is(runs, region):
    run = runs["IPSL-CM5A-LR", "rcp85"]
    for name in ("title", "summary"):
        assert "climate reconstructed from published figures, not GCM output" in run.attrs[name]
    assert (run.attrs["rcp"], run.attrs["gcm"]) == ("rcp85", "IPSL-CM5A-LR")
    assert run.attrs["seed"] != runs["MIROC5", "rcp85"].attrs["seed"]
    for name in (*FIELDS, "co2"):
        assert run[name].attrs["units"], name
        assert run[name].attrs["standard_name"], name
        assert run[name].attrs["source"], name
    for name in ("lat", "lon", "ecosystem", "cell_area"):
        assert run[name].identical(region[name].assign_coords(run[name].coords)), name


def test_a_climate_survives_being_written_and_read(runs, tmp_path):
    run = runs["MIROC5", "rcp45"].isel(cell=slice(0, 5))
    run.to_netcdf(tmp_path / "climate.nc")
    decoder = xr.coders.CFDatetimeCoder(use_cftime=True)
    with xr.open_dataset(tmp_path / "climate.nc", decode_times=decoder) as back:
        assert back.identical(run)
    assert run.time.to_numpy()[0].calendar == "noleap"
    assert (run.time.dt.month[:13] == [*range(1, 13), 1]).all()


@pytest.mark.parametrize("rcp", ["RCP4.5", "rcp45", "RCP45", "Rcp4.5"])
def test_an_rcp_may_be_written_in_several_ways(region, rcp):
    assert data.climate(region.isel(cell=[0]), rcp, "miroc5").attrs["rcp"] == "rcp45"


@pytest.mark.parametrize(("rcp", "gcm"), [("RCP6.0", "MIROC5"), ("rcp85", "CESM1"), (None, "x")])
def test_an_unknown_rcp_or_gcm_is_named_with_what_is_allowed(region, rcp, gcm):
    with pytest.raises(ValueError, match="expected one of") as refusal:
        data.climate(region, rcp, gcm)
    assert repr(gcm if gcm == "CESM1" else rcp) in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "elevation", "kind"),
    [("Zoige", 3423, "Meadow"), ("NamCo", 4730, "Steppe"), ("Haibei", 3190, "Shrubland")],
)
def test_sites_of_the_paper_have_a_climate(name, elevation, kind):
    place, mean = data.site(name)
    assert float(place.elevation.item()) == elevation
    assert place.ecosystem.item() == kind
    assert mean.tas.shape == (1, 12)
    assert int(mean.tas.to_numpy().argmax()) == 6, "July is the warmest month"
    run = data.climate(place, "rcp85", "HadGEM2-ES")
    base = by_year(run.tas).sel(year=BASE).mean("year")
    assert np.allclose(base, mean.tas, atol=0.02)


def test_an_unknown_site_is_named_with_what_is_allowed():
    with pytest.raises(ValueError, match=r"'Lhasa'.*Zoige, NamCo, Haibei"):
        data.site("Lhasa")


def test_results_of_the_paper_can_be_looked_up():
    results = data.published()
    exposed = results[(results.symbol == "SOC_PF") & (results.run == "S_T-S_R")]
    assert results.loc["P001", "mean"] == 0.98
    assert {"RCP4.5", "RCP8.5"} <= set(exposed.scenario)


def test_every_table_says_where_its_rows_come_from():
    from data.figures import TABLES

    words = {"source", "source_or_note", "where", "basis", "confidence"}
    derived = {"permafrost_rows", "region_outline", "vegetation_rules"}
    for path in TABLES.glob("*.csv"):
        assert path.stem in derived or words & set(table(path.stem).columns), path.name
    assert "permafrost_rows" in (TABLES / "README.md").read_text(encoding="utf-8")
