"""Styles that hold in every part of the page: where the focus is, and no motion unless wanted.

Each widget lies in a shadow root of its own, which no style sheet of the document reaches; pmui
(0.16) shows the focus by a tint that differs by less than 3:1, and moves whatever the system asks.
"""

from bokeh.models import CustomJS

RING = "2px solid currentcolor"  # the colour of words: 3:1 and more beside what is behind them
SHEET = f"""
:focus-visible:not(.MuiInputBase-input) {{
  outline: {RING} !important; outline-offset: -2px !important;
}}
.MuiSlider-thumb:has(:focus-visible), .MuiSwitch-switchBase:has(:focus-visible) + .MuiSwitch-track,
:has(> input[type=checkbox]:focus-visible), :has(> input[type=radio]:focus-visible) {{
  outline: {RING} !important; outline-offset: 2px !important;
}}
@media (prefers-reduced-motion: reduce) {{
  *, *::before, *::after {{
    transition: none !important; animation: none !important; scroll-behavior: auto !important;
  }}
}}
"""
DRESS = """
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)
const dress = (root) => { root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet] }
const dress_all = (root) => {
  dress(root)
  for (const one of root.querySelectorAll("*")) if (one.shadowRoot) dress_all(one.shadowRoot)
}
const attach = Element.prototype.attachShadow
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how)
  dress(root)
  return root
}
dress_all(document)
"""


def dress(document):
    """Let the styles hold in all that *document* shows, and will show."""
    document.js_on_event("document_ready", CustomJS(args={"css": SHEET}, code=DRESS))
