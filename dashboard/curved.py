"""What the curves of Explore are called, for those who listen and for tables. No drawing."""

from dashboard import words
from dashboard.language import listed, say
from dashboard.quantities import EFFECT
from dashboard.results import SAVED
from dashboard.runs import RCP_NAMES

COLUMNS = (("{}", words.BASELINE_RUN), ("whatif_{}", words.WHAT_IF_RUN))


def runs(*, thaw) -> dict[str, str]:
    """Return what is drawn of each ensemble, by column: both runs, or the effect of *thaw*."""
    return {"st": EFFECT} if thaw else {"st": "S_T", "sr": "S_R"}


def named(selection, drawn, more, *, alone=False) -> dict[str, dict]:
    """Return all curves [year] of each variable by what they are called.

    *drawn* and *more*: `selection.curves()` and `selection.more_lines()`.
    *alone*: without what-ifs.
    """
    shown = runs(thaw=selection.state.curves == "thaw")
    names = {} if alone else _of_saved(selection.state.saved, shown["st"])
    for column, text in COLUMNS[: 1 if alone else 2]:
        names |= {column.format(run): say(text, run=symbol) for run, symbol in shown.items()}
    found = {}
    for name in selection.state.variables:
        columns = drawn.get(name, {})
        found[name] = {called: columns[c] for c, called in names.items() if c in columns}
        found[name] |= {_beside(line, shown["st"]): line.values for line in more.get(name, ())}
    return found


def _of_saved(saved, run) -> dict[str, str]:
    return {column: listed(one.name, run) for column, one in zip(SAVED, saved, strict=False)}


def _beside(line, run) -> str:
    """Return what a `selection.Line` is called: its climate model or its scenario, and the run."""
    return listed(line.gcm or RCP_NAMES[line.rcp], run)
