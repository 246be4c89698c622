"""What a map can show: any declared quantity, as what thaw adds to it or as it is with thaw."""

import re
from typing import NamedTuple

import numpy as np

from dashboard.language import N_, say
from tem.environment import REFERENCE_YEAR
from tem.summary import DECLARED, is_flux

ASPECTS = {  # and how a list of quantities calls each
    "thaw": N_("Effect of thaw, S_T − S_R"),
    "sum": N_("Effect of thaw, summed since {since}"),
    "st": N_("With thaw, S_T"),
    "since": N_("With thaw, change since {since}"),
}
EFFECT = "S_T − S_R"  # what thaw does
TWO_SIDED = ("balance", "exposed", "temperature")  # kinds that have a sign of their own


def called(aspect: str) -> str:
    """Return an aspect in words."""
    return say(ASPECTS[aspect], since=REFERENCE_YEAR)


def brief(label: str) -> str:
    """Return a declared label in words, without what it says in brackets."""
    return re.split(r" ?[(（]", say(label))[0]


def summed(flux, years, axis=-1):
    """Return the sum of a *flux* over those *years* that come after 2020; *axis* from the last."""
    late = np.expand_dims(np.asarray(years) > REFERENCE_YEAR, tuple(range(1, -axis)))
    return np.where(late, flux, 0.0).cumsum(axis=axis)


class Quantity(NamedTuple):
    """A variable, and the aspect of it that is shown."""

    variable: str
    aspect: str = "thaw"

    @property
    def name(self) -> str:
        """How a link calls it, such as `thaw.soc`."""
        return f"{self.aspect}.{self.variable}"

    @property
    def about(self):
        """What is declared of its variable."""
        return DECLARED[self.variable].about

    @property
    def symbol(self) -> str:
        """How it is written, such as ΔSOC."""
        own = self.about.symbol
        return {
            "thaw": f"Δ{own}",
            "sum": f"ΣΔ{own}",
            "st": own,
            "since": f"{own} − {own}({REFERENCE_YEAR})",
        }[self.aspect]

    @property
    def title(self) -> str:
        """The symbol with the years; `{year}` stands for the one that is shown."""
        return {
            "sum": f"{self.symbol} {REFERENCE_YEAR + 1}–{{year}}",
            "since": f"{self.about.symbol} {{year}} − {REFERENCE_YEAR}",
        }.get(self.aspect, f"{self.symbol} {{year}}")

    @property
    def unit(self) -> str:
        """Its unit, as declared."""
        unit = DECLARED[self.variable].unit
        return unit.replace(" year-1", "") if self.aspect == "sum" else unit

    @property
    def label(self) -> str:
        """What it is, in words."""
        return brief(self.about.label)

    @property
    def runs(self) -> str:
        """Which run it is of."""
        return "S_T" if self.aspect in ("st", "since") else EFFECT

    @property
    def of_thaw(self) -> bool:
        """Whether it is what thaw adds: nothing up to 2020."""
        return self.aspect in ("thaw", "sum")

    @property
    def two_sided(self) -> bool:
        """Whether zero is in its middle: of all differences, and of what has a sign."""
        return self.aspect != "st" or self.about.kind in TWO_SIDED

    def of(self, runs, years):
        """Return it [year, cell] from S_T and S_R of its variable, *runs* [run, year, cell]."""
        transient, reference = runs
        if self.aspect == "st":
            return transient
        if self.aspect == "since":
            return transient - transient[list(years).index(REFERENCE_YEAR)]
        effect = transient - reference
        if self.aspect == "thaw":
            return effect
        return summed(effect, years, axis=-2)


QUANTITIES = {
    one.name: one
    for aspect in ASPECTS
    for one in (Quantity(variable, aspect) for variable in DECLARED)
    if aspect != "sum" or is_flux(one.variable)
}
MAPS = (Quantity("vegc"), Quantity("soc"), Quantity("nep", "sum"))  # at first
