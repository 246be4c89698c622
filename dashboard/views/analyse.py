"""The view "Analyse": a question to the model, how far it is, and its answer."""

import html

import panel as pn
import panel_material_ui as pmui

from dashboard import answers, style, terms
from dashboard.asking import asked
from dashboard.edits import allowed, ordered, parsed
from dashboard.language import N_, say, sentences
from dashboard.paced import Paced
from dashboard.state import ANALYSED, CHOICES
from dashboard.views.answered import ABOUT, Answered
from data import YEARS

TIDY = 300  # ms after a choice until its question is asked
BRIEF = 8.0  # s; what takes longer waits for the button
PATIENCE = 0.2  # s between two drawings while bars come
ASKED_OF = (
    "rcp", "gcm", "ecosystem", "cell", "area", "year", "edits", "since", "offsets", "view",
    *ANALYSED,
)  # fmt: skip
OPTIONS = {  # by analysis: the choices that matter to it
    "explain": ("explained", "order"),
    "tornado": ("output", "run", "range"),
    "shares": ("output", "run", "range"),
    "threshold": ("parameter",),
}
GO = {
    "explain": N_("Explain"),
    "tornado": N_("Draw the tornado"),
    "shares": N_("Take apart"),
    "threshold": N_("Look for the threshold"),
}


