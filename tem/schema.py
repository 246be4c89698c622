"""One declaration, many readers: a NamedTuple field carries its unit, label, bounds and source.

Kernels read the tuple (or a record made from it); sliders, documents, checks, the command line
and files read the annotations through `fields`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf, isfinite
from typing import NamedTuple, get_type_hints

import numpy as np


@dataclass(frozen=True)
class About:
    """What must be said once about a quantity, beside its name and unit."""

    label: str
    low: float = -inf  # hard limits: outside them the model refuses the value
    high: float = inf
    source: str = ""
    symbol: str = ""
    usual: tuple[float, float] | None = None  # range found in the literature
    stage: str = "ecosystem"  # what must run again when it changes: ground, climate or ecosystem
    group: str = "output"
    over_time: str = "mean"  # how a year is made, in CF's words: mean, sum, maximum or point
    kind: str = "plain"  # what it is, for whoever draws it: gain, loss, stock, depth, water …


class Field(NamedTuple):
    """One declared quantity: its name, its unit and everything said about it."""

    name: str
    unit: str
    about: About


@cache
def fields(schema: type) -> tuple[Field, ...]:
    """Return every `Field` of the NamedTuple *schema*, in order."""
    hints = get_type_hints(schema, include_extras=True)
    # a nested Annotated flattens to its unit and its About
    return tuple(Field(name, *hint.__metadata__) for name, hint in hints.items())


def build(schema: type, values: Mapping[str, float], where: str = ""):
    """Return *schema* filled with *values* (missing ones from its defaults).

    Raises ValueError that lists every fault at once: unknown names, values that are not
    finite numbers, values outside their bounds.
    """
    known = {field.name: field for field in fields(schema)}
    faults = [f"{name} is not a field of {schema.__name__}" for name in values if name not in known]
    for name in known.keys() & values.keys():
        faults += _fault(known[name], values[name])
    if faults:
        prefix = f"{where}: " if where else ""
        raise ValueError(prefix + "; ".join(sorted(faults)))
    defaults = schema._field_defaults
    return schema(*(float(values.get(name, defaults.get(name))) for name in schema._fields))


def changed(one, name: str, value: float, where: str = ""):
    """Return the NamedTuple *one* with another *value* of a field; ValueError as in `build`."""
    faults = _fault(next(field for field in fields(type(one)) if field.name == name), value)
    if faults:
        raise ValueError(f"{where}: {faults[0]}" if where else faults[0])
    return one._replace(**{name: float(value)})


def _fault(field: Field, value: float) -> list[str]:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return [f"{field.name} = {value!r} is not a number"]
    about = field.about
    if isfinite(number) and about.low <= number <= about.high:
        return []
    return [f"{field.name} = {number:g} {field.unit} lies outside [{about.low:g}, {about.high:g}]"]


def records(schema: type, sets) -> np.recarray:
    """Return the tuples in *sets* as one array, a record each, that a kernel can index."""
    dtype = [(name, float) for name in schema._fields]
    return np.array([tuple(one) for one in sets], dtype).view(np.recarray)
