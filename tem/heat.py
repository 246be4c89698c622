"""Equations of soil heat with freezing: enthalpy, temperature, and where a front lies.

The state is enthalpy H (J m-3), 0 where soil is wholly frozen at 0 °C and L where it is wholly
thawed. A partly thawed layer holds a sharp front at 0 °C, as in TEM's soil thermal model: the
thawed and the frozen part conduct in the order in which they lie, so that a front crosses thick
layers without feeling their edges.
Source: Zhuang et al. (2001), after Goodrich (1978); enthalpy form as in CryoGrid (Westermann
2013).
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from tem.units import J_m3, J_m3_K, K_m2_W, K_m3_J, W_m_K, degC, metre, one

LATENT_HEAT: J_m3 = 3.34e8  # of water
NO_WATER: J_m3 = 1e-6  # latent heat below which soil counts as dry


@njit(error_model="numpy")
def temperature(enthalpy: J_m3, per_frozen: K_m3_J, per_thawed: K_m3_J, latent: J_m3) -> degC:
    """Temperature of soil from its enthalpy; `per_*` are inverse heat capacities."""
    return min(enthalpy, 0.0) * per_frozen + max(enthalpy - latent, 0.0) * per_thawed


@njit(error_model="numpy")
def liquid_fraction(enthalpy: J_m3, latent: J_m3) -> one:
    """Share of the soil's water that is liquid; soil without water counts as thawed above 0 °C."""
    return min(max(enthalpy / max(latent, NO_WATER), 0.0), 1.0)


@njit(error_model="numpy")
def holds_front(enthalpy: J_m3, latent: J_m3) -> bool:
    """Whether the soil is partly thawed."""
    return 0.0 < enthalpy < latent


@njit(error_model="numpy")
def is_thawed(enthalpy: J_m3, latent: J_m3) -> bool:
    """Whether most of the soil's water is liquid."""
    return enthalpy > 0.5 * latent


@njit(error_model="numpy")
def resistance(thickness: metre, conductivity: W_m_K) -> K_m2_W:
    """Resistance of a slab to heat."""
    return thickness / conductivity


@njit(error_model="numpy")
def front_to_edge(own: K_m2_W, other: K_m2_W, is_own, is_own_beyond) -> K_m2_W:
    """Resistance from the front in a partly thawed layer to one of its edges.

    *own*, *other*: resistance of the part in the phase *own* and of the rest; *is_own*: whether
    the soil at this edge is in that phase, *is_own_beyond*: the same at the opposite edge. With
    one phase at both edges the other lies between, and there are two fronts.
    """
    there = own if is_own else other
    return 0.5 * there if is_own == is_own_beyond else there


def enthalpy_at(temperature: degC, c_frozen: J_m3_K, c_thawed: J_m3_K, latent: J_m3) -> J_m3:
    """Enthalpy of soil at a temperature, for arrays too; at exactly 0 °C it is wholly frozen."""
    return np.where(temperature <= 0, temperature * c_frozen, latent + temperature * c_thawed)[()]


class Soil(NamedTuple):
    """What conducts and stores heat in each layer; columns side by side share it."""

    thickness: np.ndarray  # m, [layer]
    per_frozen: np.ndarray  # K m3 J-1, inverse heat capacity
    per_thawed: np.ndarray
    latent: np.ndarray  # J m-3
    k_frozen: np.ndarray  # W m-1 K-1
    k_thawed: np.ndarray
