"""The what-if panel: a slider for each parameter, for one ecosystem or for all at once.

Thaw and rates lie open, all else is behind "more", a group of the declaration each.
"""

import html

import panel as pn
import panel_material_ui as pmui
from bokeh.models import PrintfTickFormatter

import tem
from dashboard import edits, style, words
from dashboard.changes import NO_OFFSETS
from dashboard.edits import ALL, PANEL
from dashboard.language import N_, say
from dashboard.state import GROUPS, panels
from dashboard.views.entries import Entries
from dashboard.views.offsets import OffsetSliders
from dashboard.views.saved import Saved
from dashboard.views.sliders import FACTOR, Slider, literature, print_as, reach
from tem.parameters import FIELDS

GROUPS_FIRST = ("thaw", "rates")  # of parameters, in `tem.parameters`
CALLED = {
    "plants": N_("Plants"), "soil": N_("Soil"), "start": N_("Where the spin-up starts"),
}  # fmt: skip
MORE = {  # group → names of its parameters
    group: [name for name in PANEL if FIELDS[name].about.group == group] for group in CALLED
}
GROUPED = ("climate", *MORE)  # what can be opened
BEYOND = N_("outside the literature")
REPLAY = N_("Replay: without the change, then with it; see what moves")
STEPS = 300
LINE = 50  # letters beside a slider


def _more(group: str) -> str:
    """Return what the sliders of a group lie behind."""
    return say("More: {group} ({count})", group=say(CALLED[group]), count=len(MORE[group]))


def _lines(name: str) -> int:
    """Return how many lines its words need in some ecosystem: all sliders stay where they are."""
    about, unit = FIELDS[name].about, style.unit(FIELDS[name].unit)
    values = [getattr(one, name) for one in tem.ecosystems().values()]
    longest = max(len(f"{value:.4g} {unit}") for value in values)
    return 1 + (len(f"{about.symbol} · {say(about.label)}: ") + longest > LINE)


