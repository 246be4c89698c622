"""Keys that act wherever the reader is: ← and → turn the years, others what the page says."""

from bokeh.models import ColumnDataSource, CustomJS

LISTEN = """
const turning = ["ArrowLeft", "ArrowRight"]
const deep = (root, what) => {  // first match, in shadow roots too
  const found = root.querySelector(what)
  if (found) return found
  for (const one of root.querySelectorAll("*")) {
    const inside = one.shadowRoot && deep(one.shadowRoot, what)
    if (inside) return inside
  }
}
document.addEventListener("keydown", (event) => {
  const {key, ctrlKey, altKey, metaKey, shiftKey} = event
  if (!turning.includes(key) || ctrlKey || altKey || metaKey || shiftKey) return
  const at = event.composedPath()[0]
  if (at.closest?.("input, textarea, [role=combobox], [role=listbox], [role=option]")) return
  const year = deep(document, "input[type=range][aria-label^=Year]")
  if (!year) return
  event.preventDefault()
  year.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, composed: true}))
})
"""

PRESSED = """
const typing = (one) => one.isContentEditable || one.tagName == "TEXTAREA" ||
  (one.tagName == "INPUT" && !["range", "checkbox", "radio", "button"].includes(one.type))
document.addEventListener("keydown", (event) => {
  if (typing(event.composedPath()[0])) return
  const held = (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.shiftKey ? "shift+" : "")
  const key = held + event.key.toLowerCase()
  if (!known.includes(key) || event.altKey) return
  event.preventDefault()
  source.data = {key: [key], when: [performance.now()]}
})
"""


def listen(document):
    """Let the keys act on the page of *document*."""
    document.js_on_event("document_ready", CustomJS(code=LISTEN))


class Keys:
    """Calls a function for each key; *anchor* is a figure of the page."""

    def __init__(self, document, anchor, actions):
        self._actions = actions
        self._source = ColumnDataSource({"key": [""], "when": [0.0]})
        self._source.on_change("data", self._pressed)
        anchor.tags = [*anchor.tags, self._source]
        script = CustomJS(args={"source": self._source, "known": list(actions)}, code=PRESSED)
        document.js_on_event("document_ready", script)

    def _pressed(self, _name, _old, new):
        self._actions[new["key"][0]]()
