"""The maps without a mouse: arrow keys go from cell to cell, Enter chooses, Escape goes back."""

from bokeh.models import ColumnDataSource, CustomJS

from dashboard import words
from dashboard.grid import BOX
from dashboard.language import say
from dashboard.views import atlas
from dashboard.views.voice import AT_ONCE, SPEAK
from tem.parameters import ECOSYSTEMS

ENTER, ESCAPE = "Enter", "Escape"
WALK = f"""
{SPEAK}
const q = figures.indexOf(cb_obj), el = Bokeh.index.find_one_by_id(cb_obj.id)?.el
if (!el || el.walked) return
el.walked = true
const ahead = {{ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}}
const row = (here) => Math.floor(here / columns), column = (here) => here % columns
const lon = (here) => west + (column(here) + 0.5) * step
const lat = (here) => south + (row(here) + 0.5) * step
const nearest = (cost) => {{  // the cell for which it is least, if there is any
  let [best, least] = [null, Infinity]
  for (const here of cells.data.place) if (cost(here) < least) [best, least] = [here, cost(here)]
  return best
}}
const near = (x, y) => nearest((here) => (lon(here) - x) ** 2 + (lat(here) - y) ** 2)
const next = ([up, right]) => nearest((here) => {{
  const rows = row(here) - row(cursor.place), across = column(here) - column(cursor.place)
  const on = rows * up + across * right, aside = Math.abs(rows * right) + Math.abs(across * up)
  return on > 0 ? on + 2 * aside : Infinity
}})
const tell = () => {{
  const here = cursor.place, data = pictures[q].data
  const filled = {{
    ecosystem: ecosystems[data.kind[0][here]], lat: lat(here).toFixed(2), lon: lon(here).toFixed(2),
    what: said.data.bar[q], value: numbers[q].format(data.image[0][here], "", {{}}),
  }}
  speak("place", template.replace(/{{(\\w+)}}/g, (_, key) => filled[key]), rest)
}}
const follow = (range, at) => {{  // where only a part of the region is looked at
  const half = (range.end - range.start) / 2
  if (at < range.start || at > range.end) range.setv({{start: at - half, end: at + half}})
}}
const draw = () => {{
  const [x, y] = [lon(cursor.place), lat(cursor.place)]
  cursor.data = {{x: [x], y: [y]}}
  follow(cb_obj.x_range, x), follow(cb_obj.y_range, y)
  tell()
}}
el.addEventListener("pointerdown", () => {{ el.pointed = true }})  // then arrows turn the years
el.addEventListener("focus", () => {{
  if (el.pointed) return
  const {{x: [x], y: [y]}} = marker.data
  const middle = [(cb_obj.x_range.start + cb_obj.x_range.end) / 2,
                  (cb_obj.y_range.start + cb_obj.y_range.end) / 2]
  if (x !== undefined) cursor.place = near(x, y)
  cursor.place ??= near(...middle)
  draw()
}})
el.addEventListener("blur", () => {{ el.pointed = false; cursor.data = {{x: [], y: []}} }})
el.addEventListener("keydown", (event) => {{
  const {{key, ctrlKey, altKey, metaKey, shiftKey}} = event
  if (el.pointed || ctrlKey || altKey || metaKey || shiftKey) return
  if (ahead[key]) {{
    const found = next(ahead[key])
    if (found === null) speak("place", no_cell, rest)
    else cursor.place = found, draw()
  }} else if (acts.includes(key)) {{
    const [x, y] = [lon(cursor.place), lat(cursor.place)]
    source.data = {{key: [key], lon: [x], lat: [y], when: [performance.now()]}}
  }} else return
  event.preventDefault()
  event.stopPropagation()
}})
"""


class Cursor:
    """The cursor that the *figures* of maps share."""

    def __init__(self, figures, pictures, said, grid, numbers):
        first = figures[0]
        self._source = ColumnDataSource({"key": [""], "lon": [0.0], "lat": [0.0], "when": [0.0]})
        first.tags = [*first.tags, self._source]
        args = {
            "figures": figures, "pictures": pictures, "said": said, "numbers": numbers,
            "cursor": atlas.source(first, atlas.CURSOR),
            "marker": atlas.source(first, atlas.MARKER),
            "cells": ColumnDataSource({"place": grid.index}), "columns": grid.shape[1],
            "west": BOX[0], "south": BOX[2], "step": grid.step,
            "ecosystems": [say(name) for name in ECOSYSTEMS], "rest": AT_ONCE,
            "template": say(words.CELL_SPOKEN), "no_cell": say(words.NO_CELL),
            "acts": [ENTER, ESCAPE], "source": self._source,
        }  # fmt: skip
        walk = CustomJS(args=args, code=WALK)
        for figure in figures:
            figure.js_on_change("inner_width", walk)

    def on_keys(self, chosen, left):
        """Call *chosen*(lon, lat) when a cell is chosen, *left*() when the region is wanted."""

        def pressed(_name, _old, new):
            if new["key"][0] == ENTER:
                chosen(new["lon"][0], new["lat"][0])
            else:
                left()

        self._source.on_change("data", pressed)
