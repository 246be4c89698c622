"""One open page: hears its visitor and the library, and patches its views."""

import html
from functools import partial

import numpy as np
import panel as pn
import panel_material_ui as pmui

from dashboard import alarms, areas, budget, curved, link, style, words
from dashboard.changes import NO_OFFSETS, History
from dashboard.glossary import marked
from dashboard.grid import BOX
from dashboard.language import N_, say, sentences
from dashboard.paced import Paced
from dashboard.results import SERIES
from dashboard.runs import CellRun
from dashboard.selection import Selection
from dashboard.state import ANALYSED, BOTH, State
from dashboard.views import everywhere, keys, lost, voice
from dashboard.views.analyse import Analyse
from dashboard.views.controls import Controls
from dashboard.views.key import key
from dashboard.views.link import Address
from dashboard.views.maps import Maps
from dashboard.views.numbers import Numbers
from dashboard.views.paper import Paper
from dashboard.views.present import Present
from dashboard.views.profile import Ground
from dashboard.views.quantities import Quantities
from dashboard.views.scorecard import Scorecard
from dashboard.views.series import Series, further
from dashboard.views.story import Story
from dashboard.views.takeaway import TakeAway
from dashboard.views.thrift import save_styles
from dashboard.views.tongues import Tongues
from dashboard.views.whatif import WhatIf
from tem.environment import REFERENCE_YEAR

TIDY = 150  # ms after a slider has moved before the words follow
PATIENCE = 0.25  # s between two looks at the library while it works
STAYS = ("name", "shown", "edits", "theme")  # what does not make good what was wrong
UNCHANGED = N_("Nothing is changed yet: move a slider, then run the region.")
TOO_EARLY = N_("The Baseline of this climate is still being simulated; try again when it is there.")


