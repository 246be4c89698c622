"""What drawings show, as tables that open below them."""

import html

import numpy as np

from dashboard import style, words
from dashboard.figures import Bars, Course
from dashboard.language import listed, say
from dashboard.runs import RCP_NAMES
from data import YEARS

DECADES = [YEARS[0], *(year for year in YEARS if year % 20 == 0)]


def folded(title: str, heads, rows) -> str:
    """Return a table as HTML that opens; *rows*: of a name and what stands beside it, as text."""
    head = "".join(f"<th scope='col'>{html.escape(text)}</th>" for text in heads)
    lines = "".join(map(_row, rows))
    return (
        f"<details><summary>{html.escape(title)}</summary><table class='compared'>"
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></details>"
    )


def _row(row):
    name, *cells = map(html.escape, row)
    inner = "".join(f"<td class='number'>{cell}</td>" for cell in cells)
    return f"<tr><th scope='row'>{name}</th>{inner}</tr>"


def panel(one) -> str:
    """Return the table of a panel of a figure of the paper; nothing of a map."""
    unit = style.unit(one.unit)
    title = say(words.NUMBERS_OF, what=f"{one.title} ({unit})" if unit else one.title)
    if isinstance(one, Bars):
        rows = [(named(bar), _spread(bar.mean, bar.sd)) for bar in one.bars]
        return folded(title, (say("Simulated"), unit), rows)
    if not isinstance(one, Course):
        return ""
    heads = (say("Year"), *map(named, one.lines))
    rows = []
    for year in DECADES:
        at = year - YEARS[0]
        cells = (
            _spread(line.mean[at], None if line.sd is None else line.sd[at]) for line in one.lines
        )
        rows.append((str(year), *cells))
    return folded(title, heads, rows)


def courses(title: str, curves) -> str:
    """Return the table of *curves* [year] by name, every other decade."""
    rows = [
        (str(year), *(style.number(values[year - YEARS[0]]) for values in curves.values()))
        for year in DECADES
    ]
    return folded(say(words.NUMBERS_OF, what=title), (say("Year"), *curves), rows)


def named(one) -> str:
    """Return what a bar or line of a figure of the paper is of."""
    return listed(RCP_NAMES[one.rcp], say(one.of))


def told(one) -> str:
    """Return a panel of a figure of the paper in one line."""
    unit = style.unit(one.unit)
    title = f"{one.title} ({unit})" if unit else one.title
    if isinstance(one, Course):
        return words.course(title, {named(line): line.mean for line in one.lines})
    if isinstance(one, Bars):
        return words.amounts(title, {named(bar): style.number(bar.mean) for bar in one.bars})
    return words.amounts(title, {say("Map"): words.reach(one.values)})


def _spread(mean, sd):
    return style.number(mean) if sd is None or not np.isfinite(sd) else style.spread(mean, sd)
