"""Fits of the rate-limiting parameters: from targets and climates to values for a table."""

import data
import tem
from dashboard import baseline
from tem.calibrate import WRITTEN, Fit, Target, at_present, at_rest, fit, started_from

RCP = "rcp45"  # the paper describes the present by it


def places(ecosystem: str) -> tuple[str, ...]:
    """Return where an ecosystem can be calibrated: its site, if it has one, and the region."""
    own = tuple(site for site, (name, _) in tem.sites().items() if name == ecosystem)
    return (*own, data.REGION)


def calibrate(ecosystem: str, place: str, *, store=None, bar=baseline.silent) -> Fit:
    """Return the fit of an *ecosystem* at a *place* (a site of Table S2, or the region).

    Raises ValueError if there are no targets.
    """
    rows = data.calibration_targets(place, ecosystem)
    targets = [Target(*row) for row in zip(rows.quantity, rows.value, rows.sd, strict=True)]
    predict = _in_region(ecosystem, store, bar) if place == data.REGION else _at_site(place)
    start = tem.ecosystems() if place == data.REGION else {ecosystem: tem.sites()[place][1]}
    return fit(predict, started_from(start[ecosystem], targets), targets)


def _at_site(place):
    region, climate = data.site(place)
    return at_rest(tem.environment(region, climate))


def _in_region(ecosystem, store, bar):
    region = data.region()
    climates = (baseline.environment(region, RCP, gcm, store=store, bar=bar) for gcm in data.GCMS)
    return at_present(climates, ecosystem)


def confidence(ecosystem: str, place: str) -> dict[str, str]:
    """Return how far each target can be trusted: published, recalled, derived or assumed."""
    rows = data.calibration_targets(place, ecosystem)
    return dict(zip(rows.quantity, rows.confidence, strict=True))


def section(ecosystem: str, place: str) -> tuple[str, str]:
    """Return where in a table a fit belongs."""
    return ("ecosystem", ecosystem) if place == data.REGION else ("site", place)


def written(fitted: Fit) -> dict[str, float]:
    """Return what of a fit is kept, to six digits."""
    return {name: float(f"{getattr(fitted.parameters, name):.6g}") for name in WRITTEN}
