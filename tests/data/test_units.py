"""Units and calendars of others, for whatever values a file may hold."""

import numpy as np
import pytest
from cf_xarray.units import units as registry
from hypothesis import given
from hypothesis import strategies as st

from data import calendars, units
from tests.data.others import CALENDARS, WRITTEN

RATES = {"tas": st.floats(-80, 50), "pr": st.floats(0, 100), "rsds": st.floats(0, 500)}
KINDS = {
    "tas": ("K", "degC", "Celsius"),
    "pr": ("kg m-2 s-1", "mm day-1", "mm/day", "mm month-1", "m s-1", "kg m-2"),
    "rsds": ("W m-2", "W/m^2", "J m-2", "J m**-2"),
}


@given(st.data())
def test_what_is_written_in_any_unit_comes_back(data):
    name = data.draw(st.sampled_from(sorted(RATES)))
    unit = data.draw(st.sampled_from(KINDS[name]))
    values = np.array(data.draw(st.lists(RATES[name], min_size=1, max_size=5)))
    days = data.draw(st.sampled_from([28.0, 29.0, 30.0, 31.0]))
    found = units.conversion(name, unit)(WRITTEN[unit](values, days), days)
    assert np.allclose(found, values, rtol=1e-12, atol=1e-9)


@given(
    st.floats(0, 1e3), st.sampled_from(["kg m-2 s-1", "mm day-1", "m s-1", "mm h-1", "cm day-1"])
)
def test_rates_agree_with_pint_and_do_not_depend_on_the_step(value, unit):
    convert = units.conversion("pr", unit)
    quantity = registry.Quantity(value, unit)
    water = registry.Quantity(1000.0, "kg m-3")
    depth = quantity / water if quantity.check("[mass]/[length]**2/[time]") else quantity
    assert convert(value, 28.0) == pytest.approx(depth.to("mm/day").magnitude, rel=1e-12)
    assert convert(value, 28.0) == convert(value, 31.0)


@given(st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(KINDS)), st.data())
def test_units_of_another_kind_are_refused(name, other, data):
    unit = data.draw(st.sampled_from(KINDS[other]))
    if name == other:
        assert units.conversion(name, unit).found == unit
        return
    with pytest.raises(ValueError, match="expected") as refusal:
        units.conversion(name, unit)
    assert repr(unit) in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "unit", "value", "expected"),
    [
        ("tas", "Kelvin", 273.15, 0.0),
        ("tas", "degrees_C", 3.0, 3.0),
        ("tas", "degF", 32.0, 0.0),
        ("pr", "kg m-2 month-1", 62.0, 2.0),
        ("rsds", "MJ m-2 day-1", 8.64, 100.0),
        ("texture", "%", 40.0, 40.0),
        ("texture", "g kg-1", 400.0, 40.0),
        ("texture", "1", 0.4, 40.0),
        ("elevation", "km", 4.5, 4500.0),
    ],
)
def test_known_conversions(name, unit, value, expected):
    assert units.conversion(name, unit)(value, 31.0) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("unit", ["mm year-1", "kg m-2 year-1"])
def test_a_unit_per_year_is_refused_for_its_length_is_not_known(unit):
    with pytest.raises(ValueError, match="year-1'; expected"):
        units.conversion("pr", unit)


def steps_of(calendar, first, count):
    """Return daily `Steps` of so many days from January of a year, and the dates."""
    import cftime

    dates = cftime.num2date(
        np.arange(count), f"days since {first:04d}-01-01", calendar, only_use_cftime_datetimes=True
    )
    parts = (np.array([getattr(d, part) for d in dates]) for part in ("year", "month", "day"))
    days = np.array([d.daysinmonth for d in dates])
    return calendars.Steps(*parts, days, calendar, calendars.DAILY), dates


@given(
    st.sampled_from(CALENDARS), st.integers(1995, 2105), st.integers(0, 40), st.integers(100, 900)
)
def test_means_of_days_weigh_up_to_the_sum_of_whole_months(calendar, first, skipped, count):
    at, dates = steps_of(calendar, first, skipped + count)
    kept = at._replace(**{n: getattr(at, n)[skipped:] for n in ("year", "month", "day", "days")})
    values = np.sin(np.arange(count) / 7)[:, None, None] + np.arange(count)[:, None, None]
    months, means = calendars.monthly(values, kept)
    dates = dates[skipped:]
    for (year, month), mean in zip(months, means, strict=True):
        inside = [k for k, d in enumerate(dates) if (d.year, d.month) == (year, month)]
        assert len(inside) == dates[inside[0]].daysinmonth
        assert mean.item() == pytest.approx(values[inside].mean())
    whole = {(d.year, d.month) for d in dates if d.day == 1} & {
        (d.year, d.month) for d in dates if d.day == d.daysinmonth
    }
    assert {tuple(map(int, one)) for one in months} == whole


@given(st.sampled_from(CALENDARS), st.integers(45, 200))
def test_a_missing_day_inside_is_named(calendar, lost):
    at, _ = steps_of(calendar, 2006, 365)
    kept = np.delete(np.arange(365), lost)
    holed = at._replace(**{n: getattr(at, n)[kept] for n in ("year", "month", "day", "days")})
    month = calendars.month_name(at.year[lost], at.month[lost])
    with pytest.raises(ValueError, match=f"{month} has .* days; expected .* {calendar}"):
        calendars.monthly(np.zeros((364, 1, 1)), holed)


def test_lacking_months_are_named_in_few_words():
    months = np.array([(y, m) for y in (2006, 2007) for m in range(1, 13) if (y, m) != (2006, 5)])
    assert calendars.lacking(months, (2006, 2007)) == ["2006-05"]
    assert calendars.named(["a", "b"]) == "a, b"
    assert calendars.named(list("abcdefgh")) == "a, b, c … h (8 months)"
