"""The view "present": one map, one chart, the year and two sliders, in type for the last row."""

from html import escape

import panel as pn
import panel_material_ui as pmui
from bokeh.models import CustomJS, PrintfTickFormatter, Text

from dashboard import edits, style, words
from dashboard.charted import chart
from dashboard.edits import ALL
from dashboard.language import say
from dashboard.runs import RCP_NAMES
from dashboard.selection import Frames
from dashboard.views.chart import LETTERS, BigChart, enlarge
from dashboard.views.controls import FRAME
from dashboard.views.keys import FULL_SCREEN
from dashboard.views.maps import Maps
from dashboard.views.plates import ASPECT
from dashboard.views.sliders import FACTOR, Slider, reach, shown
from data import YEARS
from tem.parameters import FIELDS

SLIDERS = ("b", "kd")  # the parameters that move, of all ecosystems at once
WIDEST = 0.66  # share of the width that the map takes at most
LEAST = 420  # px that it leaves the chart
YIELDS = {"min-height": "260px", "overflow": "hidden"}  # a row whose height is what others leave
FIT = """
// the map is as high as there is room, keeps its shape, and leaves the chart the rest
const [left, right] = [map, chart].map((one) => Bokeh.index.find_one_by_id(one.id))
const row = left?.el.getRootNode().host
const fit = () => {
  const beside = map.outer_width - map.inner_width, below = map.outer_height - map.inner_height
  const {clientWidth: wide, clientHeight: high} = row
  if (!(wide > 100) || !(high > 100) || !(map.inner_width > 10)) return
  const stacked = getComputedStyle(row).flexDirection == "column"
  const across = stacked ? wide : Math.min(widest * wide, wide - least)
  const inner = Math.min(stacked ? Infinity : high - below, (across - beside) / aspect)
  const [width, height] = [Math.round(inner * aspect + beside), Math.round(inner + below)]
  if (Math.abs(width - map.width) > 1 || Math.abs(height - map.height) > 1)
    map.setv({width, height})
  setTimeout(() => {
    if (Math.abs(right.el.offsetHeight - chart.outer_height) > 1) right.invalidate_layout()
  }, 50)
}
if (!row) return
if (!row.fitted) new ResizeObserver(fit).observe(row)
row.fitted = true
fit()
"""


