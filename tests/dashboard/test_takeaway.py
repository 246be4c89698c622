"""The dialog of what is taken away, without a browser: what it writes, says and leaves."""

import re
import time

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.plotting import figure

from dashboard import exports, takeaway, takewords
from dashboard.changes import Change, Kept
from dashboard.selection import Selection
from dashboard.state import State
from dashboard.taken import Taken
from dashboard.views.takeaway import TakeAway
from data.store import read_result


@pytest.fixture
def taken():
    found = Taken()
    yield found
    found.end()


@pytest.fixture
def dialog(library, taken):
    selection = Selection(State(gcm="MIROC5"), library)
    found = TakeAway(selection, taken, "http://localhost:5006/", Document(), figure())
    found.open()
    return found


def wait_for(dialog):
    """Let the worker finish and its words come."""
    deadline = time.monotonic() + 60
    while not dialog._document.session_callbacks:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for callback in dialog._document.session_callbacks:
        dialog._document.callbacks.remove_session_callback(callback)
        callback.callback()


def files(taken):
    return [path for path in taken.folder.rglob("*") if path.is_file()]


def test_a_file_is_written_aside_and_handed_over(dialog, taken):
    dialog._view("nc")
    assert "Writing" in dialog.says.object
    assert all(button.disabled for button in dialog.buttons.values())
    wait_for(dialog)
    (path,) = files(taken)
    assert dialog._source.data["href"] == [f"taken/{path.relative_to(taken.folder)}"]
    assert path.name in dialog.says.object
    assert not any(button.disabled for button in dialog.buttons.values())
    assert read_result(path).attrs["share_link"] == "http://localhost:5006/?gcm=MIROC5"
    dialog.close()
    assert files(taken) == []


def test_what_the_visitor_does_meanwhile_does_not_reach_the_file(dialog, taken, monkeypatch):
    real = exports.view

    def slow(selection):
        time.sleep(0.3)
        return real(selection)

    monkeypatch.setattr(exports, "view", slow)
    dialog._view("nc")
    dialog._selection.state.param.update(year=2050, rcp="rcp45")
    wait_for(dialog)
    found = read_result(files(taken)[0])
    assert (found.attrs["year_shown"], found.attrs["scenario"]) == (2099, "RCP8.5")
    expected = Selection(State(gcm="MIROC5"), dialog._selection.library).curves()["npp"]["st"]
    np.testing.assert_array_equal(found.npp[0], expected)


@pytest.mark.parametrize("act", ["_view", "_run", "_picture"])
def test_a_disk_that_refuses_is_told_in_words_and_nothing_is_left(dialog, taken, monkeypatch, act):
    def full(*_args, **_choices):
        raise OSError(28, "No space left on device", "x")

    for name in ("write_dataset", "write_zip"):
        monkeypatch.setattr(takeaway.formats, name, full)
    monkeypatch.setattr(takeaway.sheet, "_drawn", full)
    getattr(dialog, act)("png" if act == "_picture" else "nc")
    wait_for(dialog)
    assert "No space left on device" in dialog.says.object
    assert "Nothing half is left" in dialog.says.object
    assert list(taken.folder.iterdir()) == []
    assert dialog._source.data["href"] == [""]
    assert not any(button.disabled for button in dialog.buttons.values())


def test_a_fault_of_the_program_is_told_too(dialog, taken, monkeypatch):
    monkeypatch.setattr(exports, "view", lambda _selection: 1 / 0)
    dialog._view("csv")
    wait_for(dialog)
    assert re.search(r"finds error [0-9a-f]{8} in its log", dialog.says.object)
    assert "ZeroDivisionError" not in dialog.says.object
    assert list(taken.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"edits": ("kd*=1.2",)}, takewords.UNRUN),
        ({"edits": ("kd*=1.2",), "cell": 3}, takewords.LATER),
        ({"edits": ("kd*=1.2",), "cell": 3, "shown": "What-if"}, takewords.UNRUN),
        ({"saved": (Kept("one", Change(("kd*=1.2",))),)}, takewords.LATER),
    ],
)
def test_what_is_not_there_yet_is_not_written(library, taken, state, said):
    dialog = TakeAway(Selection(State(**state), library), taken, "", Document(), figure())
    dialog.open()
    dialog._view("nc")
    assert said in dialog.says.object
    assert files(taken) == []


def test_a_grid_too_fine_for_one_file_asks_for_zarr(dialog, taken, monkeypatch):
    monkeypatch.setattr(takeaway, "MOST", 10)
    dialog._run("nc")
    wait_for(dialog)
    assert "take the Zarr" in dialog.says.object
    dialog._run("zarr")
    wait_for(dialog)
    found = read_result(files(taken)[0])
    expected = exports.everything(dialog._selection.library, dialog._selection.state)
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name])


def test_names_tell_what_is_inside(dialog):
    state = State(rcp="rcp45", edits=("kd*=1.2",), year=2050)
    name = takeaway.name(state, "thaw_soc", "?a", ".tif")
    assert name.startswith("thaw_soc_what-if_rcp45_ensemble_2050_")
    assert name != takeaway.name(state, "thaw_soc", "?b", ".tif")


@pytest.mark.parametrize(("width", "height"), [(None, 1200), (10, 1200), (1600, 9000)])
def test_a_picture_of_no_sensible_size_is_not_drawn(dialog, taken, width, height):
    dialog.width.value, dialog.height.value = width, height
    dialog._picture("png")
    assert "400 to 8000 pixels" in dialog.says.object
    assert files(taken) == []
