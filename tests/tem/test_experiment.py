"""S_T and S_R: the protocol of the study, on a handful of real cells."""

import numpy as np
import pytest
import xarray as xr

import tem
from tem import ecosystem
from tem.parameters import ECOSYSTEMS, Parameters, ecosystems
from tem.variables import Drivers


def later(dataset):
    return dataset.sel(year=slice(2021, None))


def earlier(dataset, last=2020):
    return dataset.sel(year=slice(None, last))


def identical(one, other):
    """Return whether the numbers agree bit for bit."""
    return all(np.array_equal(one[name], other[name]) for name in one)


def runs(yearly):
    return yearly.sel(run="S_T"), yearly.sel(run="S_R")


def test_both_runs_are_one_up_to_2020(yearly):
    transient, reference = runs(earlier(yearly))
    assert identical(transient, reference)


def test_they_part_after_2020(yearly):
    transient, reference = runs(later(yearly))
    assert float(abs(transient.soc - reference.soc).isel(year=-1).min()) > 0


def test_thaw_of_the_reference_stays_at_2020(yearly):
    _, reference = runs(yearly)
    assert np.all(later(reference.alt) == reference.alt.sel(year=2020))
    assert np.all(reference.soc_pf == 0)
    assert np.all(reference.availn_pf == 0)


def test_every_number_is_finite_and_no_pool_is_negative(yearly):
    for name, values in yearly.items():
        assert bool(np.isfinite(values).all()), name
    for name in ("vegc", "soc", "vegn", "son", "availn"):
        assert float(yearly[name].min()) >= 0, name


@pytest.mark.parametrize("pool", ["vegc", "soc", "vegn", "son", "availn"])
def test_pools_change_by_what_flows_and_thaws(yearly, pool):
    assert float(abs(tem.summary.budget(yearly)[pool]).max()) < 1e-8


def test_the_identities_of_the_study(yearly):
    """Effects of thaw, summed to 2099: what is stored is what came less what went."""
    delta = tem.summary.difference(yearly)
    end, total = delta.isel(year=-1), later(delta).sum("year")
    for left, right in (
        (end.soc, end.soc_pf + total.ltrc - total.rh),
        (end.son, end.son_pf + total.ltrn - total.netnmin),
        (end.availn, end.availn_pf + total.netnmin - total.vegnup),
        (end.vegc, total.npp - total.ltrc),
        (end.vegn, total.vegnup - total.ltrn),
        (end.vegc + end.soc, total.nep + end.soc_pf),
    ):
        assert float(abs(left - right).max()) < 1e-8


def test_nep_and_respiration_follow_from_their_parts(yearly):
    assert np.allclose(yearly.nep, yearly.npp - yearly.rh, atol=1e-9)
    assert np.allclose(yearly.ra, yearly.gpp - yearly.npp, atol=1e-9)


def test_nitrogen_never_adds_to_npp(yearly):
    assert float((yearly.npp - yearly.innpp).max()) <= 1e-9


def test_gains_alone_are_no_less_than_gains_less_refreezing(yearly):
    assert float((yearly.soc_pf_gross - yearly.soc_pf).min()) >= -1e-9


def test_where_thaw_stays_the_depth_scale_does_not_matter(environment):
    still = environment.assign(thaw_depth=environment.thaw_depth * 0 + 2.0)
    found = [tem.experiment(still, [f"b={b}"]) for b in (0.05, 40)]
    assert identical(*found)
    assert identical(*runs(found[0]))


def test_a_tiny_depth_scale_exposes_nothing(environment):
    found = tem.experiment(environment, ["b=0.01"])
    small = tem.experiment(environment, ["b=0.02"])
    assert float(abs(found.soc_pf).max()) < float(abs(small.soc_pf).max()) < 200


def test_a_cap_on_thaw_is_respected(environment):
    found = tem.experiment(environment, ["z_cap=2"])
    assert float(found.alt.max()) == 2
    deep = environment.thaw_depth.min("year") > 2
    exposed = found.soc_pf.sel(run="S_T").where(deep, 0)
    assert float(abs(exposed).max()) == 0


@pytest.mark.parametrize(("since", "last"), [("2006", None), ("2020", 2020)])
def test_edits_leave_the_years_before_them_alone(environment, yearly, since, last):
    found = tem.experiment(environment, ["kd*=1.5"], since=since)
    if last:
        assert identical(earlier(found, last), earlier(yearly.sel(run=found.run), last))
    assert not np.array_equal(later(found).rh, later(yearly).sel(run=found.run).rh)


