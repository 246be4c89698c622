"""The state as a link and back. What a link says is checked; what makes no sense is named."""

import re
from math import isfinite
from urllib.parse import urlencode

from dashboard import areas, edits
from dashboard.changes import NO_OFFSETS, OFFSETS, kept_in, offset, spelled, written
from dashboard.grid import BOX
from dashboard.language import Fault, listed, say
from dashboard.quantities import ASPECTS, MAPS, QUANTITIES
from dashboard.state import CHOICES, EAST, PANELS, State, panels
from dashboard.story import STEPS
from data import YEARS

LONGEST = 2000  # characters of edits, and of saved what-ifs, that a link may carry
EDGES = (BOX[0] - 2, BOX[1] + 2, BOX[2] - 2, BOX[3] + 2)  # that maps can be moved to
ROUND = 360  # degrees, beyond which no corner of an area lies
LEAST = 0.1  # degrees that a map shows
QUOTED = 40  # characters that a message repeats


def query(state: State, region) -> str:
    """Return the query string that restores *state*; what is at its default stays out.

    In a step of the story, what is as the step has it stays out; what is empty is said as such.
    """
    begun, said = start(state.story), {}
    for name in (*CHOICES, *WRITERS):
        value = getattr(state, name)
        if value != getattr(begun, name):
            said[name] = WRITERS[name](value, region) if name in WRITERS else str(value)
    if state.offsets != begun.offsets:
        said |= dict(pair.split("=") for pair in spelled(state.offsets, besides=begun.offsets))
    if state.story:
        said = {"story": str(state.story)} | said
    return urlencode(said, safe=",*=~;")


def start(story: int) -> State:
    """Return what a link begins with: a fresh page, or a step of the story."""
    return State(**(STEPS[story - 1].choices | {"story": story} if story else {}))


def as_told(state: State, region) -> bool:
    """Return whether *state* is as the step of the story has it, in all that the step chooses."""
    said = {part.partition("=")[0] for part in query(state, region).split("&")}
    return not said & ({*TOLD, *OFFSETS} - {"story"})


def choices(said: dict[str, str], grid) -> tuple[dict, list[str]]:
    """Return the values for a `State` that a query holds, and a sentence for each fault in it."""
    (found, faults), added = _story(said), {}
    for name, text in said.items():
        if name == "story":
            continue
        try:
            if name in CHOICES:
                found[name] = _chosen(name, text)
            elif name in EMPTY and not text:
                found[name] = EMPTY[name]
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
    if added:
        found["offsets"] = found.get("offsets", NO_OFFSETS)._replace(**added)
    return found, faults


def _story(said):
    """Return the choices of the step of the story that is asked for, and what is wrong with it."""
    text = said.get("story", "0")
    if text in map(str, range(1, len(STEPS) + 1)):
        return {**STEPS[int(text) - 1].choices, "story": int(text)}, []
    if text == "0":
        return {}, []
    told = {"text": _short(text), "last": len(STEPS)}
    return {}, [say("story = {text}: choose a step from 1 to {last}", **told)]


def _unknown(name):
    return say(
        "{name} is not part of a link; known are {names}",
        name=_short(name), names=", ".join(KNOWN),
    )  # fmt: skip


def _chosen(name, text):
    for one in CHOICES[name]:
        if one.lower() == text.lower():
            return one
    raise Fault(
        "{name} = {text}: choose one of {names}",
        name=name, text=_short(text), names=", ".join(CHOICES[name]),
    )  # fmt: skip


def _year(text, _grid):
    if re.fullmatch(r"\d{4}", text) and YEARS[0] <= int(text) <= YEARS[-1]:
        return int(text)
    raise Fault(
        "year = {text}: choose a year from {first} to {last}",
        text=_short(text), first=YEARS[0], last=YEARS[-1],
    )  # fmt: skip


def _divide(text, _grid):
    try:
        divide = float(text)
    except ValueError:
        divide = float("nan")
    if EAST[0] <= divide <= EAST[1]:
        return divide
    raise Fault(
        "divide = {text}: choose {west} to {east} degrees east",
        text=_short(text), west=f"{EAST[0]:g}", east=f"{EAST[1]:g}",
    )  # fmt: skip


