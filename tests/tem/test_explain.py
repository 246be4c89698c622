"""Parts of a change: closed forms, then runs in which only some causes act."""

from itertools import permutations

import numpy as np
import pytest

import tem
from tem import explain, summary
from tem.explain import parts, subsets
from tem.summary import Measure, measured

ABC = ("a", "b", "c")


def outcomes(value, causes=ABC):
    return {some: np.array([float(value(some))]) for some in subsets(causes)}


def shapley(value, causes):
    """Return the mean over all orders of what each cause adds to those before it."""
    found = dict.fromkeys(causes, 0.0)
    orders = list(permutations(causes))
    for order in orders:
        for k, cause in enumerate(order):
            found[cause] += (value(order[: k + 1]) - value(order[:k])) / len(orders)
    return list(found.values())


@pytest.mark.parametrize(("causes", "runs"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 10), (5, 12)])
def test_two_runs_a_cause_and_two_more_at_most(causes, runs):
    assert len(subsets("abcde"[:causes])) == runs


def test_causes_that_add_up_leave_nothing():
    size = {"a": 1.0, "b": -2.0, "c": 4.0}
    found = parts(outcomes(lambda some: 7 + sum(size[c] for c in some)), ABC)
    assert np.array_equal(found[..., 0], [[1, -2, 4, 0]] * 3)


def test_two_causes_share_what_they_do_together():
    found = parts(outcomes(lambda some: 6.0 * ({"a", "b"} <= some)), ABC)[..., 0]
    assert np.array_equal(found, [[0, 0, 0, 6], [6, 6, 0, -6], [3, 3, 0, 0]])


def test_three_causes_together_are_left_over():
    found = parts(outcomes(lambda some: 6.0 * (len(some) == 3)), ABC)[..., 0]
    assert np.array_equal(found, [[0, 0, 0, 6], [6, 6, 6, -12], [3, 3, 3, -3]])


def test_without_three_together_the_mean_is_that_of_all_orders():
    causes = "abcde"
    numbers = np.random.default_rng(1).normal(size=(5, 5))

    def value(some):
        which = [causes.index(c) for c in some]
        return numbers[np.ix_(which, which)].sum()

    found = parts(outcomes(value, causes), causes)[2, :, 0]
    assert np.allclose(found[:-1], shapley(value, causes))
    assert found[-1] == pytest.approx(0, abs=1e-12)


def whole(yearly, name, run, years):
    return measured(yearly, Measure(name, run, *years))


def assert_adds_up(found, expected, tolerance=1e-9):
    """All orders add up to the change; what holds of the whole holds of every part."""
    for name in found:
        assert float(abs(found[name].sum("part") - expected(name)).max()) < tolerance, name
    assert float(abs(found.npp - found.rh - found.nep).max()) < tolerance


def test_the_effect_of_thaw_is_that_of_carbon_and_nitrogen(environment, yearly):
    years = (2050, 2099)
    found = explain.thaw(environment, years=years)
    assert list(found.part.values) == ["carbon", "nitrogen", "residual"]
    assert_adds_up(found, lambda name: whole(yearly, name, "thaw", years))
    runs = tem.experiment(environment, runs=["S_C", "S_R"])
    alone = whole(runs, "rh", "S_C", years) - whole(runs, "rh", "S_R", years)
    assert np.array_equal(found.rh.sel(order="first", part="carbon"), alone)
    assert float(abs(found.nep.sel(order="mean", part="residual")).max()) < 1e-9
    assert float(found.nep.sel(order="first", part="carbon").max()) < 0  # respired, not grown
    assert found.attrs["explains"] == "effect of thaw, mean of 2050-2099"
    assert found.nep.attrs["units"] == "g m-2 year-1"


def test_a_change_is_that_of_its_causes_and_of_the_past(environment, yearly):
    heard = []
    base, years = (2020, 2020), (2080, 2099)
    found = explain.change(environment, base=base, years=years, progress=heard.append)
    assert list(found.part.values) == [
        "carbon", "nitrogen", "warmth", "moisture", "co2", "legacy", "residual",
    ]  # fmt: skip
    assert_adds_up(found, lambda n: whole(yearly, n, "S_T", years) - whole(yearly, n, "S_T", base))
    assert float(found.npp.sel(part="co2").min()) > 0
    assert heard[-1] == 1
    assert heard == sorted(heard)


def still(environment):
    """Return *environment* as if nothing changed after 2020."""
    year = environment.year
    depth = environment.thaw_depth.where(year <= 2020, environment.thaw_depth.sel(year=2020))
    return environment.assign(explain._held(environment)).assign(thaw_depth=depth)


def test_where_nothing_changes_only_the_past_is_at_work(environment):
    found = explain.change(still(environment), past=environment)
    assert float(abs(found.drop_sel(part="legacy")).to_dataarray().max()) == 0
    assert float(abs(found.rh.sel(part="legacy")).max()) > 0


