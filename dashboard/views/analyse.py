"""The view "Analyse": a question to the model, how far it is, and its answer."""

import html

import panel as pn
import panel_material_ui as pmui

from dashboard import answers, style, words
from dashboard.asking import asked
from dashboard.edits import allowed, ordered, parsed
from dashboard.paced import Paced
from dashboard.questions import Causes, Shares, Threshold, Tornado
from dashboard.state import ANALYSED, CHOICES
from dashboard.views.drawn import SharesBar, TornadoBars, Turn, Waterfall
from data import YEARS
from tem.explain import ORDERS

TIDY = 300  # ms after a choice until its question is asked
BRIEF = 8.0  # s; what takes longer waits for the button
PATIENCE = 0.2  # s between two drawings while bars come
ASKED_OF = ("rcp", "gcm", "ecosystem", "cell", "area", "year", "edits", "since", "view", *ANALYSED)
OPTIONS = {  # by analysis: the choices that matter to it
    "explain": ("explained", "order"),
    "tornado": ("output", "run", "range"),
    "shares": ("output", "run", "range"),
    "threshold": ("parameter",),
}
ABOUT = {Causes: "explain", Tornado: "tornado", Shares: "shares", Threshold: "threshold"}
GO = {
    "explain": "Explain",
    "tornado": "Draw the tornado",
    "shares": "Take apart",
    "threshold": "Look for the threshold",
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
            "analysis": _buttons(answers.ANALYSES),
            "explained": _select("What is explained", answers.NUMBERS),
            "order": _select("Part of a cause", answers.ORDER),
            "output": _select("Output", answers.OUTPUTS),
            "run": _select("Run", answers.RUNS),
            "range": _select("Parameters move over", answers.RANGES),
            "parameter": _select(
                "What is moved", {name: answers.parameter(name) for name in CHOICES["parameter"]}
            ),
        }
        self._widgets["year"] = pmui.IntSlider(
            label="Year", start=YEARS[0], end=YEARS[-1], value=state.year, width=210, format="0",
            size="small", margin=(0, 12), sx=style.SLIM,
        )  # fmt: skip
        for name, widget in self._widgets.items():
            widget.value = getattr(state, name)
            widget.param.watch(lambda event, name=name: self._take(name, event.new), "value")
        self.go = pmui.Button(label="", size="small", variant="contained", margin=(8, 4))
        self.stop = pmui.Button(
            label="Cancel", size="small", variant="outlined", disabled=True, margin=(8, 4)
        )
        self.back = pmui.Button(
            label="Back to the region", size="small", variant="text", margin=(8, 4)
        )
        self.back.on_click(lambda _event: state.param.update(cell=None, area=()))
        self.go.on_click(lambda _event: self._ask())
        self.stop.on_click(lambda _event: self._study and self._study.cancel())
        self.bar = pmui.LinearProgress(
            value=0, variant="determinate", sizing_mode="stretch_width", margin=(2, 0),
            visible=False, sx=style.STILL,
        )  # fmt: skip
        self.waterfall, self.through = Waterfall("causes"), Waterfall("fluxes")
        self.bars, self.shares, self.turn = TornadoBars(self._set), SharesBar(), Turn()
        self._drawings = {
            "explain": (self.waterfall, self.through), "tornado": (self.bars,),
            "shares": (self.shares,), "threshold": (self.turn,),
        }  # fmt: skip
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
            self.words,
            pn.Row(self.waterfall.pane, self.through.pane, sizing_mode="stretch_width", margin=0),
            *(one.pane for one in (self.bars, self.shares, self.turn)),
            self.told,
        ])  # fmt: skip

    def turn_dark(self, *, dark):
        """Follow the theme."""
        self._dark = dark
        if self._built:
            for drawing in (self.waterfall, self.through, self.bars, self.shares, self.turn):
                drawing.colour(dark=dark)

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
            self._note = (
                f"Set in the panel: {answers.parameter(name)} {answers.end(edit)}, in all "
                "ecosystems. Explore shows what that does; the tornado stays about the Baseline."
            )
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
        self.go.label = GO[state.analysis]
        self.back.visible = state.cell is not None or bool(state.area)
        running = study is not None and study.running
        self.stop.disabled, self.bar.visible = not running, running
        self.bar.value = int(100 * study.fraction) if running else 0
        question, fault = self._question()
        self.go.disabled = question is None or (running and study.question == question)
        said = f"{fault} {self._stale()}" if fault else self._standing(question)
        self.says.object = html.escape(f"{self._note} {said}".strip())

    def _standing(self, question) -> str:
        """Return how things stand, in a sentence."""
        study = self._study
        told = answers.estimate(question, self._library)
        if study is None or study.question != question:
            return f"{self._stale()}This takes {told}."
        if study.waiting:
            return "Waiting for an earlier analysis …"
        if study.running:
            return f"{100 * study.fraction:.0f} % of {told} …"
        if study.cancelled:
            return "Cancelled; what was there by then stays."
        if study.failed:
            return f"This could not be worked out: {study.failed}"
        return answers.took(study, self._library)

    def _stale(self) -> str:
        return f"What is shown is {words.STALE}. " if self._shown(self._study) else ""

    def _shown(self, study):
        """Return what there is of the answer, if it is one of the analysis that is open."""
        here = study is not None and ABOUT[type(study.question)] == self._state.analysis
        return study.shown if here else None

    def _draw(self):
        """Draw the answer, or what is there of it, if it is one to what is looked at."""
        study, analysis = self._study, self._state.analysis
        found = self._shown(study)
        for name, drawings in self._drawings.items():
            for one in drawings:
                one.pane.visible = found is not None and name == analysis
        self.words.object, self.told.object = ("", "") if found is None else self._say(found)

    def _say(self, found):
        """Draw an answer; return the words above and below it."""
        question = self._study.question
        where, library = question.where, self._library
        cells = where.cells(library) if where.area else None
        place = words.place_of(where.group, where.cell, library.region, cells)
        draw = {
            Causes: self._draw_explain, Tornado: self._draw_tornado, Shares: self._draw_shares,
            Threshold: self._draw_threshold,
        }[type(question)]  # fmt: skip
        return draw(question, found, place)

    def _draw_explain(self, question, parts, place):
        order = self._state.order
        at = ORDERS.index(order)
        npp, rh, nep = (parts.values[name][at][:, 0] for name in ("npp", "rh", "nep"))
        short = [answers.cause(name).split(" (")[0] for name in parts.causes]
        unit = style.unit(parts.unit)
        rows = [(name, float(v), False) for name, v in zip(short, nep, strict=True)]
        self.waterfall.show(f"ΔNEP by cause ({unit})", [*rows, ("ΔNEP", float(nep.sum()), True)])
        through = [(f"NPP: {n}", float(v), False) for n, v in zip(short, npp, strict=True)]
        through += [(f"−RH: {n}", -float(v), False) for n, v in zip(short, rh, strict=True)]
        total = float(npp.sum() - rh.sum())
        self.through.show(f"ΔNEP = ΔNPP − ΔRH ({unit})", [*through, ("ΔNEP", total, True)])
        return answers.explained(question, parts, order, place)

    def _draw_tornado(self, question, bars, place):
        unit = style.unit(bars.unit)
        self.bars.show(f"{answers.measured(question.measure)} ({unit})", bars)
        return answers.tornado(question, bars, place)

    def _draw_shares(self, question, found, place):
        self.shares.show("Share of variance (%)", found.shares)
        return answers.shares(question, found, place)

    def _draw_threshold(self, question, found, place):
        unit = style.unit(found.unit)
        self.turn.show(
            "Where NEP changes its sign", found.crossing, answers.axis(question), f"NEP ({unit})"
        )
        return answers.threshold(question, found, place)


def _buttons(names):
    return pmui.RadioButtonGroup(
        label="", options={text: name for name, text in names.items()}, size="small", margin=0,
        sx=style.CALM,
    )  # fmt: skip


def _select(label, names):
    return pmui.Select(
        label=label, options={text: name for name, text in names.items()}, size="small",
        margin=(8, 0), width=250,
    )  # fmt: skip
