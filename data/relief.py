"""Height of the plateau: a smooth surface through the one-degree lattice."""

from functools import cache

import numpy as np
from scipy.interpolate import RBFInterpolator

from data.figures import points, table

LOW_RELIEF = 300.0  # m; a plain that differs more from the lattice lies in a gorge or a basin
SMOOTHING = 0.02  # lets the surface miss the lattice by its own uncertainty, about 80 m


@cache
def _surface():
    """Return the thin-plate spline through the lattice means and the plains of low relief."""
    lattice = table("elevation_lattice_1deg")
    named = table("elevation_points")
    plain = named[
        named.what.str.startswith("basin") & (named.lattice_minus_point_m.abs() < LOW_RELIEF)
    ]
    places = np.vstack([points(lattice, "lat_center", "lon_center"), points(plain)])
    heights = np.concatenate([lattice.mean_elev_m, plain.elev_m])
    return RBFInterpolator(places, heights, kernel="thin_plate_spline", smoothing=SMOOTHING)


def elevation(lat, lon):
    """Return the height of the smooth surface, m, at *lat*, *lon* (degrees, shape (place,)).

    To the millimetre: digits beyond differ with the threads that linear algebra runs on.
    """
    return np.round(_surface()(np.column_stack([lat, lon])), 3)
