"""Which ecosystem grows where: ranks on smooth fields, cut at the published shares of area.

The rules and dividing lines are those of vegetation_rules.csv and vegetation_boundaries.csv; the
levels at which they cut are found here, so that the classes take the TARGET shares of
vegetation_areas.csv at every resolution. Each rule takes its cells from what is left:

Others     nearest to the large lakes: swamp, salt flat and shore, which no zonal rule describes
Sparse     the coldest July
Forest     both warm and wet enough, by the limits of the forest rule
Shrubland  the same by the limits of the shrubland rule
Desert     the driest on the far side of the steppe-desert line
Meadow     wettest and farthest beyond the meadow-steppe line
Steppe     the rest
"""

import numpy as np

from data.figures import ECOSYSTEMS, table
from data.normals import LON_DEGREE

SHORE = 0.25  # degrees; how far the ground around a lake is shaped by it
FOREST_RAIN, FOREST_JULY = 500.0, 11.0  # mm year-1, degC; vegetation_rules.csv, order 2
SHRUB_RAIN, SHRUB_JULY = 430.0, 8.4  # same, order 3
MEADOW_RAIN = 300.0  # same, order 5
DEGREE_IN_RAIN = 50.0  # mm year-1 that count as much as a degree beyond the meadow line (assumed)


def ecosystem(lat, lon, area, rain, july):
    """Return the class of each cell, shape (cell,).

    Parameters
    ----------
    lat, lon : ndarray
        Centres of the cells, degrees.
    area : ndarray
        Permafrost land of the cells, in any unit.
    rain, july : ndarray
        Annual precipitation (mm) and July temperature (degC) of the normals.
    """
    desert_side = beyond("steppe_desert_boundary", lat, lon) > 0
    meadow = (rain - MEADOW_RAIN) / DEGREE_IN_RAIN - beyond("meadow_steppe_boundary", lat, lon)
    ranks = {
        "Others": lakes_around(lat, lon),
        "Sparse": -july,
        "Forest": np.minimum(rain / FOREST_RAIN, july / FOREST_JULY),
        "Shrubland": np.minimum(rain / SHRUB_RAIN, july / SHRUB_JULY),
        "Desert": np.where(desert_side, -rain, -np.inf),
        "Meadow": meadow,
    }
    shares = target_shares()
    result = np.full(len(lat), "Steppe", dtype=f"<U{max(map(len, ECOSYSTEMS))}")
    free = np.ones(len(lat), bool)
    for name, rank in ranks.items():
        taken = _highest(np.where(free, rank, -np.inf), area, shares[name] * area.sum())
        result[taken] = name
        free[taken] = False
    return result


def target_shares():
    """Return the share of the permafrost region that each class is meant to have."""
    areas = table("vegetation_areas")
    target = areas[areas["class"].str.startswith("TARGET")]
    share = target.share_pct.to_numpy(float) / target.share_pct.sum()
    return dict(zip(target["class"].str.removeprefix("TARGET "), share, strict=True))


def beyond(line, lat, lon):
    """Return the distance from a dividing line, degrees; positive to the left along the line."""
    knots = table("vegetation_boundaries")
    knots = knots[knots.line == line]
    x, y = knots.lon.to_numpy() * LON_DEGREE, knots.lat.to_numpy()
    dx, dy = np.diff(x), np.diff(y)
    px, py = np.subtract.outer(lon * LON_DEGREE, x[:-1]), np.subtract.outer(lat, y[:-1])
    along = np.clip((px * dx + py * dy) / (dx**2 + dy**2), 0, 1)
    away = np.hypot(px - along * dx, py - along * dy)
    nearest = away.argmin(axis=1)[:, None]
    side = np.sign(np.take_along_axis(dx * py - dy * px, nearest, axis=1))
    return (side * np.take_along_axis(away, nearest, axis=1))[:, 0]


def lakes_around(lat, lon):
    """Return the area of large lakes near each place, km2 weighted by nearness."""
    lakes = table("lakes")
    north = np.subtract.outer(lat, lakes.lat.to_numpy())
    east = np.subtract.outer(lon, lakes.lon.to_numpy()) * LON_DEGREE
    return np.exp(-(north**2 + east**2) / (2 * SHORE**2)) @ lakes.area_km2.to_numpy()


def _highest(rank, area, wanted):
    """Return the cells of highest *rank* whose area together is nearest to *wanted*."""
    order = np.argsort(-rank, kind="stable")
    filled = np.cumsum(area[order])
    return order[: np.abs(filled - wanted).argmin() + 1]
