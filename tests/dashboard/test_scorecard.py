"""The scorecard: what a printed row means, what the model makes of it, how it is judged and told.

The model is the real one, on a few cells of the real region.
"""

import json
import re
from collections import Counter
from itertools import product

import numpy as np
import pytest

import data
import tem
from dashboard import cli, kinds, lines, measures, reasons, scorecard, scorewords
from data.figures import table
from data.store import Store

NEEDED = {
    "id", "published", "published_sd", "model", "model_sd", "difference", "verdict", "reason",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(few):
    """Both runs of the few cells in each climate, without a store."""
    return {
        rcp: [tem.experiment(tem.environment(few, data.climate(few, rcp, g))) for g in data.GCMS]
        for rcp in data.RCPS
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def card(few, folder):
    return {row["id"]: row for row in scorecard.scorecard(few, store=Store(folder))}


@pytest.fixture(scope="module")
def published():
    return data.published()


def row(published, name, **changed):
    """Return a printed row, with some of its columns changed."""
    return {"id": name} | dict(published.loc[name]) | changed


def totals(results, few, rcp, name, run="S_T"):
    """Return a variable's sum over the few cells, for each GCM and year, g."""
    kept = [one[name].sel(run=run).transpose("year", "cell").values for one in results[rcp]]
    return np.array([values @ few.cell_area.values for values in kept])


# --- every row ---


def test_every_row_is_computed_or_says_why_not(card, published):
    assert list(card) == list(published.index)
    for name, found in card.items():
        assert set(found) == set(scorecard.FIELDS) > NEEDED
        assert (found["model"] is None) == (found["verdict"] is None)
        assert (found["verdict"] == "pass") == (found["reason"] is None), name
    json.dumps(list(card.values()), allow_nan=False)


def test_the_papers_own_results_are_all_computed(card, published):
    """All but counts of field observations and the one number of the whole plateau."""
    own = published[~published.run.isin(["obs", "other"])].index
    left_out = [name for name in own if card[name]["model"] is None]
    assert left_out == [f"P{n:03}" for n in (11, 12, 13, 14, 15, 16, 29)]


def test_totals_before_2006_or_of_another_area_are_not_compared(card):
    assert card["P071"]["reason"] == "before 2006, where the model begins"
    assert card["P101"]["reason"].startswith("a total over another area")
    assert card["P102"]["model"] is not None


# --- what a row says is what is computed ---


def test_effects_are_summed_for_fluxes_and_taken_at_the_end_for_stocks(card, few, results):
    for name, symbol in {"P009": "nep", "P134": "vegnup"}.items():
        of = [totals(results, few, "rcp85", symbol, run) for run in ("S_T", "S_R")]
        assert card[name]["model"] == pytest.approx((of[0] - of[1])[:, 15:].sum(1).mean() / 1e12)
    last = [totals(results, few, "rcp85", "soc", run)[:, -1] for run in ("S_T", "S_R")]
    assert card["P148"]["model"] == pytest.approx((last[0] - last[1]).mean() / 1e15)
    rh = [totals(results, few, "rcp85", "rh", run) for run in ("S_T", "S_R")]
    assert card["P005"]["model"] == pytest.approx((rh[0] - rh[1])[:, -1].mean() / 1e12)
    exposed = totals(results, few, "rcp85", "soc_pf")[:, -1]
    shares = (rh[0] - rh[1])[:, 15:].sum(1) / exposed
    assert card["P151"]["model"] == pytest.approx(shares.mean())
    assert card["P151"]["model_sd"] == pytest.approx(shares.std(ddof=1))


def test_changes_are_those_of_the_run_that_is_named(card, few, results):
    for name, run in {"P130": "S_T", "P132": "S_R"}.items():
        son = totals(results, few, "rcp85", "son", run)
        assert card[name]["model"] == pytest.approx((son[:, -1] - son[:, 14]).mean() / 1e12)
    both = sum(totals(results, few, "rcp45", name, "S_R") for name in ("vegc", "soc"))
    assert card["P123"]["model"] == pytest.approx((both[:, -1] - both[:, 14]).mean() / 1e15)


def test_means_are_over_the_printed_period_and_in_the_printed_unit(card, few, results):
    npp = totals(results, few, "rcp45", "npp")
    area = float(few.cell_area.sum())
    assert card["P052"]["model"] == pytest.approx(npp[:, :6].mean() / 1e12)
    assert card["P053"]["model"] == pytest.approx(npp[:, :6].mean() / area)
    assert card["P059"]["model"] == pytest.approx(npp[:, -10:].mean() / area)
    alt = totals(results, few, "rcp85", "alt")[:, -1].mean() / area
    assert card["P143"]["model"] == pytest.approx(alt)


@pytest.mark.parametrize(
    ("one", "column", "word", "other", "scale"),
    [
        ("P052", "period", "2090s", "P058", 1e12),
        ("P052", "unit", "g C/m2/yr", "P053", 1.0),
        ("P052", "symbol", "RH", "P054", 1e12),
        ("P058", "scenario", "RCP8.5", "P064", 1e12),
        ("P129", "run", "S_R", "P131", 1e12),
        ("P129", "run", "S_T-S_R", "P152", 1e12),
        ("P008", "region", "alpine meadow", "P046", 1e12),
        ("P004", "period", "2020-2099", "P146", 1e15),
    ],
)
def test_a_row_that_says_something_else_is_something_else(
    card, few, results, published, one, column, word, other, scale
):
    found = measures.values(row(published, one, **{column: word}), few, results)
    assert np.mean(found) / scale == pytest.approx(card[other]["model"])
    assert card[other]["model"] != card[one]["model"]


@pytest.mark.parametrize(
    ("words", "years"),
    [("2006-2015", (2006, 2015)), ("2090s", (2090, 2099)), ("2050", (2050, 2050)),
     ("2099 vs 2020", (2020, 2099)), ("present", measures.PRESENT), ("", measures.PRESENT)],
)  # fmt: skip
def test_periods_are_read_as_printed(words, years):
    assert measures.years(words) == years


def test_only_rows_without_a_symbol_are_given_one(published):
    assert set(measures.SYMBOLS) <= set(published.index[published.symbol == ""])


def test_of_both_scenarios_the_spread_is_that_over_gcms(card, few, results):
    shares = []
    for rcp in data.RCPS:
        rh = [totals(results, few, rcp, "rh", run)[:, 15:].sum(1) for run in ("S_T", "S_R")]
        shares.append((rh[0] - rh[1]) / totals(results, few, rcp, "soc_pf")[:, -1])
    of_gcms = 100 * np.mean(shares, axis=0)
    assert card["P003"]["model"] == pytest.approx(of_gcms.mean())
    assert card["P003"]["model_sd"] == pytest.approx(of_gcms.std(ddof=1))


def test_contributions_are_of_means_and_have_no_spread(card, few, results):
    of = []
    for name in ("vegc", "soc", "npp", "rh"):
        run = {run: totals(results, few, "rcp85", name, run).mean(0) for run in ("S_T", "S_R")}
        of.append((run["S_T"][-1] - run["S_R"][-1]) / (run["S_T"][-1] - run["S_T"][14]))
    assert card["P044"]["model"] == pytest.approx(100 * min(of))
    assert card["P045"]["model"] == pytest.approx(100 * max(of))
    assert card["P045"]["model_sd"] is None
    assert "without SD" in card["P045"]["note"]


def test_stocks_to_a_depth_follow_eq_2(results):
    """To the depth of the active layer itself the stock is that of the active layer."""
    yearly = results["rcp45"][0]
    flat = yearly.assign(alt=(yearly.alt * 0 + 2.0).assign_attrs(yearly.alt.attrs))
    whole = measures.mean(("soc",), measures.PRESENT, per_area=False)
    assert measures.to_depth(2.0, whole, "soc")(flat) == pytest.approx(whole(flat))
    meadow = flat.isel(cell=flat.ecosystem.values == "Meadow")
    b = tem.ecosystems()["Meadow"].b
    deeper = measures.to_depth(3.0, whole, "soc")(meadow) / whole(meadow)
    assert deeper == pytest.approx(3 / (3 + b) / (2 / (2 + b)))


# --- kinds ---


def test_every_row_has_a_kind(card):
    assert {found["kind"] for found in card.values()} == set(kinds.KINDS)
    number = scorewords.counts(card.values())
    assert sum(sum(found.values()) for found in number.values()) == len(card)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("input", "P010 P017 P018 P051 P141 P178 P184 P185 P194 P201"),
        ("fitted", "P021 P024 P026 P052 P053 P054 P158 P159 P188 P189 P204"),
        ("other study", "P022 P102 P206 P219"),
        ("predicted", "P001 P050 P056 P058 P124 P142 P155"),
    ],
)
def test_kinds_are_as_declared(card, kind, names):
    assert {card[name]["kind"] for name in names.split()} == {kind}


