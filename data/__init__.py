"""Published figures and files of others, as Datasets with CF names and units."""

from data.climate import climate, normal
from data.figures import ECOSYSTEMS, GCMS, RCPS, YEARS
from data.normals import leave_one_out, stations
from data.published import published
from data.region import region
from data.sites import site, site_months
from data.targets import REGION, calibration_targets

__all__ = [
    "ECOSYSTEMS",
    "GCMS",
    "RCPS",
    "REGION",
    "YEARS",
    "calibration_targets",
    "climate",
    "leave_one_out",
    "normal",
    "published",
    "region",
    "site",
    "site_months",
    "stations",
]
