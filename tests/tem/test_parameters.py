"""The table of parameters: complete, within its own bounds, and editable in words."""

import math

import pytest

import tem
from tem import variables
from tem.parameters import ECOSYSTEMS, Parameters, as_records, ecosystems, edited, kinds, sites
from tem.schema import build, fields

SCHEMAS = [Parameters] + [
    getattr(variables, name)
    for name in ("Pools", "Fluxes", "Drivers", "Ground", "GroundYear", "WaterYear", "Yearly")
]
TABLE_S1 = {
    "Steppe": 0.8627, "Meadow": 0.5374, "Sparse": 0.5937, "Desert": 4.866, "Shrubland": 1.2553,
    "Forest": 0.4746, "Others": 0.6920,
}  # fmt: skip
EVERY = [(schema, field) for schema in SCHEMAS for field in fields(schema)]


@pytest.mark.parametrize(
    ("schema", "field"), EVERY, ids=[f"{s.__name__}.{f.name}" for s, f in EVERY]
)
def test_every_quantity_says_what_it_is(schema, field):
    assert field.unit
    assert field.about.label
    assert field.about.low < field.about.high
    assert field.about.over_time in {"mean", "sum", "maximum", "point"}
    if schema is Parameters:
        assert field.about.symbol
        assert field.about.source
        assert field.about.stage in {"ground", "climate", "ecosystem"}
        assert math.isfinite(field.about.low)
        assert math.isfinite(field.about.high)


def test_fluxes_are_summed_and_stocks_are_not():
    for field in fields(variables.Yearly):
        per_year = field.unit.endswith("year-1")
        assert (field.about.over_time == "sum") == per_year, field.name


@pytest.mark.parametrize("name", ECOSYSTEMS)
def test_defaults_lie_within_bounds_and_usual_ranges(name):
    p = ecosystems()[name]
    for field in fields(Parameters):
        low, high = field.about.usual or (field.about.low, field.about.high)
        assert field.about.low <= low < high <= field.about.high, field.name
        assert low <= getattr(p, field.name) <= high, field.name


@pytest.mark.parametrize("site", ["Zoige", "NamCo", "Haibei"])
def test_sites_are_ecosystems_with_numbers_of_their_own(site):
    name, p = sites()[site]
    assert name == {"Zoige": "Meadow", "NamCo": "Steppe", "Haibei": "Shrubland"}[site]
    assert p.b == TABLE_S1[name]


def test_sites_start_from_the_observed_soil_carbon_and_nitrogen():
    """Liu et al., Table S2."""
    soil = {site: (p.soc_start, p.son_start) for site, (_, p) in sites().items()}
    assert soil["NamCo"] == pytest.approx((4698.55, 399.04), rel=1e-5)
    assert soil["Haibei"] == pytest.approx((23440.0, 2616.2), rel=1e-5)
    assert soil["Zoige"] == pytest.approx((30895.51, 1984.78), rel=1e-5)


@pytest.mark.parametrize("name", ECOSYSTEMS)
def test_depth_scales_are_the_published_ones(name):
    assert ecosystems()[name].b == TABLE_S1[name]


@pytest.mark.parametrize("name", ECOSYSTEMS)
def test_start_pools_agree_with_their_ratios(name):
    p = ecosystems()[name]
    assert p.vegc_start / p.vegns_start == pytest.approx(p.c2n, rel=0.001)
    assert p.soc_start / p.son_start == pytest.approx(p.cnsoil, rel=0.001)


def test_symbols_are_unambiguous():
    words = [f.about.symbol for f in fields(Parameters)]
    assert len(set(words)) == len(words)
    names = {f.name: f.about.symbol for f in fields(Parameters)}
    for name, symbol in names.items():
        assert symbol == name or symbol not in names, f"{symbol} means two things"


WORDS = [
    word for field in fields(Parameters) for word in dict.fromkeys([field.name, field.about.symbol])
]


@pytest.mark.parametrize("word", WORDS)
def test_names_and_symbols_are_both_understood(word):
    assert edited([f"Desert.{word}*=1"]) == ecosystems()


def test_edits_assign_scale_and_add_up():
    after = edited(["kd*=2", "Meadow.kd*=1.5", "steppe.b = 0.7"])
    before = ecosystems()
    assert after["Forest"].kd == 2 * before["Forest"].kd
    assert after["Meadow"].kd == 3 * before["Meadow"].kd
    assert after["Steppe"].b == 0.7
    assert after["Meadow"].b == before["Meadow"].b


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("kd=nan", "'kd=nan': nan is not a finite number"),
        ("kd=inf", "not a finite number"),
        ("kd=fast", "fast is not a number"),
        ("kd=9", r"'kd=9', Steppe: kd = 9 month-1 lies outside \[0, 0.05\]"),
        ("Forest.b*=1e9", "Forest: b = .* m lies outside"),
        ("Taiga.b=1", "Taiga is not an ecosystem; choose one of Steppe, Meadow"),
        ("colour=1", "colour is not a parameter; choose one of b, z_cap"),
        ("b", r"not of the form \[Ecosystem.\]name=value"),
        ("b=", r"not of the form"),
    ],
)
def test_an_edit_says_what_is_wrong_with_it(edit, words):
    with pytest.raises(ValueError, match=words):
        edited([edit])


def test_all_faults_are_told_at_once():
    with pytest.raises(ValueError, match=r"colour is not a field of Parameters; kd = 9 .*; q10 = "):
        build(Parameters, {"q10": 99, "kd": 9, "colour": 1})


def test_what_is_no_number_is_named():
    with pytest.raises(ValueError, match="kd = 'x' is not a number"):
        build(Parameters, {"kd": "x"})
    with pytest.raises(ValueError, match="kd = nan"):
        build(Parameters, {"kd": float("nan")})


def test_records_hold_the_table_in_order():
    table = as_records(ecosystems())
    for k, name in enumerate(ECOSYSTEMS):
        assert table[k].b == ecosystems()[name].b
        assert tuple(table[k]) == tuple(ecosystems()[name])


def test_unknown_ecosystems_are_named():
    assert list(kinds(["Meadow", "Others"])) == [1, 6]
    with pytest.raises(ValueError, match=r"\['Moss'\] unknown; choose from Steppe"):
        kinds(["Meadow", "Moss"])


def test_what_the_package_offers_exists():
    for name in tem.__all__:
        assert hasattr(tem, name)