def test_what_the_calibration_is_fitted_to_is_no_prediction(card):
    """Every target that the table of targets takes from the paper, and every copied b."""
    targets = table("calibration_targets")
    printed = targets[targets.source.str.contains("the paper, Table S2")]
    assert len(printed) == 6
    for target in printed.itertuples():
        here = [one for one in card.values() if target.place in (one["region"] or "")]
        found = [one["kind"] for one in here if one["published"] == target.value]
        assert found == ["fitted"], target
    copied = {name: sets.b for name, sets in tem.ecosystems().items()}
    found = {one["region"]: one for one in card.values() if one["symbol"] == "b"}
    assert {name: one["model"] for name, one in found.items()} == copied
    assert {one["kind"] for one in found.values()} == {"input"}


# --- verdicts ---


def judged(model, published, sd=None, ends=None):
    return scorecard.judged(
        {"model": model, "published": published, "published_sd": sd, "range": ends}
    )


@pytest.mark.parametrize(
    ("model", "verdict"),
    [(10.0, "pass"), (12.0, "pass"), (7.9, "near"), (14.0, "near"), (14.1, "far"), (5.0, "far")],
)
def test_verdict_counts_published_standard_deviations(model, verdict):
    found = judged(model, 10.0, 2.0)
    assert found["verdict"] == verdict
    assert found["difference"] == (model - 10.0) / 2.0


