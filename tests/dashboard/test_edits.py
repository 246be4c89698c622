import pytest

import tem
from dashboard import edits
from dashboard.edits import ALL


def test_a_slider_of_one_ecosystem_sets_and_of_all_scales():
    one = edits.put((), "Meadow", "b", 0.9)
    both = edits.put(one, ALL, "kd", 1.2)
    assert both == ("kd*=1.2", "Meadow.b=0.9")
    assert edits.effective(both, "Meadow", "b") == 0.9
    assert edits.effective(both, ALL, "kd") == 1.2
    kd = tem.ecosystems()["Steppe"].kd
    assert edits.effective(both, "Steppe", "kd") == pytest.approx(1.2 * kd)


def test_back_at_the_baseline_is_no_edit():
    moved = edits.put((), "Meadow", "b", 0.9)
    assert edits.put(moved, "Meadow", "b", tem.ecosystems()["Meadow"].b) == ()
    assert edits.put(edits.put((), ALL, "kd", 1.2), ALL, "kd", 1.0) == ()


def test_text_is_read_in_the_words_of_the_command_line():
    assert edits.read("Meadow.b = 0.6, k_d*=1.2") == ("kd*=1.2", "Meadow.b=0.6")
    assert edits.read(" ") == ()


@pytest.mark.parametrize(
    "text", ["kd=7", "b=nan", "Tundra.b=1", "wind=1", "b", "b=1e999", "k_frozen_1=2", "<b>=1"]
)
def test_what_is_not_allowed_is_named(text):
    with pytest.raises(ValueError, match=r"kd = 7|finite|Tundra|wind|form|ground stage"):
        edits.read(text)


def test_touched_ecosystems():
    assert edits.touched(("Meadow.b=0.6",)) == ("Meadow",)
    assert len(edits.touched(("kd*=1.2",))) == 7
    assert edits.touched(()) == ()
