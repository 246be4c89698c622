"""The figures of the maps, rendered once and kept: a page starts with a copy, not with GeoViews."""

import json
import logging
import re
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from bokeh.document import Document

from data.store import key, replacing

log = logging.getLogger(__name__)

# names by which a page finds them in its copy
VALUES, MARKER, HATCH, AREA, CURSOR = "values", "marker", "hatch", "area", "cursor"


def renderer(figure, name):
    """Return what is drawn under a name. Bokeh's own search goes through all that is linked."""
    return next(one for one in figure.renderers if one.name == name)


def source(figure, name):
    """Return the data that have a name, of what is drawn."""
    found = (one.data_source for one in figure.renderers if hasattr(one, "data_source"))
    return next(one for one in found if one.name == name)


class Atlas:
    """The maps of a region; `copies` are what pages patch."""

    def __init__(self, region, grid, folder=None):
        path = None if folder is None else Path(folder) / f"{_name(region)}.json"
        self._saved = _kept(path)
        if self._saved is None:
            from dashboard.views.plates import engraved  # GeoViews takes a while to import

            self._saved = _renamed(engraved(region, grid))
            _keep(path, self._saved)

    def copies(self):
        """Return figures of one page: one for each of `MAPS`, with shared ranges and marker."""
        return _figures(self._saved)

    def another(self):
        """Return one more figure of the same page, whose models have names of their own."""
        return _figures(_renamed(self._saved, "more"))[0]


def _figures(saved):
    document = Document.from_json(saved)
    figures = list(document.roots)
    document.clear()
    return figures


def _name(region) -> str:
    """Return a name that changes with whatever the figures are made of."""
    package = Path(__file__).parents[1]
    source = b"".join(path.read_bytes() for path in sorted(package.rglob("*.py")))
    drawn_with = {name: version(name) for name in ("bokeh", "holoviews", "geoviews", "cartopy")}
    return key(what="atlas", region=region, source=sha256(source).hexdigest(), **drawn_with)


def _renamed(document, name="map") -> dict:
    """Give the models names of their own: Bokeh counts anew in the process that reads them."""
    return json.loads(re.sub(r'"id": "[a-z]+(\d+)"', rf'"id": "{name}\1"', json.dumps(document)))


def _kept(path):
    try:
        return None if path is None else json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        log.warning("The maps kept in %s cannot be read and are drawn anew: %s", path, fault)
        return None


def _keep(path, saved):
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            part.write_text(json.dumps(saved), "utf-8")
    except OSError as fault:
        log.warning("The maps could not be kept in %s: %s", path, fault)
