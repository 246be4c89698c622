"""An area that a visitor draws on a map, as corners; no widget, no result."""

import numpy as np
import shapely

from dashboard.language import N_

FEWEST, MOST = 3, 40  # corners
LOOSE = 0.1  # degrees by which the corners kept may miss what was drawn, at first
PLACES = 2  # decimals of a degree

NOTHING_THERE = N_(
    "There is no permafrost cell in this area. "
    "Draw it over the coloured or grey part of a map; the last choice stays."
)


def corners(geometry) -> tuple:
    """Return the corners (lon, lat) of a box or lasso that Bokeh reports; none if it has no area.

    A lasso loses corners until a link can carry them.
    """
    if geometry["type"] == "rect":
        west, east = sorted((geometry["x0"], geometry["x1"]))
        south, north = sorted((geometry["y0"], geometry["y1"]))
        drawn = np.array([(west, south), (east, south), (east, north), (west, north)])
    else:
        drawn = _fewer(np.column_stack([geometry["x"], geometry["y"]]).astype(float))
    kept = tuple((float(lon), float(lat)) for lon, lat in np.round(drawn, PLACES))
    return kept if len(set(kept)) >= FEWEST else ()


def _fewer(drawn):
    if len(drawn) < FEWEST:
        return drawn
    line, loose = shapely.simplify(shapely.LineString(drawn), LOOSE), LOOSE
    while len(line.coords) > MOST:
        loose *= 2
        line = shapely.simplify(line, loose)
    return np.array(line.coords)


def within(area, lon, lat):
    """Return which points *lon*, *lat* lie in the corners *area*, in indices."""
    return np.flatnonzero(
        shapely.intersects_xy(shapely.make_valid(shapely.Polygon(area)), lon, lat)
    )
