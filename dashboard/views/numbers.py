"""The numbers of an area and of the ecosystems, as two tables."""

import html
import re

import panel as pn

from dashboard import curved, statistics, style, words
from dashboard.edits import ALL
from dashboard.language import listed, say, say_n
from dashboard.results import DECLARED
from dashboard.selection import BASELINE
from dashboard.views import tables
from tem.environment import REFERENCE_YEAR


class Numbers:
    """Tables of one page; they are worked out while they are seen."""

    def __init__(self):
        self.pane = pn.pane.HTML(
            "", css_classes=["numbers"], sizing_mode="stretch_both", visible=False, margin=0,
            styles={"overflow": "auto"},
        )  # fmt: skip

    def show(self, selection):
        """Write the numbers of *selection*."""
        rows, shares = statistics.of_area(selection), statistics.of_ecosystems(selection)
        if rows:
            told = _area(selection, rows) + _ecosystems(selection, shares) + _curves(selection)
            self.pane.object = (  # keys can scroll it
                f'<div role="region" aria-label="{say("Numbers")}" tabindex="0">{told}</div>'
            )
        else:
            self.pane.object = f"<p>{say('The first results are on their way.')}</p>"


def _area(selection, rows):
    weights, place = selection.library.weights, selection.place
    cells = statistics.cells_of(selection)
    extent = style.grouped(weights.area[cells, 0].sum() / 1e6)
    caption = say(
        "<b>{place} in {year}</b>: {shown}, {cells}, {extent} km². Mean over the area ± SD over "
        "its cells; totals {spread}.",
        place=html.escape(words.opening(place.name)), year=selection.state.year,
        shown=_shown(selection), cells=say_n("{count} cell", "{count} cells", len(cells)),
        extent=extent, spread=_over_models(selection.beside()),
    )  # fmt: skip
    head = "".join(
        _head(text)
        for text in (
            say("Quantity"),
            say("Mean, S_T"),
            "",
            say("Total, S_T"),
            say("Total, S_T − S_R"),
            "",
        )
    )
    lines = "".join(_line(row, weights) for row in rows)
    return _table(caption, head, lines)


def _line(row, weights):
    about, unit = DECLARED[row.name].about, style.unit(DECLARED[row.name].unit)
    cells = [_spread(row.mean, row.sd), unit]
    if statistics.has_total(row.name):
        total = style.unit(weights.unit(row.name))
        effect = _spread(row.effect, row.effect_sd)
        cells += [_spread(row.total, row.total_sd), effect, total]
    else:
        cells += ["", "", ""]
    return _row(f"<b>{about.symbol}</b> {re.split('[(（,，]', say(about.label))[0].strip()}", cells)


def _ecosystems(selection, shares):
    caption = say(
        "<b>Region and ecosystems in {year}</b>: {shown}, S_T, {spread}; ΣΔNEP: effect of thaw "
        "since {since}.",
        year=selection.state.year, shown=_shown(selection), since=REFERENCE_YEAR,
        spread=_over_models(selection.beside()),
    )  # fmt: skip
    names = (*statistics.FLUXES, *statistics.STOCKS)
    units = {name: style.unit(selection.library.weights.unit(name)) for name in names}
    heads = ["", say("10³ km²"), *(f"{DECLARED[n].about.symbol}<br>{units[n]}" for n in names)]
    heads.append(f"{statistics.GAIN.symbol}<br>{style.unit('TgC')}")
    head = "".join(map(_head, heads))
    lines = "".join(
        _row(
            say("Region") if one.name == ALL else say(one.name),
            [
                style.number(one.extent / 1e9),
                *(_spread(*one.totals[name]) for name in names),
                _spread(*one.gain),
            ],
        )
        for one in shares
    )
    return _table(caption, head, lines)


def _curves(selection):
    """Return the tables of the curves, one a variable; each opens."""
    named = curved.named(selection, selection.curves(), selection.more_lines())
    units = selection.units()
    return "".join(
        tables.courses(f"{DECLARED[name].about.symbol} ({style.unit(units[name])})", curves)
        for name, curves in named.items()
    )


def _shown(selection):
    """Return what the numbers are, as the maps say it."""
    name, marks = selection.shown_as(), selection.marks()
    marked = f" ({html.escape(listed(*marks))})" if marks and name != say(BASELINE) else ""
    return f"<b>{words.opening(name)}</b>{marked}"


def _over_models(results):
    if len(results) > 1:
        return say("± SD over {count} climate models", count=len(results))
    return say("of one model")


def _table(caption, head, lines):
    return f'<table class="numbers"><caption>{caption}</caption><tr>{head}</tr>{lines}</table>'


def _head(text):
    return f'<th scope="col">{text}</th>' if text else "<td></td>"


def _row(name, cells):
    return f"<tr><th scope='row'>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _spread(mean, sd):
    return style.number(mean) if sd is None else style.spread(mean, sd)
