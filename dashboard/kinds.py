"""What each printed number can tell about the model: a prediction, or something put in before."""

from dashboard.language import N_
from dashboard.measures import PRESENT, REGIONS, years
from dashboard.settled import PLACE, site_of

KINDS = {
    N_("predicted"): N_("nothing was fitted to it"),
    N_("fitted"): N_("the calibration was fitted to it, or it follows from that directly"),
    N_("input"): N_("copied from the paper, or prescribed before the model runs"),
    N_("other study"): N_("a result of others, with which the paper compares itself"),
}
# Rates and surface were fitted to stocks, production and thaw depth of the present (docs/model.md,
# section 6). Respiration follows: a spun-up soil respires what it receives.
FITTED = ("SOC", "SON", "NPP", "RH", "ALT")
COPIED = ("b", *PLACE)  # symbols
PRESCRIBED = ("P010", "P017", "P018", "P051", "P141", "P160", "P161")  # area, roots, settings


def kind(row) -> str:
    """Return which of `KINDS` a printed *row* is."""
    if row["run"] == "other":
        return "other study"
    if row["symbol"] in COPIED or row["id"] in PRESCRIBED or row["unit"] == "count":
        return "input"
    if site_of(row) or _of_the_present(row):
        return "fitted"
    return "predicted"


def _of_the_present(row) -> bool:
    modelled = row["run"] == "S_T" and row["region"] in REGIONS
    return modelled and row["symbol"] in FITTED and years(row["period"])[1] <= PRESENT[1]
