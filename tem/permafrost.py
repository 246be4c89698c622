"""Equations of thaw: how much soil carbon and nitrogen the active layer holds.

Source: Liu et al., eqs 1-2; Hayes et al. (2014).
"""

from tem.lanes import equation
from tem.units import metre, one


@equation
def proportion(alt: metre, b: metre) -> one:
    """Share of the profile's carbon that lies in the active layer (eq. 2, a = 1)."""
    return alt / (b + alt)


@equation
def exposure(alt: metre, previous: metre, b: metre) -> one:
    """Ratio by which soil pools change when the active layer does (eq. 1)."""
    return proportion(alt, b) / proportion(previous, b)


@equation
def beyond_roots(alt: metre, previous: metre, rooting: metre, b: metre) -> one:
    """Share of newly exposed nitrogen that lies below the roots."""
    if alt <= max(rooting, previous):
        return 0.0
    lower = proportion(alt, b) - proportion(max(rooting, previous), b)
    return lower / (proportion(alt, b) - proportion(previous, b))
