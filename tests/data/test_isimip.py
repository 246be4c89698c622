"""Climates of others: every calendar, unit and grid comes out as it was; bad files are named."""

import os
import re
from pathlib import Path

import cftime
import numpy as np
import pytest
import xarray as xr

from data import isimip
from data.pieces import Box
from tests.data import others
from tests.data.others import CALENDARS, LAT, LON, expected, in_units, write

REAL = Path(os.environ.get("PERMAFROST_REAL_FILES", Path(__file__).parents[3] / "shared" / "real"))
UNITS = {"tas": "K", "tasmin": "K", "tasmax": "K", "pr": "kg m-2 s-1", "rsds": "W m-2"}
ROUND = {"rtol": 2e-6, "atol": 2e-4}  # files and parts in memory are float32


def made(folder, name="tas", calendar="noleap", change=lambda file: file, **choices):
    """Write a whole series in the units of CMIP after *change*; return its path."""
    file = in_units(others.series(name, calendar, **choices), UNITS[name])
    return write(change(file), folder / f"{name}.nc")


def refused(paths, *, name="tas", box=None):
    """Return what is said of files that are refused; the first one is named."""
    with pytest.raises((ValueError, OSError)) as fault:
        isimip.series(name, paths, box)
    said = str(fault.value)
    assert str(paths[0]) in said
    return said


# --- what comes out is what went in ---


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("name", ["tas", "pr", "rsds"])
def test_months_come_back_from_every_calendar(tmp_path, name, calendar):
    found, reading = isimip.series(name, [made(tmp_path, name, calendar)])
    assert np.allclose(found, expected(name, calendar), **ROUND)
    assert found.sizes["time"] == 94 * 12
    assert reading.warnings == []


@pytest.mark.slow
@pytest.mark.parametrize("calendar", ["standard", "noleap", "360_day", "all_leap"])
@pytest.mark.parametrize("name", ["tas", "pr", "rsds"])
def test_days_become_months_of_their_own_length(tmp_path, name, calendar):
    path = made(tmp_path, name, calendar, daily=True)
    found, reading = isimip.series(name, [path])
    assert np.allclose(found, expected(name, calendar), **ROUND)
    assert any(note.startswith("daily") for note in reading.notes)


@pytest.mark.parametrize(
    ("name", "units"),
    [("tas", "K"), ("tas", "degC"), ("tas", "Celsius")]
    + [("pr", u) for u in ("kg m-2 s-1", "mm day-1", "mm/day", "mm month-1", "m s-1", "kg m-2")]
    + [("rsds", u) for u in ("W m-2", "W/m^2", "J m-2", "J m**-2")],
)
def test_every_unit_is_converted(tmp_path, name, units):
    file = in_units(others.series(name, "standard"), units)
    found, reading = isimip.series(name, [write(file, tmp_path / "a.nc")])
    assert np.allclose(found, expected(name, "standard"), **ROUND)
    assert units in reading.conversion


def test_sums_of_days_are_divided_by_a_day(tmp_path):
    file = in_units(others.series("rsds", daily=True), "J m-2")
    found, _ = isimip.series("rsds", [write(file, tmp_path / "a.nc")])
    assert np.allclose(found, expected("rsds", "noleap"), **ROUND)


def flipped(file):
    return file.isel(lat=slice(None, None, -1))


def shifted(file):
    return file.assign_coords(lon=file.lon.copy(data=file.lon.to_numpy() - 360))


def regular_2d(file):
    lat, lon = np.meshgrid(file.lat, file.lon, indexing="ij")
    file = file.drop_vars(["lat", "lon"]).rename(lat="y", lon="x")
    places = {"lat": (("y", "x"), lat), "lon": (("y", "x"), lon)}
    for name, standard in (("lat", "latitude"), ("lon", "longitude")):
        places[name] = (*places[name], {"standard_name": standard})
    return file.assign_coords(places)


def renamed(file):
    name = next(iter(file.data_vars))
    return file.rename({"lat": "latitude", "lon": "longitude", name: "t2m"})


def with_height(file):
    return file.assign_coords(height=2.0).expand_dims(member=[1])


def without_attributes(file):
    for name in ("lat", "lon", "time"):
        file[name].attrs = {}
    return file


