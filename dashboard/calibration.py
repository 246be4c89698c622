"""Fits of the rate-limiting parameters: from targets and climates to tem/calibrated.toml."""

import tomllib
from pathlib import Path

import data
import tem
from dashboard import baseline
from data.store import replacing
from tem.calibrate import WRITTEN, Fit, Target, at_present, at_rest, fit, started_from

RCP = "rcp45"  # the paper describes the present by it
KINDS = ("ecosystem", "site")
HEADER = (
    "# Fitted by `permafrost-carbon calibrate`; do not edit. "
    "Targets: data/tables/calibration_targets.csv.\n"
)


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


def section(ecosystem: str, place: str) -> tuple[str, str]:
    """Return where in the table a fit belongs."""
    return ("ecosystem", ecosystem) if place == data.REGION else ("site", place)


def written(fitted: Fit) -> dict[str, float]:
    """Return what of a fit is kept, to six digits."""
    return {name: float(f"{getattr(fitted.parameters, name):.6g}") for name in WRITTEN}


def as_edits(path) -> list[str]:
    """Return the ecosystems' values of a table of parameters as edits.

    Raises FileNotFoundError, or ValueError if the file is no such table.
    """
    tables = _read(Path(path)).get("ecosystem", {})
    return [f"{name}.{key}={x}" for name, values in tables.items() for key, x in values.items()]


def _read(path: Path) -> dict:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path}: expected a table of parameters ({fault})") from fault
    for kind, tables in table.items():
        whole = isinstance(tables, dict) and all(isinstance(one, dict) for one in tables.values())
        if kind not in KINDS or not whole:
            raise ValueError(f"{path}: {kind} is unknown; expected [ecosystem.…] and [site.…]")
    return table


def update(path: Path, found: dict[tuple[str, str], dict[str, float]]) -> None:
    """Put *found* (values by section) into the table at *path*; what else it holds stays.

    Raises ValueError if the file there is no such table, OSError if it cannot be written.
    """
    old = _read(path) if path.exists() else {}
    for (kind, name), values in found.items():
        old.setdefault(kind, {})[name] = values
    lines = [HEADER]
    for kind, tables in old.items():
        for name, values in tables.items():
            lines += [f"\n[{kind}.{name}]\n", *(f"{key} = {x:g}\n" for key, x in values.items())]
    with replacing(path) as temporary:
        temporary.write_text("".join(lines), "utf-8")
