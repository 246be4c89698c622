"""The same answer everywhere: threads, page, command line, store, other machines."""

import json

import numpy as np
import pytest

import data
import tem
from dashboard import cli
from dashboard.changes import Change
from dashboard.runs import Library
from data.store import Store
from tests import reference
from tests.dashboard.conftest import until

RCP, GCM = "rcp85", "MIROC5"


@pytest.fixture(scope="module")
def region():
    whole = data.region(0.5)
    return whole.isel(cell=reference.cells(whole))


@pytest.fixture(scope="module")
def served(region, tmp_path_factory):
    """The results that a server works out, and keeps."""
    found = Library(region=region, store=Store(tmp_path_factory.mktemp("same")))
    found.start()
    until(lambda: found.ready == len(found.climates))
    return found


def bits(result):
    return {name: values.tobytes() for name, values in result.values.items()}


def test_numbers_are_those_of_the_reference():
    there = json.loads(reference.FILE.read_text("utf-8"))
    here = reference.numbers()
    assert {rcp: set(names) for rcp, names in here.items()} == {
        rcp: set(names) for rcp, names in there.items()
    }
    assert reference.largest_difference(here, there) <= reference.SAME


def test_a_difference_and_what_is_no_number_are_noticed():
    one = {"rcp85": {"npp": {"S_T": [[1.0, -2.0]], "S_R": [[1.0, 1.0]]}}}
    for value, worst in ((1.002, 0.001), (float("nan"), None)):
        other = {"rcp85": {"npp": {"S_T": [[value, -2.0]], "S_R": [[1.0, 1.0]]}}}
        found = reference.largest_difference(one, other)
        assert not found <= reference.SAME
        assert worst is None or found == pytest.approx(worst)


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_threads_change_no_bit(region, served, workers):
    sky = data.climate(region, RCP, GCM)
    environment = tem.environment(region, sky, workers=workers)
    yearly = tem.experiment(environment, workers=workers)
    kept = served.climates[RCP, GCM].result
    np.testing.assert_array_equal(yearly.nep.sel(run=["S_T", "S_R"]), kept.values["nep"])
    np.testing.assert_array_equal(yearly.soc.sel(run=["S_T", "S_R"]), kept.values["soc"])


@pytest.mark.parametrize("edits", [(), ("kd*=1.2",)])
def test_page_command_line_and_api_agree_bit_by_bit(region, served, edits, monkeypatch, capsys):
    monkeypatch.setattr(data, "region", lambda *_choices: region)
    place = region.isel(cell=1)
    words = ["cell", "--json", "--rcp", RCP, "--gcm", GCM, *(f"--set={edit}" for edit in edits)]
    words += [f"--{name}={float(place[name])}" for name in ("lat", "lon")]
    assert cli.main(words) == 0
    told = json.loads(capsys.readouterr().out)["runs"]
    environment = tem.environment(region, data.climate(region, RCP, GCM))
    yearly = tem.experiment(environment, list(edits)).isel(cell=1)
    heard = []
    served.what_if_cell("me", RCP, (GCM,), 1, Change(edits), heard.append)
    until(lambda: heard)
    for run, curve in zip(("S_T", "S_R"), heard[0].curves[GCM]["nep"], strict=True):
        np.testing.assert_array_equal(told[run]["nep"], yearly.nep.sel(run=run))
        np.testing.assert_array_equal(curve, yearly.nep.sel(run=run))


def test_a_restart_changes_no_bit_and_simulates_nothing(region, served):
    again = Library(region=region, store=served.store)
    again.start()
    until(lambda: again.ready == len(again.climates))
    assert again.answers["store"] == len(again.climates)
    assert again.answers["model"] == 0
    for key, climate in again.climates.items():
        assert bits(climate.result) == bits(served.climates[key].result)
