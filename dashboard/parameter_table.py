"""A table of parameters in a file: what `calibrate` writes and `run --parameters` takes.

TOML like tem/calibrated.toml: [ecosystem.Meadow] holds in a region, [site.Zoige] at that site.
"""

import tomllib
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import tem
from data import store
from tem.parameters import ECOSYSTEMS, FIELDS, Parameters
from tem.schema import build

HEADER = (
    "# Fitted by `permafrost-carbon calibrate`; do not edit. "
    "Targets: data/tables/calibration_targets.csv.\n"
)
Values = dict[str, dict[str, float]]  # by section, then by parameter


class Table(NamedTuple):
    """What a file holds."""

    path: Path
    sha256: str
    ecosystem: Values
    site: Values

    def in_region(self) -> dict[str, Parameters]:
        """Return the Parameters of all ecosystems, those of the table over the defaults.

        Raises ValueError if the table holds none of an ecosystem.
        """
        if not self.ecosystem:
            raise ValueError(f"{self.path}: {self._why_not()}")
        defaults = tem.ecosystems()
        return defaults | {
            name: build(Parameters, defaults[name]._asdict() | values, f"{self.path}, {name}")
            for name, values in self.ecosystem.items()
        }

    def _why_not(self) -> str:
        if not self.site:
            return "the table holds no [ecosystem.NAME]"
        one, name = next(iter(self.site)), {site: name for site, (name, _) in tem.sites().items()}
        return (
            f"only {', '.join(f'[site.{site}]' for site in self.site)}, and what was fitted at a "
            f"site holds at that site. To use it for all of the ecosystem, rename [site.{one}] to "
            f"[ecosystem.{name[one]}]"
        )

    def sections(self) -> dict[tuple[str, str], dict[str, float]]:
        """Return all values by kind and name."""
        return {(kind, n): x for kind in _names() for n, x in getattr(self, kind).items()}

    def described(self) -> dict:
        """Return what a reader of a result needs to know of the table."""
        return {"file": self.path.name, "sha256": self.sha256, "ecosystem": self.ecosystem}


def read(path) -> Table:
    """Return the table in the file *path*.

    Raises OSError, or ValueError that lists every section and value that makes no sense.
    """
    path = Path(path)
    content = path.read_bytes()
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path}: expected a table of parameters in TOML ({fault})") from fault
    faults = [fault for kind, sections in found.items() for fault in _faults(kind, sections)]
    if faults:
        raise ValueError(f"{path}: {'; '.join(faults)}")
    return Table(path, sha256(content).hexdigest(), *(found.get(kind, {}) for kind in _names()))


def _names() -> dict[str, tuple[str, ...]]:
    """Return the names that each kind of section may have."""
    return {"ecosystem": ECOSYSTEMS, "site": tuple(tem.sites())}


def _faults(kind, sections) -> list[str]:
    """Return a sentence for each fault in the sections of one kind."""
    names = _names().get(kind)
    if names is None or not isinstance(sections, dict):
        return [f"{kind} is unknown; expected sections [ecosystem.NAME] and [site.NAME]"]
    found = []
    for name, values in sections.items():
        if name not in names or not isinstance(values, dict):
            known = ", ".join(names)
            found.append(f"{kind}.{name}: expected a section [{kind}.NAME], NAME one of {known}")
        else:
            faults = (_fault(key, value) for key, value in values.items())
            found += [f"[{kind}.{name}] {fault}" for fault in faults if fault]
    return found


def _fault(key, value) -> str:
    """Return what is wrong with one value, or nothing."""
    if key not in FIELDS:
        return f"{key} is not a parameter"
    _, unit, about = FIELDS[key]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and about.low <= value <= about.high:
        return ""
    return f"{key} = {value!r}: expected a number from {about.low:g} to {about.high:g} ({unit})"


def writable(path) -> Path:
    """Return *path* if sections can be added to a table there.

    Raises ValueError for an ending other than .toml or a file that is no such table, OSError for
    a place that refuses.
    """
    path = store.writable(path, (".toml",))
    if path.exists():
        read(path)
    return path


def add(path: Path, found: dict[tuple[str, str], dict[str, float]]) -> None:
    """Put *found* (values by kind and name) into the table at *path*; what else it holds stays.

    Raises ValueError if the file there is no such table, OSError if it cannot be written.
    """
    old = read(path).sections() if path.exists() else {}
    with store.replacing(path) as temporary:
        temporary.write_text("\n".join([HEADER, *lines(old | found), ""]), "utf-8")


def lines(sections) -> list[str]:
    """Return values by kind and name as the lines of a table."""
    found = []
    for (kind, name), values in sections.items():
        found += [f"[{kind}.{name}]", *(f"{key} = {x!r}" for key, x in values.items()), ""]
    return found[:-1]
