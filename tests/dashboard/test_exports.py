"""What is taken away from a page: every number that it shows, and what each is of."""

import numpy as np
import pytest

import data
from dashboard import exports
from dashboard.quantities import MAPS, Quantity
from dashboard.selection import Selection
from dashboard.state import State
from data.store import read_result, write_result

AREA = ((75.0, 27.0), (103.0, 27.0), (103.0, 36.0), (75.0, 36.0))
VIEWS = {
    "region": {},
    "one model": {"gcm": "MIROC5", "maps": (Quantity("npp", "st"), *MAPS[1:])},
    "cell": {"cell": 3, "curves": "thaw", "panel": "pools"},
    "area": {"area": AREA, "lines": "models", "panel": "nitrogen"},
    "scenarios": {"compare": "scenarios", "lines": "scenarios", "rcp": "rcp45"},
    "ecosystem": {"ecosystem": "Meadow", "compare": "scale", "panel": "numbers"},
}


@pytest.fixture(params=VIEWS)
def selection(request, library):
    return Selection(State(**VIEWS[request.param]), library)


def test_every_number_of_the_view_is_in_the_file_and_the_checker_agrees(
    selection, tmp_path, complaints
):
    path = write_result(exports.view(selection), tmp_path / "view.nc")
    found = read_result(path)
    drawn = selection.curves()
    for name, columns in drawn.items():
        kept = np.concatenate([found[n].to_numpy() for n in found if n.split("_")[0] == name])
        for values in columns.values():
            assert any(np.array_equal(values, row, equal_nan=True) for row in kept)
    pictures, cells = selection.frames()
    grid = selection.library.grid
    for picture in pictures:
        frames = found[exports.map_name(picture)].to_numpy().reshape(len(data.YEARS), -1)
        np.testing.assert_array_equal(frames[:, grid.index[cells]], picture.values[:, cells])
        assert np.isfinite(frames).sum() == np.isfinite(picture.values[:, cells]).sum()
    assert complaints(path) == {"cf:1.11": set(), "acdd:1.3": set()}
