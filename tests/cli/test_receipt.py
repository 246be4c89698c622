"""A receipt makes the same numbers again, bit for bit."""

import json
import shlex
import threading

import numpy as np
import pandas as pd
import pytest

import data
from dashboard import headless, receipt, takeaway
from data.store import Store, default_folder, read_result

LINKS = {
    "baseline": "rcp=rcp45&gcm=MIROC5&year=2080",
    "what-if": "rcp=rcp45&gcm=MIROC5&edits=kd*=1.2,Meadow.b=0.6&since=2020&shown=Difference"
    "&maps=st.npp,since.alt,sum.nep&panel=pools",
    "climate": "rcp=rcp45&gcm=MIROC5&warming=1.3&precipitation=1.1&shown=What-if&curves=thaw",
    "cell": "rcp=rcp45&gcm=MIROC5&cell={lat},{lon}&edits=kd*=0.9&co2=100&lines=models",
    "area": "rcp=rcp45&gcm=MIROC5&area=75,27,103,27,103,37,75,37&panel=nitrogen",
    "saved": "rcp=rcp45&gcm=MIROC5&saved=dry~spin-up~kd*=1.1~;wet~2020~b*=0.9~&compare=scale",
}


def shown(link):
    return headless.shown(link, 0.5, Store(default_folder()))


@pytest.fixture(params=LINKS)
def link(request, few):
    return "http://localhost:5006/?" + LINKS[request.param].format(
        lat=float(few.lat[4]), lon=float(few.lon[4])
    )


def assert_same(one, other):
    assert set(one.variables) == set(other.variables)
    for name in one.variables:
        assert one[name].dtype == other[name].dtype
        np.testing.assert_array_equal(one[name], other[name])
        assert {k: str(v) for k, v in one[name].attrs.items()} == {
            k: str(v) for k, v in other[name].attrs.items()
        }


def test_the_command_of_a_view_makes_every_number_again(say, tmp_path, monkeypatch, link):
    monkeypatch.chdir(tmp_path)
    selection = shown(link)
    made = receipt.of_view(link, 0.5, "again.nc")
    given = takeaway.write_view(selection, made, tmp_path / "taken.nc")
    said = read_result(given).attrs["receipt"]
    program, *words = shlex.split(said)
    assert program == "permafrost-carbon"
    code, out, err = say(*words)
    assert (code, out) == (0, "Written to again.nc\n"), err
    assert_same(read_result("again.nc"), read_result(given))
    assert read_result("again.nc").attrs["share_link"] == link


def test_nothing_is_simulated_any_more_once_a_view_is_there(few):
    shown("?rcp=rcp45&gcm=MIROC5")
    assert "quiet" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("kind", ["baseline", "what-if", "climate"])
def test_the_command_of_a_run_makes_every_number_again(say, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    selection = shown(LINKS[kind])
    made = receipt.of_run(LINKS[kind], 0.5, "again.nc", selection.state)
    given = takeaway.write_run(selection, made, tmp_path / "taken.nc")
    _, *words = shlex.split(read_result(given).attrs["receipt"])
    code, _, err = say(*words)
    assert code == 0, err
    again, taken = read_result("again.nc"), read_result(given)
    assert_same(again, taken)
    own = {"history", "receipt", "share_link", "id"}
    for name in {*again.attrs, *taken.attrs} - own:
        if not name.startswith("date_"):
            assert str(again.attrs[name]) == str(taken.attrs[name]), name


def test_a_table_has_the_numbers_of_the_file(say, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("view.nc", "view.csv"):
        assert say("export", "--link", LINKS["what-if"], "--out", name)[0] == 0
    found = read_result("view.nc")
    table = pd.read_csv("view.csv", comment="#", float_precision="round_trip")
    curves = table[(table.variable == "vegc") & (table.shown == "What-if") & (table.run == "S_T")]
    row = found.vegc.isel(curve=(found.shown == "What-if") & (found.run == "S_T"))
    np.testing.assert_array_equal(curves.value, row[0])
    map_of = table[table.variable == "st_npp"]
    values = found.st_npp.sel(year=data.YEARS[-1]).to_numpy()
    np.testing.assert_array_equal(np.sort(map_of.value), np.sort(values[np.isfinite(values)]))
    head = (tmp_path / "view.csv").read_text("utf-8").splitlines()
    assert any(line.startswith("# receipt: permafrost-carbon export") for line in head)
    assert json.loads(found.attrs["edits"]) == ["kd*=1.2", "Meadow.b=0.6"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--link", "rcp=rcp99", "--out", "a.nc"), "rcp99"),
        (("--link", "edits=kd*=9000", "--out", "a.nc"), "may be"),
        (("--link", "colour=red", "--out", "a.nc"), "colour"),
        (("--link", "area=0,0,1,0,1,1", "--out", "a.nc"), "no permafrost cell"),
        (("--link", "", "--out", "a.doc"), "must end in"),
        (("--link", "", "--out", "no/such/a.nc"), "there is no folder"),
        (("--link", "", "--out", "a.png", "--size", "20x30"), "400 to 8000"),
        (("--link", "", "--out", "a.png", "--size", "wide"), "2400x1800"),
        (("--link", "", "--out", "a.tif", "--map", "4"), "1 to 3"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_file(say, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    code, out, err = say("export", *words)
    assert (code, out) == (2, "")
    assert told in err
    assert list(tmp_path.iterdir()) == []


def test_an_area_without_a_cell_of_the_ecosystem_is_refused(say, tmp_path, few):
    forest = few.isel(cell=few.ecosystem == "Forest")
    east, north = float(forest.lon.min()) - 0.3, float(forest.lat.min()) - 0.3
    box = f"area=74,26,{east},26,{east},{north},74,{north}&ecosystem=Forest"
    code, _, err = say("export", "--link", box, "--out", str(tmp_path / "a.nc"))
    assert code == 2
    assert "no permafrost cell" in err


@pytest.mark.parametrize("name", ["none.nc", "text.nc"])
def test_serve_opens_no_file_that_is_no_run(say, tmp_path, name):
    path = tmp_path / name
    if name == "text.nc":
        path.write_text("years of work")
    code, out, err = say("serve", "--no-browser", "--open", str(path))
    assert (code, out) == (2, "")
    assert name in err
