"""The address bar: the state as a link, replaced in place so that Back still leaves the page."""

from bokeh.models import ColumnDataSource, CustomJS

REPLACE = """
const query = cb_obj.data.query[0]
history.replaceState(history.state, "", location.pathname + (query ? "?" + query : ""))
"""


class Address:
    """Writes the query of one page; *anchor* is a figure of that page."""

    def __init__(self, anchor):
        self._source = ColumnDataSource({"query": [""]})
        self._source.js_on_change("data", CustomJS(code=REPLACE))
        anchor.tags = [*anchor.tags, self._source]

    def show(self, query):
        """Put *query* into the address."""
        if self._source.data["query"][0] != query:
            self._source.data = {"query": [query]}
