"""The state as a link and back. What a link says is checked; what makes no sense is named."""

import re
from math import isfinite
from urllib.parse import urlencode

import tem
from dashboard import areas, edits
from dashboard.changes import OFFSETS, kept_in, offset, spelled, written
from dashboard.quantities import ASPECTS, MAPS, QUANTITIES
from dashboard.state import CHOICES, State
from data import YEARS

LONGEST = 2000  # characters of edits, and of saved what-ifs, that a link may carry
QUOTED = 40  # characters that a message repeats


def query(state: State, region) -> str:
    """Return the query string that restores *state*; what is at its default stays out."""
    said = {
        name: str(getattr(state, name))
        for name in (*CHOICES, "year")
        if getattr(state, name) != state.param[name].default
    }
    if state.cell is not None:
        place = region.isel(cell=state.cell)
        said["cell"] = f"{float(place.lat):g},{float(place.lon):g}"
    elif state.area:
        said["area"] = ",".join(f"{degrees:g}" for corner in state.area for degrees in corner)
    if state.maps != MAPS:
        said["maps"] = ",".join(one.name for one in state.maps)
    if state.edits:
        said["edits"] = ",".join(state.edits)
    said |= dict(pair.split("=") for pair in spelled(state.offsets))
    if state.saved:
        said["saved"] = written(state.saved)
    return urlencode(said, safe=",*=~;")


def choices(said: dict[str, str], grid) -> tuple[dict, list[str]]:
    """Return the values for a `State` that a query holds, and a sentence for each fault in it."""
    found, faults, added = {}, [], {}
    for name, text in said.items():
        try:
            if name in CHOICES:
                found[name] = _chosen(name, text)
            elif name in LISTS:
                listed, refused = _listed(name, text)
                found |= {name: listed} if listed else {}
                faults += refused
            elif name in OFFSETS:
                added[name] = offset(name, text)
            elif name in READERS:
                found[name] = READERS[name](text, grid)
            else:
                faults.append(_unknown(name))
        except ValueError as fault:
            faults.append(str(fault))
    return found | ({"offsets": tem.Offsets(**added)} if added else {}), faults


def _unknown(name):
    return f"{_short(name)} is not part of a link; known are {', '.join(KNOWN)}"


def _chosen(name, text):
    for one in CHOICES[name]:
        if one.lower() == text.lower():
            return one
    raise ValueError(f"{name} = {_short(text)}: choose one of {', '.join(CHOICES[name])}")


def _year(text, _grid):
    if re.fullmatch(r"\d{4}", text) and YEARS[0] <= int(text) <= YEARS[-1]:
        return int(text)
    raise ValueError(f"year = {_short(text)}: choose a year from {YEARS[0]} to {YEARS[-1]}")


def _maps(text, _grid):
    names = text.split(",")
    unknown = [name for name in names if name not in QUANTITIES]
    if unknown:
        raise ValueError(
            f"maps = {_short(text)}: {_short(unknown[0])} is no quantity; "
            f"write them as {MAPS[1].name}, with {', '.join(ASPECTS)} before the variable"
        )
    if len(names) != len(MAPS):
        raise ValueError(f"maps = {_short(text)}: name {len(MAPS)} quantities")
    return tuple(QUANTITIES[name] for name in names)


def _cell(text, grid):
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"cell = {_short(text)}: expected latitude,longitude") from None
    cell = grid.cell_at(lon, lat) if isfinite(lat) and isfinite(lon) else None
    if cell is None:
        raise ValueError(outside(lon, lat))
    return cell


def _area(text, grid):
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    if len(numbers) % 2 or not areas.FEWEST <= len(corners) <= areas.MOST:
        raise ValueError(
            f"area = {_short(text)}: expected longitude,latitude of "
            f"{areas.FEWEST} to {areas.MOST} corners"
        )
    if not all(map(isfinite, numbers)) or not areas.within(corners, *grid.centres).size:
        raise ValueError(areas.NOTHING_THERE)
    return corners


def _listed(name, text):
    """Return what makes sense of a list, and a sentence for each part of it that does not."""
    if len(text) > LONGEST:
        raise ValueError(f"{name}: {len(text)} characters; a link may carry {LONGEST}")
    return LISTS[name](text)


def outside(lon, lat) -> str:
    """Return what to say of a point where there is no cell."""
    return (
        f"There is no permafrost cell at {lat:.2f}° N, {lon:.2f}° E. "
        "Choose a place on the coloured or grey part of a map."
    )


def _short(text):
    return repr(text if len(text) <= QUOTED else text[:QUOTED] + "…")


READERS = {"year": _year, "maps": _maps, "cell": _cell, "area": _area}
LISTS = {"edits": edits.read, "saved": kept_in}
KNOWN = (*CHOICES, *READERS, *LISTS, *OFFSETS)
