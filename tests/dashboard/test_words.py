"""Sentences of the page, as they are read aloud."""

import pytest

from dashboard import style, words
from dashboard.changes import Change
from dashboard.state import State
from tem.experiment import SINCE

LATE = Change(("kd*=1.2",), "2020")
REGION = words.Place("the permafrost region", 0, None, "Tg C", "Pg C")


@pytest.mark.parametrize(
    ("chosen", "gains", "said"),
    [
        ({}, [-744.4, -448.2, -590.1, -584.9], ("Under RCP8.5, by 2099, thaw since 2020 costs 592 "
         "Tg C of carbon uptake in the permafrost region (ΣΔNEP; −744 to −448 across 4 climate "
         "models).")),
        ({"rcp": "rcp45", "year": 2050}, [5.23, 9.83], ("Under RCP4.5, by 2050, thaw since 2020 "
         "brings 7.5 Tg C of carbon uptake to the permafrost region (ΣΔNEP; 5.2 to 9.8 across 2 of "
         "4 climate models so far).")),
        ({}, [-744.4, 0.2, 10.3, 100.0], ("Under RCP8.5, by 2099, thaw since 2020 brings the "
         "permafrost region no clear gain or loss of carbon (ΣΔNEP −158 Tg C on average; −744 "
         "to 100 across 4 climate models).")),
        ({}, [0.0, 0.0, 0.0, 0.0], ("Under RCP8.5, by 2099, thaw since 2020 brings the permafrost "
         "region no clear gain or loss of carbon (ΣΔNEP 0 Tg C on average; 0 to 0 across 4 "
         "climate models).")),
        ({"gcm": "MIROC5"}, [-0.012], ("Under RCP8.5, by 2099, thaw since 2020 costs "
         "0.01 Tg C of carbon uptake in the permafrost region (ΣΔNEP; MIROC5 only, so no range).")),
        ({}, [-1234567.0, -234567.0, -934567.0, -534567.0], ("Under RCP8.5, by 2099, thaw since "
         "2020 costs 734\u202f567 Tg C of carbon uptake in the permafrost region (ΣΔNEP; "
         "−1\u202f234\u202f567 to −234\u202f567 across 4 climate models).")),
        ({"year": 2020}, [0.0] * 4, ("Until 2020 the runs with and without thaw (S_T, S_R) are "
         "one; choose a later year to see what thaw changes in the permafrost region.")),
    ],
)  # fmt: skip
def test_headline(chosen, gains, said):
    assert words.headline(State(**chosen), REGION, gains) == said


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((-592.3, -744, -448), ["−592", "−744", "−448"]),
        ((1.234, -0.4, 2.345), ["1.2", "−0.4", "2.3"]),
        ((-0.04, -0.4, 2.345), ["0.0", "−0.4", "2.3"]),
        ((0.0123, 0.011, 0.0139), ["0.0123", "0.0110", "0.0139"]),
        ((3.94, 3.94, 3.94), ["3.94", "3.94", "3.94"]),
        ((float("nan"), 1.0, 2.0), ["–", "1.00", "2.00"]),
    ],
)
def test_numbers_beside_their_range_have_no_more_digits_than_it(values, texts):
    assert style.alike(*values) == texts


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
