"""Small tables that say what the classes of a map of others are in the model."""

import csv
import tomllib
from pathlib import Path

import numpy as np

from data.figures import ECOSYSTEMS

NOTHING = ("", "none", "-")  # no ecosystem: water, ice, bare rock


def table(given, folder=Path()) -> dict[str, int]:
    """Return the number of the ecosystem of each class, -1 for classes without.

    Parameters
    ----------
    given : mapping of class to ecosystem, or a CSV file (columns class, ecosystem) or a TOML file
        with such a mapping
    folder : where relative names start

    Raises ValueError or OSError for a table that cannot be read or names no ecosystem of ours.
    """
    where = "classes" if isinstance(given, dict) else str(folder / given)
    pairs = given if isinstance(given, dict) else _read(folder / given)
    known = {name.lower(): k for k, name in enumerate(ECOSYSTEMS)} | dict.fromkeys(NOTHING, -1)
    found = {}
    for name, ecosystem in pairs.items():
        if not isinstance(ecosystem, str) or ecosystem.strip().lower() not in known:
            raise ValueError(
                f"{where}: class {name} is {ecosystem!r}; expected one of {', '.join(ECOSYSTEMS)} "
                "or none"
            )
        found[plain(name)] = known[ecosystem.strip().lower()]
    if max(found.values(), default=-1) < 0:
        raise ValueError(f"{where}: no class has an ecosystem; expected at least one")
    return found


def _read(path) -> dict:
    if path.suffix == ".toml":
        try:
            return tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise ValueError(f"{path}: cannot be read as TOML ({fault})") from fault
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(line for line in file if not line.startswith("#"))
        if not {"class", "ecosystem"} <= set(lines.fieldnames or ()):
            raise ValueError(f"{path}: expected the columns class and ecosystem")
        return {row["class"].strip(): row["ecosystem"] or "" for row in lines}


def plain(name) -> str:
    """Return a class as tables and maps have it in common: 3, 3.0 and "3" are one."""
    text = str(name).strip()
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else text


def numbered(values, known, where) -> np.ndarray:
    """Return what *known*, a table, has for *values*, NaN and None as -1.

    Raises ValueError for classes that the table lacks.
    """
    values = np.asarray(values)
    if values.dtype.kind == "f":
        empty, filled = np.isnan(values), np.nan_to_num(values)
    else:
        empty = np.array([one is None or one != one for one in values.ravel()])  # noqa: PLR0124
        empty, filled = empty.reshape(values.shape), values.astype(str)
    kinds, place = np.unique(filled[~empty], return_inverse=True)
    names = [plain(one) for one in kinds]
    lost = [name for name in names if name not in known]
    if lost:
        few = 12
        shown = ", ".join(lost[:few]) + (f" and {len(lost) - few} more" if len(lost) > few else "")
        raise ValueError(
            f"{where}: the table of classes lacks {shown}; add each, or none for no land"
        )
    found = np.full(values.shape, -1)
    found[~empty] = np.array([known[name] for name in names], int)[place] if names else -1
    return found
