"""The sites on which the paper's model was calibrated and tested (its Table S2)."""

import numpy as np

from data.climate import normal
from data.figures import table
from data.region import places

SITE_AREA = 1e6  # m2; a site stands for a square kilometre


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
