"""What a tenth more of each parameter does, against what the equations say it must."""

import numpy as np
import pytest

import tem
from tem.parameters import FIELDS
from tem.sensitivity import OUTPUTS, sensitivity, step
from tem.summary import DECLARED

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
