"""What a tenth more of each parameter does, against what the equations say it must."""

import numpy as np
import pytest

import tem
from tem.parameters import FIELDS, ecosystems
from tem.sensitivity import OUTPUTS, sensitivity, span, step, tornado
from tem.summary import DECLARED, Measure, measured_mean
from tem.thin import thin

NONE = 1e-3  # changes smaller than this count as none
# signs of the change in NPP, RH, SOC and the effect of thaw on ΣNEP (− : a weaker sink);
# ?: the equations leave it open
EXPECTED = {
    "b": "???-",  # carbon lies deeper, so deepening thaw exposes more of it
    "z_cap": "000+",  # lowered: less of the deepest thaw counts
    "cmax": "+++?",  # more photosynthesis, more litter
    "kr": "---?",  # plants burn more of it
    "kd": "++-?",  # faster decomposition frees nitrogen; equal litter holds less soil carbon
    "nmax": "+++?",  # nitrogen limits growth
    "nup": "---?",  # microbes keep nitrogen from plants
    "kn1": "---?",  # uptake saturates later
    "kn2": "+++?",  # immobilisation saturates later
    "kc": "---?",  # CO2 saturates later
    "lcclnc": "++-?",  # litter counts as rich in nitrogen: decomposes faster, as with kd
    "cfall": "??+?",  # litter poorer in nitrogen decomposes more slowly
    "nfall": "??-?",  # and richer litter faster
    "c2n": "??+?",  # more is resorbed, so litter is poorer
    "cnsoil": "+++?",  # mineralisation keeps less in the soil
    "son_start": "+++?",  # nitrogen is closed: what it starts with is what there is
    "soc_start": "0000",  # carbon is not: the start is forgotten
    "vegc_start": "0000",
    "vegnl_start": "0000",  # too little to matter
    "availn_start": "0000",
    "ki": "---?",  # light saturates later
    "leaf_a": "+++?",  # fuller leaves
    "leaf_min": "00?0",  # only forests keep leaves, and they are few
    "t_max": "+++?",  # warm months count for more
    "n_freeze": "???+",  # winters reach the ground: colder, so less of it thaws
    "thaw_gain": "++-?",  # warmer ground decomposes more and frees nitrogen
    "geothermal": "000?",  # little beside what comes from above
    "water_3": "00?-",  # more ice: thinner today, so thaw to the same depth exposes more
    "k_thawed_3": "???-",  # summers reach deeper
}


@pytest.fixture(scope="module")
def found(region, climate, compiled):
    return sensitivity(region, climate, names=EXPECTED)


def sign(change):
    return "0" if abs(change) < NONE else "+" if change > 0 else "-"


@pytest.mark.parametrize("name", EXPECTED)
def test_signs_are_those_of_the_equations(found, name):
    one = found.sel(parameter=name)
    changes = [float(one[output]) for output in OUTPUTS]
    print(f"{name} ×{float(one.factor):g}:", *(f"{c:+.2%}" for c in changes))
    signs = "".join(map(sign, changes))
    for got, wanted, output in zip(signs, EXPECTED[name], OUTPUTS, strict=True):
        assert wanted in ("?", got), f"{output}: {signs}"


def test_no_tenth_does_more_than_its_size_allows(found):
    """A tenth of one parameter is no lever for several tenths of a present stock or flux."""
    for output in ("npp", "rh", "soc"):
        assert float(abs(found[output]).max()) < 0.2


def test_it_is_the_change_that_an_edit_makes(found, environment, yearly):
    edited = tem.experiment(environment, ["kd*=1.1"]).sel(run="S_T", year=slice(2006, 2015))
    default = yearly.sel(run="S_T", year=slice(2006, 2015))
    weights = yearly.cell_area.to_numpy()
    before, after = (np.average(one.soc.mean("year"), weights=weights) for one in (default, edited))
    assert float(found.soc.sel(parameter="kd")) == pytest.approx(after / before - 1)


def test_what_is_watched_has_the_unit_of_its_variable(found):
    for name in ("npp", "rh", "soc"):
        assert found[name].attrs["value_units"] == DECLARED[name].unit
        assert found[name].attrs["long_name"].startswith(DECLARED[name].about.label)
    assert found.thaw_nep.attrs["value_units"] == "gC m-2"
    assert [field.about.symbol for field in OUTPUTS.values()] == ["NPP", "RH", "SOC", "ΣΔNEP"]


def test_every_parameter_can_be_changed():
    for name in FIELDS:
        assert step(name, 0.1) in (1.1, 0.9)


def test_unknown_parameters_are_named(region, climate):
    with pytest.raises(ValueError, match="wind: no parameter; choose from b, z_cap"):
        sensitivity(region, climate, names=["wind"])


# --- tornado ---

