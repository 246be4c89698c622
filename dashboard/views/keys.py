"""Keys that act wherever the reader is: ← and → turn the years, space plays them.

Others do what the page says.
"""

import html

import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, CustomJS

from dashboard import words
from dashboard.language import say

# what has the focus keeps its keys: a text that is written, a list or a menu that is open
TYPING = """
const typing = (at) => at.isContentEditable ||
  Boolean(at.closest?.("textarea, [role=combobox], [role=listbox], [role=menu], [role=dialog]")) ||
  (at.tagName == "INPUT" && !["range", "checkbox", "radio", "button"].includes(at.type))
"""

LISTEN = """
const turning = ["ArrowLeft", "ArrowRight"]
const deep = (root, what) => {  // first match that is seen, in shadow roots too
  const found = [...root.querySelectorAll(what)].find((one) => one.getClientRects().length)
  if (found) return found
  for (const one of root.querySelectorAll("*")) {
    const inside = one.shadowRoot && deep(one.shadowRoot, what)
    if (inside) return inside
  }
}
document.addEventListener("keydown", (event) => {
  const {key, ctrlKey, altKey, metaKey, shiftKey} = event, at = event.composedPath()[0]
  if (ctrlKey || altKey || metaKey || shiftKey || typing(at)) return
  if (key == " " && !at.closest?.("button, a, input, summary, [role=button]")) {
    const play = deep(document, "button[aria-label=Play], button[aria-label=Pause]")
    if (!play?.getClientRects().length) return
    event.preventDefault()
    play.click()
  }
  if (!turning.includes(key) || at.tagName == "INPUT") return
  if (new URLSearchParams(location.search).has("story")) return  // they turn its steps
  const year = deep(document, `input[type=range][aria-label^="${year_label}"]`)
  if (!year) return
  event.preventDefault()
  year.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, composed: true}))
})
"""

STEPS = {"arrowleft": -1, "pageup": -1, "arrowright": 1, "pagedown": 1}  # of the story
FULL_SCREEN = """
if (document.fullscreenElement) document.exitFullscreen()
else document.documentElement.requestFullscreen()
"""
PRESSED = """
document.addEventListener("keydown", (event) => {
  const at = event.composedPath()[0]
  if (typing(at)) return
  const held = (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.shiftKey ? "shift+" : "")
  const key = held + event.key.toLowerCase()
  if (event.altKey) return
  if (key == "f") return turn_full()
  if (!known.includes(key)) return
  if (steps.includes(key)) {
    const told = new URLSearchParams(location.search).has("story")
    if (!told || at.closest?.("input, [role=listbox], [role=option]")) return
  }
  event.preventDefault()
  source.data = {key: [key], when: [performance.now()]}
})
"""


def listen(document):
    """Let the keys act on the page of *document*."""
    args = {"year_label": say("Year")}
    document.js_on_event("document_ready", CustomJS(args=args, code=TYPING + LISTEN))


class KeyList:
    """What each key does, in a dialog."""

    def __init__(self):
        told = [map(html.escape, map(say, row)) for row in words.KEYS.items()]
        rows = "".join(f"<tr><th scope='row'>{key}</th><td>{does}</td></tr>" for key, does in told)
        table = pn.pane.HTML(f"<table>{rows}</table>", styles={"font-size": "18px"})
        self.pane = pmui.Dialog(
            table, title=say(words.KEYS_TITLE), title_variant="h6", show_close_button=True,
            close_on_click=True,
        )  # fmt: skip
        self.button = pmui.Button(label=say(words.KEYS_TITLE), size="small", variant="text",
                                  margin=(4, 0))  # fmt: skip
        self.button.on_click(lambda _event: self.turn())

    def turn(self):
        """Show the list, or hide it."""
        self.pane.open = not self.pane.open


class Keys:
    """Calls a function for each key; *anchor* is a figure of the page."""

    def __init__(self, document, anchor, actions):
        self._actions = actions
        self._source = ColumnDataSource({"key": [""], "when": [0.0]})
        self._source.on_change("data", self._pressed)
        anchor.tags = [*anchor.tags, self._source]
        args = {"source": self._source, "known": list(actions), "steps": list(STEPS)}
        code = f"{TYPING}\nconst turn_full = () => {{ {FULL_SCREEN} }}\n{PRESSED}"
        script = CustomJS(args=args, code=code)
        document.js_on_event("document_ready", script)

    def _pressed(self, _name, _old, new):
        self._actions[new["key"][0]]()
