"""From the grid of a climate to the cells of a region: shared as in the paper, or interpolated."""

import numpy as np
from scipy.spatial import cKDTree

LAPSE_RATE = 6.5  # K km-1
REACH = 1.5  # lines of the climate's grid from which a cell may borrow where there is no value
METHODS = ("block", "bilinear")
ROUND = 1e-6  # degrees


def mapped(field, region, method, reading):
    """Return *field* on the cells of *region* [cell, month]; *reading* hears what was done.

    Parameters
    ----------
    field : DataArray on (time, lat, lon), as `isimip.series` returns it
    region : Dataset with lat and lon on cell
    method : "block" (a cell has the value of the grid cell in which its centre lies, so that
        5 x 5 cells of 0.1 degrees share one of 0.5) or "bilinear"

    Cells whose grid cell never has a value (sea) borrow from the nearest one that does. Raises
    ValueError where the grid does not cover a cell, or the nearest value is too far.
    """
    if method not in METHODS:
        raise ValueError(f"mapping = {method!r}: expected {' or '.join(METHODS)}")
    lat, lon = region.lat.to_numpy(), region.lon.to_numpy()
    row = _lines(field.south.to_numpy(), field.north.to_numpy(), lat)
    column = _lines(field.west.to_numpy(), field.east.to_numpy(), lon)
    _check_covered(row, column, lat, lon, field, reading)
    values = field.to_numpy()
    there = ~np.isnan(values[0])
    row, column = _borrowed(row, column, there, field, (lat, lon), reading)
    if method == METHODS[0]:
        return np.ascontiguousarray(values[:, row, column].T)
    weighted = np.zeros((lat.size, len(values)))
    total = np.zeros(lat.size)
    for rows, columns, weight in _corners(field, lat, lon):
        counted = weight * there[rows, columns]
        weighted += counted[:, None] * np.nan_to_num(values[:, rows, columns]).T
        total += counted
    alone = total < ROUND  # no corner has a value
    weighted[alone], total[alone] = values[:, row[alone], column[alone]].T, 1.0
    return weighted / total[:, None]


def _lines(low, high, places):
    """Return the line of the grid in which each place lies, -1 where there is none."""
    inside = (places[:, None] >= low - ROUND) & (places[:, None] < high - ROUND)
    return np.where(inside.any(axis=1), inside.argmax(axis=1), -1)


def _check_covered(row, column, lat, lon, field, reading):
    out = (row < 0) | (column < 0)
    if out.any():
        k = int(out.argmax())
        raise ValueError(
            f"{reading.files[0]}: {reading.variable} covers lat {float(field.south.min()):g} to "
            f"{float(field.north.max()):g}, lon {float(field.west.min()):g} to "
            f"{float(field.east.max()):g}, but not the cell at lat {lat[k]:g}, lon {lon[k]:g} "
            f"({int(out.sum())} such cells)"
        )


def _borrowed(row, column, there, field, places, reading):
    """Return the row and column of each cell; those without value are the nearest with one."""
    empty = ~there[row, column]
    if not empty.any():
        return row, column
    narrowed = np.cos(np.radians(places[0].mean()))
    if not there.any():
        raise ValueError(f"{reading.files[0]}: {reading.variable} has no value at all")
    rows, columns = np.nonzero(there)
    lat, lon = field.lat.to_numpy(), field.lon.to_numpy()
    tree = cKDTree(np.column_stack([lat[rows], lon[columns] * narrowed]))
    wanted = np.column_stack([places[0], places[1] * narrowed])[empty]
    away, nearest = tree.query(wanted)
    step = max(float((field.north - field.south).max()), float((field.east - field.west).max()))
    if away.max() > REACH * step:
        k = np.flatnonzero(empty)[away.argmax()]
        raise ValueError(
            f"{reading.files[0]}: {reading.variable} has no value within {REACH * step:g}° of the "
            f"cell at lat {places[0][k]:g}, lon {places[1][k]:g}"
        )
    row, column = row.copy(), column.copy()
    row[empty], column[empty] = rows[nearest], columns[nearest]
    reading.missing = f"{int(empty.sum())} cells without value took that of the nearest grid cell"
    return row, column


def _corners(field, lat, lon):
    """Yield rows, columns and weights [cell] of the four grid points around each cell."""
    (y, up), (x, right) = (
        _between(field[name].to_numpy(), places) for name, places in (("lat", lat), ("lon", lon))
    )
    last_y, last_x = field.sizes["lat"] - 1, field.sizes["lon"] - 1
    for dy, part_y in ((0, 1 - up), (1, up)):
        for dx, part_x in ((0, 1 - right), (1, right)):
            yield np.minimum(y + dy, last_y), np.minimum(x + dx, last_x), part_y * part_x


def _between(lines, places):
    """Return the line below each place and how far it is to the next, 0 to 1."""
    if lines.size == 1:
        return np.zeros(places.size, int), np.zeros(places.size)
    below = np.clip(np.searchsorted(lines, places, side="right") - 1, 0, lines.size - 2)
    share = (places - lines[below]) / (lines[below + 1] - lines[below])
    return below, np.clip(share, 0, 1)


def lifted(air, height, ground, lapse_rate, reading):
    """Return *air* [cell, month] (degC) moved from the height of the climate to that of the cells.

    *height* and *ground* [cell]: of the cells and of the climate's relief there, m; *lapse_rate*:
    K km-1.
    """
    up = (np.asarray(height) - ground) / 1000
    reading.note(
        f"{lapse_rate:g} K km-1 over {up.min() * 1000:.0f} to {up.max() * 1000:.0f} m between "
        "relief of the climate and cells"
    )
    return air - lapse_rate * up[:, None]
