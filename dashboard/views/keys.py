"""Keys that act wherever the reader is: ← and → turn the years."""

from bokeh.models import CustomJS

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


def listen(document):
    """Let the keys act on the page of *document*."""
    document.js_on_event("document_ready", CustomJS(code=LISTEN))
