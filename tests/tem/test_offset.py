"""Offsets of the climate: what they add, from when, and what they leave alone."""

import numpy as np
import pytest

import tem


def early(dataset):
    return dataset.sel(year=slice(None, 2020))


def test_a_step_leaves_2006_to_2020_alone(climate):
    found = tem.offset(climate, warming=2, precipitation=1.25, co2=100)
    late = climate.time.dt.year.to_numpy() > 2020
    for name, changed in (
        ("tas", climate.tas + 2), ("pr", climate.pr * 1.25), ("rsds", climate.rsds),
    ):  # fmt: skip
        assert np.array_equal(found[name][:, ~late], climate[name][:, ~late])
        assert np.allclose(found[name][:, late], changed[:, late], rtol=1e-15)
    assert np.array_equal(early(found).co2, early(climate).co2)
    assert np.array_equal(
        found.co2.sel(year=slice(2021, None)), climate.co2.sel(year=slice(2021, None)) + 100
    )


def test_since_the_spin_up_every_year_is_shifted(climate):
    found = tem.offset(climate, warming=-1.5, precipitation=0, co2=50, since="spin-up")
    assert np.array_equal(found.tas, climate.tas - 1.5)
    assert float(found.pr.max()) == 0
    assert np.array_equal(found.co2, climate.co2 + 50)


def test_attributes_stay_and_tell_of_it(climate):
    found = tem.offset(climate, warming=2, co2=-20)
    assert found.attrs == climate.attrs | {"offset": "air +2 K, CO2 -20 ppm, from 2021 on"}
    assert found.tas.attrs == climate.tas.attrs | {"comment": "offset: air +2 K"}
    assert found.pr.attrs == climate.pr.attrs
    twice = tem.offset(found, warming=1)
    assert twice.tas.attrs["comment"] == "offset: air +2 K; offset: air +1 K"
    at_all = tem.offset(climate, precipitation=1.1, since="spin-up")
    assert at_all.attrs["offset"] == "precipitation ×1.1, at all times"


def test_no_offset_is_the_climate(climate):
    assert tem.offset(climate).identical(climate)
    assert tem.offset(climate, warming=0, precipitation=1, since="spin-up").identical(climate)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"warming": 20}, r"warming = 20 K lies outside \[-5, 10\]"),
        ({"precipitation": -0.1}, r"precipitation = -0.1 1 lies outside \[0, 3\]"),
        ({"warming": np.nan, "wind": 1}, "warming = nan.*wind is not a field of Offsets"),
        ({"since": "2006"}, "since = '2006'; choose one of spin-up, 2020"),
    ],
)
def test_an_offset_says_what_is_wrong(climate, given, words):
    with pytest.raises(ValueError, match=words):
        tem.offset(climate, **given)


def test_a_climate_stays_within_what_can_be_true(climate):
    thin_air = climate.assign(co2=(climate.co2 * 0 + 300).assign_attrs(climate.co2.attrs))
    with pytest.raises(ValueError, match=r"offset: climate\.co2 is 50\.0 ppm at year=15"):
        tem.offset(thin_air, co2=-250)


def test_runs_share_their_history_and_tell_of_the_offset(
    region, climate, ground, environment, yearly
):
    wetter = tem.offset(climate, precipitation=1.3, co2=200)
    sky = tem.environment(region, wetter, ground=ground)
    found = tem.experiment(sky, past=environment)
    assert found.attrs["offset"] == wetter.attrs["offset"]
    for name in yearly:
        assert np.array_equal(early(found)[name], early(yearly)[name]), name
    assert float(abs(found.npp - yearly.npp).sel(year=2021).min()) > 0
    assert np.array_equal(found.alt, yearly.alt)


def test_carbon_dioxide_changes_no_driver(region, climate, ground, environment):
    richer = tem.offset(climate, co2=200)
    found = tem.environment(region, richer, ground=ground)
    assert found.drop_attrs().equals(environment.assign(co2=richer.co2).drop_attrs())


def test_a_warmer_plateau_thaws_deeper(region, climate, environment):
    one = [2]
    warmer = tem.offset(climate, warming=3).isel(cell=one)
    found = tem.ground(region.isel(cell=one), warmer)
    deeper = found.thaw_depth - environment.thaw_depth.isel(cell=one)
    assert float(abs(early(deeper)).max()) < 1e-2  # December 2020 ends warmer
    assert float(deeper.sel(year=slice(2030, 2040)).min()) > 0
