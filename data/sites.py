"""The sites on which the paper's model was calibrated and tested (its Table S2)."""

import numpy as np

from data.climate import normal
from data.figures import MONTHS, table
from data.region import places

SITE_AREA = 1e6  # m2; a site stands for a square kilometre


MONTHLY = ("soil temperature", "NEP")


def site_months(name, what):
    """Return the course of a year at a site, shape (12,).

    Soil temperature in degC, NEP in g C m-2 month-1. The shapes are assumed (site_monthly.csv);
    the measurements of the paper's Figure 2 are not printed.

    Raises
    ------
    ValueError
        If there is no such site or quantity.
    """
    rows = table("site_monthly")
    chosen = rows[rows.site.str.startswith(f"{name} ") & rows.quantity.str.startswith(what)]
    if len(chosen) != 1 or what not in MONTHLY:
        raise ValueError(
            f"site = {name!r}, what = {what!r}: expected a site of site_monthly.csv and one of "
            f"{', '.join(MONTHLY)}"
        )
    return chosen[list(MONTHS)].to_numpy(float)[0]


def site(name):
    """Return a site as a region of one cell, and its normal climate.

    Parameters
    ----------
    name : str
        A site of sites.csv: Zoige, NamCo or Haibei.

    Returns
    -------
    tuple of xarray.Dataset
        The region, in the form of :func:`data.region`, and the climate of a mean year 2006-2015
        as :func:`data.normal` returns it.

    Raises
    ------
    ValueError
        If there is no such site.
    """
    sites = table("sites").set_index("site")
    if name not in sites.index:
        raise ValueError(f"site = {name!r}: expected one of {', '.join(sites.index)}")
    one = sites.loc[[name]]
    place = places(
        lat=one.lat.to_numpy(),
        lon=one.lon.to_numpy(),
        height=one.elevation_m.to_numpy(float),
        kind=one.ecosystem.to_numpy(dtype=str),
        land=np.array([SITE_AREA]),
    )
    place.attrs["title"] = f"Site {name} of the Qinghai-Tibetan Plateau"
    place.attrs["source"] = f"sites.csv ({one.source.item()}); soils: soil_facts.csv"
    return place, normal(place)
