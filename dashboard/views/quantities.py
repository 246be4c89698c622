"""What each map shows, to choose from above it."""

import panel as pn
import panel_material_ui as pmui

from dashboard import style, words
from dashboard.language import N_, offered, say
from dashboard.quantities import ASPECTS, QUANTITIES, called
from dashboard.state import EAST

COMPARED = {
    N_("Quantities"): "quantities", N_("On one scale"): "scale", N_("Both scenarios"): "scenarios",
    N_("Swipe"): "swipe",
}  # fmt: skip


def choices() -> dict[str, dict[str, str]]:
    """Return the names of all quantities by what one reads, in groups of one aspect."""
    return {
        called(aspect): {
            f"{one.symbol} · {one.label}": name
            for name, one in QUANTITIES.items()
            if one.aspect == aspect
        }
        for aspect in ASPECTS
    }


class Quantities:
    """A list of quantities above each map, bound to `State.maps`."""

    def __init__(self, state):
        self._state, groups = state, choices()
        self.lists = [
            pmui.Select(
                label=say("Map {number}", number=number), value=quantity.name, groups=groups,
                size="small",
                margin=(6, 8, 0, 0), sizing_mode="stretch_width", sx=style.TIGHT,
            )
            for number, quantity in enumerate(state.maps, 1)
        ]  # fmt: skip
        for place, one in enumerate(self.lists):
            one.param.watch(lambda event, place=place: self._chosen(place, event.new), "value")
        state.param.watch(self._follow, "maps")
        self.compare = pmui.Select(
            label=say("Compare"), options=offered(COMPARED), value=state.compare, size="small",
            width=136,
            margin=(6, 0, 0, 0), sx=style.TIGHT,
        )  # fmt: skip
        self.compare.param.watch(lambda event: state.param.update(compare=event.new), "value")
        state.param.watch(self._compared, "compare")
        self.divide = pmui.FloatSlider(
            label=say(words.DIVIDE), start=EAST[0], end=EAST[1], step=0.5, value=state.divide,
            width=150, size="small", margin=(0, 8), format="0.0", sx=style.SLIM,
        )  # fmt: skip
        self.divide.param.watch(lambda event: state.param.update(divide=event.new), "value")
        state.param.watch(lambda event: self.divide.param.update(value=event.new), "divide")
        self._compared()
        self.pane = pn.Row(
            *self.lists, self.compare, self.divide, sizing_mode="stretch_width", margin=0,
            stylesheets=[style.WRAPS],
        )  # fmt: skip

    def _chosen(self, place, name):
        maps = list(self._state.maps)
        maps[place] = QUANTITIES[name]
        self._state.maps = tuple(maps)

    def _compared(self, *_events):
        self.compare.value = self._state.compare
        self.divide.visible = self._state.compare == "swipe"
        for one in self.lists[1:]:
            one.disabled = self._state.compare == "scenarios"

    def _follow(self, event):
        for one, quantity in zip(self.lists, event.new, strict=True):
            one.value = quantity.name
