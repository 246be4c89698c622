"""Three linked maps of what thaw has changed; the browser turns the years.

All years of a map travel once, as 16-bit integers; a script in the browser picks the year.
"""

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, CustomJS

from dashboard import style
from dashboard.frames import NOTHING, packed
from dashboard.results import DECLARED, MAPS
from dashboard.views import atlas
from data import YEARS

NARROW = 290  # px; a narrower map has a short title
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
  const title = figures[q].inner_width < narrow ? words.data.short[q] : words.data.title[q]
  figures[q].title.setv({text: title.replace("{year}", mark.location)}, {sync: false})
}
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
        self._bars = [figure.below[-1] for figure in self.figures]
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
        self._words = ColumnDataSource({"scale": [1.0] * len(MAPS), **_titles()})
        turn = CustomJS(
            args={
                "frames": self._frames, "words": self._words, "mark": self._marks[0],
                "cells": ColumnDataSource({"place": self._grid.index.astype(np.int32)}),
                "pictures": self._pictures,
                "figures": self.figures,
                "narrow": NARROW,
                "first": YEARS[0], "nothing": NOTHING,
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
        for mapper, bar, quantity, most in zip(
            self._mappers, self._bars, MAPS, frames.limits, strict=True
        ):
            mapper.update(low=-most, high=most)
            ticks = [-most, -most / 2, 0, most / 2, most]
            names = [style.number(tick) for tick in ticks]
            names = [f"≤ {names[0]}", *names[1:-1], f"≥ {names[-1]}"]
            bar.update(
                major_label_overrides=dict(zip(ticks, names, strict=True)),
                title=f"{quantity.symbol} ({style.unit(quantity.unit)}), {frames.what}",
            )
            bar.ticker.ticks = ticks
        self._words.data = {
            "scale": [scale for _, scale in whole],
            **_titles(),
        }
        self._frames.data = {f"map{k}": years for k, (years, _) in enumerate(whole)}

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
    short = [f"{q.symbol} {'2021–{year}' if q.summed else '{year}'}" for q in MAPS]
    labels = [DECLARED[q.variable].about.label.split(" (")[0] for q in MAPS]
    whole = [f"{title} · {label}" for title, label in zip(short, labels, strict=True)]
    return {"title": whole, "short": short}
