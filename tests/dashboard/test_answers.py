"""What answers say: sentences and tables, from numbers that a test makes up."""

import re

import numpy as np
import pytest

import tem
from dashboard import answers, terms, words
from dashboard.causes import Causes, Parts
from dashboard.changes import Change
from dashboard.questions import Bars, Shares, Threshold, Tornado, Turning, Variance
from dashboard.samples import Where
from data import GCMS
from tem import explain, threshold
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


def test_an_explanation_of_a_climate_what_if_names_the_offsets_and_how_they_act(parts):
    warmer = Causes(HERE, "edits", 2099, Change(offsets=tem.Offsets(warming=2.0)))
    told = plain(answers.explained(
        warmer, parts._replace(causes=("warmth", "thaw", "residual")), "mean", PLACE
    ))  # fmt: skip
    assert "(RCP8.5, 4 climate models): air +2.00 K from 2021 on." in told
    assert "acts through warmth, moisture and the depth of thaw" in told
    assert "acts through" not in plain(answers.explained(warmer, parts, "mean", PLACE))


def test_the_years_that_a_change_is_told_against_are_those_it_is_worked_out_against():
    between = "–".join(map(str, explain.BASE))
    assert between in terms.NUMBERS["change"]
    assert between in terms.number(Causes(HERE, "change", 2099))


@pytest.mark.parametrize(
    ("name", "text"),
    [("kd", "k_d"), ("warmth", "warmth"), ("carbon", "soil carbon that thaw exposes")],
)
def test_a_cause_beside_a_bar_is_short(name, text):
    assert terms.short(name) == text


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
    assert terms.end(edit).replace("\u00a0", " ") == text


def test_a_tornado_of_few_cells_tells_its_error():
    bars = Bars((Bar("kd", 1, 3, "kd*=0.9", "kd*=1.1", 0.25, 0.5),), 2.0, 0.75, "TgC", 56, 530)
    question = Tornado(HERE, Measure("nep", "thaw", 2021, 2099, "sum"), 0.1)
    told = plain(answers.tornado(question, bars, PLACE, 18))
    assert "56 cells stand for 530, counted over the 4 climate models." in told
    assert "longest of" not in told
    assert "without change 0.75 Tg C; of the lengths of the bars at most 0.50 Tg C." in told
    assert "moved by ± 10%" in told
    whole = bars._replace(cells=4, stand_for=4)
    assert "stand for" not in plain(answers.tornado(question, whole, PLACE, 18))


def test_a_tornado_says_how_many_of_its_bars_are_drawn():
    bar = Bar("kd", 1, 3, "kd*=0.9", "kd*=1.1", 0.0, 0.0)
    bars = Bars((bar,) * 20, 2.0, 0.0, "TgC", 4, 4)
    question = Tornado(HERE, Measure("nep", "thaw", 2021, 2099, "sum"), 0.1)
    told = plain(answers.tornado(question, bars, PLACE, 18))
    assert "The 18 longest of 20 are drawn" in told


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [(1.234, 0.25, "+1.23 ± 0.25 Tg C"), (-1.234, 0.0, "−1.23 Tg C"), (0.0, 0.0, "0 Tg C"),
     (2.0, float("nan"), "+2.00 ± – Tg C")],
)  # fmt: skip
def test_the_length_of_a_bar_has_its_error_and_its_unit(change, error, text):
    assert answers.length(change, error, "Tg C") == text


@pytest.fixture
def spread():
    return Variance({"rcp": 0.25, "rcp × gcm": 0.75}, 1.0, 5.0, 3.0, "TgC", 14, 530)


def test_shares_say_how_many_cells_stand_for_how_many(spread):
    question = Shares(HERE, Measure("nep", "thaw", 2021, 2099, "sum"), 0.1)
    told = plain(answers.shares(question, spread, PLACE))
    assert "from 1.00 to 5.00 Tg C, mean 3.00, over 2 scenarios" in told
    assert "14 cells stand for 530." in told
    assert "scenario × climate model 75.0 % all 100.0 %" in told
    assert "stand for" not in plain(answers.shares(question, spread._replace(cells=530), PLACE))


def test_where_nothing_varies_no_share_is_told(spread):
    still = spread._replace(shares={}, low=3.0, high=3.0)
    said, drawn_up = answers.shares(Shares(HERE, NEP, 0.1), still, PLACE)
    told = plain(said)
    assert "3.00 Tg C, over 2 scenarios" in told
    assert "Nothing varies here" in told
    assert not drawn_up
    assert "%" not in told.replace("± 10%", "")


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
    told = plain(answers.threshold(question, Turning(one, 0.25, "TgC year-1", 28, 530), PLACE))
    assert re.search(said, told)
    assert "28 cells stand for 530, counted over the 4" in told
    assert "of NEP without change 0.25 Tg C yr⁻¹." in told
    assert "All else stays as in the Baseline." in told
    assert "Tg C yr⁻¹" in told
    if one.at_low == 3.0 and one.found:
        assert "+3.00 and −1.00" in told


@pytest.mark.parametrize(
    ("span", "ends"),
    [
        (Span("warming", 0.0, 6.0, scales=False), "between 4.5 K and 4.52 K"),
        (Span("kd", 0.0005, 0.01, scales=False), "between 0.00473 month⁻¹ and 0.00478 month⁻¹"),
        (Span("kd", 0.5, 1.5, scales=True), "between ×1.25 and ×1.254"),
    ],
)
def test_no_two_values_that_were_run_look_the_same(span, ends):
    middle = span.at(0.752)
    found = Turning(threshold.crossing(lambda v: middle - v, span), 0.25, "TgC year-1", 28, 530)
    told, rows = answers.threshold(Threshold(HERE, NEP, span), found, PLACE)
    assert ends in plain(told)
    tried = re.findall(r"<th scope='row'>(.*?)</th>", rows)
    assert len(set(tried)) == len(tried) == len(found.crossing.tried)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "less than a second"), (12.4, "12 s"), (150, "2 minutes")]
)
def test_how_long_it_takes_is_told_in_words(seconds, text):
    assert answers.lasting(seconds) == text
