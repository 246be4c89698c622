"""What this process shows: the embedded plateau, or a region that was prepared from files.

It is chosen once, before the page is imported: what is there to choose, the page's modules read
as they are imported.
"""

import data
from dashboard.grid import BOX
from data.prepared import AT, climates_of

_region = None  # None: the embedded plateau


def choose(region):
    """Let the page show a prepared *region*.

    Raises ValueError for one that it cannot show: the maps are those of the plateau, and two
    scenarios stand side by side throughout.
    """
    global _region
    rcps, gcms = climates_of(region)
    if set(rcps) != set(data.RCPS):
        raise ValueError(
            f"{region.attrs['title']}: holds {', '.join(rcps)}; the page compares "
            f"{' with '.join(data.RCPS)} (`run --region` takes any scenario)"
        )
    west, east, south, north = BOX
    inside = (region.lon > west) & (region.lon < east) & (region.lat > south) & (region.lat < north)
    if not bool(inside.all()):
        k = int((~inside.to_numpy()).argmax())
        raise ValueError(
            f"{region.attrs['title']}: the cell at {float(region.lat[k]):g}° N, "
            f"{float(region.lon[k]):g}° E lies beyond the maps of the page, which show "
            f"{south:g}-{north:g}° N, {west:g}-{east:g}° E (`run --region` takes any place)"
        )
    data.GCMS, _region = gcms, region


def is_embedded() -> bool:
    """Return whether the embedded plateau is shown."""
    return _region is None


def title() -> str:
    """Return what a prepared region is called; nothing for the embedded plateau."""
    return "" if _region is None else _region.attrs["title"]


def either(of_embedded, of_prepared):
    """Return what holds for what is shown."""
    return of_embedded if is_embedded() else of_prepared


def words() -> list[str]:
    """Return the words of a command line that ask for the same region."""
    return [] if _region is None else ["--region", _region.attrs[AT]]
