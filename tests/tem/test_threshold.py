"""Where a region turns from sink to source: known roots, then the model's own."""

import pytest

import tem
from tem.sensitivity import Span
from tem.threshold import crossing, of_parameter, of_warming

UNIT = Span("x", 0.0, 1.0, scales=False)


@pytest.mark.parametrize("root", [0.01, 0.3, 0.731, 0.999])
@pytest.mark.parametrize("slope", [-2.0, 5.0])
def test_a_root_lies_in_a_narrow_bracket(root, slope):
    found = crossing(lambda x: slope * (x - root) ** 3, UNIT)
    assert found.found
    assert found.low <= root <= found.high
    assert 0 < found.high - found.low <= 0.005
    assert (found.at_low < 0) != (found.at_high < 0)
    assert found.tried[found.low] == found.at_low
    assert len(found.tried) == 5 + 6


def test_without_a_root_the_ends_are_told():
    found = crossing(lambda x: 3 + x, UNIT)
    assert found == (False, 0.0, 1.0, 3.0, 4.0, 0, {k / 4: 3 + k / 4 for k in range(5)})


def test_of_several_roots_the_first_is_found_and_the_others_counted():
    found = crossing(lambda x: (x - 0.1) * (x - 0.4) * (x - 0.9), UNIT)
    assert found.low <= 0.1 <= found.high
    assert found.more == 2


@pytest.mark.parametrize("root", [0.0, 0.25, 1.0])
def test_nought_counts_as_a_sink(root):
    for sign in (1, -1):
        found = crossing(lambda x, sign=sign: sign * (x - root), UNIT)
        end = 0.0 if sign > 0 else 1.0  # where nought is at the edge of a sink, nothing changes
        assert found.found == (root != end)
        assert not found.found or found.low <= root <= found.high
        assert not found.found or found.high - found.low <= 0.005
        assert found.more == 0


def test_a_wide_range_is_divided_by_factors():
    found = crossing(lambda x: x - 0.02, Span("x", 0.001, 10.0, scales=False))
    assert found.low <= 0.02 <= found.high < found.low * 10**0.03
    assert next(iter(found.tried)) == 0.001
    assert list(found.tried)[-1] == 10.0


def test_progress_counts_the_runs():
    heard = []
    crossing(lambda x: x - 0.3, UNIT, progress=heard.append)
    assert heard == [*(pytest.approx((k + 1) / 11) for k in range(11)), 1.0]


def test_what_is_no_range_and_no_number_is_said():
    with pytest.raises(ValueError, match="1 to 1 in 5 points is no range"):
        crossing(float, Span("x", 1.0, 1.0, scales=False))
    with pytest.raises(ValueError, match=r"the output at 0\.5 is nan"):
        crossing(lambda x: float("nan") if x == 0.5 else x, UNIT)


def nep(environment, edits=(), **more):
    return tem.summary.measured_mean(tem.experiment(environment, edits, **more), tem.threshold.NEP)


def test_a_deeper_carbon_profile_turns_sink_into_source(environment):
    found = of_parameter(environment, "b", 0.1, 10, narrow=0.1)
    assert found.found
    assert found.at_low > 0 > found.at_high
    assert found.at_low == nep(environment, [f"b={found.low!r}"])
    assert found.at_high == nep(environment, [f"b={found.high!r}"])
    assert found.high / found.low <= 100**0.1 * (1 + 1e-9)


def test_one_ecosystem_can_be_scaled_from_edits(environment):
    meadow = environment.isel(cell=[1])
    found = of_parameter(
        meadow,
        "Meadow.kd",
        0.5,
        2,
        parameters=["b=2"],
        scales=True,
        since="2020",
        scan=2,
        narrow=0.5,
    )
    for factor, output in found.tried.items():
        edits = ["b=2", f"Meadow.kd*={factor!r}"]
        assert output == nep(meadow, edits, since="2020")


def test_what_cannot_be_tried_is_said_before_a_run(environment, region, climate):
    with pytest.raises(ValueError, match="kd = 1 month-1 lies outside"):
        of_parameter(environment, "kd", 0.001, 1.0)
    with pytest.raises(ValueError, match="warming = 11 K lies outside"):
        of_warming(region, climate, 0, 11)


def test_warming_shares_its_history(region, climate, environment):
    one = [1]
    place, sky = region.isel(cell=one), climate.isel(cell=one)
    heard = []
    found = of_warming(place, sky, 0, 4, scan=2, narrow=1.0, progress=heard.append)
    warmer = tem.environment(place, tem.offset(sky, warming=4))
    assert found.tried[0] == nep(environment.isel(cell=one))
    assert found.tried[4] == nep(warmer, past=environment.isel(cell=one))
    assert heard[-1] == 1
