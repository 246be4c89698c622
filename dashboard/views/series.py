"""Four curves through time: thaw depth and carbon fluxes at first, pools or nitrogen."""

import numpy as np
import panel as pn
from bokeh.core.properties import field
from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    CustomJS,
    CustomJSHover,
    FixedTicker,
    HoverTool,
    Range1d,
    Span,
)
from bokeh.plotting import figure

from dashboard import curved, style, words
from dashboard.language import listed, say
from dashboard.quantities import brief
from dashboard.results import DECLARED, SAVED, SERIES
from dashboard.views import voice
from data import YEARS

LABELS = 3  # on a vertical axis: they have room where a curve is 60 px high
CHANGED = ("whatif_st", "whatif_sr")
COLUMNS = ("st", "st_low", "st_high", "sr", "sr_low", "sr_high", *SAVED, *CHANGED)
REFIT = """
// Bokeh 3.9 lays a figure out anew when the page changes its size, not when a line of words comes
setTimeout(() => {
  for (const figure of figures) {
    const view = Bokeh.index.find_one_by_id(figure.id)
    if (view && Math.abs(view.el.offsetHeight - figure.outer_height) > 2) view.invalidate_layout()
  }
}, 50)
"""


ENTITLE = f"""
{style.LONGEST_JS}
const titles = figure.title.tags
if (titles.length) figure.title.setv({{text: longest(titles, figure)}}, {{sync: false}})
"""

MORE = ("x", "y", "dash", "colour")  # of the lines beside those of the ensemble, a row each