@pytest.mark.parametrize(("model", "verdict"), [(-9.0, "pass"), (-12.5, "near"), (-13.0, "far")])
def test_without_a_published_deviation_the_share_counts(model, verdict):
    found = judged(model, -10.0, 0.0)
    assert found["verdict"] == verdict
    assert "difference" not in found
    assert found["relative"] == pytest.approx((model + 10) / 10)


@pytest.mark.parametrize(
    ("model", "verdict", "relative"),
    [(1.3, "pass", 0), (1.0, "pass", 0), (2.1, "pass", 0.05), (2.4, "near", 0.2),
     (3.0, "far", 0.5), (0.5, "far", -0.5)],
)  # fmt: skip
def test_both_ends_of_a_range_are_judged_as_one(model, verdict, relative):
    low, high = (judged(model, end, ends=[1.0, 2.0]) for end in (1.0, 2.0))
    assert low == high == {"verdict": verdict, "relative": pytest.approx(relative)}


def test_a_value_above_a_printed_range_fails_both_rows(few, results, published, monkeypatch):
    monkeypatch.setattr(scorecard, "values", lambda row, region, results: [30e3])  # g C m-2
    for name in ("P214", "P215"):
        one = row(published, name) | scorecard.printed_as(name, published)
        found = scorecard._row(one, few, results)
        assert (found["verdict"], found["relative"]) == ("far", pytest.approx(30 / 17.5 - 1))


@pytest.mark.parametrize(("model", "verdict"), [(0.99, "pass"), (0.85, "pass"), (0.5, "far")])
def test_lower_bounds_are_met_from_above(model, verdict):
    assert judged(model, 0.9, ends=[0.9, None])["verdict"] == verdict


def test_ranges_are_those_that_the_table_calls_low_and_high(card, published):
    for low, high in scorecard.RANGES:
        words = [re.sub(r"\b(low|high)\b", "", published.quantity[name]) for name in (low, high)]
        assert words[0] == words[1]
        assert card[low]["range"] == card[high]["range"] == [
            published["mean"][low], published["mean"][high],
        ]  # fmt: skip
    for name in scorecard.AT_LEAST:
        assert "lower bound" in published.quantity[name]


# --- reasons and notes ---


def test_a_cause_is_told_only_for_the_direction_it_explains(card):
    more = card["P001"] | {"model": 2.0, "verdict": "far"}
    assert "deeper thaw" in reasons.likely(more)
    assert reasons.likely(more | {"model": 0.1}) == reasons.UNKNOWN
    weather = card["P124"] | {"model": 19.0, "model_sd": 40.0, "verdict": "near"}
    assert "two single years" in reasons.likely(weather)
    assert reasons.likely(weather | {"model_sd": 1.0}) == reasons.UNKNOWN


def test_every_cause_explains_some_row(card):
    told = {reasons.likely(found | {"model": found["published"] * size, "model_sd": sd,
                                    "verdict": "far"})
            for found, size, sd in product(card.values(), (0.1, 10), (0, 1e9))
            if found["model"] is not None}  # fmt: skip
    assert {cause.words for cause in reasons.CAUSES} <= told


