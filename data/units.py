"""Units of others, converted by pint (with the spellings of UDUNITS that cf-xarray knows)."""

from typing import NamedTuple

import numpy as np
import pint
from cf_xarray.units import units as registry

WATER = registry.Quantity(1000.0, "kg m-3")
SPELLED = {  # common in files, unknown to the registry
    "deg C": "degC",
    "degree_C": "degC",
    "degrees_C": "degC",
    "degrees_Celsius": "degC",
    "degrees Celsius": "degC",
}


class Target(NamedTuple):
    """What a variable is wanted in; *amount*: what it is in if a file adds it up over a step."""

    rate: str
    amount: str
    step: str  # the unit of time that makes a rate of an amount
    examples: str


TARGETS = {
    "tas": Target("degC", "", "", "K or degC"),
    "pr": Target("mm day-1", "mm", "day", "kg m-2 s-1, mm day-1, mm month-1 or m s-1"),
    "rsds": Target("W m-2", "J m-2", "s", "W m-2 or J m-2"),
    "orog": Target("m", "", "", "m"),
    "texture": Target("percent", "", "", "%, g kg-1 or 1"),
    "elevation": Target("m", "", "", "m"),
}


class Conversion(NamedTuple):
    """From the units of a file to those wanted."""

    found: str  # as the file spells them
    unit: pint.Unit
    target: Target
    per_step: bool  # the file adds up over its steps
    watery: bool  # the file counts mass where depth is wanted

    def __call__(self, values, days=1.0):
        """Return *values* in the wanted unit; *days* [broadcasting]: the length of their steps."""
        quantity = registry.Quantity(np.asarray(values, float), self.unit)
        if self.watery:
            quantity = quantity / WATER
        if not self.per_step:
            return quantity.to(self.target.rate).magnitude
        length = registry.Quantity(np.asarray(days, float), "day").to(self.target.step).magnitude
        return quantity.to(self.target.amount).magnitude / length

    @property
    def words(self) -> str:
        """The conversion in words."""
        way = ", added up over each step" if self.per_step else ""
        water = ", as water of 1000 kg m-3" if self.watery else ""
        return f"{self.found} to {self.target.rate}{way}{water}"


def conversion(name, units, *, monthly=True) -> Conversion:
    """Return how to convert variable *name* (one of TARGETS) from *units*, as a file spells them.

    A unit per month means a sum over the calendar's own month, and so wants *monthly* steps.
    Raises ValueError for units that are missing, unknown or of another kind, without the file.
    """
    target = TARGETS[name]
    if units is None or not str(units).strip():
        raise ValueError(f"has no units; expected {target.examples}")
    unit = _parsed(str(units).strip(), target)
    own = unit
    a_month = dict(unit._units).get("month") == -1  # noqa: SLF001 - pint says it nowhere else
    if a_month and target.amount:
        if not monthly:
            raise ValueError(f"has units {units!r} but not monthly steps; expected a unit per day")
        own = unit * registry.month
    if {"month", "year"} & set(own._units):  # noqa: SLF001 - as above
        raise ValueError(f"has units {units!r}; expected {target.examples}")
    for watery in (False, True):
        kind = (own / WATER.units).dimensionality if watery else own.dimensionality
        if kind == registry(target.rate).dimensionality and not a_month:
            return Conversion(str(units), own, target, per_step=False, watery=watery)
        if target.amount and kind == registry(target.amount).dimensionality:
            return Conversion(str(units), own, target, per_step=True, watery=watery)
        if not target.amount:
            break
    raise ValueError(f"has units {units!r}; expected {target.examples}")


def _parsed(units, target):
    units = SPELLED.get(units, units)
    for case_sensitive in (True, False):  # "Kelvin" is common
        try:
            return registry.parse_units(units, case_sensitive=case_sensitive)
        except (pint.PintError, AssertionError, ValueError, TypeError, SyntaxError):
            continue
    raise ValueError(f"has units {units!r}, which are not known; expected {target.examples}")
