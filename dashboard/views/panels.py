"""Panels of the paper's figures as Bokeh figures: ours in colour, what is printed as diamonds."""

import numpy as np
from bokeh.models import (
    BasicTicker,
    ColorBar,
    ColumnDataSource,
    CustomJSHover,
    FactorRange,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    Range1d,
    Span,
    Whisker,
)
from bokeh.plotting import figure

from dashboard import context, style
from dashboard.figures import Bars, Course, Map
from dashboard.grid import BOX
from dashboard.language import listed, say
from dashboard.printed import THAW
from dashboard.runs import RCP_NAMES
from dashboard.views import tables, voice
from data import RCPS, YEARS

DASHES = {
    "S_R": "dashed",
    "NPP, S_R": "dashed",
    "Steppe": "dashed",
    "INNPP": "dotted",
}  # others: solid
SHORT = {"Meadow": "AM", "Steppe": "AS"}  # below narrow bars, as in the paper
PALE = ("S_R", "Steppe")  # bars that are told from the others by a lighter fill
ROOM = {"rcp45": 3.0, "rcp85": 7.0}  # years by which marks stand right of the last year
DIAMOND = 11  # px
LEAST = 170  # px, width of a map
CLEAR = "rgba(0, 0, 0, 0)"
INK, INK_DARK = "#1A1A1A", "#F2F2F2"


def ink(*, dark) -> str:
    """Return the colour of what is published."""
    return INK_DARK if dark else INK


def drawn(panel, grid, *, dark):
    """Return the Bokeh figure of a `Course`, `Bars` or `Map`; *grid*: where cells lie."""
    shown = {Course: _course, Bars: _bars, Map: _map}[type(panel)](panel, grid, dark)
    voice.describe(shown, tables.told(panel))
    return shown


def _figure(panel, **more):
    unit = style.unit(panel.unit)
    shown = figure(
        title=panel.title + (f" ({unit})" if unit else ""),
        tools="", toolbar_location=None, min_border=2, min_border_right=8,
        background_fill_alpha=0, border_fill_alpha=0, outline_line_color=None, **more,
    )  # fmt: skip
    shown.title.update(text_font_size="12px")
    shown.grid.grid_line_alpha = 0.4
    shown.xgrid.visible = False
    return shown


def _fit(shown, values):
    """Let the vertical axis hold *values* and zero."""
    known = np.concatenate([np.ravel(one) for one in values])
    known = np.append(known[np.isfinite(known)], 0.0)
    spare = 0.07 * (np.ptp(known) or 1.0)
    shown.y_range = Range1d(known.min() - spare, known.max() + spare)
    shown.yaxis.ticker = BasicTicker(desired_num_ticks=4)


def _course(panel, _grid, dark):
    shown = _figure(panel, x_range=Range1d(YEARS[0] - 1, YEARS[-1] + 10),
                    sizing_mode="stretch_both")  # fmt: skip
    shown.add_layout(Span(location=0, dimension="width", line_color=style.CONTEXT))
    shown.xaxis.ticker = FixedTicker(ticks=[year for year in YEARS if year % 20 == 0])
    number, extent = CustomJSHover(code=style.NUMBER_JS), []
    for line in panel.lines:
        colour = style.rcp(line.rcp, dark=dark)
        sd = np.zeros(len(YEARS)) if line.sd is None else line.sd
        source = ColumnDataSource(
            {"year": YEARS, "mean": line.mean, "low": line.mean - sd, "high": line.mean + sd},
            name=f"{line.rcp} {line.of}",
        )
        if line.sd is not None:
            shown.varea("year", "low", "high", source=source, fill_color=colour, fill_alpha=0.16)
        curve = shown.line("year", "mean", source=source, line_color=colour, line_width=2.2,
                           line_dash=DASHES.get(line.of, "solid"))  # fmt: skip
        told = listed(say("Simulated"), RCP_NAMES[line.rcp], say(line.of))
        shown.add_tools(
            HoverTool(
                renderers=[curve], formatters={"@mean": number},
                tooltips=[("", told), (say("Year"), "@year"), ("", "@mean{custom}")],
            )
        )  # fmt: skip
        extent += [source.data["low"], source.data["high"]]
    places = [m.year + (ROOM[m.rcp] if m.year == YEARS[-1] else 0) for m in panel.marks]
    _mark(shown, panel.marks, places, dark)
    _fit(shown, [*extent, *_reach(panel.marks)])
    return shown