def test_caveats_stay_when_a_number_is_met(card):
    found = card["P019"]
    assert found["verdict"] == "pass"
    assert found["reason"] is None
    assert "assumed from air temperature" in found["note"]
    assert "taken to this depth" in card["P023"]["note"]
    assert "one year less another" in card["P038"]["note"]


def test_what_the_table_notes_is_told(card, published):
    for name, found in card.items():
        assert published.note[name] in (found["note"] or "")


# --- words ---


def test_printed_numbers_keep_their_digits(card, published):
    assert scorewords.published(card["P003"]) == "60"
    assert scorewords.published(card["P169"]) == "0.02 ± 0.00"
    assert scorewords.published(card["P008"]) == "−303.55 ± 254.80"
    assert scorewords.published(card["P027"]) == "1.40–1.76"
    for name, found in card.items():
        assert published.mean_printed[name] in found["printed"]
        assert published.sd_printed[name] in found["printed"]


def test_numbers_of_the_model_have_neither_exponents_nor_a_negative_nothing(card):
    for found in card.values():
        words = " ".join([scorewords.model(found), *scorewords.off_by(found)])
        assert re.fullmatch(r"[−+]?[\d.]+( ± [\d.]+)?.*|– ?", words)
        assert not re.search(r"\de|[−+]0(\.0+)? ", words)


@pytest.mark.parametrize(
    ("value", "places", "told"),
    [(-0.3, 0, "0"), (0.004, 2, "0.00"), (-1.25, 1, "−1.2"), (3.0, 0, "+3"), (250.4, 0, "+250")],
)
def test_signs_are_told_unless_nothing_is_left(value, places, told):
    assert scorewords.signed(value, places) == told


@pytest.mark.parametrize(
    ("declared", "told"),
    [("g C/m2/yr", "g C m⁻² yr⁻¹"), ("1e6 km2", "10⁶ km²"), ("-", ""), ("kg N/m2", "kg N m⁻²"),
     ("deg N", "° N"), ("Tg N/yr (as printed)", "Tg N yr⁻¹ (as printed)")],
)  # fmt: skip
def test_units_are_told_as_elsewhere_on_the_page(declared, told):
    assert scorewords.unit(declared) == told


def test_the_model_has_the_unit_that_is_meant(card):
    assert card["P133"]["unit"] == "Tg N/yr (as printed)"
    assert scorewords.model_unit(card["P133"]) == "Tg N"


def test_no_two_rows_read_alike(card):
    told = Counter((found["quantity"], *scorewords.conditions(found)) for found in card.values())
    assert [words for words, count in told.items() if count > 1] == []


def test_a_source_tells_sections_from_tables():
    assert scorewords.source({"where": "Abstract; 3.2; Fig 4b"}) == "Abstract; §\u00a03.2; Fig 4b"


def test_text_fits_a_terminal_and_tells_the_rows_apart(card):
    rows = list(card.values())
    told = lines.scorecard(rows)
    assert max(map(len, told)) <= lines.WIDTH
    text = re.sub(r"\s+", " ", " ".join(told))
    for found in rows:
        assert found["id"] in text
        if found["model"] is not None:
            assert ", ".join((found["quantity"], *scorewords.conditions(found))) in text
            assert scorewords.source(found).replace("\u00a0", " ") in text


def test_validate_tells_counts_by_kind_and_verdict(few, folder, card, capsys, monkeypatch):
    monkeypatch.setenv("PERMAFROST_CARBON_STORE", str(folder))
    monkeypatch.setattr(data, "region", lambda *_choices: few)
    assert cli.main(["validate"]) == 0
    *_, tally, headline = capsys.readouterr().out.strip().rsplit("\n\n", 2)
    assert [line.strip().split("  ")[0] for line in tally.splitlines()[1:]] == list(kinds.KINDS)
    number = scorewords.counts(card.values())
    assert re.findall(r"\d+", tally) == [str(n) for of in number.values() for n in of.values()]
    assert f"{number['predicted']['pass']} pass" in headline
    assert cli.main(["validate", "--json"]) == 0
    told = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert list(told) == list(card)
    for name, found in card.items():
        assert told[name].keys() == found.keys()
        assert told[name]["reason"] == found["reason"]
        if found["model"] is not None:  # the store rounds
            assert told[name]["model"] == pytest.approx(found["model"], rel=1e-5)
