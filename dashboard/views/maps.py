"""Three linked maps of what thaw has changed, or of what is there; the browser turns the years.

All years of a map travel once, as 16-bit integers; a script in the browser picks the year.
"""

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, CustomJS, HoverTool, Span

from dashboard import style, words
from dashboard.frames import NOTHING, UNKNOWN, clipped, needed, packed
from dashboard.grid import BOX
from dashboard.language import N_, listed, say
from dashboard.quantities import MAPS, Quantity
from dashboard.results import AT_LIMIT
from dashboard.views import atlas
from dashboard.views.cursor import Cursor
from data import YEARS
from tem.environment import REFERENCE_YEAR

NARROW = 290  # px; a narrower map has few numbers on its bar
PARTS = (0, 0.25, 0.5, 0.75, 1)  # of the way from low to high where a bar has a number
TURN = """
// put the year of `mark` on the maps; nothing goes back to the server
const place = cells.data.place, n = place.length, offset = (mark.location - first) * n
for (let q = 0; q < pictures.length; q++) {
  const years = frames.data["map" + q], scale = words.data.scale[q]
  const models = frames.data["agree" + q], enough = words.data.needed[q]
  const image = pictures[q].data.image[0], agree = pictures[q].data.agree[0]
  const [x0, y0, x1, y1] = [[], [], [], []]
  for (let k = 0; k < n; k++) {
    const whole = years[offset + k], agreed = models[offset + k], here = place[k]
    image[here] = whole == nothing ? NaN : whole * scale
    agree[here] = agreed == unknown ? NaN : agreed
    const row = Math.floor(here / columns), column = here % columns
    if (whole == nothing || agreed == unknown || agreed >= enough) continue
    if ((row + column) % apart) continue
    x0.push(west + column * step), x1.push(west + (column + 1) * step)
    y0.push(south + (row + 1) * step), y1.push(south + row * step)
  }
  pictures[q].change.emit()
  hatches[q].setv({data: {x0, y0, x1, y1}}, {sync: false})
}
entitle.execute(mark)
"""
ENTITLE = (
    style.LONGEST_JS
    + """
// a map that is hidden has no width yet, so this runs again once it has one
for (let q = 0; q < figures.length; q++) {
  const {is_unset} = figures[q].properties.inner_width
  const slim = !is_unset && figures[q].inner_width < narrow
  const low = words.data.low[q], high = words.data.high[q]
  const early = mark.location <= reference && words.data.early[q]
  const lengths = early ? ["early", "early_short"] : ["title", "short"]
  const titles = lengths.map((name) => words.data[name][q].replace("{year}", mark.location))
  const text = is_unset ? titles[0] : longest(titles, figures[q])
  figures[q].title.setv({text}, {sync: false})
  const shares = slim ? parts.filter((_, k) => k % 2 == 0) : parts
  const ticks = shares.map((share) => low + (high - low) * share)
  bars[q].ticker.setv({ticks}, {sync: false})
  const bar = slim ? words.data.brief[q] : words.data.bar[q]
  bars[q].setv({title: bar, title_text_font_size: letters[slim ? 0 : 1]}, {sync: false})
}
"""
)
PAINT = """
// Bokeh 3.9 paints before a new text is measured, and so the old one: paint once more
setTimeout(() => picture.change.emit(), 50)
"""
LOOKED_AT = """
// tell which part of the maps is looked at, once they rest
clearTimeout(source.waiting)
source.waiting = setTimeout(() => {
  source.data = {ends: [x.start, x.end, y.start, y.end]}
}, 150)
"""
MARK_YEAR = """
for (const mark of marks) mark.setv({location: cb_obj.value}, {sync: false})
"""


DRAG = """
for (const figure of figures)
  for (const tool of figure.toolbar.tools) if (tool.type == tools[cb_obj.value]) tool.active = true
"""
DRAGS = {N_("Move"): "PanTool", N_("Box"): "BoxSelectTool", N_("Lasso"): "LassoSelectTool"}


LETTERS = "11px", "13px"  # of the title of a bar, on narrow maps and on others


def _hover(figure):
    return next(tool for tool in figure.toolbar.tools if isinstance(tool, HoverTool))


