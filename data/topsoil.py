"""Texture of others: sand, silt and clay of the topsoil, averaged over the cells of a region."""

import numpy as np
from scipy.spatial import cKDTree

from data import rasters
from data.maps import conversion_of, reading_of

SUM_OF_TEXTURE = (95.0, 105.0)  # %; within, sand, silt and clay are brought to 100
REACH = 1.0  # degrees from which a cell without texture may borrow it


def texture(maps, cells, chosen):
    """Return sand and silt, % [cell], of the *chosen* (rows, columns), and their `Reading`s.

    Where sand and silt are both 0 there is no soil (HWSD has it so on water, ice and rock): these
    cells take the texture of the nearest one, if that is near.
    """
    names = [name for name in ("sand", "silt", "clay") if name in maps]
    found_, readings = {}, []
    for name in names:
        one = maps[name]
        (mean,), _ = rasters.shares(
            one.files, cells, lambda pixels: np.where(pixels > 0, pixels, np.nan)[None],
            one.options.get("variable"),
        )  # fmt: skip
        convert = conversion_of("texture", one)
        mean = convert(mean) if convert else mean
        found_[name] = mean[chosen]
        readings.append(reading_of(name, one, "%"))
        readings[-1].conversion = convert.words if convert else "%, as rasters have no units"
    lat, lon = cells.lat[chosen[0]], cells.lon[chosen[1]]
    _fill(found_, lat, lon, readings)
    sand, silt = found_["sand"], found_["silt"]
    total = sum(found_.values())
    low, high = SUM_OF_TEXTURE if "clay" in names else (0.0, SUM_OF_TEXTURE[1])
    wrong = ~((total >= low) & (total <= high))
    if wrong.any():
        k = int(wrong.argmax())
        raise ValueError(
            f"{readings[0].files[0]}: {' + '.join(names)} is {total[k]:.4g} % at lat {lat[k]:g}, "
            f"lon {lon[k]:g} ({int(wrong.sum())} such cells); expected {low:g} to {high:g} %"
        )
    scale = 100 / total if "clay" in names else np.minimum(1.0, 100 / total)
    for reading in readings:
        reading.tell(found_[reading.variable] * scale, {reading.conversion})
    return sand * scale, silt * scale, readings


def _fill(found_, lat, lon, readings):
    """Give cells without soil the texture of the nearest cell that has it."""
    empty = np.any([np.isnan(values) for values in found_.values()], axis=0)
    if empty.all():
        raise ValueError(f"{readings[0].files[0]}: no soil in any cell; look at the map's extent")
    if not empty.any():
        return
    flat = np.column_stack([lat, lon * np.cos(np.radians(lat))])
    away, nearest = cKDTree(flat[~empty]).query(flat[empty])
    if away.max() > REACH:
        k = np.flatnonzero(empty)[away.argmax()]
        raise ValueError(
            f"{readings[0].files[0]}: no soil within {REACH:g}° of lat {lat[k]:g}, lon {lon[k]:g} "
            f"({int((away > REACH).sum())} such cells)"
        )
    for values in found_.values():
        values[empty] = values[~empty][nearest]
    for reading in readings:
        reading.missing = f"{int(empty.sum())} cells without soil took that of the nearest cell"