class Analyse:
    """The questions and answers of one page."""

    def __init__(self, state, library, document):
        self._state, self._library, self._document = state, library, document
        self._study = None  # that is shown or running
        self._due = self._dark = self._built = False
        self._soon, self._note = Paced(document, PATIENCE, self._catch_up), ""
        self.pane = pn.Column(
            visible=False, sizing_mode="stretch_both", margin=0, styles={"overflow-y": "auto"}
        )
        self.words, self.says, self.told = (
            pn.pane.HTML("", css_classes=["analysis"], sizing_mode="stretch_width", margin=(2, 0))
            for _ in range(3)
        )
        state.param.watch(self._chosen, list(ASKED_OF))

    def _build(self):
        """Make the widgets and figures: only for those who open the view."""
        state = self._state
        self._built = True
        self._widgets = {
            "analysis": _buttons(terms.ANALYSES),
            "explained": _select(say("What is explained"), terms.NUMBERS),
            "order": _select(say("Part of a cause"), terms.ORDER),
            "output": _select(
                say("Output"), {name: terms.output(name) for name in CHOICES["output"]}
            ),
            "run": _select(say("Run"), terms.RUNS),
            "range": _select(say("Parameters move over"), terms.RANGES),
            "parameter": _select(
                say("What is moved"), {name: terms.parameter(name) for name in CHOICES["parameter"]}
            ),
        }
        self._widgets["year"] = pmui.IntSlider(
            label=say("Year"), start=YEARS[0], end=YEARS[-1], value=state.year, width=210,
            format="0", size="small", margin=(0, 12), sx=style.SLIM,
        )  # fmt: skip
        for name, widget in self._widgets.items():
            widget.value = getattr(state, name)
            widget.param.watch(lambda event, name=name: self._take(name, event.new), "value")
        self.go = pmui.Button(label="", size="small", variant="contained", margin=(8, 4))
        self.stop = pmui.Button(
            label=say("Cancel"), size="small", variant="outlined", disabled=True, margin=(8, 4)
        )
        self.back = pmui.Button(
            label=say("Back to the region"), size="small", variant="text", margin=(8, 4)
        )
        self.back.on_click(lambda _event: state.param.update(cell=None, area=()))
        self.go.on_click(lambda _event: self._ask())
        self.stop.on_click(lambda _event: self._study and self._study.cancel())
        self.bar = pmui.LinearProgress(
            value=0, variant="determinate", sizing_mode="stretch_width", margin=(2, 0),
            visible=False, sx=style.STILL,
        )  # fmt: skip
        self.answered = Answered(state, self._library, (self.words, self.told), self._set)
        self.turn_dark(dark=self._dark)
        widgets = self._widgets
        self.pane.extend([
            pn.FlexBox(
                widgets["analysis"], align_items="center", gap="4px 16px",
                sizing_mode="stretch_width",
            ),
            pn.FlexBox(
                *(widgets[name] for name in (*ANALYSED[1:], "year")), self.go, self.stop,
                self.back,
                align_items="center", gap="2px 8px", sizing_mode="stretch_width",
            ),
            self.bar,
            self.says,
            *self.answered.parts,
        ])  # fmt: skip

    def turn_dark(self, *, dark):
        """Follow the theme."""
        self._dark = dark
        if self._built:
            self.answered.turn_dark(dark=dark)

    def open(self):
        """Show the view, with the answer if it is there."""
        if not self._built:
            self._build()
        self.show()

    def close(self):
        """Stop what is running: the visitor has left."""
        if self._study is not None:
            self._study.cancel()

    # --- what the visitor chooses ------------------------------------------------------------

    def _take(self, name, value):
        if value is not None and value != getattr(self._state, name):
            setattr(self._state, name, value)

    def _chosen(self, *events):
        if self._state.view != "analyse" or not self._built:
            return
        self._note = ""
        with pn.io.hold():
            for name, widget in self._widgets.items():
                widget.value = getattr(self._state, name)
            self._mark()
        if all(event.name in ("order", "view", "analysis") for event in events):
            self.show()
        elif not self._due:
            self._look_soon()

    def _look_soon(self):
        self._due, chosen = True, self._question()[0]

        def look():
            self._due = False
            if self._question()[0] != chosen:  # still on its way
                self._look_soon()
            else:
                self.show()

        self._document.add_timeout_callback(look, TIDY)

    def _question(self):
        """Return what is asked now and "", or None and why nothing is."""
        try:
            return asked(self._state, self._library), ""
        except ValueError as fault:
            return None, str(fault)

    def show(self):
        """Bring the answer up to what is chosen; what takes long waits for the button."""
        if not self._built:
            return
        question, _fault = self._question()
        current = self._study.question if self._study else None
        if question is not None and question != current:
            known = self._library.analyses.known(question)
            if known is not None:
                self._take_up(known)
            elif self._library.analyses.seconds(question) <= BRIEF:
                self._ask()
        with pn.io.hold():
            self._catch_up()

    def _ask(self):
        question, _fault = self._question()
        if question is None:
            return
        if self._study is not None and self._study.running and self._study.question == question:
            return
        self._note = ""
        self._take_up(self._library.analyses.ask(question, self._moved))
        self._mark()

    def _take_up(self, study):
        """Look at another study; the one that is running ends."""
        self.close()
        self._study = study

    def _set(self, edit):
        """Set the slider of a bar's end, and say so."""
        text = str(parsed(edit))
        name = parsed(edit).name
        kept = (one for one in self._state.edits if parsed(one).name != name)
        good, faults = allowed(ordered((*kept, text)))
        if faults:
            self._note = faults[0]
        else:
            self._state.edits = good
            self._note = say(
                "Set in the panel: {parameter} {value}, in all ecosystems. Explore shows what that "
                "does; the tornado stays about the Baseline.",
                parameter=terms.parameter(name), value=terms.end(edit),
            )  # fmt: skip
        self._mark()

    # --- what the lane says ------------------------------------------------------------------

    def _moved(self, study):  # from a worker
        if study is self._study:
            self._soon.ask()

    def _catch_up(self):
        self._mark()
        self._draw()

    # --- drawing and saying ------------------------------------------------------------------

    def _mark(self):
        """Show the choices that matter, the progress, and whether what is drawn is up to date."""
        state, study = self._state, self._study
        for name in ANALYSED[1:]:
            self._widgets[name].visible = name in OPTIONS[state.analysis]
        self.go.label = say(GO[state.analysis])
        self.back.visible = state.cell is not None or bool(state.area)
        running = study is not None and study.running
        self.stop.disabled, self.bar.visible = not running, running
        self.bar.value = int(100 * study.fraction) if running else 0
        question, fault = self._question()
        self.go.disabled = question is None or (running and study.question == question)
        said = sentences(fault, self._stale()) if fault else self._standing(question)
        self.says.object = html.escape(sentences(self._note, said))

    def _standing(self, question) -> str:
        """Return how things stand, in a sentence."""
        study = self._study
        told = answers.estimate(question, self._library)
        if study is None or study.question != question:
            return sentences(self._stale(), say("This takes {work}.", work=told))
        if study.waiting:
            return say("Waiting for an earlier analysis …")
        if study.running:
            return say("{share} % of {work} …", share=f"{100 * study.fraction:.0f}", work=told)
        if study.cancelled:
            return say("Cancelled; what was there by then stays.")
        if study.failed:
            return say("This could not be worked out: {fault}", fault=study.failed)
        return answers.took(study, self._library)

    def _stale(self) -> str:
        return say("What is shown is stale.") if self._shown(self._study) else ""

    def _shown(self, study):
        """Return what there is of the answer, if it is one of the analysis that is open."""
        here = study is not None and ABOUT[type(study.question)] == self._state.analysis
        return study.shown if here else None

    def _draw(self):
        """Draw the answer, or what is there of it, if it is one to what is looked at."""
        found = self._shown(self._study)
        self.answered.show(found and self._study.question, found)


def _buttons(names):
    return pmui.RadioButtonGroup(
        label="", options={say(text): name for name, text in names.items()}, size="small", margin=0,
        sx=style.CALM,
    )  # fmt: skip


def _select(label, names):
    return pmui.Select(
        label=label, options={say(text): name for name, text in names.items()}, size="small",
        margin=(8, 0), width=310, sx=style.TIGHT,
    )  # fmt: skip
