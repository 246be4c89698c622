"""Bokeh 3.9 asks the browser for styles at every paint; this page has none to be found.

A paint rewrites the style of each axis, title and glyph even where nothing has changed, and asks
for the style of each colour and font in between, so that the browser works all styles out anew,
dozens of times a frame. That is a third of the time of a frame. Remove this once Bokeh does better.
"""

from bokeh.models import CustomJS

LESS = """
const owner = (thing, method) => {  // the prototype that has a method of its own
  while (thing && !Object.hasOwn(thing, method)) thing = Object.getPrototypeOf(thing)
  return thing
}
const view = Bokeh.index.find_one_by_id(figure.id)
const sheets = owner(view?.canvas?.parent_style, "_update")
if (sheets) {
  const write = sheets._update
  sheets._update = function (css) { if (this.el.textContent !== css) write.call(this, css) }
}
const views = view?.computed_renderer_views ?? []
const drawn = views.flatMap((one) => Object.values(one.visuals ?? {}))
const visuals = owner(drawn.find((one) => one?._get_css_value), "_get_css_value")
if (visuals) visuals._get_css_value = () => ""  // colours and fonts are set in Python alone
"""


def save_styles(document, figure):
    """Let no figure of *document* ask for styles; *figure* is any of them."""
    script = CustomJS(args={"figure": figure}, code=LESS)
    document.js_on_event("document_ready", script)
