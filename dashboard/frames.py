"""All years of a map in one small array, and the limits of its colours."""

import numpy as np

from dashboard import style

FULL, NOTHING = 32000, -32768  # integer of the largest value; integer of a missing one
UNKNOWN = -1  # models that agree, where signs are not compared
AGREED = 0.8  # share of the models that must agree on a sign (IPCC AR6 WGI, advanced approach)
ROBUST = 98  # per cent of the values that the colours tell apart


def packed(frames, cells):
    """Return frames [year, cell] as integers, and the factor that brings the values back.

    Only *cells* [cell] are kept; what is missing or left out is `NOTHING`.
    """
    finite = np.isfinite(frames) & cells
    scale = float(np.abs(frames[finite]).max()) / FULL if finite.any() else 1.0
    whole = np.full(frames.shape, NOTHING, np.int16)
    whole[finite] = np.rint(frames[finite] / (scale or 1.0))
    return whole.ravel(), scale or 1.0


def limit(many_frames) -> float:
    """Return the robust limit of colours that are symmetric about zero; see `limits`."""
    sizes = np.abs(_told(many_frames))
    return style.round_up(float(np.percentile(sizes, ROBUST))) if sizes.size else 1.0


def limits(many_frames, *, two_sided) -> tuple[float, float]:
    """Return the robust limits of the colours: most values of all *many_frames* lie within.

    *two_sided*: symmetric about zero.
    """
    if two_sided:
        most = limit(many_frames)
        return -most, most
    values = _told(many_frames)
    if not values.size:
        return 0.0, 1.0
    return style.readable(*np.percentile(values, (100 - ROBUST, ROBUST)))


def _told(many_frames):
    values = np.concatenate([frames[np.isfinite(frames)] for frames in many_frames])
    return values[values != 0]  # years before thaw counts say nothing about the scale


def agreeing(models, mean):
    """Return how many of *models* have the sign of their *mean* [year, cell]."""
    sign = np.sign(mean)
    return np.sum([np.sign(one) == sign for one in models], axis=0, dtype=np.int8)


def needed(models: int) -> int:
    """Return how many of so many climate models must agree for a sign to count as agreed."""
    return int(np.ceil(AGREED * models))


def clipped(frames, low, high) -> tuple[bool, bool]:
    """Return whether *frames* has values below *low*, and above *high*."""
    values = frames[np.isfinite(frames)]
    return bool((values < low).any()), bool((values > high).any())
