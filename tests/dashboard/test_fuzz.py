"""A short version of `make fuzz`: whatever is said wrongly is refused in words."""

import asyncio

import pytest
from hypothesis import strategies as st

from benchmarks import fuzz
from tests.dashboard.conftest import apart

CASES = 600  # of all kinds together


def count(share):
    return max(5, round(share * CASES))


def test_what_is_no_refusal_is_noticed():
    def check(number):
        if number > 2:
            raise KeyError(number)
        return number == 2

    found = fuzz.throughout("numbers", st.integers(1, 4), check, 100)
    assert found.refused
    assert found.faults
    assert found.refused + len(found.faults) < found.tried


def test_an_error_of_a_library_is_no_refusal_in_words():
    with pytest.raises(ValueError, match="invalid literal") as fault:
        int("x")
    with pytest.raises(ValueError, match="invalid literal"):
        fuzz.in_words(fault.value)


@pytest.mark.parametrize("say", fuzz.HERE, ids=lambda say: say.__name__)
def test_what_is_said_wrongly_is_refused_in_words(say):
    found = say(count(fuzz.HERE[say]))
    assert found.tried > 1
    assert found.faults == []


@pytest.mark.parametrize("say", fuzz.THERE, ids=lambda say: say.__name__)
def test_a_server_stands_what_it_is_told(address, say):
    here = address.replace("localhost", "127.0.0.1")

    def all_of_it():
        asyncio.run(fuzz.ready(here))
        return say(here, count(fuzz.THERE[say]))

    found = apart(all_of_it)
    assert found.tried > 1
    assert found.faults == []
