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
        self.shared = pmui.Checkbox(
            label="One scale", value=state.scale == "shared", size="small", margin=(4, 0, 0, 0)
        )
        self.shared.param.watch(self._scaled, "value")
        state.param.watch(
            lambda event: self.shared.param.update(value=event.new == "shared"), "scale"
        )
        self.pane = pn.Row(*self.lists, self.shared, sizing_mode="stretch_width", margin=0)

    def _chosen(self, place, name):
        maps = list(self._state.maps)
        maps[place] = QUANTITIES[name]
        self._state.maps = tuple(maps)

    def _scaled(self, event):
        self._state.scale = "shared" if event.new else "own"

    def _follow(self, event):
        for one, quantity in zip(self.lists, event.new, strict=True):
            one.value = quantity.name
