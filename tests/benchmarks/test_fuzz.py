"""A short run of `make fuzz`: no input comes through a door that should not."""

import pytest

from benchmarks import fuzz

CASES = 200  # over all doors; `make fuzz` tries 10,000
pytestmark = pytest.mark.slow


def test_every_input_is_taken_or_refused_in_words():
    rows = fuzz.fuzz(CASES)
    assert [fault for *_, fault in rows if fault] == []
    assert sum(row[1] for row in rows) >= CASES
    assert all(0 < row[2] <= row[1] for row in rows)


def test_an_invalid_number_behind_a_door_is_found():
    def lets_all_in(text):
        fuzz._finite({"Meadow": fuzz.tem.ecosystems()["Meadow"]._replace(kd=float("nan"))})

    _met, fault = fuzz.tried(lets_all_in, fuzz.texts, 5)
    assert "came through" in fault


def test_a_refusal_without_words_is_found():
    def speechless(text):
        raise ValueError

    _met, fault = fuzz.tried(speechless, fuzz.texts, 5)
    assert "no words" in fault
