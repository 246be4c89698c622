"""Short lists of what a visitor has made, each entry with what can be done with it."""

import panel as pn
import panel_material_ui as pmui

from dashboard import style
from dashboard.language import say

SX = {"textTransform": "none", "py": "1px", "minHeight": "26px", "overflowWrap": "anywhere"}


class Entries:
    """A heading and a line for each entry; nothing where there is none.

    *main* is called with an entry that is pressed; *more* has what else can be done with it, by
    what its button says.
    """

    def __init__(self, heading, main, more=None, *, icon=None):
        self._main, self._more, self._icon = main, more or {}, icon
        self.names = ()
        self._lines = pn.FlexBox(gap="4px", margin=0, sizing_mode="stretch_width")
        self.pane = pn.Column(
            pn.pane.HTML(heading, margin=(6, 0, 2, 0), styles=style.SMALL_PRINT), self._lines,
            visible=False, sizing_mode="stretch_width", margin=0,
        )  # fmt: skip

    def show(self, names):
        """List *names*; what is listed already stays as it is."""
        if self.names != tuple(names):
            self.names = tuple(names)
            self._lines.objects = [part for name in names for part in self._line(name)]
            self.pane.visible = bool(names)

    def press(self, name, what=None):
        """Do with an entry what its button *what* says; without: what it is there for."""
        (self._main if what is None else self._more[what])(name)

    def _line(self, name):
        small = {"size": "small", "margin": 0, "sx": SX}
        first = pmui.Button(label=name, variant="outlined", end_icon=self._icon, **small)
        first.on_click(lambda _event: self.press(name))
        others = [pmui.Button(label=say(what), variant="text", **small) for what in self._more]
        for what, button in zip(self._more, others, strict=True):
            button.on_click(lambda _event, what=what: self.press(name, what))
        return [pn.Row(first, *others, margin=0)] if others else [first]
