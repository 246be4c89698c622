"""Sentences of the page, as they are read aloud."""

import pytest

from dashboard import style, words
from dashboard.changes import Change
from tem.experiment import SINCE

LATE = Change(("kd*=1.2",), "2020")
REGION = words.Place("the permafrost region", 0, None, "Tg C", "Pg C")


def test_exposed_carbon_says_that_the_larger_number_counts_layers_again():
    told = words.exposed(REGION, (0.638, 6.729))
    assert told == (
        "Thaw has exposed 0.64 Pg C of soil carbon since 2020 "
        "(6.73 if a layer counts each time it thaws)."
    )


@pytest.mark.parametrize(
    ("new", "words_"), [(621, "difference +521 Tg C"), (-421, "difference −521 Tg C")]
)
def test_a_difference_has_its_sign(new, words_):
    assert words_ in words.what_if(REGION, [100], [new], LATE)


def test_a_what_if_says_from_when_it_holds_and_whether_it_is_stale():
    assert "What-if (after 2020): " in words.what_if(REGION, [1], [2], LATE)
    stale = words.what_if(REGION, [1], [2], Change(("kd*=1.2",)), ["stale"])
    assert "What-if (since the spin-up, stale): " in stale


def test_every_moment_of_the_model_has_words():
    assert tuple(words.SINCE) == SINCE


@pytest.mark.parametrize(
    ("value", "text"),
    [(521.0, "+521"), (-19.04, "−19.0"), (0.0, "0"), (-1e-30, "−1e−30"), (float("nan"), "–")],
)
def test_signed_numbers(value, text):
    assert style.signed(value) == text
