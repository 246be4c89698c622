"""What drawings say to those who listen, in a line and as a table."""

from types import SimpleNamespace

import numpy as np

from dashboard import curved, words
from dashboard.figures import Bar, Bars, Course, Line, Map
from dashboard.selection import Line as Beside
from dashboard.views import tables
from data import YEARS

RISE = np.arange(len(YEARS), dtype=float)


def test_a_line_says_where_curves_start_and_end():
    late = np.where(np.array(YEARS) < 2020, np.nan, 5.0)
    last = style_of(RISE[-1])
    assert words.course("NEP", {"S_T": RISE, "S_R": late}) == (
        f"NEP: S_T from 0 in {YEARS[0]} to {last} in {YEARS[-1]}; S_R from 5.00 in 2020 to 5.00 in "
        f"{YEARS[-1]}."
    )


def style_of(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def test_a_line_says_that_nothing_is_there_yet():
    assert words.course("NEP", {"S_T": RISE * np.nan}) == "NEP: (not simulated yet)."
    assert words.reach([np.nan]) == "(not simulated yet)"
    assert words.reach([3.0, np.nan, -1.0]) == "−1.00 to 3.00"


def test_a_table_has_each_decade_of_each_curve():
    course = Course("NPP", "gC m-2 year-1", [Line("rcp45", "S_T", RISE, RISE / 10)], [])
    found = tables.panel(course)
    assert found.count("<tr>") == 1 + len(tables.DECADES)
    assert "<th scope='col'>RCP4.5, S_T</th>" in found
    at = 2040 - YEARS[0]
    assert f"<th scope='row'>2040</th><td class='number'>{at:.1f} ± {at / 10:.1f}</td>" in found


def test_a_table_has_each_bar():
    bars = Bars("SOC", "PgC", [Bar("rcp45", "S_T", 1.5, 0.25), Bar("rcp85", "S_T", -2.0, None)], [])
    found = tables.panel(bars)
    assert "RCP4.5, S_T</th><td class='number'>1.50 ± 0.25</td>" in found
    assert "RCP8.5, S_T</th><td class='number'>−2.00</td>" in found
    assert tables.told(bars) == "SOC (Pg C): RCP4.5, S_T 1.50; RCP8.5, S_T −2.00."


def test_a_map_says_its_reach():
    shown = Map("ΔSOC", "kgC m-2", "carbon", np.array([-1.0, 2.0, np.nan]), 2.0)
    assert tables.told(shown) == "ΔSOC (kg C m⁻²): Map −1.00 to 2.00."
    assert tables.panel(shown) == ""


def selection(curves, *saved):
    """Return what stands for a selection of NEP with saved what-ifs of these names."""
    state = SimpleNamespace(
        curves=curves, variables=("nep",), saved=[SimpleNamespace(name=name) for name in saved]
    )
    return SimpleNamespace(state=state)


def test_all_curves_have_a_name_and_stand_in_the_table():
    drawn = {"nep": dict.fromkeys(("st", "sr", "whatif_st", "whatif_sr", "saved_0"), RISE)}
    more = {"nep": [Beside(RISE, gcm="CCSM4"), Beside(RISE, rcp="rcp45")]}
    named = curved.named(selection("both", "wet"), drawn, more)["nep"]
    assert list(named) == [
        "wet, S_T", "Baseline S_T", "Baseline S_R", "What-if S_T", "What-if S_R", "CCSM4, S_T",
        "RCP4.5, S_T",
    ]  # fmt: skip
    found = tables.courses("NEP", named)
    assert found.count("<th scope='col'>") == 1 + len(named)
    assert found.count("<tr>") == 1 + len(tables.DECADES)


def test_curves_of_the_effect_of_thaw_and_of_the_baseline_alone_say_so():
    drawn = {"nep": {"st": RISE, "whatif_st": RISE}}
    both = curved.named(selection("thaw"), drawn, {})["nep"]
    assert list(both) == ["Baseline S_T − S_R", "What-if S_T − S_R"]
    alone = curved.named(selection("thaw", "wet"), drawn, {}, alone=True)["nep"]
    assert list(alone) == ["Baseline S_T − S_R"]
    assert curved.named(selection("thaw"), {}, {}) == {"nep": {}}


def test_what_a_table_says_cannot_become_markup():
    found = tables.folded("<b>", ("<i>",), [("<u>", "<s>")])
    assert "<b>" not in found
    assert "<i>" not in found
    assert "<u>" not in found
    assert "<s>" not in found
