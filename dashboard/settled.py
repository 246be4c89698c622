"""Printed numbers that need no climate of the region: its shape, the three sites, the settings."""

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import xarray as xr

import data
import tem
from tem.experiment import SPIN_UP_YEARS

GRASSLAND = ("Meadow", "Steppe")
PLACE = {"lat": "lat", "lon": "lon", "z": "elevation"}  # symbols of the table: where a site lies
STOCKS = {"SOC": "soc", "SON": "son"}

OfRegion = Callable[[xr.Dataset], float]  # degrees, m, m2, yr, g m-2 or 1


def once(row) -> OfRegion | None:
    """Return how a printed *row* follows from region, site or settings; None if it does not."""
    if row["symbol"] == "b":
        return lambda _region: tem.ecosystems()[row["region"]].b
    if site := site_of(row):
        return lambda _region: _at_site(site, row["symbol"])
    return ONCE.get(row["id"])


def site_of(row) -> str | None:
    """Return the site that a *row* is about, as in "alpine meadow (Zoige)"."""
    found = re.search(r"\((\w+)\)$", row["region"] or "")
    return found[1] if found and found[1] in tem.sites() else None


@cache
def _at_rest(site) -> tuple[xr.Dataset, xr.Dataset, xr.Dataset]:
    """Return a site: its place, what its climate permits, its year at rest."""
    place, climate = data.site(site)
    ecosystem, parameters = tem.sites()[site]
    permitted = tem.environment(place, climate)
    return place, permitted, tem.at_rest(permitted, {ecosystem: parameters})


def _at_site(site, symbol) -> float:
    place, _, rest = _at_rest(site)
    return place[PLACE[symbol]].item() if symbol in PLACE else rest[STOCKS[symbol]][0, -1].item()


def _agreement(what) -> OfRegion:
    """Least squared correlation over the sites with the months of site_monthly.csv."""

    def found(_region):
        squared = []
        for site in tem.sites():
            _, permitted, rest = _at_rest(site)
            ours = {
                "soil temperature": permitted.soil_warmth.values[0],
                "NEP": (rest.npp - rest.rh).values[0],
            }[what]
            squared.append(np.corrcoef(ours, data.site_months(site, what))[0, 1] ** 2)
        return float(min(squared))

    return found


def _mean_over(field) -> OfRegion:
    return lambda region: float((region[field] * region.cell_area).sum() / region.cell_area.sum())


def _share_of(kinds) -> OfRegion:
    def found(region):
        own = region.cell_area.where(region.ecosystem.isin(kinds), 0.0)
        return float(own.sum() / region.cell_area.sum())

    return found


def _roots_of_grass(pick) -> OfRegion:
    return lambda region: float(pick(region.rooting_depth[region.ecosystem.isin(GRASSLAND)]))


ONCE: dict[str, OfRegion] = {
    "P010": _share_of(("Shrubland", *GRASSLAND)),
    "P017": lambda _region: SPIN_UP_YEARS,
    "P018": lambda region: region.attrs["resolution"],
    "P019": _agreement("soil temperature"),
    "P020": _agreement("NEP"),
    "P051": lambda region: float(region.cell_area.sum()),
    "P141": _mean_over("rooting_depth"),
    "P160": _roots_of_grass(np.min),
    "P161": _roots_of_grass(np.max),
}
