"""The chart of the view "present": large type, thick lines, each curve named where it ends."""

import numpy as np
import panel as pn
from bokeh.core.properties import field
from bokeh.models import BasicTicker, ColumnDataSource, CustomJS, FixedTicker, Range1d, Span
from bokeh.plotting import figure

from dashboard import style, words
from dashboard.charted import DASHED, THIN, WITH, WITHOUT
from dashboard.views import voice
from data import YEARS

WIDTH = {WITH: 3.5, WITHOUT: 3.0, DASHED: 3.5, THIN: 1.8}  # px
DASH = {WITH: [], WITHOUT: [10, 6], DASHED: [3, 4], THIN: []}
APART = 0.065  # of the height, between two names
MOST = 8  # curves
TICKS = [year for year in YEARS if year % 20 == 0]
LETTERS, NUMBERS = "18px", "16px"  # on the narrowest projector
SCALE = "Math.min(2, Math.max(1, innerWidth / 1280))"  # larger on a larger one
KEEP = f"""
// the theme of the page gives type a size; here it is for the last row
const px = Math.round(parseFloat(size) * {SCALE}) + "px"
if (cb_obj[property] != px) cb_obj[property] = px
"""
MAKE_ROOM = f"""
// the names of the curves have room beside the last year
if (figure.properties.inner_width.is_unset || figure.inner_width < 50) return
const px = Math.round(parseFloat(size) * {SCALE}), [first, last] = years
const width = (text) => [...text].reduce(  // of letters; Chinese is nearly twice as wide
  (sum, sign) => sum + (sign > "\u2fff" ? 1.04 : 0.58), 0)
const longest = Math.max(0, ...names.data.text.map(width))
const need = Math.min(longest * px + 16, figure.inner_width * 0.6)
const room = (figure.inner_width - need) / ticks.length  // px of a year on the axis
glyph.text_font_size = px + "px"
figure.below[0].ticker.ticks = room > 3.2 * px ? ticks : ticks.filter((_, k) => k % 2 == 0)
figure.x_range.end = last + (last - first) * need / (figure.inner_width - need)
"""


class BigChart:
    """The chart of one page."""

    def __init__(self, year):
        first, last = YEARS[0], YEARS[-1]
        self.curves = ColumnDataSource(
            {key: [] for key in ("x", "y", "colour", "dash", "width")}, name="presented"
        )
        self.bands = ColumnDataSource({key: [] for key in ("x", "y", "colour")})
        self.names = ColumnDataSource({key: [] for key in ("x", "y", "text", "colour")})
        self.mark = Span(location=year, dimension="height", line_color=style.CONTEXT,
                         line_dash="dotted", line_width=2.5)  # fmt: skip
        self.figure = figure(
            x_range=Range1d(first - 1, last), y_range=Range1d(0, 1),
            tools="", toolbar_location=None, sizing_mode="stretch_both", min_border=2,
            min_border_left=70, background_fill_alpha=0, border_fill_alpha=0,
            outline_line_color=None,
        )  # fmt: skip
        self._draw()
        self.pane = pn.pane.Bokeh(self.figure, sizing_mode="stretch_both", min_height=200, margin=0)

    def _draw(self):
        drawn = self.figure
        drawn.patches("x", "y", source=self.bands, fill_color=field("colour"), fill_alpha=0.22,
                      line_color=None)  # fmt: skip
        drawn.add_layout(Span(location=0, dimension="width", line_color=style.CONTEXT))
        drawn.multi_line("x", "y", source=self.curves, line_color=field("colour"),
                         line_dash=field("dash"), line_width=field("width"))  # fmt: skip
        drawn.add_layout(self.mark)
        named = drawn.text(
            "x", "y", "text", source=self.names, text_color=field("colour"), x_offset=8,
            text_font_size=LETTERS, text_baseline="middle", text_font_style="bold",
            level="annotation",
        )  # fmt: skip
        enlarge(drawn)
        args = {"figure": drawn, "names": self.names, "glyph": named.glyph, "size": LETTERS,
                "years": [YEARS[0] - 1, YEARS[-1]], "ticks": TICKS}  # fmt: skip
        room = CustomJS(args=args, code=MAKE_ROOM)
        drawn.js_on_change("inner_width", room)
        self.names.js_on_change("data", room)
        drawn.xaxis.ticker = FixedTicker(ticks=TICKS)
        drawn.yaxis.ticker = BasicTicker(desired_num_ticks=5)
        drawn.grid.grid_line_alpha = 0.4
        drawn.xgrid.visible = False

    def show(self, chart):
        """Draw a `charted.Chart`."""
        years, curves = np.array(YEARS), chart.curves[:MOST]
        banded = [one for one in curves if one.low is not None]
        self.bands.data = _padded({
            "x": [np.concatenate([years, years[::-1]]) for _ in banded],
            "y": [np.concatenate([one.low, one.high[::-1]]) for one in banded],
            "colour": [one.colour for one in banded],
        })  # fmt: skip
        self.curves.data = _padded({
            "x": [years for _ in curves],
            "y": [one.values for one in curves],
            "colour": [one.colour for one in curves],
            "dash": [DASH[one.line] for one in curves],
            "width": [WIDTH[one.line] for one in curves],
        })  # fmt: skip
        low, high = self._fit(curves, banded)
        ends = apart([one.values[-1] for one in curves], APART * (high - low))
        self.names.data = {
            "x": [years[-1] for _ in curves],
            "y": ends,
            "text": [one.label for one in curves],
            "colour": [one.colour for one in curves],
        }
        self.figure.title.text = chart.title
        told = words.course(chart.title, {one.label: one.values for one in curves})
        voice.describe(self.figure, told)

    def _fit(self, curves, banded):
        """Let the vertical axis hold all that is drawn; return its ends."""
        drawn = [one.values for one in curves]
        drawn += [end for one in banded for end in (one.low, one.high)]
        values = np.concatenate(drawn) if drawn else np.array([0.0, 1.0])
        values = values[np.isfinite(values)]
        low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
        spare = 0.06 * (high - low or abs(high) or 1.0)
        low, high = low - spare, high + spare
        self.figure.y_range.update(start=low, end=high)
        return low, high


def enlarge(drawn, *bars):
    """Let a figure, and the colour bars on it, keep their large type."""
    sized = [(drawn.title, "text_font_size", LETTERS)]
    sized += [(one, "major_label_text_font_size", NUMBERS) for one in (*drawn.axis, *bars)]
    sized += [(bar, "title_text_font_size", LETTERS) for bar in bars]
    for one, name, size in sized:
        setattr(one, name, size)
        keep = CustomJS(args={"property": name, "size": size}, code=KEEP)
        one.js_on_change(name, keep)


def _padded(columns):
    """Return *columns* with rows that draw nothing: Bokeh 3.9 trips where the count changes."""
    nothing = {"x": [np.nan], "y": [np.nan], "colour": "#000000", "dash": [], "width": 1.0}
    return {
        key: [*rows, *(nothing[key] for _ in range(MOST - len(rows)))]
        for key, rows in columns.items()
    }


def apart(places, gap):
    """Return *places* moved as little as they must so that no two are closer than *gap*."""
    if not places:
        return []
    order = np.argsort(places, kind="stable")
    found = np.array(places, float)[order]
    steps = gap * np.arange(found.size)
    # pools of neighbours that touch stand around the mean of where they want to be
    pools = []
    for one in found - steps:
        pools.append([one])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    moved = np.concatenate([[np.mean(pool)] * len(pool) for pool in pools]) + steps
    placed = np.empty_like(moved)
    placed[order] = moved
    return list(placed)
