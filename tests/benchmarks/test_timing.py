"""The figures of the benchmarks say what they claim."""

import json

import numpy as np
import pytest

import data
from benchmarks import cluster, scaling
from benchmarks.__main__ import in_order
from benchmarks.memory import resident_in
from benchmarks.targets import TARGETS, Target
from benchmarks.timing import Figure, aimed, exponent


def test_median_and_percentile():
    values = tuple(float(n) for n in range(101))
    assert Figure("", "s", values).value == 50
    assert Figure("", "s", values, Target("", "s", 1, "p95")).value == pytest.approx(95)


def test_one_run_is_its_own_percentile():
    assert Figure("", "s", (3.0,), Target("", "s", 1, "p95")).value == 3.0


@pytest.mark.parametrize(
    ("value", "at_least", "word"),
    [(2.0, False, "met"), (2.1, False, "MISSED"), (2.0, True, "met"), (1.9, True, "MISSED")],
)
def test_verdict(value, at_least, word):
    figure = Figure("", "s", (value,), Target("", "s", 2, at_least=at_least))
    assert word in figure.row()


def test_what_was_not_measured_says_so_and_is_recorded():
    figure = aimed("press", note="no Chromium")
    assert "not measured no Chromium" in figure.row()
    assert json.loads(json.dumps(figure.record()))["value"] is None


def test_every_target_has_its_row_in_order():
    found = [Figure("other", "s", (1.0,)), aimed("cell", [4.0])]
    rows = in_order(found)
    assert [row.name for row in rows] == [target.name for target in TARGETS.values()]
    assert [row.value for row in rows if row.values] == [4.0]


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_exponent(power):
    sizes = np.array([100, 1000, 30_000])
    assert exponent(sizes, 3e-6 * sizes**power) == pytest.approx(power)


def test_the_globe_is_projected_from_the_largest_run():
    small = cluster.Shared("ring", 100, 2, 1.0, 9.0, 1.0, 2.0, 3.0)
    large = cluster.Shared("ring", 1000, 2, 9.0, 3.6, 1.0, 500.0, 20.0)
    alone = small._replace(cells=5000, workers=0)
    told = cluster.projected([large, small, alone])  # 5.56 km by 5.56 km · cos 65°
    assert told.startswith(
        "All permafrost at 0.05°: 1.06 million cells of 13.1 km²; 1.1 core hours"
    )
    assert told.endswith("32 GB on disk, 500 MiB a worker")


def test_the_ring_is_a_prepared_region(tmp_path):
    region = data.prepared_region(cluster.ring(tmp_path / "ring.zarr", 600))
    assert region.sizes["cell"] == 600
    plateau = data.region(0.5)
    climate = data.climate(region.isel(cell=slice(530, 600)), cluster.RCP, cluster.GCM)
    model = data.climate(plateau, cluster.RCP, cluster.GCM).isel(cell=slice(0, 70))
    np.testing.assert_array_equal(climate.tas, model.tas.astype("f4"))
    np.testing.assert_array_equal(region.elevation[530:], plateau.elevation[:70])


def test_resident_memory():
    assert resident_in("VmPeak:\t 9 kB\nVmRSS:\t  2048 kB\n") == 2.0
    assert np.isnan(resident_in("Name:\tother"))


def test_the_picture_is_drawn(tmp_path):
    grown = [
        scaling.Grown(part, against, (100, 1000), (1.0, 10.0), (2.0, 20.0))
        for part in scaling.PARTS
        for against in ("cells", "months", "threads")
    ]
    scaling.draw(grown, tmp_path / "one.svg")
    scaling.draw(grown, tmp_path / "other.svg")
    picture = (tmp_path / "one.svg").read_text("utf-8")
    assert "soil heat, n^1.00" in picture
    assert picture == (tmp_path / "other.svg").read_text("utf-8")  # no needless differences
