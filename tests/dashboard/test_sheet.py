"""Figures on paper: they draw the numbers of the page, have the size asked for, and fit."""

import numpy as np
import pytest
from PIL import Image

from dashboard import exports, receipt, sheet, takeaway, takewords
from dashboard.quantities import MAPS, Quantity
from dashboard.selection import Selection
from dashboard.state import State

VIEWS = {
    "baseline": {},
    "cell": {"cell": 3, "curves": "thaw", "panel": "pools", "lines": "models"},
    "scenarios": {"compare": "scenarios", "lines": "scenarios"},
    "one model": {"gcm": "MIROC5", "maps": (Quantity("alt", "st"), *MAPS[1:]), "year": 2050},
}
MADE = receipt.Receipt("http://localhost:5006/?x", "permafrost-carbon export --link x --out y")


@pytest.fixture(params=VIEWS)
def selection(request, library):
    return Selection(State(**VIEWS[request.param]), library)


def said(selection):
    about = exports.about(selection) | MADE.said(selection.state)
    return about | takewords.sources(selection, about)


@pytest.mark.parametrize("slide", [False, True])
def test_the_numbers_drawn_are_those_of_the_page_and_nothing_leaves_the_sheet(selection, slide):
    paper = takeaway.Shape(slide=slide).paper
    drawn = sheet._drawn(selection, said(selection), paper)
    drawn.canvas.draw()
    box = drawn.bbox
    words = [*drawn.texts, *(text for one in drawn.axes for text in (one.title, one._left_title))]
    words += [text for one in drawn.axes if one.legend_ for text in one.legend_.texts]
    for text in words:
        ends = text.get_window_extent()
        assert box.x0 - 1 <= ends.x0 <= ends.x1 <= box.x1 + 1, text
        assert box.y0 - 1 <= ends.y0 <= ends.y1 <= box.y1 + 1, text
    curves, year = selection.curves(), selection.state.year
    axes = [one for one in drawn.axes if one.lines and not one.images]
    for name, one in zip(selection.state.variables, axes, strict=True):
        rows = [line.get_ydata() for line in one.lines]
        lines = {c: v for c, v in curves[name].items() if not c.endswith(exports.ENDS)}
        for values in lines.values():
            assert any(np.array_equal(row, values) for row in rows if len(row) == len(values))
    pictures, cells = selection.frames()
    grid = selection.library.grid
    maps = [one for one in drawn.axes if len(one.images) > 2]
    for picture, one in zip(pictures, maps, strict=True):
        expected = grid.picture(np.where(cells, picture.values[year - 2006], np.nan))
        np.testing.assert_array_equal(one.images[-1].get_array().filled(np.nan), expected)
        assert one.images[-1].get_clim() == picture.limits


@pytest.mark.parametrize("size", [(400, 400), (777, 555), (1600, 1200), (3000, 1001)])
def test_a_picture_has_the_size_that_was_asked_for(library, tmp_path, size):
    selection = Selection(State(), library)
    path = takeaway.write_view(selection, MADE, tmp_path / "a.png", takeaway.Shape(size))
    with Image.open(path) as picture:
        assert picture.size == size


def test_a_drawing_that_fails_leaves_the_older_file(library, tmp_path, monkeypatch):
    selection, path = Selection(State(), library), tmp_path / "a.svg"
    takeaway.write_view(selection, MADE, path)
    before = path.read_bytes()

    def fails(_figure, temporary, **_choices):
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sheet.Figure, "savefig", fails)
    with pytest.raises(OSError, match="No space left"):
        takeaway.write_view(selection, MADE, path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.svg"]