class Page:
    """The views of one visitor and what happens between them."""

    def __init__(
        self, library, atlas, verdicts, figures, said, document, taken=None, address=""
    ):  # fmt: skip
        self.library, self._document = library, document
        alarms.watch(document, self.complain)
        self._verdicts, self._figures = verdicts, figures
        chosen, faults = link.choices(library.chosen | said, library.grid)
        self.state = State(**chosen)
        self.selection = Selection(self.state, library)
        if self.state.area and (missing := self._missing(self.state.area)):
            self.state.area = ()
            faults += missing
        self._job = None  # the what-if of the region that is running
        self._seen, self._tidying = None, False
        self._soon = Paced(document, PATIENCE, self._catch_up)
        self._previewed = False  # whether the preview of that what-if is drawn
        self.alone = False  # whether the Baseline is shown alone, to see what moves
        self._turning = False  # whether many choices are taken at once
        self._fault = ""  # why the last what-if has no result
        self._history = History(self.state.change)
        self.selection.shelf.heard = self._hear_shelf
        self._build(atlas)
        anchor = self.series.figures[SERIES[0]]
        self.take = TakeAway(self.selection, taken, address, document, anchor)
        self.explore[0].append(self.take.pane)
        self._faults, self._stop_listening = faults, None
        self._watch()
        library.prefer(self.state.rcp, self.state.gcms)
        self.refresh()

    def begin(self):
        """Start to listen and to ask: the browser is there (what came before would be lost)."""
        self._stop_listening = self.library.listen(self._soon.ask)
        self.refresh()
        self._open_view()
        self._rerun()
        self.selection.shelf.ask()
        self.complain(*self._faults)

    def _build(self, atlas):
        self.controls, self.tongues = Controls(self.state), Tongues(self._document)
        self.series = Series(self.state.year)
        save_styles(self._document, self.series.figures[SERIES[0]])
        keys.listen(self._document)
        lost.come_back(self._document)
        voice.listen(self._document)
        everywhere.dress(self._document)
        self.numbers = Numbers()
        self.maps = Maps(self.library, atlas.copies(), self.series.marks, self._document)
        self.maps.on_tap(self.tap)
        self.maps.cursor.on_keys(self.tap, self.leave)
        self.maps.on_draw(self.draw)
        self.quantities = Quantities(self.state)
        self.maps.follow(self.controls.year)
        self.maps.drag_with(self.controls.drag)
        self.maps.look_at(self.state.zoom)
        self.maps.on_look(self._looked)
        self.whatif = WhatIf(self.state, self)
        self.story = Story(self)
        anchor = self.series.figures[SERIES[0]]
        self.address = Address(anchor)
        self.key_list = keys.KeyList()
        acts = {
            "ctrl+z": self.undo, "ctrl+shift+z": self.redo, "b": self.flip, "r": self.reset,
            "p": self.present_or_not, "s": self.story.tell_or_not,
            "?": self.key_list.turn, "shift+?": self.key_list.turn,
            **{key: partial(self.story.step, by) for key, by in keys.STEPS.items()},
        }  # fmt: skip
        self.keys = keys.Keys(self._document, anchor, acts)
        self.scorecard = Scorecard(self._verdicts, self.library, self._document)
        self.analyse = Analyse(self.state, self.library, self._document)
        self.paper = Paper(self.state, self._figures, self._verdicts, self.library, self._document)
        self.ground = Ground(self.state, self.library, self._document)
        self.present = Present(self, self._document, atlas)
        self._others = {
            "present": self.present, "analyse": self.analyse, "profile": self.ground,
            "paper": self.paper, "scorecard": self.scorecard,
        }  # fmt: skip
        text = {"sizing_mode": "stretch_width", "margin": 0}
        self.headline, self.about, self.message, self.status = (
            pn.pane.HTML("", css_classes=[name], **text)
            for name in ("headline", "about", "message", "status")
        )
        self.explain = pmui.Button(
            label=say(words.EXPLAIN), size="small", variant="text", margin=(0, 0, 0, 8)
        )
        self.explain.on_click(lambda _event: self._explain())
        self.top = pn.Row(
            self.headline, self.explain, sizing_mode="stretch_width", margin=0,
            stylesheets=[style.WRAPS],
        )  # fmt: skip
        self.series.make_room_for(self.headline, self.about, self.message, self.series.key)
        voice.follow(self.headline, "headline")
        voice.follow(self.story.text, "story")
        voice.follow(self.message, "message", voice.AT_ONCE)
        self.bar = pmui.LinearProgress(value=0, variant="determinate", sx=style.STILL, **text)
        self.back = pmui.Button(
            label=say("Back to the region"), size="small", variant="text", visible=False, margin=0
        )
        self.back.on_click(lambda _event: self.leave())
        self.below = pmui.Button(
            label=say("Its ground"), size="small", variant="text", visible=False, margin=0
        )
        self.below.on_click(lambda _event: self.state.param.update(view="profile"))
        control, row = self.controls, {"sizing_mode": "stretch_width", "margin": (2, 0)}
        self.explore = pn.Column(
            pn.Row(control.year, control.shown, control.drag, align="center",
                   stylesheets=[style.WRAPS], **row),
            self.quantities.pane,
            self.maps.pane,
            pn.Row(self.series.key, self.back, self.below, stylesheets=[style.WRAPS], **row),
            pn.Row(
                pn.Column(control.panel, control.lines, control.curves, margin=0),
                self.series.pane, self.numbers.pane,
                sizing_mode="stretch_both", margin=0, stylesheets=[style.WRAPS],
            ),
            sizing_mode="stretch_both", margin=0, stylesheets=[style.FLOWS],
        )  # fmt: skip
        self._show_view()

    def _watch(self):
        watch = self.state.param.watch
        gone = [name for name in self.state.param if name not in STAYS]
        watch(lambda *_events: self.complain(), gone)  # what was wrong was so of an earlier choice
        watch(self._climate_changed, ["rcp", "gcm"])
        watch(self._ecosystem_changed, "ecosystem")
        watch(lambda _event: self.refresh(), "maps")
        watch(self._compare_changed, "compare")
        watch(lambda _event: self.refresh(), "divide")
        for name in ("curves", "panel", "lines"):
            watch(lambda _event: self.refresh(maps=False), name)
        watch(self._shown_changed, "shown")
        watch(self._year_changed, "year")
        watch(self._cell_changed, ["cell", "area"])
        watch(self._edits_changed, ["edits", "offsets"])
        watch(self._saved_changed, ["saved", "rcp", "gcm", "cell", "area", "ecosystem"])
        watch(self._since_changed, "since")
        watch(self._view_changed, "view")
        watch(self._figure_changed, "figure")
        watch(lambda event: self.maps.look_at(event.new), "zoom")
        watch(lambda _event: self._show_view(), "story")
        in_link = (
            *ANALYSED, "zoom", "opened", "where", "drag", "spot", "chart", "story", "theme",
        )  # fmt: skip
        watch(lambda *_events: self._show_link(), list(in_link))

    # --- what the visitor does ---------------------------------------------------------------

    def tap(self, lon, lat):
        """Choose the cell at a point of a map."""
        cell = self.library.grid.cell_at(lon, lat)
        if cell is None:
            self.complain(link.outside(lon, lat))
        else:
            self.complain()
            self.state.param.update(cell=cell, area=())

    def leave(self):
        """Go back to the region."""
        self.state.param.update(cell=None, area=())

    def draw(self, geometry):
        """Choose the area of a box or a lasso on a map."""
        area = areas.corners(geometry)
        missing = self._missing(area)
        self.complain(*missing)
        if not missing:
            self.state.param.update(cell=None, area=area)

    def _looked(self, *ends):
        zoom = tuple(round(degrees, areas.PLACES) for degrees in ends)
        self.state.zoom = () if zoom == BOX else zoom

    def _missing(self, area):
        """Return in words what an area lacks to be looked at: nothing if it has cells."""
        inside = areas.within(area, *self.library.grid.centres) if area else np.array([], int)
        if not inside.size:
            return [say(areas.NOTHING_THERE)]
        if not self.library.weights.member[self.state.group, inside].any():
            kind = say(self.state.ecosystem)
            return [say("No {ecosystem} cell lies in this area.", ecosystem=kind)]
        return []

    def complain(self, *texts):
        """Say what is wrong, above what is open; the figures stay as they are."""
        self.message.object = "<br>".join(map(html.escape, texts))

    @property
    def dark(self) -> bool:
        """Whether the page is dark: some colours differ."""
        return self.state.theme == "dark"

    def turn_dark(self, *, dark):
        """Follow the theme."""
        self.state.theme = "dark" if dark else "default"
        for view in (self.analyse, self.paper, self.ground):
            view.turn_dark(dark=self.dark)
        self.refresh()

    def undo(self):
        """Take the last change back."""
        self._history.note(self.state.change)
        self._go_to(self._history.back())

    def redo(self):
        """Make the change again that was taken back last."""
        self._history.note(self.state.change)
        self._go_to(self._history.forward())

    def _go_to(self, change):
        with pn.io.hold():
            self.state.param.update(**change._asdict())
            self._tell_history()

    def flip(self):
        """Show the Baseline alone, or the what-if with it: what has changed is what moves."""
        if not self.state.change:
            self.complain(say(UNCHANGED))
            return
        shown = self.state.shown != "Baseline"
        alone = shown if self.selection.what_if() else not self.alone  # that of a cell is no map
        with pn.io.hold():
            self.state.shown = "Baseline" if alone else "What-if"
            self._show_alone(alone=alone)

    def _show_alone(self, *, alone):
        if alone != self.alone:
            self.alone = alone
            self.series.show_alone(alone=alone)
            self._show_key()
            self._tell_curves(self.selection.curves(), self.selection.more_lines())
            self.present.draw_curves()

    def _explain(self):
        """Explain the number of the headline; of a what-if, what it has moved."""
        what = "edits-summed" if words.of_what_if(self.state, self.selection.gains()) else "summed"
        self.state.param.update(view="analyse", analysis="explain", explained=what)

    # --- presenting and the story ------------------------------------------------------------

    def present_or_not(self):
        """Show one map and one chart in large type, or all there is."""
        self.state.view = "explore" if self.state.view == "present" else "present"

    def reset(self):
        """Take all changes back; in the story, show the step as it is told."""
        if self.state.story:
            self.story.tell(self.state.story)
        else:
            self.state.param.update(edits=(), offsets=NO_OFFSETS, zoom=())

    def turn_to(self, choices):
        """Take many choices at once, and draw them once."""
        self._turning = True
        try:
            with pn.io.hold():
                self.state.param.update(**choices)
        finally:
            self._turning = False
        self.refresh()

    def _climate_changed(self, *_events):
        self.library.prefer(self.state.rcp, self.state.gcms)
        self.selection.cell_run = CellRun({})
        self.refresh()
        self._rerun()

    def _ecosystem_changed(self, _event):
        if self.state.area and (missing := self._missing(self.state.area)):
            self.complain(*missing)
            self.state.area = ()
        self.refresh()

    def _cell_changed(self, *_events):
        self.selection.cell_run = CellRun({})
        self.refresh(maps=False)
        self._run_cell()
        # later: the curves are what is waited for
        self._document.add_timeout_callback(self._follow_cell, TIDY)

    def _follow_cell(self):
        """Point the sliders of the panel at the ecosystem of the chosen cell, and back."""
        cell, kinds = self.state.cell, self.library.region.ecosystem.values
        self.whatif.follow_cell(None if cell is None else str(kinds[cell]))

    def _compare_changed(self, event):
        if event.new in BOTH:  # a what-if is of one scenario
            self.state.shown = "Baseline"
        self.refresh()

    def _shown_changed(self, event):
        self._show_alone(alone=False)
        if event.new != "Baseline" and self.state.compare in BOTH:
            self.state.compare = "quantities"
        if event.new != "Baseline" and not self.state.change:
            self.complain(say(UNCHANGED))
            self.state.shown = "Baseline"
            return
        if event.new != "Baseline" and not self.selection.what_if() and self._job is None:
            self.run_region()
        self.refresh()

    def _edits_changed(self, *_events):
        self._run_cell()  # first: someone is watching a curve
        self._fault = ""
        self._show_alone(alone=False)
        if not self.state.change:
            self.selection.cell_run, self.selection.region_run = CellRun({}), None
            self._give_up()
            self.state.shown = "Baseline"
            self.refresh()
        if self.whatif.automatic.value:
            self._give_up()  # a newer edit wins; it runs once the slider rests
        if not self._tidying:
            self._tidy_soon()

    def _view_changed(self, _event):
        with pn.io.hold():
            self._open_view()
            self._say()

    def _figure_changed(self, _event):
        with pn.io.hold():
            self.paper.show()
            self._show_link()

    def _show_view(self):
        """Show what is open, hide the rest."""
        for name, view in self._others.items():
            view.pane.visible = name == self.state.view
        view, told = self.state.view, bool(self.state.story)
        self.explore.visible = view == "explore"
        self.about.visible = view == "explore" and not told
        self.top.visible = view == "explore" or (view == "present" and not told)
        self.explain.visible = view == "explore"
        self.status.visible = view != "present"
        self.headline.css_classes = ["headline", *["large"] * (view == "present")]
        self.story.enlarge(large=view == "present")

    def _open_view(self):
        """Show what is open, and let it ask for what it shows."""
        self._show_view()
        if self.state.view in self._others:
            self._others[self.state.view].open()

    def _since_changed(self, _event):
        self._run_cell()
        if self.whatif.automatic.value and self.state.change:
            self.run_region()
        self._tidy()
        self._note()

    def _saved_changed(self, *events):
        self.selection.shelf.ask()
        if any(event.name == "saved" for event in events):
            self._hear_shelf()

    def _hear_shelf(self):  # also from workers
        self._document.add_next_tick_callback(lambda: self.refresh(maps=False))

    def _note(self):
        """Remember what the panel shows, now that it rests, as a step that can be undone."""
        self._history.note(self.state.change)
        self._tell_history()
        self.whatif.list_changes()

    def _tell_history(self):
        self.whatif.undo.disabled = not self._history.older
        self.whatif.redo.disabled = not self._history.newer

    def _tidy_soon(self):
        self._tidying, moved = True, self.state.change

        def tidy():
            self._tidy()
            if self.state.change != moved:  # still on its way
                self._tidy_soon()
                return
            self._note()
            if self.whatif.automatic.value and moved:
                self.run_region()

        self._document.add_timeout_callback(tidy, TIDY)

    def _tidy(self):
        """Put the words right after a slider has moved; not at its every step."""
        self._tidying = False
        with pn.io.hold():
            self.complain()
            self._mark_stale()
            self._say_what_if()
            self._say()
            self._tell_curves(self.selection.curves(), self.selection.more_lines())

    def _mark_stale(self):
        """Say beside maps and curves whether their what-if is the one of the panel."""
        self.maps.say(self.selection.captions())
        self._show_key()

    def _show_key(self):
        told = key(self.selection, dark=self.dark, alone=self.alone)
        self.series.key.object = marked(told)

    # --- what-ifs ----------------------------------------------------------------------------

    def run_region(self):
        """Rerun the region with the edits; the newest wish wins, and nothing is run twice."""
        if not self.state.change:
            self._give_up()
            self.complain(say(UNCHANGED))
        elif not self.selection.results():
            self.complain(say(TOO_EARLY))
        elif not self._asked_already():
            self._give_up()
            state, self._fault = self.state, ""
            self._job = self.library.what_if_region(
                state.rcp, state.gcms, state.change, self._job_moved
            )
            self._say_what_if()

    def _asked_already(self):
        """Return whether the what-if that is asked for is there or running."""
        job = self._job
        if job is None:
            return self.selection.up_to_date()
        return job.wish == self.selection.wish() and not job.stopped.is_set()

    def _job_moved(self, job):  # from a worker
        if job.results or job.failed or (job.preview and not self._previewed):
            self._document.add_next_tick_callback(self._look_at_job)
        else:
            self._soon.ask()

    def _look_at_job(self):
        with pn.io.hold():
            if self._job is not None:
                self._region_moved()

    def cancel(self):
        """Stop the what-if of the region that is running; it tells once it has stopped."""
        if self._job is not None:
            self._job.cancel()

    def _give_up(self):
        """Stop the what-if that is running and hear no more of it."""
        self.cancel()
        self._job, self._previewed = None, False

    def _rerun(self):
        """Bring the what-ifs up to the climate that is looked at."""
        if self.state.change and self.selection.results():
            self._run_cell()
            if self.whatif.automatic.value or self.state.shown != "Baseline":
                self.run_region()

    def _run_cell(self):
        state = self.state
        if state.cell is None or not state.change or not self.selection.results():
            return
        asked = (state.rcp, state.gcms, state.cell)

        def done(run):  # from a worker
            self._document.add_next_tick_callback(lambda: self._cell_ran(asked, run))

        self.library.what_if_cell(id(self), *asked, state.change, done)

    def _cell_ran(self, asked, run):
        state = self.state
        if asked != (state.rcp, state.gcms, state.cell) or not state.change:
            return
        self._fault = say(run.fault)
        before, self.selection.cell_run = self.selection.cell_run, run
        with pn.io.hold():
            self.series.show_what_if(self.selection.what_if_curves())
            self.present.draw_curves()
            self._say()
            if not self._tidying:  # else said once the slider rests
                self._tell_curves(self.selection.curves(), self.selection.more_lines())
            if run.fault or (run.unrested, run.fault) != (before.unrested, before.fault):
                self._say_what_if()

    def _region_moved(self):
        """Look at the what-if of the region that is running."""
        job, text = self._job, ""
        if job.results or job.failed:
            self._job, self._previewed = None, False
        if job.cancelled:
            text = say("Cancelled; the last result stays.")
        elif job.failed:
            self._fault = say(job.failed)
        elif job.shown and not self._previewed:
            self._previewed = not job.results
            self._show_region(job)
        self._say_what_if(text)

    def _show_region(self, job):
        """Draw the what-if of the region, or its preview."""
        self.selection.region_run = job
        self.selection.shelf.learn(job)
        if self.state.shown == "Baseline" and self.selection.what_if():
            self.state.shown = "Difference"  # draws as well
        else:
            self.refresh()

    # --- what the library says ---------------------------------------------------------------

    def _catch_up(self):
        if self._job is not None:
            self._region_moved()
        self._say_status()
        if self.state.view in self._others:
            self._others[self.state.view].show()
        if self.selection.seen() != self._seen:
            self.refresh()
            self._rerun()
            self.selection.shelf.ask()

    # --- drawing and saying ------------------------------------------------------------------

    def refresh(self, *, maps=True):
        """Draw everything that the state and the library say; *maps*: those too."""
        if self._turning:
            return
        try:
            with pn.io.hold():
                if maps:
                    self._seen = self.selection.seen()
                    frames = self.selection.frames()
                    self.maps.show(frames)
                    self.present.show(frames)
                else:
                    self.present.draw_curves()
                self.maps.divide(self.state.divide if self.state.compare == "swipe" else None)
                self.maps.mark(self.state.cell)
                self.maps.outline(() if self.state.cell is not None else self.state.area)
                self.series.saved = [one.name for one in self.state.saved]
                self.series.colour(self.state.rcp, dark=self.dark)
                self._draw_curves()
                self._show_key()
                self.back.visible = self.state.cell is not None or bool(self.state.area)
                self.below.visible = self.state.cell is not None
                self._say()
                self._say_status()
                self._say_what_if()
        except Exception as fault:  # noqa: BLE001 - alarm tells it
            alarms.alarm(fault, self._document)

    def _draw_curves(self):
        """Draw the curves, or write the numbers that take their place."""
        state, selection = self.state, self.selection
        numbers = state.panel == "numbers"
        self.numbers.pane.visible, self.series.pane.visible = numbers, not numbers
        if numbers:
            self.numbers.show(selection)
        drawn, lines = selection.curves(), selection.more_lines()
        more = {name: further(those, state.rcp, dark=self.dark) for name, those in lines.items()}
        self.series.show(drawn, selection.units(), state.curves == "thaw", more, selection.notes())
        self._tell_curves(drawn, lines)

    def _tell_curves(self, drawn, lines):
        """Say the curves to those who listen."""
        self.series.tell(curved.named(self.selection, drawn, lines, alone=self.alone))

    def _year_changed(self, _event):
        self._say()
        if self.state.panel == "numbers":
            self.numbers.show(self.selection)

    def _say(self):
        selection = self.selection
        old, new = selection.gains()
        if old:
            told = self._told(old, new)
            self.headline.object = marked(html.escape(words.headlined(selection, (old, new))))
            said = sentences(say("Simulated by this model."), *told)
            self.about.object = marked(html.escape(said))
            if new and self.state.view == "present":
                self.headline.object += f"<p>{marked(html.escape(told[0]))}</p>"
        else:
            self.headline.object = words.nothing_yet(self.library)
            self.about.object = f"{words.label()}{say('.')}"
        self.story.show()
        self._show_link()

    def _told(self, old, new):
        """Return the sentences below the headline; that of a what-if first."""
        selection, place, found = self.selection, self.selection.place, []
        if new:
            change, marks = selection.change(), selection.marks_told()
            found.append(words.what_if(place, old, new, change, marks))
        if self.state.year > REFERENCE_YEAR:
            exposed = words.exposed(place, selection.exposed())
            found.append(words.of_baseline(exposed) if new else exposed)
        return [*found, words.printed(self.state)]

    def _show_link(self):
        self.address.show(link.query(self.state, self.library.region))

    def _say_status(self):
        ready, total = self.library.ready, len(self.library.climates)
        now = self.library.working
        closed = [one.closure for one in self.library.climates.values() if one.closure]
        light = budget.light(closed, self.library.region.sizes["cell"])
        progress = html.escape(words.progress(self.library))
        lit = f"{light} &nbsp;·&nbsp; " if self.library.opened is None else ""
        self.status.object = f"{lit}{progress}"
        self.bar.visible = ready < total and self.library.opened is None
        self.bar.value = int(100 * (ready + (now.fraction if now else 0)) / total)

    def _say_what_if(self, text=""):
        job = self._job
        self.whatif.running(None if job is None else job.fraction)
        text = text or words.region_run(self.state, job, self.selection)
        cell = words.unrested_cell(self.selection.cell_run)
        unusual, faults = words.unusual(self.state.edits), self.selection.shelf.faults()
        self.whatif.say(sentences(self._fault or text, cell, unusual, *faults))
        cost = self.library.skies.seconds(len(self.state.gcms))
        self.whatif.offsets.cost.object = words.climate_cost(cost, len(self.state.gcms))

    def close(self):
        """Let go of the library: the visitor has left."""
        self.cancel()
        self.analyse.close()
        self.selection.shelf.end()
        self.take.close()
        if self._stop_listening is not None:
            self._stop_listening()
