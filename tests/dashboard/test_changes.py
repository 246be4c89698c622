"""What-ifs as things: taken apart, written down, kept under a name."""

import pytest

import tem
from dashboard import changes
from dashboard.changes import Change, Kept

WARM = tem.Offsets(warming=2, co2=-20.5)


def test_nothing_is_changed_by_the_moment_alone():
    assert not Change(since="2020")
    assert Change(("kd*=1.1",))
    assert Change(offsets=tem.Offsets(precipitation=0))


def test_parts_can_be_taken_back_one_by_one():
    change = Change(("kd*=1.1", "Meadow.b=0.6"), "2020", WARM)
    assert change.parts == ("kd*=1.1", "Meadow.b=0.6", "warming=2", "co2=-20.5")
    for part in change.parts:
        assert set(change.without(part).parts) == set(change.parts) - {part}


def test_saved_what_ifs_are_read_as_they_were_written():
    saved = (
        Kept("deep", Change(("kd*=1.2", "Meadow.b=0.6"), "2020", WARM)),
        Kept("warm, dry", Change(offsets=tem.Offsets(precipitation=0.5))),
    )
    assert changes.kept_in(changes.written(saved)) == (saved, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("deep", "not of the form name~since~edits~offsets"),
        ("deep~1999~kd*=1.2~", "deep: changes hold since one of spin-up, 2006, 2020"),
        ("deep~2020~~", "Nothing is changed yet"),
        ("deep~2020~~warming=50", "warming = 50: ΔT may be -5 to 10 K"),
        ("deep~2020~~wind=5", "'wind' is not one of warming, precipitation, co2"),
        ("deep~2020~~co2=much", "co2 = much: ΔCO₂ may be -250 to 1500 ppm"),
        ("deep~2020~~precipitation=nan", "precipitation = nan: ×P may be 0 to 3"),
        ("baseline~2020~kd*=1.2~", "Baseline is that of the defaults"),
    ],
)
def test_what_is_no_saved_what_if_is_named(text, words):
    saved, (fault,) = changes.kept_in(text)
    assert saved == ()
    assert words in fault


def test_good_edits_of_a_saved_what_if_are_kept_and_bad_ones_named():
    ((one,), (fault,)) = changes.kept_in("deep~2020~kd*=1.2,zz=1~")
    assert one.change == Change(("kd*=1.2",), "2020")
    assert fault.startswith("zz=1")
