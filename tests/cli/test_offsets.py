"""Climate what-ifs at the command line."""

import json

import numpy as np
import pytest

import data
import tem
from data.store import read_result

WHERE = ("--rcp", "rcp45", "--gcm", "MIROC5")
CHANGED = ("--offset", "warming=2", "--offset", "co2=100", "--set", "kd*=1.2", "--since", "2020")


@pytest.fixture(scope="module")
def model(few):
    """What the model gives for the offsets, the years to 2020 shared with the Baseline."""
    climate = data.climate(few, "rcp45", "MIROC5")
    warmer = tem.environment(few, tem.offset(climate, warming=2, co2=100))
    return tem.experiment(warmer, ["kd*=1.2"], since="2020", past=tem.environment(few, climate))


@pytest.mark.parametrize("file", ["one.nc", "one.zarr"])
def test_run_writes_what_the_model_gives_under_offsets(say, tmp_path, model, file):
    path = tmp_path / file
    assert say("run", *WHERE, *CHANGED, "--out", str(path))[0] == 0
    found = read_result(path)
    for name in model:
        np.testing.assert_array_equal(found[name], model[name])
    assert json.loads(found.attrs["climate_offsets"]) == {
        "warming": 2.0, "precipitation": 1.0, "co2": 100.0,
    }  # fmt: skip
    assert json.loads(found.attrs["edits"]) == ["kd*=1.2"]


def test_cell_gives_what_run_gives_under_offsets(say, few, model):
    place = ("--lat", str(float(few.lat[3])), "--lon", str(float(few.lon[3])))
    code, out, _ = say("cell", *place, *WHERE, *CHANGED, "--json")
    assert code == 0
    said = json.loads(out)
    assert said["offset"] == {"warming": 2.0, "precipitation": 1.0, "co2": 100.0}
    for run in ("S_T", "S_R"):
        assert said["runs"][run]["nep"] == model.nep.sel(run=run).values[:, 3].tolist()


@pytest.mark.parametrize(
    ("offset", "words"),
    [("warming=20", "-5 to 10"), ("warm=2", "warming, precipitation, co2"), ("co2=x", "co2 = x")],
)
def test_an_offset_that_makes_no_sense_is_refused_before_any_work(say, offset, words):
    code, out, err = say("run", "--offset", offset)
    assert (code, out) == (2, "")
    assert words in err


def test_help_lists_the_offsets_with_their_bounds(say):
    assert "warming (-5 to 10 K)" in say("run", "--help")[1]
