"""The story above the page: which step, what it says, and the way to the others."""

import html

import panel as pn
import panel_material_ui as pmui

from dashboard import link, storywords, style
from dashboard.glossary import marked
from dashboard.language import say
from dashboard.story import STEPS


class Story:
    """The bar of one page; it says to the page which step is wanted."""

    def __init__(self, page):
        self._page = page
        self._before, self._left = None, None  # choices before the story, and where it was left
        small = {"size": "small", "variant": "text", "margin": (4, 0, 0, 0)}
        turn = {"size": "small", "variant": "outlined", "margin": (2, 4), "sx": style.ARROW}
        self.before = pmui.Button(label="←", description=say(storywords.BEFORE), **turn)
        self.next = pmui.Button(label="→", description=say(storywords.NEXT), **turn)
        self.dots = pmui.RadioButtonGroup(
            label="", options=list(range(1, len(STEPS) + 1)), size="small", margin=(2, 0),
            sx=style.DOTS,
        )  # fmt: skip
        self.title, self.text = (
            pn.pane.HTML("", css_classes=[name], sizing_mode="stretch_width", margin=0)
            for name in ("story-title", "story-text")
        )
        self.restore = pmui.Button(label=say(storywords.RESTORE), **small)
        self.leave = pmui.Button(label=say(storywords.LEAVE), **small)
        self.begin = pmui.Button(
            label=say(storywords.BEGIN), size="small", variant="outlined", margin=(4, 4, 4, 0)
        )
        self.begin.on_click(lambda _event: self.tell_or_not())
        self.before.on_click(lambda _event: self.step(-1))
        self.next.on_click(lambda _event: self.step(1))
        self.dots.param.watch(self._chosen, "value")
        self.restore.on_click(lambda _event: self.tell(page.state.story))
        self.leave.on_click(lambda _event: self.tell_or_not())
        self.pane = pn.Column(
            pn.Row(
                self.before, self.dots, self.next, self.title, self.restore, self.leave,
                sizing_mode="stretch_width", margin=0, align="center", styles={"flex-wrap": "wrap"},
            ),
            self.text,
            sizing_mode="stretch_width", margin=(0, 0, 4, 0), visible=False,
        )  # fmt: skip

    def _chosen(self, event):
        if event.new and event.new != self._page.state.story:
            self.tell(event.new)

    # --- from step to step -------------------------------------------------------------------

    def step(self, by):
        """Tell the next step of the story, or the one before."""
        story = self._page.state.story
        if story and 1 <= story + by <= len(STEPS):
            self.tell(story + by)

    def tell(self, number):
        """Tell a step of the story, in the view that it is told in."""
        begun, state = link.start(number), self._page.state
        view = state.view if state.story else begun.view
        self._page.turn_to(_chosen(begun) | {"view": view})

    def tell_or_not(self):
        """Begin the story, or go on where it was left; or leave it for what was there before.

        If nothing was there before, all stays as it is.
        """
        state = self._page.state
        if state.story:
            self._left = _chosen(state)
            self._page.turn_to(self._before or {"story": 0, "view": "explore"})
            return
        self._before = _chosen(state)
        if self._left is None:
            self.tell(1)
        else:
            self._page.turn_to(self._left)

    # --- what is said ------------------------------------------------------------------------

    def show(self):
        """Say what the step says of what is drawn now."""
        state = self._page.state
        self.pane.visible, self.begin.visible = bool(state.story), not state.story
        self.begin.label = say(storywords.RETURN if self._left else storywords.BEGIN)
        if not state.story:
            return
        step = STEPS[state.story - 1]
        place = say(storywords.STEP, number=state.story, count=len(STEPS))
        self.dots.value = state.story
        self.before.disabled, self.next.disabled = state.story == 1, state.story == len(STEPS)
        self.title.object = (
            f'<span title="{place}">{html.escape(say(storywords.TITLES[step.name]))}</span>'
        )
        told = storywords.told(step, self._page.selection)
        self.text.object = marked(html.escape(told))
        self.restore.visible = not link.as_told(state, self._page.library.region)

    def enlarge(self, *, large):
        """Use the type of the view "present", or that of the page."""
        for pane, name in ((self.title, "story-title"), (self.text, "story-text")):
            pane.css_classes = [name, *["large"] * large]


def _chosen(state) -> dict:
    """Return what *state* chooses of all that a step of the story chooses, and the view."""
    return {name: getattr(state, name) for name in (*link.TOLD, "offsets", "view")}
