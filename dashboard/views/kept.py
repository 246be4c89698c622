"""Widgets that hold what a visitor has just said, while the page changes them, too."""

import math

import panel as pn
import panel_material_ui as pmui

NEAR = 1e-6  # two values of a slider that differ by less are one


def shown(slider, value):
    """Let *slider* show *value*, unless it does.

    Its own value, rounded, would reach a browser late and pull back who has moved on.
    """
    if not math.isclose(slider.value, value, abs_tol=NEAR):
        slider.value = value


class Kept(pmui.MultiChoice):
    """Entries with a × each.

    A browser that has just been given other entries may still say those it had before. Panel
    would drop those it does not know, which looks as if the visitor had taken them away. Such a
    browser shows what it says, and is told anew what there is.
    """

    def _process_property_change(self, props):
        told = props.get("value")
        if told and not set(told) <= set(self.labels):
            props = {name: value for name, value in props.items() if name != "value"}
            pn.state.execute(lambda: self.param.trigger("value"), schedule=True)
        return super()._process_property_change(props)
