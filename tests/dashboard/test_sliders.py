"""How the sliders of a what-if print their values."""

from bokeh.models import PrintfTickFormatter

from dashboard.views.sliders import FACTOR, Slider, print_as

OWN = "%.4g g"


def slider():
    printer = PrintfTickFormatter(format=FACTOR)
    return Slider(value=1.0, start=0.5, end=2.0, format=printer, tags=["b", printer])


def test_a_formatter_stays_where_the_value_moves_too():
    one = slider()
    printer = one.format
    print_as(one, OWN, 1.5)
    assert one.format is printer
    assert printer.format == OWN


def test_a_value_that_stays_is_printed_by_another_formatter():
    one = slider()
    printer = one.format
    print_as(one, OWN, 1.0)
    assert one.format is not printer
    assert one.format.format == OWN
    assert one.tags == ["b", one.format]


def test_what_prints_so_already_stays():
    one = slider()
    printer = one.format
    print_as(one, FACTOR, 1.0)
    assert one.format is printer