def test_a_cap_since_2020_is_seen_from_2021(environment, yearly):
    found = tem.experiment(environment, ["z_cap=1.2"], since="2020", runs=["S_T"]).alt[0]
    before = yearly.alt.sel(run="S_T")
    assert found.sel(year=slice(None, 2020)).equals(before.sel(year=slice(None, 2020)))
    assert float(found.sel(year=slice(2021, None)).max()) == 1.2


def test_cells_without_rest_are_counted(environment, yearly):
    assert yearly.attrs["cells_not_at_rest"] == 0


@pytest.mark.parametrize("name", ["production", "rest_vegc", "thaw_depth"])
def test_an_environment_that_lacks_something_is_refused(environment, name):
    with pytest.raises(ValueError, match=f"environment has no variable {name};"):
        tem.experiment(environment.drop_vars(name))
    sick = environment.copy(deep=True)
    sick[name][{"cell": 3}] = np.nan
    with pytest.raises(ValueError, match=rf"environment\.{name} is nan at \[3.*expected finite"):
        tem.experiment(sick)


def test_edits_since_2006_start_from_the_default_past(environment, yearly):
    """In a year without decomposition the soil holds what it held, and its litter."""
    found = tem.experiment(environment, ["kd=0"], since="2006", runs=["S_T"])
    first = found.sel(run="S_T", year=2006)
    default = yearly.sel(run="S_T", year=2006)
    assert np.allclose(first.soc - first.ltrc, default.soc - default.ltrc + default.rh)


def test_edits_of_nothing_change_nothing(environment, yearly):
    for since in ("spin-up", "2006", "2020"):
        found = tem.experiment(environment, ["kd*=1"], since=since)
        assert identical(found, yearly)


@pytest.mark.parametrize("wanted", [("S_T",), ("S_R",), ("S_T", "S_R"), ["S_R", "S_T"]])
def test_any_of_the_runs_can_be_had(environment, yearly, wanted):
    found = tem.experiment(environment, runs=wanted)
    assert list(found.run.to_numpy()) == list(wanted)
    assert identical(found, yearly.sel(run=list(wanted)))


def test_a_place_alone_is_as_in_company(environment, yearly):
    found = tem.experiment(environment.isel(cell=[4, 2]))
    assert identical(found, yearly.isel(cell=[4, 2]))


def test_results_do_not_depend_on_workers(environment, yearly):
    many = environment.isel(cell=np.arange(100) % environment.sizes["cell"])
    one, several = (tem.experiment(many, workers=n) for n in (1, 4))
    assert identical(one, several)
    assert identical(one.isel(cell=slice(0, len(ECOSYSTEMS))), yearly)


def test_parameters_may_come_in_any_form(environment):
    p = ecosystems()["Meadow"]._replace(kd=0.002)
    as_edit = tem.experiment(environment, ["Meadow.kd=0.002"])
    assert identical(tem.experiment(environment, {"Meadow": p}), as_edit)
    assert identical(tem.experiment(environment, "meadow.k_d=0.002"), as_edit)
    same = tem.experiment(environment, Parameters())
    assert identical(same, tem.experiment(environment, dict.fromkeys(ECOSYSTEMS, Parameters())))


def test_progress_rises_to_one(environment):
    many = environment.isel(cell=np.arange(100) % environment.sizes["cell"])
    heard = []
    tem.experiment(many, progress=heard.append, workers=2)
    assert heard == sorted(heard)
    assert heard[-1] == 1
    assert len(heard) > 1


def test_a_cancelled_run_stops_between_blocks(environment):
    many = environment.isel(cell=np.arange(100) % environment.sizes["cell"])
    heard = []
    with pytest.raises(tem.Cancelled):
        tem.experiment(many, progress=heard.append, cancelled=lambda: bool(heard), workers=1)
    assert 0 < heard[-1] < 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"runs": ("S_X",)}, "runs = .*S_X.*choose from S_T, S_R"),
        ({"runs": ()}, "choose from S_T, S_R"),
        ({"since": "1990"}, "since = '1990'; choose one of spin-up, 2006, 2020"),
        ({"parameters": ["kd=nan"]}, "kd=nan.*not a finite number"),
        ({"parameters": ["kd=1"]}, r"kd=1.*kd = 1 month-1 lies outside \[0, 0.05\]"),
        ({"parameters": {"Tundra": Parameters()}}, "Tundra.*choose from Steppe"),
    ],
)
def test_an_experiment_says_what_is_wrong(environment, given, words):
    with pytest.raises(ValueError, match=words):
        tem.experiment(environment, **given)


