"""The figures of the paper, one click each, on our results, with what the paper prints."""

import html
from itertools import chain

import panel as pn
import panel_material_ui as pmui

from dashboard import domain, scorewords, style
from dashboard.figures import FIGURES, shows
from dashboard.language import N_, listed, say, sentences
from dashboard.views import panels, tables
from data import GCMS

INTRO = N_(
    "Simulated by this model with its Baseline parameters, {count} climate models under each "
    "scenario; the climate is a reconstruction, not GCM output. Published (Liu et al. 2022): only "
    "what its text and tables print; the curves of the paper are not printed as numbers."
)
PREPARED = N_(
    "Simulated by this model with its Baseline parameters, {count} climate models under each "
    "scenario; the climate is read from files ({title}). Published (Liu et al. 2022): only "
    "what its text and tables print; the curves of the paper are not printed as numbers."
)
WAITING = N_("This figure is drawn once all climates are there ({ready} of {total}).")
WORKING = N_("This figure is being computed; it takes a few seconds.")
FAILED = N_(
    "The figures could not be drawn (the server's log says why). To try again, choose another view "
    "and come back."
)
JUDGING = N_("The comparison of each printed number with the model is being computed.")
NOTHING = N_("The paper prints no number for this figure.")
HEIGHTS = {1: 330, 2: 225}  # px of a row, by how many there are
HEAD = (N_("Published number"), N_("Published"), N_("This model"), N_("Off by"), "")


class Paper:
    """The figures on one page; *figures*, *verdicts* and *library* are shared by all pages."""

    def __init__(self, state, figures, verdicts, library, document):
        self._state, self._figures, self._verdicts = state, figures, verdicts
        self._library, self._document = library, document
        self._asked, self._failed, self._dark = set(), set(), False
        self._shown, self._drawn = None, None  # figure and theme, and what they hold
        wide = {"sizing_mode": "stretch_width", "margin": (2, 0)}
        self.choice = pmui.RadioButtonGroup(
            label=say("Figure of the paper"), orientation="vertical", value=state.figure,
            options={
                say("Fig. {name} · {title}", name=name, title=say(one.title)): name
                for name, one in FIGURES.items()
            },
            size="small", sizing_mode="stretch_width", margin=0, sx=style.LIST,
        )  # fmt: skip
        self.choice.param.watch(lambda event: state.param.update(figure=event.new), "value")
        state.param.watch(lambda event: self.choice.param.update(value=event.new), "figure")
        self.words = pn.pane.HTML("", css_classes=["about"], **wide)
        self.key = pn.pane.HTML("", css_classes=["key"], **wide)
        self.table = pn.pane.HTML("", css_classes=["scorecard"], **wide)
        self.texts = (self.words, self.key, self.table)
        self.panels = pn.Column(sizing_mode="stretch_width", margin=0, stylesheets=[style.FLOWS])
        self.pane = pn.Row(
            pn.Column(self.choice, width=230, margin=(2, 16, 0, 0)),
            pn.Column(self.words, self.key, self.panels, self.table, sizing_mode="stretch_both",
                      margin=0),
            sizing_mode="stretch_both", visible=False, styles={"overflow-y": "auto"}, margin=0,
        )  # fmt: skip

    def open(self):
        """Show what there is; try again what failed before."""
        self._failed.clear()
        self.show()

    def turn_dark(self, *, dark):
        """Follow the theme."""
        self._dark = dark
        if self._state.view == "paper":
            self.show()

    def show(self):
        """Show the figure that is chosen, or what is awaited."""
        numbers = self._awaited(self._figures) if self._ready() else None
        with pn.io.hold():
            if numbers is None:
                self._wait()
                return
            wish = self._state.figure, self._dark
            if wish != self._shown:
                self._shown, self._drawn = wish, FIGURES[self._state.figure].draw(numbers)
                self._draw()
            drawn = "".join(map(tables.panel, chain.from_iterable(self._drawn.panels)))
            compared = _compared(self._drawn.rows, self._awaited(self._verdicts))
            self.table.object = compared + drawn

    def _wait(self):
        self._shown = None
        self._say(self._waiting())
        self.key.object = self.table.object = ""
        self.panels.objects = []

    def _draw(self):
        told = say(domain.either(INTRO, PREPARED), count=len(GCMS), title=domain.title())
        self._say(sentences(shows(self._state.figure), told))
        self.key.object = _key(self._drawn, dark=self._dark)
        self.panels.objects = [self._row(row) for row in self._drawn.panels]

    def _say(self, text):
        name = self._state.figure
        title = say("Figure {name} · {title}", name=name, title=say(FIGURES[name].title))
        self.words.object = f"<h2>{html.escape(title)}</h2><p>{html.escape(text)}</p>"

    def _ready(self) -> bool:
        return self._library.ready == len(self._library.climates)

    def _awaited(self, once):
        """Return what was worked out once; ask for it if it is not there."""
        if once.found is None and once not in self._asked | self._failed:
            self._asked.add(once)
            once.ask(lambda: self._document.add_next_tick_callback(lambda: self._come(once)))
        return once.found

    def _come(self, once):
        self._asked.discard(once)
        if once.found is None:
            self._failed.add(once)
        if self._state.view == "paper":
            self.show()

    def _waiting(self) -> str:
        if self._ready():
            return say(FAILED if self._figures in self._failed else WORKING)
        return say(WAITING, ready=self._library.ready, total=len(self._library.climates))

    def _row(self, row):
        grid, dark, rows = self._library.grid, self._dark, self._drawn.panels
        figures = [panels.drawn(panel, grid, dark=dark) for panel in row]
        maps = figures[0].sizing_mode == "scale_width"  # their heights follow
        panes = [pn.pane.Bokeh(f, sizing_mode=f.sizing_mode, margin=0) for f in figures]
        missing = len(rows[0]) - len(row)
        empty = [pn.Spacer(sizing_mode="stretch_width") for _ in range(missing)] if maps else []
        height = {} if maps else {"height": HEIGHTS[len(rows)]}
        return pn.Row(
            *panes, *empty, sizing_mode="stretch_width", margin=0, stylesheets=[style.WRAPS],
            **height,
        )  # fmt: skip


