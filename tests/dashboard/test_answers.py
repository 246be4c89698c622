"""What answers say: sentences and tables, from numbers that a test makes up."""

import re

import numpy as np
import pytest

from dashboard import answers, words
from dashboard.questions import Bars, Causes, Parts, Threshold, Tornado, Turning, Where
from data import GCMS
from tem.sensitivity import Bar, Span
from tem.summary import Measure
from tem.threshold import Crossing

HERE = Where("rcp85", GCMS, 0, None)
PLACE = words.Place("the permafrost region", 0, None, "Tg C", "Pg C")
NEP = Measure("nep", "S_T", 2090, 2099)


def plain(told):
    """Return HTML as text, its parts one after the other."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", "".join(told)).replace("\u00a0", " "))


def values(*orders):
    """Return parts [order, cause, column] for three orders of a place with two ecosystems."""
    return np.array([[[sum(row), *row] for row in order] for order in orders], float)


@pytest.fixture
def parts():
    first = [(4, 1), (-2, 0), (1, 0)]
    last = [(6, 1), (0, 0), (-3, 0)]
    mean = [(5, 1), (-1, 0), (-1, 0)]
    npp = values(first, last, mean)
    rh = 2 * npp
    found = {"npp": npp, "rh": rh, "nep": npp - rh}
    return Parts(("carbon", "nitrogen", "residual"), found, (0, 1, 2), "TgC", GCMS)


@pytest.mark.parametrize(
    ("order", "sums"),
    [
        ("mean", "− 6.00 soil carbon that thaw exposes \\+ 1.00 nitrogen .* = −4.00 Tg C"),
        ("first", "− 5.00 soil carbon that thaw exposes \\+ 2.00 nitrogen .* = −4.00 Tg C"),
    ],
)
def test_an_explanation_prints_its_sum_and_shows_the_residual(parts, order, sums):
    told = plain(answers.explained(Causes(HERE, "summed", 2099), parts, order, PLACE))
    assert "ΔNEP −4.00 = ΔNPP (+4.00) − ΔRH (+8.00) Tg C" in told
    assert re.search(sums, told)
    assert "residual (interactions)" in told
    assert "all ecosystems" in told
    assert "So far" not in told


def test_an_explanation_under_way_says_how_many_models_it_is_of(parts):
    told = answers.explained(
        Causes(HERE, "summed", 2099), parts._replace(gcms=GCMS[:2]), "mean", PLACE
    )
    assert "So far: 2 of 4 climate models." in plain(told)


@pytest.mark.parametrize(
    ("edit", "text"),
    [("kd*=0.9", "×0.9"), ("kd=0.0005", "0.0005 month⁻¹"), ("q10=1.5", "1.5")],
)
def test_an_end_of_a_bar_has_its_unit(edit, text):
    assert answers.end(edit).replace("\u00a0", " ") == text


def test_a_tornado_of_few_cells_tells_its_error():
    bars = Bars((Bar("kd", 1, 3, "kd*=0.9", "kd*=1.1", 0.25, 0.5),), 2.0, 0.75, "TgC", 56, 530)
    question = Tornado(HERE, Measure("nep", "thaw", 2021, 2099, "sum"), 0.1)
    told = plain(answers.tornado(question, bars, PLACE))
    assert "56 cells stand for 530." in told
    assert "without change 0.75 Tg C; of the ends of bars at most 0.50" in told
    assert "moved by ± 10%" in told
    whole = bars._replace(cells=4, stand_for=4)
    assert "stand for" not in plain(answers.tornado(question, whole, PLACE))


def crossing(*, found=True, at=(3.0, -1.0), more=0):
    tried = {0.0: 9.0, 1.5: at[0], 3.0: at[1], 6.0: -9.0}
    return Crossing(found, 1.5, 3.0, *at, more, tried)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (crossing(), "turns from sink to source between 1.5 K and 3 K"),
        (crossing(at=(-3.0, 1.0)), "turns from source to sink between 1.5 K and 3 K"),
        (crossing(found=False, at=(3.0, 1.0)), "No crossing in range: .* is a sink from 0 K to 6"),
        (crossing(found=False, at=(-3, -1.0)), "No crossing in range: .* is a source from 0 K to"),
        (crossing(more=2), "changes its sign 2 times more"),
    ],
)
def test_a_threshold_is_a_bracket_with_both_values_or_none(one, said):
    question = Threshold(HERE, NEP, Span("warming", 0.0, 6.0, scales=False))
    told = plain(answers.threshold(question, Turning(one, "TgC year-1", 28, 530), PLACE))
    assert re.search(said, told)
    assert "Tg C yr⁻¹" in told
    if one.at_low == 3.0 and one.found:
        assert "+3.00 and −1.00" in told


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "less than a second"), (12.4, "12 s"), (150, "2 minutes")]
)
def test_how_long_it_takes_is_told_in_words(seconds, text):
    assert answers.lasting(seconds) == text