def test_an_experiment_needs_the_year_of_reference(environment):
    short = environment.sel(time=slice("2021", None), year=slice(2021, None))
    with pytest.raises(ValueError, match="environment spans 2021-2099; expected 2006"):
        tem.experiment(short)


def test_the_past_had_the_carbon_dioxide_of_its_first_year(region, climate, ground, yearly):
    """Spin-up repeats the climate of 2006-2046, but not its carbon dioxide."""
    held = climate.co2.where(climate.year == 2006, float(climate.co2[0]))
    steady = climate.assign(co2=held.assign_attrs(climate.co2.attrs))
    found = tem.experiment(tem.environment(region, steady, ground=ground))
    xr.testing.assert_allclose(
        found.sel(year=2006).drop_attrs(), yearly.sel(year=2006).drop_attrs(), rtol=1e-9
    )


def test_the_kernel_compiles_once(environment, compiled):
    tem.experiment(environment, ["b*=1.1"], since="2020")
    tem.experiment(environment.isel(cell=slice(1, 6, 2)), runs=["S_T"])
    tem.experiment(environment.transpose("time", "year", "cell").astype("float32"))
    assert len(ecosystem.live.signatures) == 1


def test_thaw_may_expose_carbon_or_nitrogen_alone(environment, yearly):
    found = tem.experiment(environment, runs=("S_T", "S_C", "S_N", "S_R"))
    assert identical(found.sel(run=["S_R", "S_T"]), yearly)
    carbon, nitrogen = found.sel(run="S_C"), found.sel(run="S_N")
    for one in (carbon, nitrogen):
        assert identical(earlier(one), earlier(yearly.sel(run="S_T")))
        assert np.array_equal(one.alt, yearly.alt.sel(run="S_T"))
    assert float(abs(later(carbon).soc_pf).isel(year=-1).min()) > 0
    assert float(abs(nitrogen.soc_pf).max()) == float(abs(nitrogen.soc_pf_gross).max()) == 0
    for name in ("son_pf", "availn_pf"):
        assert float(abs(carbon[name]).max()) == 0
        assert float(abs(nitrogen[name]).isel(year=-1).min()) > 0
    for pool in ("soc", "son", "availn"):
        assert float(abs(tem.summary.budget(found)[pool]).max()) < 1e-8


def test_a_past_of_its_own_changes_nothing(environment, yearly):
    assert identical(tem.experiment(environment, past=environment), yearly)


def test_a_past_holds_to_2020_and_its_climate_in_the_spin_up(environment, yearly):
    other = environment.assign(
        soil_warmth=environment.soil_warmth + 2, co2=environment.co2 + 50,
        thaw_depth=environment.thaw_depth * 1.2, eet=environment.eet + 1,
    )  # fmt: skip
    found = tem.experiment(other, past=environment)
    assert identical(earlier(found), earlier(yearly))
    assert np.array_equal(later(found).eet, later(yearly).eet + 1)
    followed = later(found).alt.sel(run="S_T")
    assert np.array_equal(followed, np.minimum(later(other).thaw_depth.transpose("year", ...), 10))
    assert np.all(later(found).alt.sel(run="S_R") == yearly.alt.sel(run="S_R", year=2020))
    assert float((later(found).rh - later(yearly).rh).sel(year=2021).min()) > 0


def test_a_past_must_be_of_the_same_cells_and_years(environment):
    with pytest.raises(ValueError, match="environment has 7 cells, past 6"):
        tem.experiment(environment, past=environment.isel(cell=slice(6)))
    short = environment.sel(time=slice(None, "2050"), year=slice(None, 2050))
    with pytest.raises(ValueError, match="differ in their years"):
        tem.experiment(environment, past=short)


def test_thaw_of_carbon_alone_has_the_water_of_the_transient_run(environment):
    own = (*Drivers._fields, "eet", "pet")
    drier = {name: xr.concat([environment[name], 0.9 * environment[name]], "run") for name in own}
    apart = environment.assign(drier).assign_coords(run=["S_T", "S_R"])
    found = tem.experiment(apart, runs=["S_C", "S_R"])
    assert identical(found.sel(run="S_C"), tem.experiment(environment, runs=["S_C"]).sel(run="S_C"))
    assert np.allclose(found.eet.sel(run="S_R"), 0.9 * found.eet.sel(run="S_C"))
