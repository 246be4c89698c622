"""Land of others: relief, permafrost, vegetation and soil from their maps to cells of a region."""

import numpy as np

from data import classes, polygons, rasters, topsoil
from data.figures import ECOSYSTEMS
from data.maps import conversion_of, coverage, reading_of
from data.mask import LEAST_SHARE, area
from data.region import places
from data.soil import rooting_depth

HEIGHTS = (-500.0, 9000.0)  # m
MAPS = ("elevation", "permafrost", "ecosystem", "sand", "silt")


def region(maps, cells):
    """Return the permafrost land of *cells* as a region, and the `Reading` of every map.

    Parameters
    ----------
    maps : mapping of "elevation", "permafrost", "ecosystem", "sand", "silt" (and "clay") to `Map`
    cells : `rasters.Cells`

    Returns
    -------
    Dataset in the form of :func:`data.region`, and a list of `data.readings.Reading`.

    Raises ValueError or FileNotFoundError naming file, place, value and what was expected.
    """
    height, told_height = elevation(maps["elevation"], cells)
    frozen, told_frozen = permafrost(maps["permafrost"], cells)
    kind, told_kind = ecosystem(maps["ecosystem"], cells)
    south = cells.lat - cells.resolution / 2
    ground = area(south, south + cells.resolution, 0, cells.resolution)[:, None]
    chosen = frozen > LEAST_SHARE
    bare = chosen & (kind < 0)
    told_kind.missing = f"{int(bare.sum())} permafrost cells without an ecosystem, left out"
    chosen &= kind >= 0
    if not chosen.any():
        raise ValueError("no cell has both permafrost and an ecosystem; look at the maps' extents")
    row, column = np.nonzero(chosen)
    _check_height(height[chosen], cells.lat[row], cells.lon[column], told_height)
    names = np.array(ECOSYSTEMS)[kind[chosen]]
    lat, lon = cells.lat[row], cells.lon[column]
    result = places(lat, lon, height[chosen], names, (frozen * ground)[chosen])
    sand, silt, told_soil = topsoil.texture(maps, cells, (row, column))
    parts = {"sand": sand, "silt": silt, "clay": 100 - sand - silt}
    parts["rooting_depth"] = rooting_depth(names, sand)
    for name, values in parts.items():
        result[name] = result[name].copy(data=values)
    readings = [told_height, told_frozen, told_kind, *told_soil]
    _say_sources(result, readings)
    return result.assign_attrs(resolution=cells.resolution), readings


def _say_sources(result, readings):
    of = {reading.variable: ", ".join(reading.files) for reading in readings}
    of |= {"cell_area": of["permafrost"], "clay": of.get("clay", "100 - sand - silt")}
    of["rooting_depth"] = "rooting.csv, from ecosystem and sand"
    for name, source in of.items():
        if name in result.variables:
            result[name].attrs["source"] = source
    result["cell_area"].attrs["long_name"] = "Permafrost land of the cell"


# --- one map each ------------------------------------------------------------------------------


def elevation(one, cells):
    """Return the mean height of each cell [row, column], m, and its `Reading`."""
    (mean,), covered = rasters.shares(
        one.files, cells, lambda pixels: pixels[None], one.options.get("variable")
    )
    reading = reading_of("elevation", one, "m")
    convert = conversion_of("elevation", one)
    mean = convert(mean) if convert else mean
    reading.tell(mean, {convert.words if convert else "m, as rasters have no units"})
    reading.note(coverage(covered))
    return mean, reading


def _check_height(height, lat, lon, reading):
    """Raise ValueError where a cell has no height, or one that cannot be."""
    low, high = HEIGHTS
    wrong = ~((height >= low) & (height <= high))
    if wrong.any():
        k = int(wrong.argmax())
        raise ValueError(
            f"{reading.files[0]}: height is {height[k]:g} m at lat {lat[k]:g}, lon {lon[k]:g} "
            f"({int(wrong.sum())} such cells); expected {low:g} to {high:g} m"
        )


