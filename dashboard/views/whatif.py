"""The what-if panel: a slider for each rate, for one ecosystem or for all at once."""

import html

import panel as pn
import panel_material_ui as pmui
from bokeh.models import PrintfTickFormatter

import tem
from dashboard import edits, style, words
from dashboard.edits import ALL, PANEL
from dashboard.state import GROUPS
from tem.parameters import FIELDS

GROUPS_FIRST = ("thaw", "rates")  # of parameters, in `tem.parameters`
FACTORS = (0.5, 2.0)  # of all ecosystems' own values
STEPS = 300


class Slider(pmui.FloatSlider):
    """A slider whose every move is heard at once: a cell is rerun while it moves."""

    _debounce = 5


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


class WhatIf:
    """The panel of one page. It only changes `State.edits` and says what it wants run."""

    def __init__(self, state, run, cancel, complain):
        self._state, self._complain = state, complain
        self._setting = self._moving = False
        self._run = run
        rates = [name for name in PANEL if FIELDS[name].about.group in GROUPS_FIRST]
        others = [name for name in PANEL if name not in rates]
        self.where = pmui.Select(
            label="Change parameters of", value=ALL,
            options={"All ecosystems": ALL} | {g: g for g in GROUPS[1:]},
            size="small", sizing_mode="stretch_width", margin=(4, 0),
        )  # fmt: skip
        self.since = pmui.Select(
            label="Changes hold", value=state.since, size="small", margin=(4, 0),
            options={f"{when[0].upper()}{when[1:]}": name for name, when in words.SINCE.items()},
            sizing_mode="stretch_width",
        )  # fmt: skip
        self.sliders = {name: self._slider(name) for name in rates}
        self.other = pmui.Select(
            label="Another parameter", value="", size="small", sizing_mode="stretch_width",
            options={"none": ""} | {f"{FIELDS[n].about.label} ({n})": n for n in others},
            margin=(12, 0, 4, 0),
        )  # fmt: skip
        self._spare = self._slider(others[0])
        self._spare.visible = False
        self.text = pmui.TextInput(
            label="Edits, as on the command line", placeholder="Meadow.b=0.6, kd*=1.2",
            size="small", sizing_mode="stretch_width", margin=(6, 0, 2, 0), sx=style.LINES,
        )  # fmt: skip
        self.run = pmui.Button(
            label="Run region", size="small", variant="contained", margin=(0, 4, 0, 0)
        )
        self.cancel = pmui.Button(label="Cancel", size="small", variant="outlined", disabled=True,
                                  margin=(0, 4))  # fmt: skip
        self.reset = pmui.Button(label="Reset", size="small", variant="text", margin=(0, 4))
        self.automatic = pmui.Switch(label="Rerun the region when a slider is released", value=True,
                                     size="small", margin=(2, 0))  # fmt: skip
        self.bar = pmui.LinearProgress(value=0, variant="determinate", visible=False,
                                       sizing_mode="stretch_width", margin=(6, 0, 2, 0),
                                       sx=style.STILL)  # fmt: skip
        self.says = pn.pane.HTML(
            "", sizing_mode="stretch_width", margin=(2, 0), css_classes=["says"]
        )
        self.run.on_click(lambda _event: run())
        self.cancel.on_click(lambda _event: cancel())
        self.reset.on_click(lambda _event: self._put(()))
        self.where.param.watch(lambda _event: self._set_sliders(), "value")
        self.since.param.watch(lambda event: state.param.update(since=event.new), "value")
        state.param.watch(lambda event: self.since.param.update(value=event.new), "since")
        self.other.param.watch(self._show_other, "value")
        self.text.param.watch(self._typed, "value")
        state.param.watch(lambda _event: self._moving or self.refresh(), "edits")
        self.refresh()
        self.pane = pn.Column(
            self.where, *self.sliders.values(), self.other, self._spare, self.since, self.text,
            pn.Row(self.run, self.cancel, self.reset, margin=(4, 0)), self.automatic, self.bar,
            self.says, sizing_mode="stretch_width",
        )  # fmt: skip

    def _slider(self, name):
        slider = Slider(size="small", sizing_mode="stretch_width", margin=(0, 4, 0, 4),
                        label="", value=1.0, start=0.5, end=2.0, step=0.005, tooltips=False,
                        sx=style.SLIM)  # fmt: skip
        slider.tags = [name]
        slider.param.watch(lambda event: self._moved(slider, event.new), "value")
        slider.param.watch(lambda _event: self._released(), "value_throttled")
        return slider

    def _moved(self, slider, value):
        if self._setting or value is None:
            return
        name, where = slider.tags[0], self.where.value
        own = 1.0 if where == ALL else getattr(tem.ecosystems()[where], name)
        if abs(value - own) <= slider.step * 0.51:  # the mark of the baseline can be hit
            value = own
        new, faults = edits.allowed(edits.put(self._state.edits, where, name, value))
        if faults:
            self._complain(*faults)
            return
        self._moving = True  # this slider shows its value already, and the others stay
        try:
            self._state.edits = new
        finally:
            self._moving = False

    def _released(self):
        if not self._setting:
            self.write()
            if self.automatic.value and self._state.edits:
                self._run()

    def _typed(self, event):
        if self._setting:
            return
        new, faults = edits.read(event.new or "")
        if faults:  # the text stays for its writer to mend
            self._refuse(faults)
        else:
            self._put(new)
            self._released()

    def _refuse(self, faults):
        """Say below the text what is wrong with it."""
        self.text.param.update(error_state=bool(faults), helper_text="\n".join(faults))

    def _put(self, new):
        if new != self._state.edits:
            self._state.edits = new
        else:
            self.refresh()

    def _show_other(self, event):
        self._spare.visible = bool(event.new)
        if event.new:
            self._spare.tags = [event.new]
            self._set_sliders()

    def follow_cell(self, ecosystem):
        """Point the sliders at the ecosystem of a tapped cell."""
        with pn.io.hold():
            self.where.value = ecosystem

    def refresh(self):
        """Show the edits: on the sliders and as text."""
        self._set_sliders()
        self.write()

    def _set_sliders(self):
        self._setting = True
        try:
            for slider in (*self.sliders.values(), self._spare):
                self._set(slider, slider.tags[0], self.where.value)
        finally:
            self._setting = False

    def write(self):
        """Write the edits as text."""
        self._setting = True
        try:
            self.text.value = ", ".join(self._state.edits)
        finally:
            self._setting = False
        self._refuse(())

    def _set(self, slider, name, where):
        about = FIELDS[name].about
        unit = style.bound(style.unit(FIELDS[name].unit))
        value = edits.effective(self._state.edits, where, name)
        low, high = reach(name, where)
        low, high = min(low, value), max(high, value)
        own = 1.0 if where == ALL else getattr(tem.ecosystems()[where], name)
        marks = [{"value": own}]
        if where != ALL and about.usual:
            marks += [{"value": end} for end in about.usual if low <= end <= high]
        form = "×%.2f" if where == ALL else f"%.4g\u00a0{unit}"
        if slider.format is None or slider.format.format != form:  # a new one costs a patch
            slider.format = PrintfTickFormatter(format=form)
        slider.param.update(
            label=f"{about.symbol} · {about.label}", start=low, end=high, value=value,
            step=(high - low) / STEPS, marks=marks,
        )  # fmt: skip

    def running(self, fraction):
        """Show how far the what-if of the region is; None: none runs."""
        self.bar.visible = self.bar.visible or fraction is not None
        self.bar.value = int(100 * (fraction or 0))
        self.cancel.disabled = fraction is None

    def say(self, text):
        """Say how things stand, below the buttons."""
        self.says.object = html.escape(text)