class Present:
    """The view of one page; its figures are made when it is first opened."""

    def __init__(self, page, document, atlas):
        self._page, self._document, self._atlas = page, document, atlas
        self._state = page.state
        self.maps = self.chart = None
        self.pane = pn.Column(
            visible=False, sizing_mode="stretch_both", margin=0, stylesheets=[style.FLOWS]
        )

    def open(self):
        """Make what is shown, at first."""
        if self.maps is None:
            self._build()
            self.show()
            self.pane.objects = self._laid_out()
            # the browser turns the map to its year once it has it
            self._document.add_next_tick_callback(self.show)
        else:
            self.show()

    def show(self, frames=None):
        """Draw what is looked at; *frames*: those of all maps, if they are at hand."""
        if self.maps is None or self._state.view != "present":
            return
        with pn.io.hold():
            frames = frames or self._page.selection.frames()
            picture = frames.pictures[int(self._state.spot) - 1]
            self.maps.show(Frames([picture], frames.cells))
            self.draw_curves()

    def draw_curves(self):
        """Draw the chart alone, and mark what it is about."""
        if self.maps is not None and self._state.view == "present":
            self.maps.mark(self._state.cell)
            self.maps.outline(() if self._state.cell is not None else self._state.area)
            drawn = chart(self._page.selection, dark=self._page.dark, alone=self._page.alone)
            self.chart.show(drawn)
            self.key.object = words.band(self._state, len(self._page.selection.told()))

    # --- what it is made of ------------------------------------------------------------------

    def _build(self):
        state, page = self._state, self._page
        self.chart = BigChart(state.year)
        drawn = _enlarged(self._atlas.another())
        first = page.maps.figures[0]
        drawn.x_range, drawn.y_range = first.x_range, first.y_range
        letters = LETTERS, LETTERS
        self.maps = Maps(page.library, [drawn], [self.chart.mark], self._document, letters)
        self.maps.on_tap(page.tap)
        self.maps.cursor.on_keys(page.tap, page.leave)
        self._keep_shape(drawn)
        self.year = pmui.Player(
            label=say("Year"), start=YEARS[0], end=YEARS[-1], value=state.year, variant="minimal",
            interval=FRAME, loop_policy="loop", show_value=True, sizing_mode="stretch_width",
            size="large", margin=(0, 12), min_width=330, sx=style.LARGE_PLAYER,
        )  # fmt: skip
        self.maps.follow(self.year)
        self.year.param.watch(lambda event: state.param.update(year=event.new), "value")
        state.param.watch(lambda event: self.year.param.update(value=event.new), "year")
        self.sliders = [Factor(name, page) for name in SLIDERS]
        self.rcp = pmui.RadioButtonGroup(
            label=say("Scenario"), value=state.rcp,
            options={n: rcp for rcp, n in RCP_NAMES.items()},
            margin=(0, 8), sx=style.CALM,
        )  # fmt: skip
        self.rcp.param.watch(lambda event: state.param.update(rcp=event.new), "value")
        state.param.watch(lambda event: self.rcp.param.update(value=event.new), "rcp")
        state.param.watch(lambda _event: self.draw_curves(), "chart")
        state.param.watch(lambda _event: self.show(), "spot")
        self.key = pn.pane.HTML(
            "", css_classes=["footer"], sizing_mode="stretch_width", margin=(0, 0, 0, 70)
        )
        self.label = pn.pane.HTML(
            escape(words.labelled()), css_classes=["footer"], sizing_mode="stretch_width",
            margin=(4, 0),
        )  # fmt: skip

    def _laid_out(self):
        return [
            pn.Row(
                pn.pane.Bokeh(self.maps.figures[0], margin=0, align="center"),
                pn.Column(
                    self.chart.pane, self.key, sizing_mode="stretch_both", margin=0,
                    stylesheets=[style.HIGH],
                ),
                sizing_mode="stretch_both", margin=0, styles=YIELDS, stylesheets=[style.STACKS],
            ),
            pn.Row(
                self.year, *(one.pane for one in self.sliders), self.rcp,
                sizing_mode="stretch_width", margin=(2, 0, 0, 0), stylesheets=[style.WRAPS],
            ),
            pn.Row(self.label, *self._buttons(), sizing_mode="stretch_width", margin=0,
                   stylesheets=[style.WRAPS]),
        ]  # fmt: skip

    def _buttons(self):
        page, small = self._page, {"size": "small", "variant": "text", "margin": 0}
        flip, reset, story, whole, keys, leave = (
            pmui.Button(label=say(label), **small) for label in words.PRESENT_BUTTONS
        )
        flip.on_click(lambda _event: page.flip())
        reset.on_click(lambda _event: page.reset())
        story.on_click(lambda _event: page.story.tell_or_not())
        whole.js_on_click(code=FULL_SCREEN)
        keys.on_click(lambda _event: page.key_list.turn())
        leave.on_click(lambda _event: page.present_or_not())
        return flip, reset, story, whole, keys, leave

    def _keep_shape(self, drawn):
        args = {
            "map": drawn,
            "chart": self.chart.figure,
            "aspect": ASPECT,
            "widest": WIDEST,
            "least": LEAST,
        }
        fit = CustomJS(args=args, code=FIT)
        for name in ("inner_width", "inner_height"):
            drawn.js_on_change(name, fit)


class Factor:
    """A slider that scales a parameter of all ecosystems."""

    def __init__(self, name, page):
        self._name, self._page, self._setting = name, page, False
        low, high = reach(name, ALL)
        self.pane = Slider(
            label="", start=low, end=high, step=0.05, value=1.0,
            marks=[{"value": 1.0}], tooltips=False,
            sizing_mode="stretch_width", max_width=320, margin=(0, 12),
            format=PrintfTickFormatter(format=FACTOR), sx=style.LARGE,
        )  # fmt: skip
        self._follow()
        self.pane.param.watch(lambda event: self._moved(event.new), "value")
        self.pane.param.watch(lambda _event: self._released(), "value_throttled")
        page.state.param.watch(lambda _event: self._follow(), "edits")

    def _follow(self):
        about, changed = FIELDS[self._name].about, self._page.state.edits
        told = about.symbol, say(about.label), words.except_for(changed, self._name, ALL)
        self.pane.label = " · ".join(filter(None, told))
        self._setting = True
        try:
            shown(self.pane, edits.effective(changed, ALL, self._name))
        finally:
            self._setting = False

    def _moved(self, value):
        if self._setting or value is None:
            return
        state = self._page.state
        new, faults = edits.allowed(edits.put(state.edits, ALL, self._name, round(value, 6)))
        if faults:
            self._page.complain(*faults)
        else:
            state.edits = new

    def _released(self):
        if not self._setting and self._page.state.change:
            self._page.run_region()


def _enlarged(drawn):
    """Return the figure of a map in large type, without the callbacks that give it its size."""
    drawn.js_property_callbacks = {}
    drawn.update(sizing_mode="fixed", width=640, height=440, min_border_left=10)
    drawn.below[-1].height = 16
    enlarge(drawn, drawn.below[-1])
    for renderer in drawn.renderers:
        if isinstance(renderer.glyph, Text):
            renderer.glyph.text_font_size = "15px"
    return drawn
