"""The door: what cannot be used is refused with what, where, value and what is allowed."""

import numpy as np
import pytest

import tem
from tem.door import as_floats, attributes, cf_units
from tem.schema import fields
from tem.variables import Yearly


def changed(dataset, name, **indexers):
    """Return a copy in which one value of a variable is replaced (last argument `value`)."""
    value = indexers.pop("value")
    copy = dataset.copy(deep=True)
    copy[name][indexers] = value
    return copy


def refused(region, climate, words):
    with pytest.raises(ValueError, match=words):
        tem.ground(region, climate)


def test_a_gap_in_the_climate_is_found(region, climate):
    gap = changed(climate, "tas", cell=2, time=7, value=np.nan)
    refused(region, gap, r"climate.tas is nan degC at cell=2, time=7 \(1 such values\); expected")


def test_kelvin_is_not_celsius(region, climate):
    warm = climate.assign(tas=climate.tas.assign_attrs(units="K"))
    refused(region, warm, "climate.tas has units 'K'; expected 'degC'")
    refused(region, climate.assign(tas=(climate.tas + 273.15).assign_attrs(units="degC")), "tas is")


@pytest.mark.parametrize("name", ["tas", "pr", "rsds", "co2"])
def test_a_missing_variable_is_named(region, climate, name):
    refused(region, climate.drop_vars(name), f"climate has no variable {name} ")


@pytest.mark.parametrize("name", ["elevation", "silt", "clay", "rooting_depth"])
def test_a_missing_property_of_the_land_is_named(region, climate, name):
    refused(region.drop_vars(name), climate, f"region has no variable {name} ")


def test_negative_rain_is_refused(region, climate):
    refused(region, changed(climate, "pr", cell=0, time=0, value=-1.0), "climate.pr is -1.0 mm")


def test_half_years_are_refused(region, climate):
    refused(region, climate.isel(time=slice(0, 30)), "30 months; expected whole years")


def test_years_begin_in_january(region, climate):
    part = climate.isel(time=slice(6, 30), year=slice(0, 2))
    refused(region, part, "starts in month 7; expected January")


def test_years_follow_each_other(region, climate):
    keep = climate.time.dt.year != 2008
    part = climate.isel(time=keep.values, year=climate.year.values != 2008)
    refused(region, part, "2009-01 comes after 2007-12 at time=24; expected every month")


def test_carbon_dioxide_covers_the_climate(region, climate):
    refused(region, climate.isel(year=slice(0, 5)), "co2 has 5 years; the climate 94")


def test_other_cells_are_refused(region, climate):
    refused(region.isel(cell=[0, 1]), climate, "region has 2 cells, climate 7")
    refused(region.isel(cell=[1, 0]), climate.isel(cell=[0, 1]), "region and climate differ in l")


def test_an_unknown_ecosystem_is_refused(region, climate):
    moss = region.assign_coords(ecosystem=("cell", ["Moss"] * region.sizes["cell"]))
    refused(moss, climate, "ecosystem .*Moss.* unknown; choose from Steppe")


def test_a_region_without_places_is_refused(region, climate):
    refused(region.drop_vars("cell_area"), climate, "region lacks the coordinates cell_area")


def test_numbers_enter_in_one_layout(climate):
    turned = as_floats(climate.tas.astype("float32").transpose("time", "cell"))
    assert turned.dtype == float
    assert turned.flags.c_contiguous
    assert turned.shape == climate.tas.transpose("cell", "time").shape


def test_units_on_disk_know_no_element():
    assert cf_units("gC m-2 year-1") == "g m-2 year-1"
    assert cf_units("gN m-2") == "g m-2"


def test_outputs_carry_what_was_declared(yearly):
    for name, unit, about in fields(Yearly):
        assert yearly[name].attrs == attributes(unit, about)
        assert yearly[name].attrs["unit_as_modelled"] == unit
        assert yearly[name].attrs["cell_methods"].endswith(about.over_time)
