"""Sliders of a climate what-if: warmer, wetter, richer in carbon dioxide from 2021 on."""

import panel as pn
import panel_material_ui as pmui
from bokeh.models import PrintfTickFormatter

from dashboard import style
from dashboard.changes import NO_OFFSETS, OFFSETS
from dashboard.language import say
from dashboard.views.sliders import FACTOR, shown
from tem.environment import REFERENCE_YEAR

STEP = {"warming": 0.1, "precipitation": 0.05, "co2": 10.0}
FORM = {"warming": "%+.1f\u00a0K", "precipitation": FACTOR, "co2": "%+.0f\u00a0ppm"}


class OffsetSliders:
    """The sliders of one page; they only change `State.offsets`."""

    def __init__(self, state):
        self._state, self._setting = state, False
        self.sliders = {name: self._slider(name) for name in OFFSETS}
        self.cost = pn.pane.HTML(
            "", sizing_mode="stretch_width", margin=(2, 0), styles=style.SMALL_PRINT
        )
        self.pane = pn.Column(
            pn.pane.HTML(
                say(
                    "Added to every month and cell from {first} on; "
                    "until {since} S_T and S_R stay those of the Baseline.",
                    first=REFERENCE_YEAR + 1, since=REFERENCE_YEAR,
                ),
                sizing_mode="stretch_width", margin=(0, 0, 6, 0), styles=style.SMALL_PRINT,
            ),
            *self.sliders.values(), self.cost, sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        state.param.watch(lambda _event: self.refresh(), "offsets")

    def _slider(self, name):
        about, nothing = OFFSETS[name].about, getattr(NO_OFFSETS, name)
        slider = pmui.FloatSlider(
            label=f"{about.symbol} · {say(about.label)}", size="small", sizing_mode="stretch_width",
            margin=(0, 4), start=about.low, end=about.high, step=STEP[name], tooltips=False,
            value=getattr(self._state.offsets, name), marks=[{"value": nothing}], sx=style.SLIM,
            format=PrintfTickFormatter(format=FORM[name]),
        )  # fmt: skip
        slider.param.watch(lambda event: self._moved(name, event.new), "value")
        return slider

    def _moved(self, name, value):
        if self._setting or value is None:
            return
        value = round(value / STEP[name]) * STEP[name]  # 0.1 * 3 is not 0.3 in the browser
        self._state.offsets = self._state.offsets._replace(**{name: round(value, 6)})

    def refresh(self):
        """Show the offsets on the sliders."""
        self._setting = True
        try:
            for name, slider in self.sliders.items():
                shown(slider, getattr(self._state.offsets, name))
        finally:
            self._setting = False