@pytest.mark.parametrize(
    "change", [flipped, shifted, regular_2d, renamed, with_height, without_attributes]
)
def test_grids_may_lie_either_way_and_have_other_names(tmp_path, change):
    found, _ = isimip.series("tas", [made(tmp_path, change=change)])
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)
    assert np.allclose(found.lat, LAT)
    assert np.allclose(found.lon, LON)


def test_a_grid_around_the_globe_is_turned_to_begin_at_180_west(tmp_path):
    lon = np.arange(0.0, 361.0, 60.0)  # the last line is the first
    file = others.series().isel(lon=[0] * lon.size).assign_coords(lon=("lon", lon, {
        "standard_name": "longitude"}))  # fmt: skip
    file.tas[:] = np.where(lon == 240, -9.0, -3.0)
    found, _ = isimip.series("tas", [write(in_units(file, "K"), tmp_path / "a.nc")])
    assert found.lon.to_numpy().tolist() == [-180, -120, -60, 0, 60, 120]
    assert found.sel(lon=-120).max() < -8 < found.drop_sel(lon=-120).min()


def test_a_variable_may_be_named_and_years_may_be_few(tmp_path):
    path = made(tmp_path, change=lambda f: f.rename(tas="T").assign(U=lambda g: g["T"]))
    assert "both fit T, U" in refused([path])
    found, _ = isimip.series("tas", [path], variable="T", years=(2010, 2012))
    assert np.allclose(found, expected("tas", "noleap")[48:84], **ROUND)
    with pytest.raises(ValueError, match="expected variable V; it has"):
        isimip.series("tas", [path], variable="V")


def test_a_variable_that_calls_itself_something_else_is_doubted(tmp_path):
    def change(file):
        file.tas.attrs["standard_name"] = "sea_surface_temperature"
        return file

    _, reading = isimip.series("tas", [made(tmp_path, change=change)])
    assert (
        "has standard_name sea_surface_temperature; expected air_temperature" in reading.warnings[0]
    )


@pytest.mark.parametrize("units", ["K", "kg m-2 s-1"])
def test_packed_and_masked_values_are_unpacked(tmp_path, units):
    name = "tas" if units == "K" else "pr"
    file = in_units(others.series(name), units)
    low, high = float(file[name].min()), float(file[name].max())
    file[name][:, 1, 2] = np.nan  # sea
    step = (high - low) / 60_000
    path = write(
        file, tmp_path / "a.nc", dtype="i2", scale_factor=step, add_offset=(high + low) / 2,
        _FillValue=-32767,
    )  # fmt: skip
    found, reading = isimip.series(name, [path])
    assert np.isnan(found[:, 1, 2]).all()
    wanted = np.where(np.isnan(found), np.nan, expected(name, "noleap"))
    slack = step if name == "tas" else step * 86_400 * 31
    assert np.nanmax(np.abs(found - wanted)) < slack
    assert "1 of 6 grid cells never have a value" in reading.notes


def test_classic_files_are_read_too(tmp_path):
    file = in_units(others.series(), "K")
    path = tmp_path / "a.nc"
    file.to_netcdf(path, format="NETCDF3_64BIT", engine="scipy")
    found, _ = isimip.series("tas", [path])
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)


def test_tas_is_the_middle_of_its_extremes(tmp_path):
    low, high = (made(tmp_path, name) for name in isimip.EXTREMES)
    found, reading = isimip.mean_of_extremes([low], [high])
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)
    assert "the middle of tasmin and tasmax" in reading.notes
    with pytest.raises(ValueError, match="tasmin exceeds tasmax"):
        isimip.mean_of_extremes([made(tmp_path, "tasmin", change=lambda f: f + 20)], [high])


def test_bounds_say_which_month_a_date_at_its_end_stands_for(tmp_path):
    file = in_units(others.series(), "K")
    ends = np.cumsum(lengths := others.lengths(file).ravel())
    file = file.assign_coords(time=("time", ends, {
        "units": "days since 2006-01-01", "calendar": "noleap", "bounds": "time_bnds",
    })).assign(time_bnds=(("time", "bnds"), np.stack([ends - lengths, ends], axis=1)))  # fmt: skip
    file.to_netcdf(tmp_path / "a.nc")
    found, _ = isimip.series("tas", [tmp_path / "a.nc"])
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)


def test_years_around_are_left_out_and_named(tmp_path):
    path = made(tmp_path, first=(2005, 12), last=(2100, 3))
    found, reading = isimip.series("tas", [path])
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)
    assert any("2005-12, 2100-01, 2100-02, 2100-03" in note for note in reading.notes)


