"""What-ifs kept under a name: save the present one, take one up again, delete."""

import panel as pn
import panel_material_ui as pmui

from dashboard import changes
from dashboard.language import N_, say
from dashboard.views.entries import Entries

DELETE = N_("Delete")


class Saved:
    """The list of one page; it only changes what is saved and what is changed in `State`."""

    def __init__(self, state):
        self._state = state
        self.name = pmui.TextInput(
            label=say("Save this what-if as"), placeholder=say("a name of yours"), size="small",
            sizing_mode="stretch_width", margin=(6, 4, 2, 0),
        )  # fmt: skip
        self.save = pmui.Button(
            label=say("Save"), size="small", variant="outlined", margin=(8, 0, 0, 0)
        )
        self.list = Entries(say("Saved: press one to set the sliders to it"), self.take_up,
                            {DELETE: self.delete})  # fmt: skip
        self.pane = pn.Column(
            pn.Row(self.name, self.save, margin=0, sizing_mode="stretch_width"), self.list.pane,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        self.save.on_click(lambda _event: self.keep())
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

    def take_up(self, name):
        """Change what the what-if *name* changes, and nothing else."""
        (one,) = (one for one in self._state.saved if one.name == name)
        self._state.param.update(**one.change._asdict())

    def delete(self, name):
        """Forget the what-if *name*."""
        self._state.saved = tuple(one for one in self._state.saved if one.name != name)

    def _refuse(self, fault):
        """Say below the name what is wrong with it."""
        self.name.param.update(error_state=bool(fault), helper_text=fault)

    def refresh(self):
        """List what is saved."""
        self.list.show([one.name for one in self._state.saved])
