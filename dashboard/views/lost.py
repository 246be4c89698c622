"""A page that has lost its server says so, and opens its own link again once one answers.

What is chosen is in the link, so that nothing is lost. Bokeh's own way back would put a new
document into the old page, which the page's shell does not follow.
"""

from bokeh.models import CustomJS

from dashboard import words
from dashboard.language import say

EVERY = 1000  # ms between two questions
RETURN = """
if (document.getElementById("lost")) return
const note = document.createElement("div")
Object.assign(note, {id: "lost", textContent: text})
note.setAttribute("role", "alert")
note.style = "position:fixed; inset:auto 0 0 0; z-index:9999; padding:10px 16px; font:15px/1.4 " +
  "system-ui, sans-serif; background:#5F2A00; color:#FFFFFF"
document.body.append(note)
const ask = async () => {
  const answer = await fetch(location.href, {cache: "no-store"}).catch(() => null)
  if (answer?.ok) location.reload()
  else setTimeout(ask, every)
}
setTimeout(ask, every)
"""


def come_back(document):
    """Let the page of *document* come back by itself when its connection is lost."""
    script = CustomJS(args={"text": say(words.LOST), "every": EVERY}, code=RETURN)
    document.js_on_event("connection_lost", script)