def test_a_box_is_cut_with_a_line_around_it(tmp_path):
    found, _ = isimip.series("tas", [made(tmp_path)], Box(92.05, 92.1, 34.6, 34.7))
    assert found.lat.to_numpy().tolist() == LAT.tolist()
    assert found.lon.to_numpy().tolist() == LON[1:].tolist()


# --- many files ---


def pieces(folder, *spans, change=lambda k, file: file):
    """Write one file for each span of months; return their paths."""
    paths = []
    for k, (first, last) in enumerate(spans):
        file = in_units(others.series(first=first, last=last), "K")
        paths.append(write(change(k, file), folder / f"{k}.nc"))
    return paths


HALVES = ((2006, 1), (2050, 11)), ((2050, 12), (2099, 12))


def test_files_may_come_in_any_order_and_begin_in_december(tmp_path):
    found, reading = isimip.series("tas", pieces(tmp_path, *HALVES[::-1]))
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)
    assert [Path(path).name for path in reading.files] == ["1.nc", "0.nc"]


def test_files_that_overlap_and_agree_are_joined_with_a_warning(tmp_path):
    paths = pieces(tmp_path, ((2006, 1), (2051, 2)), HALVES[1])
    found, reading = isimip.series("tas", paths)
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)
    assert "3 steps are there twice, the first on 2050-12" in reading.warnings[0]
    assert all(str(path) in reading.warnings[0] for path in paths)


def test_files_that_overlap_and_differ_are_refused(tmp_path):
    paths = pieces(
        tmp_path, ((2006, 1), (2051, 2)), HALVES[1], change=lambda k, file: file + 0.1 * k
    )
    said = refused(paths)
    assert str(paths[1]) in said
    assert "2050-12 at lat 34.25, lon 91.25" in said
    assert "expected one value" in said


def test_missing_months_are_named(tmp_path):
    said = refused(pieces(tmp_path, ((2006, 1), (2050, 9)), HALVES[1]))
    assert "tas lacks 2050-10, 2050-11; expected every month of 2006 to 2099" in said


def test_many_missing_months_are_counted(tmp_path):
    said = refused(pieces(tmp_path, HALVES[0]))
    assert "2050-12, 2051-01, 2051-02 … 2099-12 (589 months)" in said


def test_a_missing_day_is_found(tmp_path):
    path = made(tmp_path, daily=True, change=lambda f: f.isel(time=np.r_[0:40, 41 : f.time.size]))
    assert "2006-02 has 27 days; expected 28 in the calendar noleap" in refused([path])


def test_files_of_different_grids_or_calendars_are_refused(tmp_path):
    one = pieces(tmp_path, *HALVES, change=lambda k, f: f.assign_coords(lat=f.lat + 0.5 * k))
    with pytest.raises(ValueError, match="another grid"):
        isimip.series("tas", one)
    other = in_units(others.series(calendar="360_day", first=(2050, 12)), "K")
    write(other, one[1])
    with pytest.raises(ValueError, match="in the calendar 360_day; expected monthly and noleap"):
        isimip.series("tas", one)


def test_steps_that_are_not_in_order_are_sorted_with_a_warning(tmp_path):
    path = made(tmp_path, change=lambda file: file.isel(time=slice(None, None, -1)))
    found, reading = isimip.series("tas", [path])
    assert np.allclose(found, expected("tas", "noleap"), **ROUND)
    assert "sorted" in reading.warnings[0]


# --- bad files ---


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (None, "tas has no units; expected K or degC"),
        ("  ", "tas has no units"),
        ("hPa", "tas has units 'hPa'; expected K or degC"),
        ("bananas", "tas has units 'bananas', which are not known"),
    ],
)
def test_wrong_and_missing_units_are_named(tmp_path, units, said):
    def change(file):
        file.tas.attrs.pop("units")
        file.tas.attrs |= {} if units is None else {"units": units}
        return file

    assert said in refused([made(tmp_path, change=change)])


def test_a_unit_per_month_on_daily_steps_is_refused(tmp_path):
    file = others.series("pr", daily=True, last=(2006, 12))
    file.pr.attrs["units"] = "mm month-1"
    said = refused([write(file, tmp_path / "a.nc")], name="pr")
    assert "not monthly steps" in said


