"""The notebooks run from end to end, and say what the model says."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread

import data
import tem

NOTEBOOKS = Path(__file__).parents[1] / "docs" / "notebooks"


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """Run a notebook without a screen; return its variables."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def run(name):
        with mpl.rc_context({"backend": "agg"}):
            found = runpy.run_path(str(NOTEBOOKS / f"{name}.py"))
        picture = imread(found["folder"] / f"{name}.png")
        assert found["folder"].parent == tmp_path
        assert np.ptp(picture) > 0.5  # something is drawn
        return found

    return run


def test_own_climate(opened, capsys):
    found = opened("own_climate")
    assert found["gcms"] == ("HadGEM2-ES", "MIROC5")
    assert found["effect"].soc.dims == ("gcm", "year", "cell")
    region = found["region"]
    climate = data.climate(region, "rcp85", "MIROC5")
    model = tem.summary.difference(tem.experiment(tem.environment(region, climate)))
    np.testing.assert_array_equal(found["effect"].soc.sel(gcm="MIROC5"), model.soc)
    told = f"soil carbon by 2099: {float(found['mean'].soc[-1]):+.3f} ± "
    assert told in capsys.readouterr().out


def table(text):
    return [line for line in text.splitlines() if line.startswith("b = ")]


def test_parameter_study(opened, capsys, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="Dask is missing")
    monkeypatch.delenv("SCHEDULER", raising=False)
    found = opened("parameter_study")
    told = table(capsys.readouterr().out)
    assert len(told) == len(found["found"]) == 15
    cells = np.flatnonzero(data.region(0.5).ecosystem.to_numpy() == "Meadow")[:12]
    environment = found["surroundings"](cells)
    for pair in ((0.2, 1.2), (1.0, 0.8)):
        assert found["found"][pair] == found["effect_of_thaw"](pair, environment)

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0"
    ) as cluster:
        said = subprocess.run(
            [sys.executable, NOTEBOOKS / "parameter_study.py"],
            env=os.environ | {"SCHEDULER": cluster.scheduler_address, "MPLBACKEND": "agg"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert table(said.stdout) == told
    assert cluster.scheduler_address in said.stdout