def permafrost(one, cells):
    """Return the share of each cell [row, column] with permafrost, 0 to 1, and its `Reading`.

    A map tells it by `classes` that are permafrost, by a `threshold` from which on a value is, or
    by shares themselves (0 to 1).
    """
    reading = reading_of("permafrost", one, "share")
    wanted, threshold = one.options.get("classes"), one.options.get("threshold")
    if polygons.holds(one.files[0]):
        share = sum(_drawn(path, one, cells, wanted) for path in one.files)
    else:
        (share,), covered = rasters.shares(
            one.files, cells, lambda pixels: _frozen(pixels, wanted, threshold, one)[None],
            one.options.get("variable"),
        )  # fmt: skip
        share = np.nan_to_num(share) * covered
        reading.note(coverage(covered))
    share = np.clip(share, 0, 1)
    if not (share > LEAST_SHARE).any():
        raise ValueError(f"{one.files[0]}: no cell has permafrost; look at its classes")
    reading.tell(share, set())
    reading.note(f"{int((share > LEAST_SHARE).sum())} cells with permafrost land")
    return share, reading


def _frozen(pixels, wanted, threshold, one):
    """Return the share of permafrost in each pixel, NaN where the map is empty."""
    if wanted is not None:
        share = np.isin(pixels, np.array(wanted, float)).astype(float)
    elif threshold is not None:
        share = (pixels >= threshold).astype(float)
    else:
        share = pixels
        off = (share < 0) | (share > 1)
        if off.any():
            raise ValueError(
                f"{one.files[0]}: permafrost is {share[off][0]:g}; expected shares from 0 to 1, or "
                "`classes` or a `threshold` that tell which values are permafrost"
            )
    return np.where(np.isnan(pixels), np.nan, share)


def _drawn(path, one, cells, wanted):
    found_there = polygons.read(path, cells)
    if wanted is None:
        numbers = np.zeros(len(found_there), int)
    else:
        values = _column(found_there, one, path)
        asked = {classes.plain(one_of) for one_of in wanted}
        numbers = np.where([classes.plain(value) in asked for value in values], 0, -1)
    return polygons.shares(found_there, numbers, 1, cells)[0]


def _column(there, one, path):
    name = one.options.get("column")
    if name not in there.columns:
        known = ", ".join(c for c in there.columns if c != there.geometry.name)
        raise ValueError(f"{path}: column {name!r} is not there; expected one of {known}")
    return there[name].to_numpy()


def ecosystem(one, cells):
    """Return the ecosystem that most of each cell has [row, column], -1 where none, and `Reading`.

    Of classes without ecosystem (water, ice) nothing counts.
    """
    if "classes" not in one.options:
        raise ValueError("land.ecosystem: expected `classes`, a table of class and ecosystem")
    known = classes.table(one.options["classes"], one.folder)
    count = len(ECOSYSTEMS)
    reading = reading_of("ecosystem", one, "class")
    if polygons.holds(one.files[0]):
        share = np.zeros((count, *cells.shape))
        for path in one.files:
            drawn = polygons.read(path, cells)
            numbers = classes.numbered(_column(drawn, one, path), known, path)
            share += polygons.shares(drawn, numbers, count, cells)
    else:

        def fields(pixels):
            kinds = classes.numbered(pixels, known, one.files[0])
            of = np.arange(count)[:, None, None]
            return np.where(kinds < 0, np.nan, (kinds == of).astype(float))

        mean, covered = rasters.shares(one.files, cells, fields, one.options.get("variable"))
        share = np.nan_to_num(mean) * covered
    there = share.sum(axis=0)
    kind = np.where(there > 0, share.argmax(axis=0), -1)
    reading.found = _counts(kind)
    most = share.max(axis=0)[there > 0] / there[there > 0]
    reading.note(
        f"{coverage(there)}; the chosen class has {most.mean():.0%} of a cell's vegetation"
    )
    return kind, reading


def _counts(kind) -> str:
    told = [f"{name} {int((kind == k).sum())}" for k, name in enumerate(ECOSYSTEMS)]
    return f"cells: {', '.join(told)}"