def test_a_missing_variable_is_named_with_what_is_there(tmp_path):
    path = made(tmp_path, "rsds")
    said = refused([path], name="pr")
    assert "expected variable pr" in said
    assert "rsds" in said


def test_two_variables_of_one_standard_name_are_too_many(tmp_path):
    path = made(tmp_path, change=lambda f: f.rename(tas="a").assign(b=lambda g: g.a))
    assert "both fit a, b" in refused([path])


def spoiled(where, value):
    def change(file):
        name = next(iter(file.data_vars))
        file[name][where] = value
        return file

    return change


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tas", -9999.0, r"-9999 K .*expected -80 to 48 degC; it looks like a missing value"),
        ("tas", 1e20, r"1e\+20 K .*_FillValue"),
        ("tas", 340.0, r"340 K \(66.85 degC\)"),
        ("pr", -1e-4, r"-0.0001 kg m-2 s-1 \(-8.64 mm day-1\); expected 0 to 160"),
        ("pr", -9999.0, "missing value"),
        ("pr", 1.0, r"1 kg m-2 s-1 \(86400 mm day-1\)"),
        ("rsds", -5.0, "-5 W m-2; expected 0 to 560"),
        ("rsds", 4000.0, "4000 W m-2; expected"),
        ("tas", np.inf, "inf K"),
    ],
)
def test_impossible_values_are_named_with_their_place(tmp_path, name, value, said):
    path = made(tmp_path, name, change=spoiled((5, 1, 2), value))
    told = refused([path], name=name)
    assert re.search(said, told)
    assert f"{name} on 2006-06 at lat 34.75, lon 92.25 (time=5)" in told


def test_tiny_negative_rain_is_noise_and_set_to_none(tmp_path):
    found, _ = isimip.series("pr", [made(tmp_path, "pr", change=spoiled((5, 1, 2), -1e-9))])
    assert float(found[5, 1, 2]) == 0


@pytest.mark.parametrize("where", [(300, 0, 1), slice(300, 312), slice(240, 540)])
def test_a_shift_of_40_K_is_found_in_a_month_a_year_or_a_file(tmp_path, where):
    def change(file):
        file.tas[where] = file.tas[where] - 40
        return file

    said = refused([made(tmp_path, change=change)])
    assert "in the middle of all years; expected a difference below 25 K" in said
    assert re.search(r"20(31|26)-01 at lat 34.25, lon 9", said)


def test_a_day_40_K_off_its_neighbours_is_found(tmp_path):
    path = made(tmp_path, daily=True, last=(2006, 12), change=spoiled((40, 0, 0), 310.0))
    assert "tas on 2006-02-10" in refused([path])


def test_a_month_without_values_is_named(tmp_path):
    said = refused([made(tmp_path, change=spoiled(17, np.nan))])
    assert "tas has no value in 2007-06" in said


def test_a_value_that_is_missing_once_is_named(tmp_path):
    said = refused([made(tmp_path, change=spoiled((17, 1, 0), np.nan))])
    assert "no value in 2007-06 at lat 34.75, lon 91.25 (1 such values)" in said


def curved(file):
    file = regular_2d(file)
    return file.assign_coords(lat=file.lat + 0.1 * file.lon)


def rotated(file):
    file = file.rename(lat="rlat", lon="rlon")
    file.rlat.attrs, file.rlon.attrs = ({"standard_name": f"grid_{n}"} for n in ("lat", "lon"))
    file.tas.attrs["grid_mapping"] = "rotated_pole"
    return file.assign(
        rotated_pole=((), 0, {"grid_mapping_name": "rotated_latitude_longitude"})
    ).assign_coords(
        lat=(("rlat", "rlon"), np.ones((2, 3))), lon=(("rlat", "rlon"), np.ones((2, 3)))
    )


def unstructured(file):
    flat = file.stack(ncells=("lat", "lon")).reset_index("ncells")
    for name, standard in (("lat", "latitude"), ("lon", "longitude")):
        flat[name].attrs = {"standard_name": standard}
    return flat


def nameless(file):
    return file.drop_vars(["lat", "lon"]).rename(lat="a", lon="b")


def hole(file):
    lat = file.lat.to_numpy().copy()
    lat[1] = np.nan
    return file.assign_coords(lat=("lat", lat, file.lat.attrs))


def levels(file):
    return file.expand_dims(plev=[1000.0, 850.0])


