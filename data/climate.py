"""The embedded climates: normals, published change and weather, month by month, 2006-2099."""

import cftime
import numpy as np
import xarray as xr

from data import change, noise, normals, prepared
from data.figures import GCMS, MONTH_DAYS, PAPER, RCPS, YEARS

LEAST_RAIN = 0.05  # of the normal; a month of random weather is never wholly dry
NORMAL_YEAR = 2010  # stands for the mean of 2006-2015

ATTRS = {
    "tas": {
        "standard_name": "air_temperature",
        "long_name": "Air temperature",
        "units": "degC",
        "cell_methods": "time: mean",
        "source": "stations.csv, climate_change.csv",
    },
    "pr": {
        "standard_name": "lwe_precipitation_rate",
        "long_name": "Precipitation",
        "units": "mm month-1",
        "cell_methods": "time: mean",
        "source": "stations.csv, climate_change.csv",
    },
    "rsds": {
        "standard_name": "surface_downwelling_shortwave_flux_in_air",
        "long_name": "Solar radiation",
        "units": "W m-2",
        "cell_methods": "time: mean",
        "source": "radiation.csv, climate_change.csv",
    },
    "co2": {
        "standard_name": "mole_fraction_of_carbon_dioxide_in_air",
        "long_name": "Carbon dioxide in the air",
        "units": "ppm",
        "source": "co2_rcp.csv",
    },
}
TIME_ENCODING = {"units": f"days since {YEARS[0]}-01-01", "calendar": "noleap", "dtype": "float64"}
SUMMARY = (
    "climate reconstructed from published figures, not GCM output: station normals, the "
    "published change of the GCM and RCP in step with the logarithm of CO2, and random weather "
    "of the published variability (the same for both RCPs of a GCM)"
)


def climate(region, rcp, gcm):
    """Return the monthly climate of a region, 2006-2099, under one RCP after one GCM.

    Parameters
    ----------
    region : xarray.Dataset
        Cells with ``lat``, ``lon`` and ``elevation``, as :func:`data.region` returns them; on
        these three alone the climate depends. A region of :func:`data.prepared_region` has
        climates of its own, which are read.
    rcp, gcm : str
        One of each of :func:`data.climates_of` the region, in any case ("RCP4.5" is understood
        too).

    Returns
    -------
    xarray.Dataset
        ``tas`` (degC), ``pr`` (mm month-1), ``rsds`` (W m-2) on (cell, time), and ``co2`` (ppm)
        on ``year``.

    Raises
    ------
    ValueError
        If there is no such RCP or GCM.
    """
    rcps, gcms = climates_of(region)
    rcp, gcm = _known("rcp", rcp, rcps), _known("gcm", gcm, gcms)
    if prepared.is_prepared(region):
        return prepared.climate(region, rcp, gcm)
    tas, pr, rsds = _base(region)
    lat, lon = region.lat.to_numpy(), region.lon.to_numpy()
    years = change.path(rcp)[:, None]

    warming = change.warming_pattern(lat, lon, region.elevation.to_numpy())
    heat = noise.temperature(gcm, lat, lon)
    heat += np.outer(warming, years * change.warming(gcm, rcp))
    _by_year(heat)[:] += tas[:, None]

    departure = np.maximum(noise.precipitation(gcm, lat, lon), LEAST_RAIN - 1)
    sun = departure * (normals.CLEARNESS_PER_ROOT_MM / 2)  # slope of the root at the normal rain
    air = rsds / normals.extraterrestrial(lat)
    _by_year(sun)[:] *= (np.sqrt(pr) / air)[:, None]
    sun += 1
    _by_year(sun)[:] *= rsds[:, None] * (1 + years * change.brightening(gcm, rcp))

    rain = departure
    rain += 1
    rain *= 1 + np.outer(change.wetting_pattern(lat, lon), years * change.wetting(gcm, rcp))
    _by_year(rain)[:] *= pr[:, None]

    fields = {"tas": heat, "pr": rain, "rsds": sun}
    return _dataset(region, fields, YEARS, change.co2(rcp)).assign_attrs(
        title=f"Climate of the Qinghai-Tibetan Plateau after {gcm} under {change.RCP_NAMES[rcp]}: "
        "climate reconstructed from published figures, not GCM output",
        rcp=rcp,
        gcm=gcm,
        seed=noise.seed(gcm),
    )


def climates_of(region):
    """Return the names of the RCPs and of the GCMs that there are for a region."""
    return prepared.climates_of(region) if prepared.is_prepared(region) else (RCPS, GCMS)


def normal(region):
    """Return the climate of a mean year 2006-2015 in the form of :func:`climate`.

    Twelve months, dated 2010, without weather; ``co2`` is the mean of the ten years.
    """
    base = change.window(*change.BASE)
    carbon = np.array([change.co2("rcp45")[base].mean()])  # the RCPs hardly differ so early
    fields = dict(zip(("tas", "pr", "rsds"), _base(region), strict=True))
    return _dataset(region, fields, (NORMAL_YEAR,), carbon).assign_attrs(
        title="Mean climate 2006-2015 of the Qinghai-Tibetan Plateau: "
        "climate reconstructed from published figures, not GCM output"
    )


def _base(region):
    """Return normals of temperature (2006-2015), precipitation and radiation, (cell, 12) each."""
    lat, lon, elev = (region[name].to_numpy() for name in ("lat", "lon", "elevation"))
    pr = normals.precipitation(lat, lon)
    rsds = normals.extraterrestrial(lat) * normals.clearness(lat, lon, elev, pr)
    return normals.temperature(lat, lon, elev) + change.BASE_SHIFT, pr, rsds


def _by_year(field):
    """Return a view of *field* (cell, time) as (cell, year, 12)."""
    return field.reshape(len(field), -1, 12)


def _dataset(region, fields, years, carbon):
    coords = {name: region[name] for name in region.coords if region[name].dims == ("cell",)}
    result = xr.Dataset(
        {name: (("cell", "time"), values, ATTRS[name]) for name, values in fields.items()},
        {
            **coords,
            "time": ("time", mid_months(years), {"standard_name": "time", "axis": "T"}),
            "year": ("year", np.array(years), {"long_name": "Year", "units": "1"}),
        },
        {
            "summary": SUMMARY,
            "source": "data/tables (each row there names its source)",
            "references": PAPER,
            "Conventions": "CF-1.11, ACDD-1.3",
        },
    )
    result["co2"] = ("year", carbon, ATTRS["co2"])
    result.time.encoding = dict(TIME_ENCODING)
    return result


def mid_months(years):
    """Return the middle of each month in the noleap calendar, shape (12 years,)."""
    middle = np.cumsum(MONTH_DAYS) - MONTH_DAYS / 2
    days = 365 * (np.array(years)[:, None] - YEARS[0]) + middle
    return cftime.num2date(days.ravel(), TIME_ENCODING["units"], TIME_ENCODING["calendar"])


def _known(what, name, allowed):
    """Return *name* as it is spelled in *allowed*; case and dots do not matter."""
    plain = str(name).replace(".", "").lower()
    for one in allowed:
        if one.lower() == plain:
            return one
    raise ValueError(f"{what} = {name!r}: expected one of {', '.join(allowed)}")
