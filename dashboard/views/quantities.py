"""What each map shows, to choose from above it."""

import panel as pn
import panel_material_ui as pmui

from dashboard import style
from dashboard.quantities import ASPECTS, QUANTITIES

CHOICES = {
    words: {
        f"{one.symbol} · {one.label}": name
        for name, one in QUANTITIES.items()
        if one.aspect == aspect
    }
    for aspect, words in ASPECTS.items()
}


COMPARED = {"Quantities": "quantities", "On one scale": "scale", "Both scenarios": "scenarios"}


class Quantities:
    """A list of quantities above each map, bound to `State.maps`."""

    def __init__(self, state):
        self._state = state
        self.lists = [
            pmui.Select(
                label=f"Map {number}", value=quantity.name, groups=CHOICES, size="small",
                margin=(6, 8, 0, 0), sizing_mode="stretch_width", sx=style.TIGHT,
            )
            for number, quantity in enumerate(state.maps, 1)
        ]  # fmt: skip
        for place, one in enumerate(self.lists):
            one.param.watch(lambda event, place=place: self._chosen(place, event.new), "value")
        state.param.watch(self._follow, "maps")
        self.compare = pmui.Select(
            label="Compare", options=COMPARED, value=state.compare, size="small", width=136,
            margin=(6, 0, 0, 0), sx=style.TIGHT,
        )  # fmt: skip
        self.compare.param.watch(lambda event: state.param.update(compare=event.new), "value")
        state.param.watch(self._compared, "compare")
        self._compared()
        self.pane = pn.Row(*self.lists, self.compare, sizing_mode="stretch_width", margin=0)

    def _chosen(self, place, name):
        maps = list(self._state.maps)
        maps[place] = QUANTITIES[name]
        self._state.maps = tuple(maps)

    def _compared(self, *_events):
        self.compare.value = self._state.compare
        for one in self.lists[1:]:
            one.disabled = self._state.compare == "scenarios"

    def _follow(self, event):
        for one, quantity in zip(self.lists, event.new, strict=True):
            one.value = quantity.name
