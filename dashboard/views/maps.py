"""Three linked maps of what thaw has changed; the browser turns the years.

All years of a map travel once, as 16-bit integers; a script in the browser picks the year.
"""

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, CustomJS, HoverTool

from dashboard import style
from dashboard.frames import NOTHING, packed
from dashboard.results import DECLARED, MAPS
from dashboard.views import atlas
from data import YEARS
from tem.environment import REFERENCE_YEAR

NARROW = 290  # px; a narrower map has short titles and few numbers on its bar
TURN = """
// put the year of `mark` on the maps; nothing goes back to the server
const place = cells.data.place, n = place.length, offset = (mark.location - first) * n
for (let q = 0; q < pictures.length; q++) {
  const years = frames.data["map" + q], scale = words.data.scale[q]
  const image = pictures[q].data.image[0]
  for (let k = 0; k < n; k++) {
    const whole = years[offset + k]
    image[place[k]] = whole == nothing ? NaN : whole * scale
  }
  pictures[q].change.emit()
}
entitle.execute(mark)
"""
ENTITLE = """
// a map that is hidden has no width yet, so this runs again once it has one
for (let q = 0; q < figures.length; q++) {
  const slim = figures[q].inner_width < narrow, most = words.data.most[q]
  const title = slim ? words.data.short[q] : words.data.title[q]
  figures[q].title.setv({text: title.replace("{year}", mark.location)}, {sync: false})
  const ticks = slim ? [-most, 0, most] : [-most, -most / 2, 0, most / 2, most]
  bars[q].ticker.setv({ticks}, {sync: false})
  const bar = slim ? words.data.brief[q] : words.data.bar[q]
  bars[q].setv({title: bar, title_text_font_size: slim ? "11px" : "13px"}, {sync: false})
}
"""
PAINT = """
// Bokeh 3.9 paints before a new text is measured, and so the old one: paint once more
setTimeout(() => picture.change.emit(), 50)
"""
MARK_YEAR = """
for (const mark of marks) mark.setv({location: cb_obj.value}, {sync: false})
"""


class Maps:
    """The three maps of one page."""

    def __init__(self, library, figures, marks, document):
        self._region, self._grid, self.figures = library.region, library.grid, figures
        self._marker = figures[0].select_one({"name": atlas.MARKER})
        shown = [figure.select_one({"name": atlas.VALUES}) for figure in figures]
        self._pictures = [renderer.data_source for renderer in shown]
        for figure, quantity in zip(figures, MAPS, strict=True):
            figure.title.text = quantity.symbol  # room for the words from the start
        self._mappers = [renderer.glyph.color_mapper for renderer in shown]
        self._bars = [figure.below[-1] for figure in figures]
        self._hovers = [figure.select_one(HoverTool) for figure in figures]
        self._marks = marks
        self._send_years(document)
        self.pane = pn.Row(
            *(pn.pane.Bokeh(f, sizing_mode="stretch_width", margin=0) for f in figures),
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip

    def _send_years(self, document):
        """Prepare the sources that carry all years, and the script that turns them."""
        none = np.full(len(YEARS) * self._grid.index.size, NOTHING, np.int16)
        self._frames = ColumnDataSource({f"map{k}": none for k in range(len(MAPS))})
        one, symbols = [1.0] * len(MAPS), [quantity.symbol for quantity in MAPS]
        self._words = ColumnDataSource(
            {"scale": one, "most": one, "bar": symbols, "brief": symbols, **_titles()}
        )
        mark = self._marks[0]
        entitle = CustomJS(
            args={
                "figures": self.figures,
                "bars": self._bars,
                "words": self._words,
                "mark": mark,
                "narrow": NARROW,
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

    def show(self, frames):
        """Draw *frames*, see `selection.Frames`."""
        whole = [packed(one, frames.cells) for one in frames.values]
        for mapper, bar, most in zip(self._mappers, self._bars, frames.limits, strict=True):
            mapper.update(low=-most, high=most)
            ticks = [-most, -most / 2, 0, most / 2, most]
            names = [style.number(tick) for tick in ticks]
            names = [f"≤ {names[0]}", *names[1:-1], f"≥ {names[-1]}"]
            bar.major_label_overrides = dict(zip(ticks, names, strict=True))
        self.say(frames.what, scale=[scale for _, scale in whole], most=frames.limits)
        self._frames.data = {f"map{k}": years for k, (years, _) in enumerate(whole)}

    def say(self, what, **numbers):
        """Say on the bars and to the pointer *what* the numbers are; *numbers*: for the browser."""
        for bar, hover, quantity in zip(self._bars, self._hovers, MAPS, strict=True):
            bar.title = f"{quantity.symbol} ({style.unit(quantity.unit)}), {what}"
            hover.tooltips = (
                f"<div style='font-size:12px; max-width:230px'><b>{quantity.symbol} "
                f"@image{{custom}} {style.unit(quantity.unit)}</b><br>"
                f"{DECLARED[quantity.variable].about.label}, {what}<br>"
                "@kind{custom}, @elevation{0} m<br>@north{0.00}° N, @east{0.00}° E</div>"
            )
        words = {
            **self._words.data,
            **numbers,
            "bar": [bar.title for bar in self._bars],
            "brief": [f"{style.unit(quantity.unit)}, {what}" for quantity in MAPS],
        }
        if words != self._words.data:  # a slider that moves says the same again and again
            self._words.data = words

    def mark(self, cell):
        """Put the frame on a cell, or on none."""
        place = None if cell is None else self._region.isel(cell=cell)
        self._marker.data = (
            {"x": [], "y": []}
            if place is None
            else {"x": [float(place.lon)], "y": [float(place.lat)]}
        )


def _titles():
    """Return the titles of the maps, whole and short; the browser puts the year in."""
    short = [f"{q.symbol} {f'{REFERENCE_YEAR + 1}–' if q.summed else ''}{{year}}" for q in MAPS]
    labels = [DECLARED[q.variable].about.label.split(" (")[0] for q in MAPS]
    whole = [f"{title} · {label}" for title, label in zip(short, labels, strict=True)]
    return {"title": whole, "short": short}
