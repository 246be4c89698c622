"""What the paper prints for a curve or a bar, looked up in published_results.csv.

The curves of the paper are not printed as numbers; its text and tables print some of their ends.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

import data
from dashboard.edits import ALL
from dashboard.measures import CONTRIBUTION, REGIONS, years
from dashboard.runs import RCP_NAMES
from dashboard.scorecard import SCALES
from data import RCPS, YEARS
from tem.experiment import RUNS
from tem.summary import DECLARED

THAW = "S_T − S_R"
SYMBOLS = tuple(field.about.symbol for field in DECLARED.values())


class Mark(NamedTuple):
    """A number that the paper prints for a panel, in the panel's unit."""

    row: str  # its id in published_results.csv
    rcp: str
    of: str  # the line or bar that it belongs to
    value: float
    sd: float  # NaN where none is printed
    year: float  # the middle of its period


class Span(NamedTuple):
    """A range that the paper prints for all bars of a scenario."""

    rows: tuple[str, str]
    rcp: str
    low: float
    high: float


@cache
def _published():
    """Return the rows on runs of the paper's model by (symbol, run, ecosystems, scenario)."""
    found = {}
    for name, row in data.published().iterrows():
        run = row.run.split(" ")[0]
        if row.region in REGIONS and run in (*RUNS, "S_T-S_R") and row.scenario:
            key = row.symbol, run.replace("-", " − "), REGIONS[row.region], row.scenario
            found.setdefault(key, []).append((name, row))
    return found


def marks(symbol, run, unit, group=ALL, of=None) -> list[Mark]:
    """Return what is printed of a *symbol* in a *run*, in *unit*, for both scenarios."""
    kinds, found = None if group == ALL else (group,), []
    for rcp in RCPS:
        for name, row in _published().get((symbol, run, kinds, RCP_NAMES[rcp]), ()):
            scale = SCALES[row.unit] / size(unit)
            period = years(row.period)  # changes are those at its end
            averaged = run != THAW and symbol in SYMBOLS
            year = float(np.mean(period)) if averaged else min(period[1], YEARS[-1])
            found.append(Mark(name, rcp, of or run, row["mean"] * scale, row.sd * scale, year))
    return found


def size(unit) -> float:
    """Return how many g are in a *unit* of an amount; 1 for others."""
    return {"Tg": 1e12, "Pg": 1e15}.get(unit[:2], 1.0)


def spans() -> tuple[Span, ...]:
    """Return the printed ranges of the share that thaw has in the changes."""
    rows = data.published()
    found = []
    for rcp in RCPS:
        ends = rows[(rows.run == CONTRIBUTION) & (rows.scenario == RCP_NAMES[rcp])]
        found.append(Span(tuple(ends.index), rcp, ends["mean"].min(), ends["mean"].max()))
    return tuple(found)
