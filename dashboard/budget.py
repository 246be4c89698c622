"""The budget light at the foot of the page: how well carbon, nitrogen, water and heat close."""

import html
from typing import NamedTuple

import numpy as np

from dashboard import style
from dashboard.language import N_, listed, say, say_n
from tem import summary

SHORT = {"carbon": "C", "nitrogen": "N", "water": N_("water"), "heat": N_("heat")}
CALLED = {
    "carbon": N_("carbon"), "nitrogen": N_("nitrogen"), "water": N_("water"), "heat": N_("heat"),
}  # fmt: skip
PASSED = {  # what a residual is a share of
    "carbon": N_("GPP since 2020"),
    "nitrogen": N_("plant uptake since 2020"),
    "water": N_("a year's runoff and evapotranspiration"),
    "heat": N_("a year's heat exchange"),
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
        return f"<span class='light'>○ {say('Budgets: waiting for the first climate')}</span>"
    leaking = listed(*(say(CALLED[name]) for name, one in found.items() if one.cells))
    told = listed(
        *(
            say(
                "{budget} to {residual}",
                budget=say(SHORT[name]),
                residual=style.bound(style.number(one.residual)),
            )
            for name, one in found.items()
        )
    )
    if leaking:
        kind, mark = "leaking", "▲"
        said = say("Budgets do not close ({leaking}): {told}", leaking=leaking, told=told)
    else:
        kind, mark, said = "closed", "●", say("Budgets close: {told}", told=told)
    detail = html.escape(_details(found, len(many), cells), quote=True)
    return f"<span class='light {kind}' tabindex='0' title='{detail}'>{mark} {said}</span>"


def _details(found, climates: int, cells: int) -> str:
    first = say_n(
        "Not accounted for in the worst of {cells} cells in {count} climate, as a share of what "
        "passed through; up to {closed} is round-off and counts as closed.",
        "Not accounted for in the worst of {cells} cells in {count} climates, as a share of what "
        "passed through; up to {closed} is round-off and counts as closed.",
        climates, cells=cells, closed=f"{summary.CLOSED:g}",
    )  # fmt: skip
    return "\n".join([first, *(_detail(name, one) for name, one in found.items())])


def _detail(name, one) -> str:
    told = {
        "budget": say(CALLED[name]), "residual": style.number(one.residual),
        "passed": say(PASSED[name]),
    }  # fmt: skip
    if not one.cells:
        return say("{budget}: {residual} of {passed}", **told)
    return say(
        "{budget}: {residual} of {passed}; {cells} cells do not close", cells=one.cells, **told
    )