SUMMED = Measure("nep", "thaw", over="sum")


@pytest.mark.parametrize("change", [0.1, "usual"])
def test_a_bar_is_the_run_of_its_edit(environment, change):
    heard, bars = [], []
    found = tornado(
        environment, SUMMED, names=["b", "kd"], change=change, progress=heard.append,
        bar=bars.append,
    )  # fmt: skip
    assert list(found.parameter.values) == ["b", "kd"]
    for name in ("b", "kd"):
        one = found.sel(parameter=name)
        for end in ("low", "high"):
            yearly = tem.experiment(environment, [one[f"edit_{end}"].item()])
            assert one[end].item() == measured_mean(yearly, SUMMED)
            assert one[f"error_{end}"].item() == 0
    assert found.attrs["value"] == measured_mean(tem.experiment(environment), SUMMED)
    assert {one.parameter: one.high for one in bars} == found.high.to_series().to_dict()
    assert heard == [0.2, 0.6, 1.0]
    assert found.low.attrs["units"] == "g m-2"


def test_a_tornado_starts_from_the_what_if(environment):
    what_if, soc = ["kd*=1.5", "Meadow.b=0.3"], Measure("soc", "S_T", 2099, 2099)
    found = tornado(environment, soc, what_if, names=["b"], since="2006")
    edited = tem.experiment(environment, [*what_if, "b*=0.9"], since="2006")
    assert found.low.item() == measured_mean(edited, soc)
    assert found.edit_low.item() == "b*=0.9"


def test_every_parameter_of_the_stage_has_a_bar(environment):
    found = tornado(environment.isel(cell=[1]), Measure("npp"))
    here = [field.name for field in FIELDS.values() if field.about.stage == "ecosystem"]
    assert list(found.parameter.values) == here
    assert float(found.high.sel(parameter="z_cap")) == found.attrs["value"]  # is at its bound


def test_ends_stop_at_the_bounds():
    assert span("z_cap", 0.1) == ("z_cap", 0.9, 1.0, True)
    assert span("kd", 0.25) == ("kd", 0.75, 1.25, True)
    wide = span("labncon", 9)
    assert (wide.low, wide.high) == (pytest.approx(0, abs=1e-9), pytest.approx(5))
    for name, field in FIELDS.items():
        one = span(name, 5.0)
        for end in (one.low, one.high):
            tem.edited([one.edit(end)])
        assert field.about.low <= one.low * getattr(ecosystems()["Meadow"], name) or one.low == 1
    assert span("c_even", 9, ecosystems=["Desert"]).high > span("c_even", 9).high


def test_usual_ranges_are_those_declared():
    assert span("b", "usual") == ("b", 0.1, 10.0, False)
    assert span("b", "usual").edit(0.1) == "b=0.1"
    with pytest.raises(
        ValueError, match=r"kc \(Half saturation of CO₂\): no range in the literature"
    ):
        span("kc", "usual")


def test_a_thinned_tornado_is_within_its_error(environment):
    """Cells of one ecosystem that differ by their warmth; every second stands for two."""
    steppe = environment.isel(cell=[0] * 24)
    warmth = np.linspace(-2, 2, 24)
    many = steppe.assign(soil_warmth=steppe.soil_warmth + warmth[:, None])
    rh = Measure("rh")
    few = thin(many, warmth, 8)
    whole, part = (tornado(cells, rh, names=["kd", "q10"]) for cells in (many, few))
    for end in ("low", "high"):
        off = abs((part[end] - part.attrs["value"]) - (whole[end] - whole.attrs["value"]))
        assert bool((off <= 3 * part[f"error_{end}"]).all())
        assert bool((part[f"error_{end}"] > 0).all())
    assert abs(part.attrs["value"] - whole.attrs["value"]) < 3 * part.attrs["error"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"names": ["wind"]}, "wind: no parameter"),
        ({"names": ["ki"]}, "ki acts on the climate stage"),
        ({"measure": Measure("moss")}, "moss is no output"),
        ({"measure": Measure("soc", over="sum")}, "soc has no sum over years"),
    ],
)
def test_a_tornado_says_what_is_wrong(environment, given, words):
    with pytest.raises(ValueError, match=words):
        tornado(environment, **({"measure": Measure("npp")} | given))


def test_a_tornado_can_be_cancelled(environment):
    bars = []
    with pytest.raises(tem.Cancelled):
        tornado(environment, SUMMED, bar=bars.append, cancelled=lambda: bool(bars), workers=2)
    assert 1 <= len(bars) <= 2  # the other thread may finish its own


def test_a_tornado_is_the_same_with_any_number_of_threads(environment):
    one, many = (
        tornado(environment, SUMMED, names=["b", "kd", "q10", "cmax"], workers=workers)
        for workers in (1, 3)
    )
    assert one.identical(many)