def _maps(text, _grid):
    names = text.split(",")
    unknown = [name for name in names if name not in QUANTITIES]
    if unknown:
        raise Fault(
            "maps = {text}: {name} is no quantity; write them as {example}, with {aspects} before "
            "the variable",
            text=_short(text), name=_short(unknown[0]), example=MAPS[1].name,
            aspects=", ".join(ASPECTS),
        )  # fmt: skip
    if len(names) != len(MAPS):
        raise Fault("maps = {text}: name {count} quantities", text=_short(text), count=len(MAPS))
    return tuple(QUANTITIES[name] for name in names)


def _cell(text, grid):
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise Fault("cell = {text}: expected latitude,longitude", text=_short(text)) from None
    cell = grid.cell_at(lon, lat) if isfinite(lat) and isfinite(lon) else None
    if cell is None:
        raise Fault(outside(lon, lat))
    return cell


def _area(text, grid):
    try:
        numbers = [round(float(part), areas.PLACES) for part in text.split(",")]
    except ValueError:
        numbers = []
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    if len(numbers) % 2 or not areas.FEWEST <= len(corners) <= areas.MOST:
        raise Fault(
            "area = {text}: expected longitude,latitude of {fewest} to {most} corners",
            text=_short(text), fewest=areas.FEWEST, most=areas.MOST,
        )  # fmt: skip
    near = all(abs(one) <= ROUND for one in numbers)
    if not (near and areas.within(corners, *grid.centres).size):
        raise Fault(areas.NOTHING_THERE)
    return corners


def _zoom(text, _grid):
    try:
        west, east, south, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Fault("zoom = {text}: expected west,east,south,north", text=_short(text)) from None
    across, up = EDGES[0] <= west <= east <= EDGES[1], EDGES[2] <= south <= north <= EDGES[3]
    if not (across and up) or east - west < LEAST or north - south < LEAST:
        edges = ", ".join(f"{degrees:g}" for degrees in EDGES)
        raise Fault(
            "zoom = {text}: the maps lie within {edges} degrees", text=_short(text), edges=edges
        )
    return west, east, south, north


def _opened(text):
    """Return the panels that are named, and a sentence for each name that is none."""
    names = text.split(",")
    unknown = [name for name in names if name not in PANELS]
    known = listed(*PANELS)
    faults = [
        say("opened: {name} is no panel; known are {known}", name=_short(name), known=known)
        for name in unknown
    ]
    return panels(names), faults


def _listed(name, text):
    """Return what makes sense of a list, and a sentence for each part of it that does not."""
    if len(text) > LONGEST:
        raise Fault(
            "{name}: {count} characters; a link may carry {most}",
            name=name, count=len(text), most=LONGEST,
        )  # fmt: skip
    return LISTS[name](text)


def outside(lon, lat) -> str:
    """Return what to say of a point where there is no cell."""
    return say(
        "There is no permafrost cell at {lat}° N, {lon}° E. "
        "Choose a place on the coloured or grey part of a map.",
        lat=f"{lat:.2f}", lon=f"{lon:.2f}",
    )  # fmt: skip


def _short(text):
    return repr(text if len(text) <= QUOTED else text[:QUOTED] + "…")


def _numbers(numbers, _region=None):
    return ",".join(f"{number:g}" for number in numbers)


def _cell_of(cell, region):
    place = None if cell is None else region.isel(cell=cell)
    return "" if place is None else _numbers((float(place.lat), float(place.lon)))


READERS = {
    "year": _year, "divide": _divide, "maps": _maps, "cell": _cell, "area": _area, "zoom": _zoom,
}  # fmt: skip
LISTS = {"edits": edits.read, "saved": kept_in, "opened": _opened}
WRITERS = {
    "year": lambda year, _region: str(year),
    "divide": lambda divide, _region: f"{divide:g}",
    "maps": lambda maps, _region: ",".join(one.name for one in maps),
    "cell": _cell_of,
    "area": lambda area, _region: _numbers(degrees for corner in area for degrees in corner),
    "zoom": _numbers,
    "edits": lambda edits, _region: ",".join(edits),
    "saved": lambda saved, _region: written(saved),
    "opened": lambda opened, _region: ",".join(opened),
}
EMPTY = {"cell": None, "area": (), "zoom": (), "edits": (), "saved": (), "opened": ()}
TOLD = (  # what a step of the story chooses; offsets too
    "story", "rcp", "gcm", "ecosystem", "year", "maps", "cell", "area", "edits", "since", "shown",
    "curves", "compare", "divide", "panel", "lines", "spot", "chart", "zoom",
)  # fmt: skip
KNOWN = ("story", *CHOICES, *READERS, *LISTS, *OFFSETS)