def _bars(panel, _grid, dark):
    factors = [_below(bar) for bar in panel.bars]
    shown = _figure(panel, x_range=FactorRange(*factors, group_padding=0.6),
                    sizing_mode="stretch_both")  # fmt: skip
    means = np.array([bar.mean for bar in panel.bars])
    sds = np.array([bar.sd or 0.0 for bar in panel.bars])
    source = ColumnDataSource(
        {
            "at": factors, "mean": means, "low": means - sds, "high": means + sds,
            "colour": [style.rcp(bar.rcp, dark=dark) for bar in panel.bars],
            "alpha": [0.35 if bar.of in PALE else 0.85 for bar in panel.bars],
        },
        name="bars",
    )  # fmt: skip
    if panel.spans:
        _span(shown, panel, dark)
    shown.add_layout(Span(location=0, dimension="width", line_color=style.CONTEXT))
    bars = shown.vbar("at", 0.8, top="mean", source=source, fill_color="colour",
                      fill_alpha="alpha", line_color="colour")  # fmt: skip
    shown.add_layout(_whisker("at", source, style.CONTEXT))
    shown.add_tools(
        HoverTool(
            renderers=[bars], formatters={"@mean": CustomJSHover(code=style.NUMBER_JS)},
            tooltips=[("Simulated", "@at"), ("", "@mean{custom}")],
        )
    )  # fmt: skip
    shown.xaxis.update(major_label_text_font_size="10px", group_text_font_size="11px")
    _mark(shown, panel.marks, [_below(mark) for mark in panel.marks], dark)
    ends = [np.array([span.low, span.high]) for span in panel.spans]
    _fit(shown, [means - sds, means + sds, *ends, *_reach(panel.marks)])
    return shown


def _below(one) -> tuple[str, str]:
    """Return where a bar or mark stands, as its axis names it."""
    return RCP_NAMES[one.rcp], SHORT.get(one.of, one.of)


def _span(shown, panel, dark):
    """Draw the ranges that are published for all bars of a scenario."""
    of_each = len(panel.bars) / len(panel.spans)
    source = ColumnDataSource(
        {
            "at": [RCP_NAMES[span.rcp] for span in panel.spans],
            "low": [span.low for span in panel.spans],
            "high": [span.high for span in panel.spans],
            "rows": [", ".join(span.rows) for span in panel.spans],
        },
        name="range",
    )
    boxes = shown.vbar(
        "at", of_each + 0.2, top="high", bottom="low", source=source, level="overlay",
        fill_color=ink(dark=dark), fill_alpha=0.15, line_color=ink(dark=dark), line_dash="dashed",
        line_width=1.5,
    )  # fmt: skip
    number = CustomJSHover(code=style.NUMBER_JS)
    shown.add_tools(
        HoverTool(
            renderers=[boxes], formatters={"@low": number, "@high": number},
            tooltips=[(say("Published range"), "@at"), ("", "@low{custom} – @high{custom}"),
                      (say("Rows"), "@rows")],
        )
    )  # fmt: skip


def _mark(shown, marks, places, dark):
    """Draw what is published: a diamond with its standard deviation."""
    values = np.array([mark.value for mark in marks], float)
    sds = np.nan_to_num(np.array([mark.sd for mark in marks], float))
    source = ColumnDataSource(
        {
            "at": places, "value": values, "low": values - sds, "high": values + sds,
            "colour": [style.rcp(mark.rcp, dark=dark) for mark in marks],
            "row": [mark.row for mark in marks],
            "told": [listed(RCP_NAMES[mark.rcp], say(mark.of)) for mark in marks],
        },
        name="published",
    )  # fmt: skip
    shown.add_layout(_whisker("at", source, ink(dark=dark)))
    solid = [mark.of not in DASHES for mark in marks]
    source.data["fill"] = [0.9 if one else 0.0 for one in solid]
    points = shown.scatter(
        "at", "value", source=source, marker="diamond", size=DIAMOND, fill_color="colour",
        fill_alpha="fill", line_color=ink(dark=dark), line_width=1.6,
    )  # fmt: skip
    shown.add_tools(
        HoverTool(
            renderers=[points], formatters={"@value": CustomJSHover(code=style.NUMBER_JS)},
            tooltips=[(say("Published"), "@told"), ("", "@value{custom}"), (say("Row"), "@row")],
        )
    )  # fmt: skip


def _whisker(at, source, colour):
    found = Whisker(base=at, upper="high", lower="low", source=source, line_color=colour,
                    line_width=1.4, level="overlay")  # fmt: skip
    for head in (found.upper_head, found.lower_head):
        head.update(size=6, line_color=colour)
    return found


def _reach(marks):
    """Return the ends of all *marks*."""
    sds = np.nan_to_num([mark.sd for mark in marks])
    values = np.array([mark.value for mark in marks], float)
    return [values - sds, values + sds]


