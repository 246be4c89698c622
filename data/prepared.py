"""A region that was prepared from files of others, and its climates."""

from pathlib import Path

import numpy as np
import xarray as xr

from data.figures import YEARS

LAND = ("elevation", "sand", "silt", "clay", "rooting_depth")
CLIMATE = ("tas", "pr", "rsds")
SAID = ("summary", "source", "references", "Conventions")  # of a region, and of its climates
AT, ID, RCPS, GCMS = "prepared_at", "prepared", "prepared_rcps", "prepared_gcms"  # attributes


def opened(path, cells=slice(None)):
    """Return the region that `prepare` wrote to *path*, in the form of :func:`data.region`.

    *cells*: which of them are read. The region remembers where it came from:
    :func:`data.climate` finds its climates there. Raises FileNotFoundError or ValueError if there
    is no such region.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such region; `permafrost-carbon prepare` writes one")
    with _store(path) as whole:
        lacking = [name for name in (*LAND, *CLIMATE, "co2") if name not in whole]
        if lacking or ID not in whole.attrs:
            what = f"it lacks {', '.join(lacking)}" if lacking else "it was not finished"
            raise ValueError(f"{path}: is no prepared region ({what})")
        years = tuple(int(year) for year in whole.year)
        if years != YEARS:
            raise ValueError(
                f"{path}: spans {years[0]}-{years[-1]}; expected {YEARS[0]}-{YEARS[-1]}"
            )
        place = whole[list(LAND)].isel(cell=cells).load()
        rcps, gcms = (tuple(map(str, whole[name].to_numpy())) for name in ("rcp", "gcm"))
    place = place.drop_vars([name for name in place.coords if place[name].dims != ("cell",)])
    place["ecosystem"] = place.ecosystem.astype(str)
    del place.attrs["report"]
    return place.assign_attrs({AT: str(path.resolve()), RCPS: rcps, GCMS: gcms})


def is_prepared(region) -> bool:
    """Return whether a region has climates of its own."""
    return AT in region.attrs


def seal_of(region) -> tuple[str, ...]:
    """Return what tells the climates of a prepared region from all others; nothing for others."""
    return (region.attrs[ID],) if is_prepared(region) else ()


def climates_of(region):
    """Return the names of the RCPs and of the GCMs of a prepared region."""
    return tuple(region.attrs[RCPS]), tuple(region.attrs[GCMS])


def report(path) -> str:
    """Return the report of the region at *path*, JSON."""
    with _store(Path(path)) as whole:
        return whole.attrs["report"]


def _store(path):
    try:
        return xr.open_zarr(path, chunks=None)
    except (OSError, ValueError, KeyError) as fault:
        raise ValueError(f"{path}: is no prepared region ({fault})") from fault


def climate(region, rcp, gcm):
    """Return one climate of a prepared *region*, or of some of its cells, as `data.climate` does.

    Raises ValueError for a climate that it does not hold.
    """
    with _store(Path(region.attrs[AT])) as whole:
        if whole.attrs.get(ID) != region.attrs[ID]:
            raise ValueError(f"{region.attrs[AT]}: has been prepared anew; open it again")
        one = whole[[*CLIMATE, "co2"]].sel(rcp=rcp, gcm=gcm, drop=True)
        one = one.isel(cell=_cells(whole, region)).load()
    fields = {name: one[name].astype(float) for name in CLIMATE}
    coords = {name: region[name] for name in region.coords if region[name].dims == ("cell",)}
    one = one.assign(fields).assign_coords(coords)
    said = {name: region.attrs[name] for name in SAID if name in region.attrs}
    one.attrs = said | {"region": region.attrs["title"], "rcp": rcp, "gcm": gcm}
    one.attrs["title"] = f"Climate of {gcm} under {rcp}: {region.attrs['title']}"
    return one


def _cells(whole, region):
    """Return where the cells of *region* are in the store: a slice where they lie in a row."""
    there = [whole[name].to_numpy() for name in ("lat", "lon")]
    here = [region[name].to_numpy() for name in ("lat", "lon")]
    first = np.flatnonzero((there[0] == here[0][0]) & (there[1] == here[1][0]))
    row = slice(int(first[0]), int(first[0]) + here[0].size)
    if all(np.array_equal(known[row], wanted) for known, wanted in zip(there, here, strict=True)):
        return row
    known = {place: k for k, place in enumerate(zip(*there, strict=True))}
    return np.array([known[place] for place in zip(*here, strict=True)], int)
