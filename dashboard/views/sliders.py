"""What the sliders of a what-if have in common: how far they go, and when they are heard."""

import math

import panel_material_ui as pmui
from bokeh.models import PrintfTickFormatter

import tem
from dashboard.edits import ALL
from tem.parameters import FIELDS

NEAR = 1e-6  # two values of a slider that differ by less are one
FACTORS = (0.5, 2.0)  # of all ecosystems' own values
FACTOR = "×%.2f"  # how it is printed


class Slider(pmui.FloatSlider):
    """A slider whose every move is heard at once: a cell is rerun while it moves."""

    _debounce = 5


def shown(slider, value):
    """Let *slider* show *value*, unless it does.

    Its own value, rounded, would reach a browser late and pull back who has moved on.
    """
    if not math.isclose(slider.value, value, abs_tol=NEAR):
        slider.value = value


def print_as(slider, form, value):
    """Let *slider* print as *form* says the *value* that it is about to take.

    Another formatter makes Bokeh look through the whole page, and a browser prints nothing anew
    where neither formatter nor value is another. Bokeh sees the formatter in the tags only.
    """
    if slider.format.format == form:
        return
    if slider.value == value:
        name, _old = slider.tags
        new = PrintfTickFormatter(format=form)
        slider.param.update(format=new, tags=[name, new])
    else:
        slider.format.format = form


def literature(name: str, where: str) -> tuple[float, float] | None:
    """Return the ends of the literature's range on the slider, if there is one.

    For all ecosystems at once: the factors that leave each of them within.
    """
    usual = FIELDS[name].about.usual
    if usual is None or where != ALL:
        return usual
    values = [getattr(one, name) for one in tem.ecosystems().values()]
    low, high = (
        pick(end / value for value in values) for pick, end in zip((max, min), usual, strict=True)
    )
    return (low, high) if low <= 1 <= high else None


def reach(name: str, where: str) -> tuple[float, float]:
    """Return where a slider starts and ends: the literature's range and half to twice the value."""
    about = FIELDS[name].about
    if where == ALL:
        values = [getattr(one, name) for one in tem.ecosystems().values()]
        room = [max(about.low / value, about.high / value) for value in values if value]
        return FACTORS[0], min(FACTORS[1], *room)
    own = getattr(tem.ecosystems()[where], name)
    ends = [own * FACTORS[0], own * FACTORS[1], *(about.usual or ())]
    return max(min(ends), about.low), min(max(ends), about.high)