def _map(panel, grid, dark):
    west, east, south, north = BOX
    outline = context.outline()
    farthest = max(east, outline[:, 0].max())  # of the plateau, beyond its cells
    shown = _figure(
        panel, x_range=Range1d(west, farthest), y_range=Range1d(south, north),
        sizing_mode="scale_width", min_width=LEAST,
        aspect_ratio=(farthest - west) / (north - south) * style.NARROWED * 0.8,
    )  # fmt: skip
    colours = style.diverging(panel.kind)
    mapper = LinearColorMapper(palette=colours, low=-panel.most, high=panel.most, nan_color=CLEAR)
    land = grid.picture(np.zeros(grid.index.size))
    for values, paint, name in (
        (land, LinearColorMapper(palette=[style.MISSING], nan_color=CLEAR), "cells"),
        (grid.picture(panel.values), mapper, "effect"),
    ):
        picture = shown.image(
            [values], x=west, y=south, dw=east - west, dh=north - south, color_mapper=paint,
            name=name,
        )  # fmt: skip
    shown.line(*outline.T, line_color=style.CONTEXT, line_width=1)
    ticks = [-panel.most, 0, panel.most]
    names = [f"≤ {style.number(-panel.most)}", "0", f"≥ {style.number(panel.most)}"]
    bar = ColorBar(
        color_mapper=mapper, width=int(0.8 * LEAST), height=7, padding=3, margin=0,
        label_standoff=3, location="center",
        background_fill_alpha=0, ticker=FixedTicker(ticks=ticks),
        major_label_overrides=dict(zip(ticks, names, strict=True)),
        major_label_text_color=ink(dark=dark),
    )  # fmt: skip
    shown.add_layout(bar, "below")
    shown.axis.visible = False
    shown.ygrid.visible = False
    shown.add_tools(
        HoverTool(
            renderers=[picture], formatters={"@image": CustomJSHover(code=style.SIGNED_JS)},
            tooltips=[("", f"@image{{custom}} {style.unit(panel.unit)}"), ("at", "$y° N, $x° E")],
        )
    )  # fmt: skip
    return shown


def entries(panels, *, dark) -> list[tuple[str, str]]:
    """Return what a key needs to say of *panels*: a mark as SVG, and its meaning."""
    kinds = {type(panel) for panel in panels}
    if kinds == {Map}:  # they say it themselves
        return []
    found = [(_swatch(style.rcp(rcp, dark=dark)), RCP_NAMES[rcp]) for rcp in RCPS]
    grey = style.CONTEXT
    if Course in kinds:
        named = {line.of: None for p in panels if isinstance(p, Course) for line in p.lines}
        if len(named) > 1:
            found += [(_stroke(grey, DASHES.get(of, "solid")), say(of)) for of in named]
        if any(line.sd is not None for p in panels if isinstance(p, Course) for line in p.lines):
            found.append((_swatch(grey, 0.3), say("±1 SD over climate models")))
    if Bars in kinds:
        named = {bar.of: None for p in panels if isinstance(p, Bars) for bar in p.bars}
        named.pop(THAW, None)  # its panels say so
        if any(of in PALE for of in named):
            found += [(_swatch(grey, 0.35 if of in PALE else 0.85), _name(of)) for of in named]
    found += _published(panels, ink(dark=dark))
    if any(getattr(panel, "spans", ()) for panel in panels):
        found.append((_box(ink(dark=dark)), say("published range")))
    return found


def _published(panels, colour):
    """Return what the key says of diamonds; hollow ones stand by dashed lines."""
    of = {
        mark.of: mark.of not in DASHES for panel in panels for mark in getattr(panel, "marks", ())
    }
    found = [(_diamond(colour, filled=True), say("published, ±1 SD where printed"))]
    hollow = [say(name) for name, solid in of.items() if not solid]
    if not hollow:
        return found
    return [*found, (_diamond(colour), say("published, of {names}", names=listed(*hollow)))]


def _name(of) -> str:
    return f"{say(of)} ({SHORT[of]})" if of in SHORT else say(of)


def _swatch(colour, alpha=1.0):
    return (
        f"<span style='display:inline-block;width:14px;height:10px;background:{colour};"
        f"opacity:{alpha};margin-right:4px'></span>"
    )


def _stroke(colour, dash):
    dashes = {"solid": "", "dashed": "6 4", "dotted": "2 3"}[dash]
    return (
        f"<svg width='24' height='8' style='margin-right:4px'><line x1='0' x2='24' y1='4' y2='4' "
        f"stroke='{colour}' stroke-width='2.5' stroke-dasharray='{dashes}'/></svg>"
    )


def _box(colour):
    return (
        "<svg width='16' height='12' style='margin:0 4px -2px 0'><rect x='1' y='1' width='14' "
        f"height='10' fill='{colour}' fill-opacity='.15' stroke='{colour}' stroke-width='1.5' "
        "stroke-dasharray='3 2'/></svg>"
    )


def _diamond(colour, *, filled=False):
    fill = colour if filled else "none"
    return (
        "<svg width='12' height='12' style='margin:0 4px -2px 0'><path d='M6 0L11 6L6 12L1 6Z' "
        f"fill='{fill}' stroke='{colour}' stroke-width='1.6'/></svg>"
    )
