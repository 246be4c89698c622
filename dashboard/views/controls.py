"""What one looks at: scenario, climate model, ecosystem, year, and what maps and curves show."""

import panel as pn
import panel_material_ui as pmui

from dashboard import style
from dashboard.edits import ALL
from dashboard.runs import RCP_NAMES
from dashboard.state import CHOICES, ENSEMBLE, GROUPS
from dashboard.views.maps import DRAGS
from data import GCMS, YEARS

SIDE = 150  # px, of the controls beside the curves
FRAME = 220  # ms a year is shown while playing
VIEWS = {
    "Explore": "explore",
    "Analyse": "analyse",
    "Ground": "profile",
    "Figures": "paper",
    "Scorecard": "scorecard",
}
PANELS = {"Carbon fluxes": "fluxes", "Pools": "pools", "Nitrogen": "nitrogen", "Numbers": "numbers"}
LINES = {"Mean ± SD": "mean", "Each model": "models", "Both scenarios": "scenarios"}
CURVES = {"S_T and S_R": "runs", "Effect of thaw": "thaw"}


class Controls:
    """The choices of one page, as widgets bound to its `State`."""

    def __init__(self, state):
        self._state = state
        small = {"size": "small", "sizing_mode": "stretch_width", "margin": (4, 0)}
        self.rcp = pmui.RadioButtonGroup(
            label="Scenario",
            options={n: rcp for rcp, n in RCP_NAMES.items()},
            value=state.rcp,
            sx=style.CALM,
            **small,
        )
        self.gcm = pmui.Select(
            label="Climate, reconstructed after", value=state.gcm,
            options={f"{len(GCMS)} climate models, mean": ENSEMBLE} | {g: g for g in GCMS}, **small,
        )  # fmt: skip
        self.ecosystem = pmui.Select(
            label="Ecosystem", value=state.ecosystem,
            options={"All ecosystems": ALL} | {g: g for g in GROUPS[1:]}, **small,
        )  # fmt: skip
        self.shown = pmui.RadioButtonGroup(
            label="",
            options=list(CHOICES["shown"]),
            value=state.shown,
            size="small",
            margin=0,
            sx=style.CALM,
        )
        self.curves = pmui.RadioButtonGroup(
            label="", options=CURVES, value=state.curves, size="small", margin=(8, 8, 0, 0),
            orientation="vertical", width=SIDE, sx=style.CALM,
        )  # fmt: skip
        self.view = pmui.RadioButtonGroup(
            label="", options=VIEWS, value=state.view, size="small", sx=style.IN_HEADER,
            align="center", margin=(0, 16),
        )  # fmt: skip
        self.year = pmui.Player(
            label="Year", start=YEARS[0], end=YEARS[-1], value=state.year, variant="minimal",
            interval=FRAME, loop_policy="loop", show_value=True, sizing_mode="stretch_width",
            size="small", margin=(0, 8),
        )  # fmt: skip
        side = {"size": "small", "sx": style.TIGHT, "margin": (6, 8, 0, 0), "width": SIDE}
        self.panel = pmui.Select(label="Curves", options=PANELS, value=state.panel, **side)
        self.lines = pmui.Select(label="Lines", options=LINES, value=state.lines, **side)
        self.drag = pmui.RadioButtonGroup(
            label="", options=list(DRAGS), value="Move", size="small", margin=0, sx=style.CALM
        )
        for name in (
            "rcp",
            "gcm",
            "ecosystem",
            "shown",
            "curves",
            "year",
            "view",
            "panel",
            "lines",
        ):
            widget = getattr(self, name)
            widget.param.watch(lambda event, name=name: self._chosen(name, event.new), "value")
            state.param.watch(
                lambda event, widget=widget: widget.param.update(value=event.new), name
            )
        self.choices = pn.Column(self.rcp, self.gcm, self.ecosystem, sizing_mode="stretch_width")

    def _chosen(self, name, value):
        if value is not None and value != getattr(self._state, name):
            setattr(self._state, name, value)
