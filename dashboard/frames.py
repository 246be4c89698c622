"""All years of a map in one small array, and the limits of its colours."""

import numpy as np

from dashboard import style

FULL, NOTHING = 32000, -32768  # integer of the largest value; integer of a missing one
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
    """Return the robust limit of the colours: most values of all *many_frames* lie within."""
    sizes = np.concatenate([np.abs(frames[np.isfinite(frames)]) for frames in many_frames])
    sizes = sizes[sizes > 0]  # years before thaw counts say nothing about the scale
    return style.round_up(float(np.percentile(sizes, ROBUST))) if sizes.size else 1.0
