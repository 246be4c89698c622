"""The published figures: the CSV tables of this package, read once."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

TABLES = Path(__file__).parent / "tables"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SEASONS = {"DJF": (11, 0, 1), "MAM": (2, 3, 4), "JJA": (5, 6, 7), "SON": (8, 9, 10)}
ECOSYSTEMS = ("Steppe", "Meadow", "Sparse", "Desert", "Shrubland", "Forest", "Others")
GCMS = ("GFDL-ESM2M", "HadGEM2-ES", "IPSL-CM5A-LR", "MIROC5")
RCPS = ("rcp45", "rcp85")
YEARS = tuple(range(2006, 2100))

MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])  # noleap
PAPER = (
    "Liu L., Zhuang Q., Zhao D., Zheng D., Kou D., Yang Y., Permafrost Degradation Diminishes "
    "Terrestrial Ecosystem Carbon Sequestration Capacity on the Qinghai-Tibetan Plateau, "
    "Global Biogeochemical Cycles"
)


@cache
def table(name, *, as_text=False):
    """Return the table *name* (no ending). It is shared: copy it before changing it.

    *as_text*: every entry as it is written, an empty one as an empty word.
    """
    how = {"dtype": str, "keep_default_na": False} if as_text else {}
    return pd.read_csv(TABLES / f"{name}.csv", **how)


def points(table_of_places, lat="lat", lon="lon"):
    """Return latitude and longitude (degrees) of the rows, shape (row, 2)."""
    return table_of_places[[lat, lon]].to_numpy(float)
