"""Numbers that the model gave, to be compared with what it gives elsewhere.

`python -m tests.reference` writes them anew; to be done, and looked at, where an equation or a
table is meant to change them. Nothing is drawn by lot but the weather, whose seed is the name of
its climate model (`data.noise.seed`), so that a run is the same wherever it is repeated.

Tolerance: on one machine results are equal bit by bit. Another processor or compiler may join a
product and a sum into one step, which rounds once instead of twice. Between this machine's own
instructions and those of the plainest x86-64 (`NUMBA_CPU_NAME=generic`) the largest difference
was 1e-15 (as `SAME` counts); that leaves room for other libraries.
"""

import json
from pathlib import Path

import numpy as np

import data
import tem

FILE = Path(__file__).with_name("reference.json")
GCM, YEARS = "HadGEM2-ES", (2006, 2050, 2099)
KINDS = ("Meadow", "Steppe", "Shrubland")
SAME = 1e-9  # of the largest value of a variable in any of the runs


def cells(region):
    """Return the first cell of each of `KINDS`."""
    kinds = list(region.ecosystem.to_numpy())
    return [kinds.index(kind) for kind in KINDS]


def numbers() -> dict:
    """Return S_T and S_R of the cells by RCP, variable and run: [year, cell]."""
    region, found = data.region(0.5), {}
    few = cells(region)
    for rcp in data.RCPS:
        sky = data.climate(region, rcp, GCM).isel(cell=few)
        yearly = tem.experiment(tem.environment(region.isel(cell=few), sky)).sel(year=list(YEARS))
        found[rcp] = {
            name: {
                str(run): yearly[name].sel(run=run).transpose("year", "cell").values.tolist()
                for run in yearly.run.values
            }
            for name in yearly.data_vars
        }
    return found


def largest_difference(one: dict, other: dict) -> float:
    """Return by how much two such sets of numbers differ, as a share of the largest value."""
    worst = 0.0
    for rcp, variables in one.items():
        for name, runs in variables.items():
            here, there = (np.array(list(x.values())) for x in (runs, other[rcp][name]))
            scale = np.abs(here).max() or 1.0
            worst = float(np.maximum(worst, np.abs(here - there).max() / scale))
    return worst


def main():
    """Write the numbers; tell how far they are from those that were there."""
    found = numbers()
    if FILE.exists():
        there = json.loads(FILE.read_text("utf-8"))
        print(f"largest difference from those that were there: {largest_difference(found, there)}")
    FILE.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"Written: {FILE}")


if __name__ == "__main__":
    main()