class WhatIf:
    """The panel of one page. It only changes `State.edits` and says what it wants run."""

    def __init__(self, state, page):
        self._state, self._page = state, page
        self._setting = self._moving = False
        self._rows = {}  # of words at each slider
        self._led = None, None  # by a tapped cell: from whom, to whom the sliders were pointed
        rates = [name for name in PANEL if FIELDS[name].about.group in GROUPS_FIRST]
        self.where = pmui.Select(
            label=say("Change parameters of"), value=state.where,
            options={say("All ecosystems"): ALL} | {say(g): g for g in GROUPS[1:]},
            size="small", sizing_mode="stretch_width", margin=(4, 0),
        )  # fmt: skip
        self.holds = pn.pane.HTML(
            "", sizing_mode="stretch_width", margin=(0, 0, 4, 0), styles=style.SMALL_PRINT
        )
        self.since = pmui.Select(
            label=say("Changes hold"), value=state.since, size="small", margin=(4, 0),
            options={words.opening(words.since(name)): name for name in words.SINCE},
            sizing_mode="stretch_width",
        )  # fmt: skip
        self.sliders = {name: self._slider(name) for name in rates}
        self.offsets, self.saved = OffsetSliders(state), Saved(state)
        self._groups = {
            group: pn.Column(sizing_mode="stretch_width", margin=0) for group in MORE
        }  # filled when opened: most never are
        self.more = pmui.Accordion(
            (say("Climate: warmer, wetter, more CO₂"), self.offsets.pane),
            *(
                (_more(group), column)
                for group, column in self._groups.items()
            ),
            active=self._opened(("climate",) if state.offsets != NO_OFFSETS else ()),
            disable_gutters=True,
            title_variant="body2", sizing_mode="stretch_width", margin=(10, 0, 4, 0),
        )  # fmt: skip
        self.changed = Entries(
            say("Changed: press one to take it back"), self._take_back, icon="close"
        )
        self.text = pmui.TextInput(
            label=say("Edits, as on the command line"), placeholder="Meadow.b=0.6, kd*=1.2",
            size="small", sizing_mode="stretch_width", margin=(6, 0, 2, 0), sx=style.LINES,
        )  # fmt: skip
        self.run = pmui.Button(
            label=say("Run region"), size="small", variant="contained", margin=(0, 4, 0, 0)
        )
        self.cancel = pmui.Button(label=say("Cancel"), size="small", variant="outlined",
                                  disabled=True,
                                  margin=(0, 4))  # fmt: skip
        small = {"size": "small", "variant": "text", "margin": 0}
        self.undo = pmui.Button(
            label=say("Undo"), disabled=True, description=say("Undo: Ctrl+Z"), **small
        )
        self.redo = pmui.Button(
            label=say("Redo"), disabled=True, description=say("Redo: Ctrl+Shift+Z"), **small
        )
        self.reset = pmui.Button(label=say("Reset all"), **small)
        self.flip = pmui.Button(label=say("Replay (B)"), description=say(REPLAY), **small)
        self.automatic = pmui.Switch(label=say("Rerun the region when a slider is released"),
                                     value=True,
                                     size="small", margin=(2, 0))  # fmt: skip
        self.bar = pmui.LinearProgress(value=0, variant="determinate", visible=False,
                                       sizing_mode="stretch_width", margin=(6, 0, 2, 0),
                                       sx=style.STILL)  # fmt: skip
        self.says = pn.pane.HTML(
            "", sizing_mode="stretch_width", margin=(2, 0), css_classes=["says"]
        )
        self.run.on_click(lambda _event: page.run_region())
        self.cancel.on_click(lambda _event: page.cancel())
        self.undo.on_click(lambda _event: page.undo())
        self.redo.on_click(lambda _event: page.redo())
        self.reset.on_click(lambda _event: state.param.update(edits=(), offsets=NO_OFFSETS))
        self.flip.on_click(lambda _event: page.flip())
        self.where.param.watch(self._pointed, "value")
        state.param.watch(lambda event: self.where.param.update(value=event.new), "where")
        self.since.param.watch(lambda event: state.param.update(since=event.new), "value")
        state.param.watch(lambda event: self.since.param.update(value=event.new), "since")
        self.more.param.watch(self._fill, "active")
        state.param.watch(lambda _event: self.more.param.update(active=self._opened()), "opened")
        self.text.param.watch(self._typed, "value")
        state.param.watch(lambda _event: self._moving or self.refresh(), "edits")
        self._build_groups()
        self._say_where()
        self.refresh()
        self.pane = pn.Column(
            self.where, self.holds, *self._first(rates),
            pn.Row(self.run, self.cancel, self.flip, margin=(8, 0, 4, 0)),
            pn.Row(self.undo, self.redo, self.reset, margin=(0, 0, 4, 0)),
            self.bar, self.says, self.changed.pane, self.more, self.since, self.text,
            self.automatic, self.saved.pane, sizing_mode="stretch_width",
        )  # fmt: skip

    def _first(self, names):
        return [self.sliders[name] for name in names]

    def _pointed(self, event):
        """Follow the choice of whose parameters the sliders change."""
        self._state.where = event.new
        self._set_sliders()
        self._say_where()

    def _opened(self, besides=()):
        """Return which groups are open, by index; *besides* those of the state."""
        named = {*self._state.opened, *besides}
        return [k for k, name in enumerate(GROUPED) if name in named]

    def _fill(self, event):
        """Build the sliders of a group when it is opened."""
        others = set(self._state.opened) - set(GROUPED)
        self._state.opened = panels(others | {GROUPED[index] for index in event.new})
        self._build_groups()

    def _build_groups(self):
        for index in self.more.active:
            group = [None, *MORE][index]
            if group and not self._groups[group].objects:
                self.sliders |= {name: self._slider(name) for name in MORE[group]}
                self._set_sliders()
                self._groups[group].objects = self._first(MORE[group])

    def _slider(self, name):
        printer = PrintfTickFormatter(format=FACTOR)
        slider = Slider(size="small", sizing_mode="stretch_width", margin=(0, 4, 0, 4),
                        label="", value=1.0, start=0.5, end=2.0, step=0.005, tooltips=False,
                        format=printer, tags=[name, printer], sx=style.SLIM)  # fmt: skip
        self._rows[name] = _lines(name)
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
            self._page.complain(*faults)
            return
        self._flag(slider, value, literature(name, where))
        self._moving = True  # this slider shows its value already, and the others stay
        try:
            self._state.edits = new
        finally:
            self._moving = False

    def _released(self):
        if not self._setting:
            self.write()
            if self.automatic.value and self._state.change:
                self._page.run_region()

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

    def _take_back(self, part):
        change = self._state.change.without(part)
        self._state.param.update(edits=change.edits, offsets=change.offsets)

    def follow_cell(self, ecosystem):
        """Point the sliders at the *ecosystem* of a tapped cell; None: at what they were before.

        Whom the visitor has chosen since then stays.
        """
        before, followed = self._led
        with pn.io.hold():
            if ecosystem is not None:
                self._led = (self.where.value if followed is None else before), ecosystem
                self.where.value = ecosystem
            elif followed is not None:
                self._led = None, None
                self.where.value = before if self.where.value == followed else self.where.value
            self._say_where()

    def _say_where(self):
        """Say below the choice of ecosystems for whom a change holds."""
        where, (_, followed) = self.where.value, self._led
        self.holds.object = html.escape(words.holds_for(where, tapped=where == followed))

    def refresh(self):
        """Show the edits: on the sliders and as text."""
        self._set_sliders()
        self.write()

    def _set_sliders(self):
        self._setting = True
        try:
            with pn.io.hold():
                for slider in self.sliders.values():
                    self._set(slider, slider.tags[0], self.where.value)
        finally:
            self._setting = False

    def write(self):
        """Write the edits as text and list all that is changed."""
        self._setting = True
        try:
            self.text.value = ", ".join(self._state.edits)
        finally:
            self._setting = False
        self._refuse(())
        self.list_changes()

    def list_changes(self):
        """List all that is changed, so that each can be taken back."""
        self.changed.show(self._state.change.parts)

    def _set(self, slider, name, where):
        unit = style.bound(style.unit(FIELDS[name].unit))
        value = edits.effective(self._state.edits, where, name)
        low, high = reach(name, where)
        low, high = min(low, value), max(high, value)
        own = 1.0 if where == ALL else getattr(tem.ecosystems()[where], name)
        usual = literature(name, where)
        form = FACTOR if where == ALL else f"%.4g\u00a0{unit}"
        print_as(slider, form, value)
        slider.param.update(
            start=low, end=high, value=value, step=(high - low) / STEPS,
            marks=[{"value": own}], sx=style.ranged(low, high, usual, self._rows[name]),
        )  # fmt: skip
        self._flag(slider, value, usual)

    def _flag(self, slider, value, usual):
        """Say on the slider whether its value lies outside the literature's range."""
        about = FIELDS[slider.tags[0]].about
        within = usual is None or usual[0] <= value <= usual[1]
        apart = words.except_for(self._state.edits, slider.tags[0], self.where.value)
        told = about.symbol, say(about.label), apart, "" if within else say(BEYOND)
        slider.param.update(
            color="primary" if within else "warning",
            label=" · ".join(filter(None, told)),
        )

    def running(self, fraction):
        """Show how far the what-if of the region is; None: none runs."""
        self.bar.visible = self.bar.visible or fraction is not None
        self.bar.value = int(100 * (fraction or 0))
        self.cancel.disabled = fraction is None

    def say(self, text):
        """Say how things stand, below the buttons."""
        self.says.object = html.escape(text)