@pytest.mark.parametrize(
    ("cause", "names"),
    [("warmth", ["soil_warmth"]), ("moisture", ["openness", "diffusion"]), ("co2", ["co2"])],
)
def test_what_alone_changes_is_the_only_cause(environment, cause, names):
    moved = still(environment).assign({name: environment[name] for name in names})
    found = explain.change(moved, past=environment).drop_sel(part="legacy")
    others = found.drop_sel(part=cause)
    assert float(abs(others).to_dataarray().max()) == 0
    assert float(abs(found.rh.sel(part=cause)).min()) > 0


def test_weather_that_stays_comes_again(environment):
    held = explain._held(environment)
    for later, earlier in ((2021, 2006), (2035, 2020), (2036, 2006), (2099, 2009), (2015, 2015)):
        one = held.soil_warmth.sel(time=str(later)).to_numpy()
        assert np.array_equal(one, environment.soil_warmth.sel(time=str(earlier)).to_numpy())
    assert np.all(held.co2.sel(year=slice(2020, None)) == environment.co2.sel(year=2020))


def test_a_what_if_is_that_of_its_edits(environment, yearly):
    edits = ["kd*=1.2", "Meadow.b*=1.3"]
    found = explain.what_if(environment, edits, run="thaw", since="2006")
    assert list(found.part.values) == ["b", "kd", "residual"]
    edited = tem.experiment(environment, edits, since="2006")
    years = (2021, 2099)
    assert_adds_up(
        found, lambda n: whole(edited, n, "thaw", years) - whole(yearly, n, "thaw", years)
    )
    elsewhere = found.nep.sel(part="b")[:, (environment.ecosystem != "Meadow").values]
    assert float(abs(elsewhere).max()) == 0


def test_one_edit_is_the_whole_difference(environment, yearly):
    found = explain.what_if(environment, ["q10=2.4"], years=(2099, 2099))
    after = tem.experiment(environment, ["q10=2.4"]).soc.sel(run="S_T", year=2099)
    only = explain.what_if(environment, ["q10=2.4"], years=(2099, 2099), variables=["soc"])
    difference = after - yearly.soc.sel(run="S_T", year=2099)
    assert np.array_equal(only.soc.sel(part="q10", order="mean"), difference)
    assert float(abs(found.sel(part="residual")).to_dataarray().max()) == 0


def test_identical_parameters_have_no_part(environment):
    found = explain.what_if(environment, ["kd*=1"])
    assert list(found.part.values) == ["residual"]
    assert float(abs(found.to_dataarray()).max()) == 0
    elsewhere = environment.isel(cell=(environment.ecosystem != "Meadow").values)
    assert list(explain.what_if(elsewhere, ["Meadow.kd*=2"]).part.values) == ["residual"]


def test_changed_drivers_are_causes(environment):
    other = environment.assign(
        co2=environment.co2 + 100, soil_warmth=environment.soil_warmth + 1,
        thaw_depth=environment.thaw_depth * 1.1,
    )  # fmt: skip
    found = explain.what_if(other, ["cmax*=1.1"], baseline=environment, past=environment)
    assert list(found.part.values) == ["cmax", "warmth", "co2", "thaw", "residual"]
    ends = [
        whole(tem.experiment(sky, edits, past=environment), "nep", "S_T", (2021, 2099))
        for sky, edits in ((environment, []), (other, ["cmax*=1.1"]))
    ]
    assert float(abs(found.nep.sum("part") - (ends[1] - ends[0])).max()) < 1e-9


def test_causes_that_do_not_differ_have_a_part_if_asked_for(environment):
    other = environment.assign(co2=environment.co2 + 100)
    plain = explain.what_if(other, baseline=environment, past=environment)
    found = explain.what_if(other, baseline=environment, past=environment, also=("thaw",))
    assert list(plain.part.values) == ["co2", "residual"]
    assert list(found.part.values) == ["co2", "thaw", "residual"]
    assert float(abs(found.sel(part=["thaw", "residual"])).to_dataarray().max()) == 0
    assert found.sel(part="co2").equals(plain.sel(part="co2"))


def test_ecosystems_add_up_to_the_region(environment):
    found = explain.thaw(environment)
    by_kind = summary.by_ecosystem(found)
    region = summary.regional_total(found)
    assert by_kind.nep.dims == ("ecosystem", "order", "part")
    assert np.allclose(by_kind.nep.sum("ecosystem"), region.nep, rtol=1e-12)
    assert by_kind.nep.attrs["units"] == "Tg year-1"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda e: explain.change(e, years=(2015, 2030)), "choose later ones"),
        (lambda e: explain.thaw(e, years=(2150, 2160)), "2150-2160 do not lie within 2006-2099"),
        (lambda e: explain.thaw(e, variables=["moss"]), "moss is no output"),
        (lambda e: explain.what_if(e, run="S_X"), "run = 'S_X'"),
        (lambda e: explain.change(e.expand_dims(run=2)), "thaw_water"),
    ],
)
def test_an_explanation_says_what_is_wrong(environment, ask, words):
    with pytest.raises(ValueError, match=words):
        ask(environment)


def test_an_explanation_can_be_cancelled(environment):
    with pytest.raises(tem.Cancelled):
        explain.change(environment, cancelled=lambda: True)