def _key(drawn, *, dark) -> str:
    found = panels.entries(list(chain.from_iterable(drawn.panels)), dark=dark)
    return " &ensp; ".join(
        f"<span style='white-space:nowrap'>{mark}{html.escape(text)}</span>" for mark, text in found
    )


def _compared(names, rows) -> str:
    """Return the printed numbers *names* beside the model's, as HTML; *rows*: of the scorecard."""
    if not names:
        return f"<p>{say(NOTHING)}</p>"
    if rows is None:
        return f"<p>{say(JUDGING)}</p>"
    of = {row["id"]: row for row in rows}
    found = [of[name] for name in names]
    head = "".join(f"<th scope='col'>{say(name)}</th>" for name in HEAD)
    lines = "".join(map(_line, found))
    return (
        f"<p><b>{html.escape(verdict(found))}</b></p>"
        f"<table class='compared'><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
    )


def verdict(rows) -> str:
    """Return how many of the printed numbers of a figure the model meets."""
    called = [row["verdict"] for row in rows]
    told = (say(text, count=called.count(one)) for one, text in AGREES.items() if one in called)
    return say("Of {total} printed numbers: {told}.", total=len(rows), told=listed(*told))


AGREES = {
    "pass": N_("{count} met (pass)"), "near": N_("{count} nearly met (near)"),
    "far": N_("{count} not met (far)"), None: N_("{count} without a number of the model"),
}  # fmt: skip


def _line(row) -> str:
    quantity = row["quantity"]
    what = listed(say(quantity), *scorewords.conditions(row))
    model = f"{scorewords.model(row)} {scorewords.model_unit(row)}".strip()
    printed = f"{scorewords.published(row)} {scorewords.unit(row['unit'])}".strip()
    called = f"{scorewords.MARKS[row['verdict']]}\u00a0{say(scorewords.CALLED[row['verdict']])}"
    if row["reason"]:
        called = say("{verdict}: {reason}", verdict=called, reason=row["reason"])
    cells = (
        ("", what), ("number", printed), ("number", model),
        ("number", listed(*scorewords.off_by(row))), (f"verdict {row['verdict']}", called),
    )  # fmt: skip
    inner = "".join(f"<td class='{kind}'>{html.escape(text)}</td>" for kind, text in cells)
    return f"<tr>{inner}</tr>"