def double(file):
    return file.assign_coords(lat=("lat", [34.25, 34.25], file.lat.attrs))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (curved, "curvilinear grid: lat on ('y', 'x')"),
        (rotated, "kind rotated_latitude_longitude"),
        (unstructured, "unstructured grid (ncells)"),
        (nameless, "no coordinate of latitude"),
        (hole, "lat[1] is nan; expected degrees from -90 to 90"),
        (levels, "also lies on plev (2)"),
        (double, "lat has 34.25 twice"),
    ],
)
def test_grids_that_are_not_regular_are_refused(tmp_path, change, said):
    assert said in refused([made(tmp_path, change=change)])


def test_latitudes_off_the_globe_are_refused(tmp_path):
    path = made(tmp_path, change=lambda f: f.assign_coords(lat=f.lat + 60))
    assert "lat[0] is 94.25; expected degrees from -90 to 90" in refused([path])


def test_a_file_that_lies_elsewhere_is_refused(tmp_path):
    said = refused([made(tmp_path)], box=Box(10, 12, 34, 35))
    assert "covers lon 91 to 92.5; expected 10 to 12" in said


def plain_times(units, calendar="standard", values=None):
    def change(file):
        numbers = np.arange(file.time.size, dtype=float) if values is None else values(file)
        attrs = {"units": units, "calendar": calendar, "standard_name": "time"}
        return file.assign_coords(time=("time", numbers, {k: v for k, v in attrs.items() if v}))

    return change


def holed(file):
    numbers = np.arange(file.time.size, dtype=float)
    numbers[7] = np.nan
    return numbers


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (plain_times("months since 2006-01-01"), "time cannot be decoded"),
        (plain_times("day as %Y%m%d.%f"), "day as %Y%m%d.%f"),
        (plain_times("days since yesterday"), "time cannot be decoded"),
        (plain_times("days since 2006-01-01", "lunar"), "calendar 'lunar'"),
        (plain_times(None), "time has no units"),
        (plain_times("hours since 2006-01-01"), "steps of time are 0.0416667 days apart"),
        (plain_times("days since 2006-01-01", values=holed), "time[7] is missing"),
        (lambda f: f.drop_vars("time").rename(time="t"), "no time coordinate"),
    ],
)
def test_times_that_cannot_be_decoded_are_refused(tmp_path, change, said):
    file = change(in_units(others.series(), "K"))
    file.to_netcdf(tmp_path / "a.nc")
    assert said in refused([tmp_path / "a.nc"])


@pytest.mark.parametrize("kind", ["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT"])
@pytest.mark.parametrize("share", [0.97, 0.6, 0.1])
def test_truncated_files_are_refused(tmp_path, kind, share):
    path = tmp_path / "a.nc"
    in_units(others.series(), "K").to_netcdf(path, format=kind)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert re.search("truncated or damaged|cannot be read as NetCDF", refused([path]))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"PK\x03\x04 not a grid", "no NetCDF file"), (b"CDF\x05...", "CDF-5")],
)
def test_files_that_are_no_netcdf_are_refused(tmp_path, content, said):
    path = tmp_path / "a.nc"
    path.write_bytes(content)
    assert said in refused([path])


def test_a_missing_file_is_named(tmp_path):
    assert "no such file" in refused([tmp_path / "nowhere.nc"])


# --- real files ---

HADGEM = sorted(REAL.glob("tas_Amon_HadGEM2-ES_rcp85_*.nc"))


@pytest.mark.skipif(len(HADGEM) < 4, reason=f"no tas_Amon_HadGEM2-ES_rcp85_*.nc in {REAL}")
def test_real_files_of_hadgem_are_joined():
    found, reading = isimip.series("tas", HADGEM[::-1])
    assert found.sizes == {"time": 94 * 12, "lat": 2, "lon": 2}
    assert reading.calendar == "360_day"
    assert "outside 2006-2099 and left out: 2005-12" in reading.notes
    with xr.open_dataset(
        HADGEM[1], decode_times=xr.coders.CFDatetimeCoder(use_cftime=True)
    ) as file:
        date = cftime.Datetime360Day(2049, 7, 16)
        raw = file.tas.sel(time=date, lat=35.0, lon=187.5, method="nearest")
    ours = found.sel(lat=35.0, lon=-172.5)[43 * 12 + 6]
    assert float(ours) == pytest.approx(float(raw) - 273.15, abs=1e-4)
