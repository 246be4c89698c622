"""The choice of language in the header: the page opens anew, at the same link, in the other."""

import panel_material_ui as pmui
from bokeh.models import CustomJS

from dashboard import language, style, words
from dashboard.language import LANGUAGES, say

OPEN_ANEW = """
const query = new URLSearchParams(location.search)
query.set("lang", codes[cb_obj.value])
location.search = query
"""
DECLARE = """
// the HTML of all visits is one, and English
document.documentElement.lang = tag
document.title = title
"""


class Tongues:
    """The choice of one page, that of *document*."""

    def __init__(self, document):
        spoken, codes = language.current(), {one.name: name for name, one in LANGUAGES.items()}
        self.pane = pmui.RadioButtonGroup(
            label="", options=codes, value=spoken,
            size="small", sx=style.IN_HEADER, align="center", margin=(0, 8, 0, 0),
        )  # fmt: skip
        self.pane.jscallback(args={"codes": codes}, value=OPEN_ANEW)
        told = {"tag": LANGUAGES[spoken].tag, "title": say(words.TITLE)}
        document.js_on_event("document_ready", CustomJS(args=told, code=DECLARE))
