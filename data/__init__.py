"""Published figures and files of others, as Datasets with CF names and units."""

from data.climate import climate, climates_of, normal
from data.figures import ECOSYSTEMS, GCMS, RCPS, YEARS
from data.normals import leave_one_out, stations
from data.prepared import opened as prepared_region
from data.prepared import seal_of
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
    "climates_of",
    "leave_one_out",
    "normal",
    "prepared_region",
    "published",
    "region",
    "seal_of",
    "site",
    "site_months",
    "stations",
]
