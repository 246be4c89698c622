"""The budget light at the foot of the page: how well carbon, nitrogen, water and heat close."""

import html
from typing import NamedTuple

import numpy as np

from dashboard import style
from tem import summary

SHORT = {"carbon": "C", "nitrogen": "N"}
PASSED = {  # what a residual is a share of
    "carbon": "GPP since 2020",
    "nitrogen": "plant uptake since 2020",
    "water": "a year's runoff and evapotranspiration",
    "heat": "a year's heat exchange",
}


class Budget(NamedTuple):
    """How well one budget closes."""

    residual: float  # of the worst cell, as a share of what passed through it
    cells: int  # that do not close


def budgets(yearly, environment) -> dict[str, Budget]:
    """Return how the four budgets of a climate close; both with the same cells."""
    found = summary.closure(yearly, environment)
    return {
        name: Budget(float(found.residual[k]), int(found.cells[k]))
        for k, name in enumerate(found.budget.values.tolist())
    }


def worst(many) -> dict[str, Budget]:
    """Return the largest residual of each budget over climates, and all cells that do not close."""
    return {
        name: Budget(
            float(np.max([one[name].residual for one in many])),  # NaN stays NaN
            sum(one[name].cells for one in many),
        )
        for name in (many[0] if many else ())
    }


def light(many, cells: int) -> str:
    """Return the light as HTML; *many*: the budgets of each climate, *cells*: of the region."""
    found = worst(many)
    if not found:
        return "<span class='light'>○ Budgets: waiting for the first climate</span>"
    leaking = {name: one for name, one in found.items() if one.cells}
    told = ", ".join(
        f"{SHORT.get(name, name)} to {style.bound(style.number(one.residual))}"
        for name, one in found.items()
    )
    if leaking:
        kind, said = "leaking", f"▲ Budgets do not close ({', '.join(leaking)}): {told}"
    else:
        kind, said = "closed", f"● Budgets close: {told}"
    detail = html.escape(_details(found, len(many), cells), quote=True)
    return f"<span class='light {kind}' tabindex='0' title='{detail}'>{said}</span>"


def _details(found, climates: int, cells: int) -> str:
    of = "1 climate" if climates == 1 else f"{climates} climates"
    first = (
        f"Not accounted for in the worst of {cells} cells in {of}, as a share of what passed "
        f"through; up to {summary.CLOSED:g} is round-off and counts as closed."
    )
    lines = [first]
    for name, one in found.items():
        open_ = f"; {one.cells} cells do not close" if one.cells else ""
        lines.append(f"{name}: {style.number(one.residual)} of {PASSED[name]}{open_}")
    return "\n".join(lines)