class Series:
    """The curves of one page: Baseline in the colour of the scenario, what-if in its own."""

    def __init__(self, year):
        empty = dict.fromkeys(COLUMNS, np.full(len(YEARS), np.nan))
        self.sources = {
            name: ColumnDataSource({"year": np.array(YEARS), **empty}, name=name) for name in SERIES
        }
        self.marks = [Span(location=year, dimension="height", line_color=style.CONTEXT,
                           line_dash="dotted", line_width=1.5) for _ in SERIES]  # fmt: skip
        years = Range1d(YEARS[0] - 1, YEARS[-1] + 1)
        self._titles = {}  # by variable
        self.names = SERIES  # what is drawn, in the order of the figures
        self._more = [ColumnDataSource({column: [] for column in MORE}) for _ in SERIES]
        self._spread = [ColumnDataSource(_NO_BAND) for _ in SERIES]
        self._baseline, self._changed, self._hovers, self._zeros = [], [], [], []
        self._others = []  # glyphs in the colour of another scenario
        self._beside = []  # lines of what-ifs, each with its place among the saved (or -1)
        self.saved, self._alone = (), False  # names of the saved what-ifs
        self.figures = {
            name: self._figure(slot, mark, years)
            for slot, (name, mark) in enumerate(zip(SERIES, self.marks, strict=True))
        }
        self.key = pn.pane.HTML("", css_classes=["key"], sizing_mode="stretch_width", margin=0)
        panes = [
            pn.pane.Bokeh(f, sizing_mode="stretch_both", min_height=120, margin=0)
            for f in self.figures.values()
        ]
        self.pane = pn.Column(
            *(
                pn.Row(*pair, sizing_mode="stretch_both", margin=0, stylesheets=[style.WRAPS])
                for pair in (panes[:2], panes[2:])
            ),
            sizing_mode="stretch_both", margin=0, stylesheets=[style.FLOWS],
        )  # fmt: skip

    def make_room_for(self, *panes):
        """Keep the curves in their places when the words of *panes* grow or shrink."""
        for pane in panes:
            pane.jscallback(args={"figures": list(self.figures.values())}, text=REFIT)

    def _figure(self, slot, mark, years):
        source = self.sources[SERIES[slot]]
        drawn = figure(
            x_range=years, y_range=Range1d(0, 1),
            tools="", toolbar_location=None, sizing_mode="stretch_both", height=240, min_border=2,
            background_fill_alpha=0, border_fill_alpha=0, outline_line_color=None,
        )  # fmt: skip
        for run, alpha in (("sr", 0.16), ("st", 0.28)):
            band = drawn.varea("year", f"{run}_low", f"{run}_high", source=source, fill_alpha=alpha)
            self._baseline.append((band.glyph, "fill_color"))
        spread = drawn.varea("year", "low", "high", source=self._spread[slot], fill_alpha=0.2)
        self._others.append(spread.glyph)
        zero = Span(location=0, dimension="width", line_color=style.CONTEXT, line_width=1)
        drawn.add_layout(zero)
        self._zeros.append(zero)
        drawn.multi_line("x", "y", source=self._more[slot], line_width=1.3, line_dash=field("dash"),
                         line_color=field("colour"))  # fmt: skip
        for run, width, dash in (("sr", 1.6, "dashed"), ("st", 2.2, "solid")):
            line = drawn.line("year", run, source=source, line_width=width, line_dash=dash)
            self._baseline.append((line.glyph, "line_color"))
        kinds = enumerate(zip(SAVED, style.DASHES, strict=True))
        saved = [(place, run, 1.8, dash) for place, (run, dash) in kinds]
        present = [(-1, "whatif_sr", 1.6, "dashed"), (-1, "whatif_st", 2.2, "solid")]
        for place, run, width, dash in saved + present:
            line = drawn.line("year", run, source=source, line_width=width, line_dash=dash)
            self._changed.append((line.glyph, "line_color"))
            self._beside.append((line, place))
        drawn.add_layout(mark)
        drawn.xaxis.ticker = FixedTicker(ticks=[year for year in YEARS if year % 20 == 0])
        drawn.yaxis.ticker = BasicTicker(desired_num_ticks=LABELS)
        drawn.grid.grid_line_alpha = 0.4
        drawn.xgrid.visible = False
        entitle = CustomJS(args={"figure": drawn}, code=ENTITLE)
        drawn.js_on_change("inner_width", entitle)
        drawn.title.js_on_change("tags", entitle)
        self._hover(drawn, source)
        return drawn

    def _hover(self, drawn, source):
        reader = drawn.line("year", "st", source=source, line_alpha=0, line_width=6)
        number = CustomJSHover(code=style.amount_js(1))
        hover = HoverTool(
            renderers=[reader], mode="vline", point_policy="follow_mouse",
            formatters={f"@{column}": number for column in COLUMNS},
        )  # fmt: skip
        drawn.add_tools(hover)
        self._hovers.append(hover)

    def _name_hovered(self, thaw):
        """Let the pointer tell which number is which."""
        runs = curved.runs(thaw=thaw)
        told = [(say("Year"), "@year{0}")]
        for column, text in curved.COLUMNS:
            told += [
                (say(text, run=name), f"@{column.format(run)}{{custom}}")
                for run, name in runs.items()
            ]
        told += [
            (f"{n} {runs['st']}", f"@{c}{{custom}}")
            for n, c in zip(self.saved, SAVED, strict=False)
        ]
        for hover in self._hovers:
            hover.tooltips = told

    def show_alone(self, *, alone):
        """Show the Baseline *alone*, or with the what-ifs beside it; the axes stay."""
        self._alone = alone
        self._show_lines()

    def _show_lines(self):
        """Draw the lines that have something to show: others would be painted all the same."""
        for line, place in self._beside:
            line.visible = place < len(self.saved) and not self._alone

    def show(self, drawn, units, thaw, more, notes):
        """Draw *drawn*[name], a dict of columns, in order; *units* by name.

        *thaw*: S_T − S_R is shown. *more*[name]: the rows of further lines, see `further`.
        *notes*[name]: what is to be known beside the title.
        """
        self._name_hovered(thaw)
        self._show_lines()
        self.names = tuple(units)
        for slot, (name, source) in enumerate(zip(units, self.sources.values(), strict=True)):
            columns = drawn.get(name, {})
            source.name = name
            self._zeros[slot].visible = name == "nep"
            rows, band = more.get(name, _NOTHING_MORE)
            _put(self._more[slot], rows)
            _put(self._spread[slot], band)
            nothing = np.full(len(YEARS), np.nan)
            source.data = {"year": np.array(YEARS)} | {c: columns.get(c, nothing) for c in COLUMNS}
            about = DECLARED[name].about
            symbol = f"Δ{about.symbol}" if thaw else about.symbol
            label = brief(about.label)
            unit = style.unit(units[name])
            title = f"{symbol} ({unit})"
            note = f" · {notes[name]}" if notes.get(name) else ""
            titles = [f"{title} · {label}{note}", f"{title}{note}", title]
            self.figures[SERIES[slot]].title.text = titles[0]
            self.figures[SERIES[slot]].title.tags = titles  # see `ENTITLE`
            self._fit(slot)
            self._titles[name] = listed(title, label)

    def tell(self, named):
        """Say the curves to those who listen; *named*: see `curved.named`."""
        for drawn, name in zip(self.figures.values(), self.names, strict=True):
            if name in self._titles and name in named:  # else it is about to be drawn
                voice.describe(drawn, words.course(self._titles[name], named[name]))

    def show_what_if(self, drawn):
        """Draw only the what-if columns of *drawn*[name] (what a moving slider changes)."""
        for slot, (name, source) in enumerate(zip(self.names, self.sources.values(), strict=True)):
            nothing = np.full(len(YEARS), np.nan)
            columns = drawn.get(name, {})
            source.patch({c: [(slice(None), columns.get(c, nothing))] for c in CHANGED})
            self._fit(slot)

    def _fit(self, slot):
        """Let the vertical axis hold all that is drawn."""
        name, spread = SERIES[slot], self._spread[slot].data
        columns = [self.sources[name].data[column] for column in COLUMNS]
        columns += [*self._more[slot].data["y"], spread["low"], spread["high"]]
        values = np.concatenate(columns)
        values = values[np.isfinite(values)]
        self.figures[name].yaxis.visible = bool(values.size)
        if values.size:
            low, high = values.min(), values.max()
            spare = 0.06 * (high - low or abs(high) or 1.0)
            self.figures[name].y_range.update(start=low - spare, end=high + spare)

    def colour(self, rcp, *, dark=False):
        """Draw the Baseline in the colour of a scenario."""
        for glyphs, colour in (
            (self._baseline, style.rcp(rcp, dark=dark)),
            (self._changed, style.what_if(dark=dark)),
        ):
            for glyph, what in glyphs:
                setattr(glyph, what, colour)
        other = next(one for one in style.RCP if one != rcp)
        for glyph in self._others:
            glyph.fill_color = style.rcp(other, dark=dark)


def further(lines, rcp, *, dark=False):
    """Return the rows of the *lines* of one variable, and the band, as `Series.show` takes them.

    *lines*: see `selection.Line`; *rcp*: scenario of those that belong to a climate model.
    """
    rows = {
        "x": [np.array(YEARS)] * len(lines),
        "y": [line.values for line in lines],
        "dash": [style.GCM_DASH[line.gcm] if line.gcm else style.OTHER_DASH for line in lines],
        "colour": [style.rcp(line.rcp or rcp, dark=dark) for line in lines],
    }
    bands = [line for line in lines if line.sd is not None]
    if not bands:
        return rows, _NO_BAND
    low, high = bands[0].values - bands[0].sd, bands[0].values + bands[0].sd
    return rows, {"year": np.array(YEARS), "low": low, "high": high}


def _put(source, columns):
    """Give *source* its columns; nothing instead of nothing would paint all anew."""
    if any(len(column) for column in (*columns.values(), *source.data.values())):
        source.data = columns


_NO_BAND = {"year": [], "low": [], "high": []}
_NOTHING_MORE = further([], "rcp85")
