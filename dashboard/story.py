"""The story that the page tells: steps, each a state of the page. Texts are in `storywords`."""

from typing import NamedTuple

from dashboard.quantities import QUANTITIES
from data import YEARS
from tem.environment import REFERENCE_YEAR


class Step(NamedTuple):
    """One step: how its texts are found, and what it chooses of `State`; the rest is as at first.

    It is told in the view `present`; `compare`, `panel` and such are for those who leave that.
    """

    name: str
    choices: dict


def _step(name, maps, spot, chart, **choices) -> Step:
    quantities = tuple(QUANTITIES[one] for one in maps)
    chosen = {"view": "present", "year": YEARS[-1], "maps": quantities, "spot": str(spot)}
    return Step(name, chosen | {"chart": chart} | choices)


STEPS = (
    _step("where", ("st.alt", "st.soc", "st.vegc"), 2, "soc", year=REFERENCE_YEAR, panel="pools"),
    _step("today", ("st.npp", "st.rh", "st.nep"), 1, "npp", year=REFERENCE_YEAR),
    _step(
        "futures",
        ("since.alt", "since.soc", "since.npp"),
        2,
        "alt",
        lines="scenarios",
        compare="scenarios",
    ),
    _step("tug", ("thaw.npp", "thaw.rh", "sum.nep"), 3, "tug", curves="thaw"),
    _step("thaw", ("thaw.soc_pf", "thaw.soc", "thaw.vegc"), 1, "soc", panel="pools"),
    _step("unsure", ("sum.nep", "thaw.soc", "thaw.vegc"), 1, "gain", lines="models"),
    _step("turn", ("thaw.npp", "thaw.rh", "sum.nep"), 3, "gain", curves="thaw"),
)
