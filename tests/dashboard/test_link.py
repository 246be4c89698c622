from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
import tem
from dashboard import link
from dashboard.changes import Change, Kept
from dashboard.grid import Grid
from dashboard.quantities import QUANTITIES
from dashboard.state import CHOICES, PANELS, State, panels
from dashboard.story import STEPS

REGION = data.region(0.5)
GRID = Grid(REGION)


def round_trip(state):
    said = dict(parse_qsl(link.query(state, REGION), keep_blank_values=True))
    found, faults = link.choices(said, GRID)
    assert faults == []
    return State(**found)


def test_a_fresh_page_has_a_bare_address():
    assert link.query(State(), REGION) == ""


@settings(deadline=None)
@given(
    rcp=st.sampled_from(CHOICES["rcp"]),
    gcm=st.sampled_from(CHOICES["gcm"]),
    ecosystem=st.sampled_from(CHOICES["ecosystem"]),
    year=st.integers(data.YEARS[0], data.YEARS[-1]),
    cell=st.none() | st.integers(0, REGION.sizes["cell"] - 1),
    curves=st.sampled_from(CHOICES["curves"]),
    view=st.sampled_from(CHOICES["view"]),
    figure=st.sampled_from(CHOICES["figure"]),
    lang=st.sampled_from(CHOICES["lang"]),
    maps=st.tuples(*[st.sampled_from(list(QUANTITIES.values()))] * 3),
    analysis=st.sampled_from(CHOICES["analysis"]),
    explained=st.sampled_from(CHOICES["explained"]),
    order=st.sampled_from(CHOICES["order"]),
    output=st.sampled_from(CHOICES["output"]),
    run=st.sampled_from(CHOICES["run"]),
    range=st.sampled_from(CHOICES["range"]),
    parameter=st.sampled_from(CHOICES["parameter"]),
    where=st.sampled_from(CHOICES["where"]),
    drag=st.sampled_from(CHOICES["drag"]),
    spot=st.sampled_from(CHOICES["spot"]),
    chart=st.sampled_from(CHOICES["chart"]),
    story=st.integers(0, len(STEPS)),
    zoom=st.sampled_from([(), (80.25, 90.5, 30.0, 35.75), (72.0, 106.0, 24.0, 42.0)]),
    opened=st.lists(st.sampled_from(PANELS), unique=True).map(panels),
    offsets=st.builds(
        tem.Offsets,
        warming=st.sampled_from([-5.0, 0.0, 0.1, 2.5, 10.0]),
        precipitation=st.sampled_from([0.0, 0.95, 1.0, 3.0]),
        co2=st.sampled_from([-250.0, 0.0, 70.0, 1500.0]),
    ),
)
def test_a_link_restores_every_choice(**chosen):
    saved = (
        Kept("deep + dry", Change(("kd*=1.2",), "2020", chosen["offsets"])),
        Kept("été 2×", Change(("Meadow.b=0.6", "Meadow.kd*=1.1"))),
    )
    state = State(**chosen, edits=("kd*=1.2", "Meadow.b=0.6"), shown="Difference", saved=saved)
    again = round_trip(state)
    for name in (*chosen, "edits", "shown", "saved"):
        assert getattr(again, name) == getattr(state, name)


def test_a_link_restores_an_area():
    state = State(area=((85.0, 30.25), (95.5, 30.25), (95.5, 35.0)), panel="pools", lines="models")
    again = round_trip(state)
    assert (again.area, again.panel, again.lines) == (state.area, "pools", "models")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=6))
def test_nonsense_is_told_and_never_breaks_a_page(said):
    found, faults = link.choices(said, GRID)
    State(**found)
    assert len(found) + len(faults) >= len(said)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("year", "2200", "year = '2200': choose a year from 2006 to 2099"),
        ("rcp", "rcp26", "rcp = 'rcp26': choose one of rcp45, rcp85"),
        ("cell", "nan,nan", "no permafrost cell"),
        ("cell", "27,76", "no permafrost cell at 27.00° N, 76.00° E"),
        ("cell", "here", "expected latitude,longitude"),
        ("maps", "soc,npp,nep", "'soc' is no quantity; write them as thaw.soc"),
        ("maps", "thaw.soc", "name 3 quantities"),
        ("area", "80,30,81", "expected longitude,latitude of 3 to 40 corners"),
        ("area", "80,30,x,31,82,30", "expected longitude,latitude"),
        ("area", "75,26,76,26,76,27", "no permafrost cell in this area"),
        ("area", "nan,30,81,31,82,30", "no permafrost cell in this area"),
        ("edits", "b=" + "9" * 3000, "a link may carry"),
        ("saved", "b" * 3000, "a link may carry"),
        ("saved", "deep", "not of the form name~since~edits~offsets"),
        ("warming", "11", "warming = 11: ΔT may be -5 to 10 K"),
        ("co2", "much", "co2 = much: ΔCO₂ may be -250 to 1500 ppm"),
        ("story", "99", "story = '99': choose a step from 1 to"),
        ("story", "<b>", "story = '<b>': choose a step"),
        ("zoom", "80,90,30", "expected west,east,south,north"),
        ("zoom", "90,80,30,35", "the maps lie within 72, 106, 24, 42 degrees"),
        ("zoom", "nan,90,30,35", "the maps lie within"),
        ("zoom", "0,360,-90,90", "the maps lie within"),
        ("opened", "cellar", "'cellar' is no panel; known are climate"),
        ("colour", "red", "is not part of a link"),
    ],
)
def test_each_fault_is_one_clear_message(name, text, message):
    found, faults = link.choices({name: text}, GRID)
    assert found == {}
    assert len(faults) == 1
    assert message in faults[0]


def test_good_edits_of_a_link_are_kept_and_bad_ones_named():
    found, faults = link.choices({"edits": "kd*=1.2,zz=1,kd*=1000"}, GRID)
    assert found == {"edits": ("kd*=1.2",)}
    assert [fault.split(":")[0] for fault in faults] == ["zz=1", "kd*=1000"]


def test_grid_finds_each_cell_again():
    places = zip(REGION.lon.values, REGION.lat.values, strict=True)
    assert [GRID.cell_at(lon + 0.2, lat - 0.2) for lon, lat in places] == list(
        range(REGION.sizes["cell"])
    )
    picture = GRID.picture(REGION.elevation)
    row, column = divmod(GRID.index[7], GRID.shape[1])
    assert picture[row, column] == REGION.elevation[7]
    assert (GRID.lat[row], GRID.lon[column]) == (REGION.lat[7], REGION.lon[7])


def test_state_of_another_shape_is_refused():
    with pytest.raises(AttributeError):
        link.query(SimpleNamespace(), REGION)


def test_an_area_beyond_the_globe_is_refused_and_one_of_many_digits_comes_back():
    beyond = "-1e300,20,1e300,20,1e300,1e300"
    assert len(link.choices({"area": beyond}, GRID)[1]) == 1
    found, faults = link.choices({"area": "73.123456789,26,104,26,90,41"}, GRID)
    assert faults == []
    round_trip(State(**found))
