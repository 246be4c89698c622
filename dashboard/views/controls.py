"""What one looks at: scenario, climate model, ecosystem, year, and what maps and curves show."""

import panel as pn
import panel_material_ui as pmui

from dashboard import domain, style
from dashboard.edits import ALL
from dashboard.language import N_, offered, say
from dashboard.runs import RCP_NAMES
from dashboard.state import ENSEMBLE, GROUPS
from dashboard.views.maps import DRAGS
from data import GCMS, YEARS

SIDE = 150  # px, of the controls beside the curves
FRAME = 220  # ms a year is shown while playing
VIEWS = {
    N_("Explore"): "explore",
    N_("Analyse"): "analyse",
    N_("Ground"): "profile",
    N_("Figures"): "paper",
    N_("Scorecard"): "scorecard",
    N_("Present"): "present",
}
SHOWN = {N_("Baseline"): "Baseline", N_("What-if"): "What-if", N_("Difference"): "Difference"}
PANELS = {
    N_("Carbon fluxes"): "fluxes",
    N_("Pools"): "pools",
    N_("Nitrogen"): "nitrogen",
    N_("Numbers"): "numbers",
}
LINES = {N_("Mean ± SD"): "mean", N_("Each model"): "models", N_("Both scenarios"): "scenarios"}
CURVES = {N_("S_T and S_R"): "runs", N_("Effect of thaw"): "thaw"}


class Controls:
    """The choices of one page, as widgets bound to its `State`."""

    def __init__(self, state):
        self._state = state
        small = {"size": "small", "sizing_mode": "stretch_width", "margin": (4, 0)}
        self.rcp = pmui.RadioButtonGroup(
            label=say("Scenario"),
            options={n: rcp for rcp, n in RCP_NAMES.items()},
            value=state.rcp,
            sx=style.CALM,
            **small,
        )
        self.gcm = pmui.Select(
            label=say(domain.either(N_("Climate, reconstructed after"), N_("Climate model"))),
            value=state.gcm,
            options={say("{count} climate models, mean", count=len(GCMS)): ENSEMBLE}
            | {g: g for g in GCMS}, **small,
        )  # fmt: skip
        self.ecosystem = pmui.Select(
            label=say("Ecosystem"), value=state.ecosystem,
            options={say("All ecosystems"): ALL} | {say(g): g for g in GROUPS[1:]}, **small,
        )  # fmt: skip
        self.shown = pmui.RadioButtonGroup(
            label="",
            options=offered(SHOWN),
            value=state.shown,
            size="small",
            margin=0,
            sx=style.CALM,
        )
        self.curves = pmui.RadioButtonGroup(
            label="", options=offered(CURVES), value=state.curves, size="small",
            margin=(8, 8, 0, 0),
            orientation="vertical", width=SIDE, sx=style.CALM,
        )  # fmt: skip
        self.view = pmui.RadioButtonGroup(
            label="", options=offered(VIEWS), value=state.view, size="small", sx=style.IN_HEADER,
            align="center", margin=(0, 16),
        )  # fmt: skip
        self.year = pmui.Player(
            label=say("Year"), start=YEARS[0], end=YEARS[-1], value=state.year, variant="minimal",
            interval=FRAME, loop_policy="loop", show_value=True, sizing_mode="stretch_width",
            size="small", margin=(0, 8), sx=style.PLAYER,
        )  # fmt: skip
        side = {"size": "small", "sx": style.TIGHT, "margin": (6, 8, 0, 0), "width": SIDE}
        self.panel = pmui.Select(
            label=say("Curves"), options=offered(PANELS), value=state.panel, **side
        )
        self.lines = pmui.Select(
            label=say("Lines"), options=offered(LINES), value=state.lines, **side
        )
        self.drag = pmui.RadioButtonGroup(
            label="",
            options=offered({name: name for name in DRAGS}),
            value=state.drag,
            size="small",
            margin=0,
            sx=style.CALM,
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
            "drag",
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
