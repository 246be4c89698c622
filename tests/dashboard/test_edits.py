import re

import pytest

import tem
from dashboard import edits
from dashboard.edits import ALL
from tem.parameters import FIELDS


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
    assert edits.read("Meadow.b = 0.6, k_d*=1.2") == (("kd*=1.2", "Meadow.b=0.6"), ())
    assert edits.read(" ") == ((), ())


@pytest.mark.parametrize("word", ["Kd", "KD", "K_D", "k_d"])
def test_the_case_of_letters_is_free(word):
    assert edits.read(f"meadow.{word}=0.001") == (("Meadow.kd=0.001",), ())


def test_no_two_parameters_differ_in_case_only():
    assert {edits.WORDS[name] for name in FIELDS} == set(FIELDS)
    assert all(edits.WORDS[f.about.symbol.lower()] == name for name, f in FIELDS.items())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kd=7", "kd=7: k_d may be 0 to 0.05 month⁻¹, not 7"),
        ("kd*=1000", r"k_d may be 0 to 0.05 month⁻¹, not [\d.]+ \(Steppe\)"),
        ("q10=9", "Q10 may be 1 to 5, not 9"),
        ("b=nan", "not a finite number"),
        ("b=1e999", "not a finite number"),
        ("Tundra.b=1", "Tundra is not an ecosystem; choose one of Steppe"),
        ("wind=1", "wind=1: wind is not a parameter; the sliders and lists name them"),
        ("Kdd=1", "Kdd is not a parameter; did you mean kd"),
        ("k_frozen_1=2", "belongs to the ground stage, which this panel does not rerun"),
        ("b", "not of the form"),
        ("<b>=1", "not of the form"),
    ],
)
def test_what_is_not_allowed_is_named(text, words):
    good, (fault,) = edits.read(text)
    assert good == ()
    assert re.search(words, fault)
    assert "c_frozen_4" not in fault  # no list of what the panel refuses anyway


def test_every_fault_is_named_and_what_is_right_is_kept():
    good, faults = edits.read("kd*=1.2, Kd*=1000, water_1=0.3, zz=1, Meadow.b=0.6")
    assert good == ("kd*=1.2", "Meadow.b=0.6")
    assert len(faults) == 3
    for word in ("kd*=1000", "water_1=0.3", "zz=1"):
        assert sum(fault.startswith(word) for fault in faults) == 1


def test_edits_that_only_together_leave_the_bounds_are_refused():
    good, (fault,) = edits.read("Meadow.kd*=10, kd*=4")
    assert good == ("kd*=4",)
    assert fault.startswith("Meadow.kd*=10: k_d may be")


def test_touched_ecosystems():
    assert edits.touched(("Meadow.b=0.6",)) == ("Meadow",)
    assert len(edits.touched(("kd*=1.2",))) == 7
    assert edits.touched(()) == ()
