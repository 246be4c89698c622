"""What the page says to those who listen: sentences once they rest, sliders, figures in a line.

The views lie in shadow roots and change many times a second; what is spoken stands in regions of
the document itself, and only changes when nothing newer has come for a while.
"""

from bokeh.models import CustomJS

from dashboard import words
from dashboard.language import LANGUAGES, current, say

REST = 700  # ms without a newer sentence, until one is spoken
AT_ONCE = 100  # ms, of what someone waits for
REGIONS = {"headline": "polite", "story": "polite", "message": "assertive", "place": "polite"}
SPEAK = """
const speak = (region, text, rest) => {  // once nothing newer has come for `rest` ms
  const at = document.getElementById("spoken-" + region)
  if (!at) return
  clearTimeout(at.waiting)
  at.waiting = setTimeout(() => { if (at.textContent != text) at.textContent = text }, rest)
}
"""
REGIONS_JS = """
for (const [name, how] of Object.entries(regions)) {
  const region = document.createElement("div")
  region.id = "spoken-" + name
  region.setAttribute("aria-live", how)
  region.style = "position:absolute; top:0; left:0; width:1px; height:1px; overflow:hidden; " +
    "clip-path:inset(50%)"
  document.body.append(region)
}
"""
SAY = f"""
// the text of a pane is HTML that is escaped once more
{SPEAK}
const plain = (text) => new DOMParser().parseFromString(text, "text/html").body.textContent
const text = plain(plain(cb_obj.text)).trim()
if (Bokeh.index.find_one_by_id(cb_obj.id)?.el.checkVisibility()) speak(region, text, rest)
"""
SLIDERS = """
// a slider that has the focus says its symbol, value and unit, and what its baseline is
const dress = (at) => {
  const host = at.getRootNode().host
  const data = Bokeh.index.query_one((view) => view.el === host)?.model.data
  if (!Array.isArray(data?.marks) || !data.format) return
  const [name, , ...flags] = data.label.split(" · ")
  const [value, baseline] = data.format.doFormat([data.value, data.marks[0].value])
  const filled = {name, value, baseline}
  const told = template.replace(/{(\\w+)}/g, (_, key) => filled[key])
  const text = [told, ...flags].join(comma)
  if (at.getAttribute("aria-valuetext") != text) at.setAttribute("aria-valuetext", text)
}
document.addEventListener("focusin", (event) => {
  const at = event.composedPath()[0]
  if (at.type != "range") return
  dress(at)
  const watcher = new MutationObserver(() => dress(at))
  watcher.observe(at, {attributes: true, attributeFilter: ["aria-valuetext"]})
  at.addEventListener("blur", () => watcher.disconnect(), {once: true})
})
"""


def listen(document):
    """Prepare the page of *document* to be listened to."""
    document.js_on_event("document_ready", CustomJS(args={"regions": REGIONS}, code=REGIONS_JS))
    args = {"template": say(words.SLIDER_SPOKEN), "comma": LANGUAGES[current()].comma}
    document.js_on_event("document_ready", CustomJS(args=args, code=SLIDERS))


def follow(pane, region, rest=REST):
    """Speak what *pane*, of HTML, says while it is seen, in one of `REGIONS`."""
    pane.jscallback(args={"region": region, "rest": rest}, text=SAY)


def describe(figure, text):
    """Let *figure* be a picture that is called *text*, a line."""
    told = {"role": "img", "aria-label": text}
    if figure.html_attributes != told:
        figure.html_attributes = told
