"""Closed forms that the numerical model is held against, for tests, documents and the curious.

Temperatures in °C, lengths in m, times in s, conductivities k in W m-1 K-1, volumetric heat
capacities c in J m-3 K-1, latent heat in J m-3.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import erf, erfcx

from tem.heat import LATENT_HEAT


def stefan(time, surface, k, water):
    """Depth of a front where only latent heat counts (m). Source: Stefan (1891)."""
    return np.sqrt(2 * k * np.abs(surface) * time / (LATENT_HEAT * water))


def neumann_factor(surface, initial, k_new, c_new, k_old, c_old, water):
    """Factor λ of Neumann's front, X = 2 λ √(κ t) with κ = k_new / c_new.

    *new* is the phase that spreads from the surface, *old* the one it replaces; *initial* has
    the other sign than *surface*. Source: Carslaw & Jaeger (1959), 11.2.
    """
    kappa, kappa_old = k_new / c_new, k_old / c_old
    ratio = np.sqrt(kappa / kappa_old)
    warm, cold, latent = abs(surface), abs(initial), LATENT_HEAT * water

    def balance(x):
        grow = np.exp(-(x**2)) / erf(x)
        pull = cold * k_old / (k_new * warm) * ratio / erfcx(ratio * x)  # erfc alone underflows
        return grow - pull - x * latent * np.sqrt(np.pi) / (c_new * warm)

    return brentq(balance, 1e-9, 5.0)


def neumann(time, surface, initial, k_new, c_new, k_old, c_old, water):
    """Depth of the front between two phases of a half-space (m). Source: as neumann_factor."""
    x = neumann_factor(surface, initial, k_new, c_new, k_old, c_old, water)
    return 2 * x * np.sqrt(k_new / c_new * time)


def heat_wave(depth, time, mean, amplitude, period, k, c):
    """Temperature under a sinusoidal surface without freezing. Source: Carslaw & Jaeger, 2.6."""
    omega = 2 * np.pi / period
    damping = np.sqrt(2 * k / (c * omega))
    return mean + amplitude * np.exp(-depth / damping) * np.sin(omega * time - depth / damping)