class Maps:
    """The maps of one page, those of `MAPS` or one of them."""

    def __init__(self, library, figures, marks, document, letters=LETTERS):
        self._region, self._grid, self.figures = library.region, library.grid, figures
        self._marker = atlas.source(figures[0], atlas.MARKER)
        self._area = atlas.source(figures[0], atlas.AREA)
        shown = [atlas.renderer(figure, atlas.VALUES) for figure in figures]
        self._pictures = [renderer.data_source for renderer in shown]
        self._hatches = [atlas.renderer(f, atlas.HATCH).data_source for f in figures]
        for figure, quantity in zip(figures, MAPS, strict=False):
            figure.title.text = quantity.symbol  # room for the words from the start
        self._mappers = [renderer.glyph.color_mapper for renderer in shown]
        self._bars = [figure.below[-1] for figure in figures]
        self._hovers = [_hover(figure) for figure in figures]
        self._marks = marks
        self._divides = [
            Span(location=0, dimension="height", line_color=style.PLACE, line_width=2,
                 visible=False)
            for _ in figures
        ]  # fmt: skip
        for figure, divide in zip(figures, self._divides, strict=True):
            figure.add_layout(divide)
        self._shown = [(quantity, "", 1, None) for quantity in MAPS[: len(figures)]]
        self._send_years(document, letters)
        numbers = [hover.formatters["@image"] for hover in self._hovers]
        self.cursor = Cursor(figures, self._pictures, self._words, self._grid, numbers)
        self.pane = pn.Row(
            *(pn.pane.Bokeh(f, sizing_mode="stretch_width", margin=0) for f in figures),
            sizing_mode="stretch_width", margin=0, stylesheets=[style.WRAPS],
        )  # fmt: skip

    def _send_years(self, document, letters):
        """Prepare the sources that carry all years, and the script that turns them."""
        none = np.full(len(YEARS) * self._grid.index.size, NOTHING, np.int16)
        unknown, count = np.full(none.size, UNKNOWN, np.int8), range(len(self.figures))
        self._frames = ColumnDataSource(
            {f"map{k}": none for k in count} | {f"agree{k}": unknown for k in count}
        )
        one, nothing = [1.0 for _ in count], ["" for _ in count]
        symbols = [quantity.symbol for quantity, *_ in self._shown]
        self._words = ColumnDataSource(
            dict.fromkeys(("scale", "low", "high", "needed"), one)
            | dict.fromkeys(("bar", "brief", "title", "short"), symbols)
            | dict.fromkeys(("early", "early_short"), nothing)
        )
        mark = self._marks[0]
        entitle = CustomJS(
            args={
                "figures": self.figures,
                "bars": self._bars,
                "words": self._words,
                "mark": mark,
                "narrow": NARROW,
                "reference": REFERENCE_YEAR,
                "parts": PARTS,
                "letters": letters,
            },
            code=ENTITLE,
        )
        self._words.js_on_change("data", entitle)
        for figure, bar, picture in zip(self.figures, self._bars, self._pictures, strict=True):
            figure.js_on_change("inner_width", entitle)
            bar.js_on_change("title", CustomJS(args={"picture": picture}, code=PAINT))
        turn = CustomJS(
            args={
                "frames": self._frames, "words": self._words, "mark": mark, "entitle": entitle,
                "cells": ColumnDataSource({"place": self._grid.index.astype(np.int32)}),
                "pictures": self._pictures, "first": YEARS[0], "nothing": NOTHING,
                "hatches": self._hatches, "unknown": UNKNOWN,
                "columns": self._grid.shape[1], "apart": self._grid.apart,
                "west": BOX[0], "south": BOX[2], "step": self._grid.step,
            },
            code=TURN,
        )  # fmt: skip
        self._frames.js_on_change("data", turn)
        document.js_on_event("document_ready", turn)
        self.turn = turn

    def follow(self, player):
        """Let *player* turn the years, in the browser."""
        player.jscallback(args={"marks": self._marks, "turn": self.turn},
                          value=MARK_YEAR + "turn.execute(cb_obj)")  # fmt: skip

    def on_tap(self, tapped):
        """Call *tapped*(lon, lat) when a map is tapped."""
        for figure in self.figures:
            figure.on_event("tap", lambda event: tapped(event.x, event.y))

    def on_draw(self, drawn):
        """Call *drawn*(geometry) when a box or a lasso has been drawn on a map."""
        for figure in self.figures:
            figure.on_event(
                "selectiongeometry", lambda event: event.final and drawn(event.geometry)
            )

    def on_look(self, looked):
        """Call *looked*(degrees west, east, south, north) when another part is looked at."""
        x, y = self.figures[0].x_range, self.figures[0].y_range
        self._ends = ColumnDataSource({"ends": list(BOX)})
        tell = CustomJS(args={"source": self._ends, "x": x, "y": y}, code=LOOKED_AT)
        for ends in (x, y):
            for end in ("start", "end"):
                ends.js_on_change(end, tell)
        self._ends.on_change("data", lambda _name, _old, new: looked(*new["ends"]))
        self.figures[0].tags = [*self.figures[0].tags, self._ends]

    def look_at(self, zoom):
        """Show a part of the region: degrees west, east, south, north; all of it for none."""
        ends = zip(zoom or BOX, BOX, strict=True)
        (west, low), (east, high), (south, bottom), (north, top) = ends
        self.figures[0].x_range.update(start=west, end=east, reset_start=low, reset_end=high)
        self.figures[0].y_range.update(start=south, end=north, reset_start=bottom, reset_end=top)

    def drag_with(self, chooser):
        """Let *chooser*, whose values are those of `DRAGS`, say what dragging does."""
        for figure in self.figures:
            tools = (tool for tool in figure.tools if type(tool).__name__ == DRAGS[chooser.value])
            figure.toolbar.active_drag = next(tools)
        chooser.jscallback(args={"figures": self.figures, "tools": DRAGS}, value=DRAG)

    def show(self, frames):
        """Draw *frames*, see `selection.Frames`."""
        whole = [packed(one.values, frames.cells) for one in frames.pictures]
        for place, one in enumerate(frames.pictures):
            self._scale(place, one, frames.cells)
        drawn = frames.pictures
        lows, highs = zip(*(one.limits for one in drawn), strict=True)
        self._shown = [(one.quantity, one.note, one.models, one.agree) for one in drawn]
        self.say(
            [one.what for one in frames.pictures],
            scale=[scale for _, scale in whole], low=lows, high=highs,
            needed=[needed(one.models) for one in frames.pictures],
            title=[f"{one.quantity.title} · {one.note or one.quantity.label}" for one in drawn],
            short=[one.short or one.quantity.title for one in drawn],
            early=[_early(one) for one in drawn],
            early_short=[_early(one, brief=True) for one in drawn],
        )  # fmt: skip
        signs = [_signs(one) for one in frames.pictures]
        self._frames.data = {f"map{k}": years for k, (years, _) in enumerate(whole)} | {
            f"agree{k}": models for k, models in enumerate(signs)
        }

    def _scale(self, place, picture, cells):
        """Set colours, the numbers on the bar and those under the pointer of one map."""
        mapper, (low, high) = self._mappers[place], picture.limits
        mapper.update(low=low, high=high)
        if mapper.palette != picture.colours:
            mapper.palette = picture.colours
        self._bars[place].major_label_overrides = _numbers(picture, cells)
        script = style.amount_js(high - low, signed=low == -high)
        if picture.quantity == Quantity("alt", "st") and not picture.difference:
            script = f'if (value >= {AT_LIMIT}) return "{words.AT_THE_LIMIT}"\n{script}'
        self._hovers[place].formatters["@image"].code = script

    def say(self, whats, **numbers):
        """Say on each bar and to the pointer *what* the numbers are; *numbers*: for the browser."""
        brief = []
        for bar, hover, shown, what in zip(
            self._bars, self._hovers, self._shown, whats, strict=True
        ):
            quantity, note, models, agree = shown
            unit = style.unit(quantity.unit)
            brief.append(listed(unit, what))
            bar.title = f"{quantity.symbol} ({unit}), {what}" if unit else brief[-1]
            agreed = (
                ""
                if agree is None
                else say(
                    "{count} of {total} models agree on the sign", count="@agree{0}", total=models
                )
            )
            hover.tooltips = (
                f"<div style='font-size:12px; max-width:230px'><b>{quantity.symbol} "
                f"@image{{custom}} {unit}</b><br>"
                f"{listed(quantity.label, note, what)}<br>"
                f"{agreed}{agreed and '<br>'}"
                "@kind{custom}, @elevation{0} m<br>@north{0.00}° N, @east{0.00}° E</div>"
            )
        told = {
            **self._words.data,
            **{name: list(column) for name, column in numbers.items()},
            "bar": [bar.title for bar in self._bars],
            "brief": brief,
        }
        if told != self._words.data:  # a slider that moves says the same again and again
            self._words.data = told
            self._describe(told["bar"])

    def _describe(self, whats):
        """Tell who listens what each map shows, and which keys act on it."""
        for figure, what in zip(self.figures, whats, strict=True):
            told = say(words.MAP_SPOKEN, what=what)
            figure.html_attributes = {"role": "application", "tabindex": "0", "aria-label": told}

    def divide(self, lon):
        """Draw the line where two scenarios meet at *lon* degrees east, or none."""
        for line in self._divides:
            line.update(visible=lon is not None, location=lon or 0)

    def outline(self, area):
        """Draw the outline of an area, or of none."""
        lon, lat = zip(*area, strict=True) if area else ((), ())
        corners = {"x": list(lon), "y": list(lat)}
        if corners != self._area.data:  # maps that show the same are not painted anew
            self._area.data = corners

    def mark(self, cell):
        """Put the frame on a cell, or on none."""
        place = None if cell is None else self._region.isel(cell=cell)
        self._marker.data = (
            {"x": [], "y": []}
            if place is None
            else {"x": [float(place.lon)], "y": [float(place.lat)]}
        )


def _early(picture, *, brief=False):
    """Return the title before thaw counts; nothing for what is no effect of thaw."""
    quantity = picture.quantity
    return words.before_thaw(quantity.symbol, brief=brief) if quantity.of_thaw else ""


def _numbers(picture, cells):
    """Return the numbers on a bar, by value; arrows where the colours end before the values."""
    low, high = picture.limits
    ticks = [low + (high - low) * part for part in PARTS]
    names = [style.number(tick) for tick in ticks]
    below, above = clipped(picture.values[:, cells], low, high)
    names[0], names[-1] = "◀ " * below + names[0], names[-1] + " ▶" * above
    return dict(zip(ticks, names, strict=True))


def _signs(picture):
    """Return how many models agree, of every year and cell in a row."""
    if picture.agree is None:
        return np.full(picture.values.size, UNKNOWN, np.int8)
    return picture.agree.ravel()
