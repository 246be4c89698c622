"""What-ifs kept under a name: save the present one, see which there are, delete."""

import panel as pn
import panel_material_ui as pmui

from dashboard import changes
from dashboard.language import say
from dashboard.views.kept import Kept


class Saved:
    """The list of one page; it only changes `State.saved`."""

    def __init__(self, state):
        self._state, self._setting = state, False
        self.name = pmui.TextInput(
            label=say("Save this what-if as"), placeholder=say("a name of yours"), size="small",
            sizing_mode="stretch_width", margin=(6, 4, 2, 0),
        )  # fmt: skip
        self.save = pmui.Button(
            label=say("Save"), size="small", variant="outlined", margin=(8, 0, 0, 0)
        )
        self.list = Kept(
            label=say("Saved: × deletes"), options=[], value=[], visible=False, margin=(6, 0, 2, 0),
            sizing_mode="stretch_width",
        )  # fmt: skip
        self.pane = pn.Column(
            pn.Row(self.name, self.save, margin=0, sizing_mode="stretch_width"), self.list,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        self.save.on_click(lambda _event: self.keep())
        self.list.param.watch(self._chosen, "value")
        state.param.watch(lambda _event: self.refresh(), "saved")
        self.refresh()

    def keep(self):
        """Save what the panel shows under the name that is written there."""
        state = self._state
        try:
            one = changes.named(self.name.value_input or self.name.value or "", state.change)
            state.saved = changes.kept_with(state.saved, one)
        except ValueError as fault:
            self._refuse(str(fault))
        else:
            self.name.param.update(value="", value_input="")
            self._refuse("")

    def _refuse(self, fault):
        """Say below the name what is wrong with it."""
        self.name.param.update(error_state=bool(fault), helper_text=fault)

    def _chosen(self, event):
        if not self._setting:
            self._state.saved = tuple(one for one in self._state.saved if one.name in event.new)

    def refresh(self):
        """List what is saved."""
        names = [one.name for one in self._state.saved]
        self._setting = True
        try:
            self.list.param.update(options=names, value=names, visible=bool(names))
        finally:
            self._setting = False
