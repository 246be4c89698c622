"""What the answers of the model look like: waterfall, tornado, shares of variance, threshold."""

import numpy as np
import panel as pn
from bokeh.models import (
    BoxAnnotation,
    ColumnDataSource,
    CustomJSHover,
    FixedTicker,
    HoverTool,
    Legend,
    LegendItem,
    Range1d,
    Span,
)
from bokeh.plotting import figure

from dashboard import answers, style, terms, words
from dashboard.language import N_, say
from dashboard.views import voice

ROW = 24  # px
THICK = 0.66  # of a row
SPARE = 0.16  # of the width, for numbers beside bars
LABELLED = 0.07  # share of variance from which on a segment has its number inside
MOST_BARS = 18
HATCHES = ("", "right_diagonal_line", "dot", "cross", "left_diagonal_line", "horizontal_line",
           "vertical_line")  # fmt: skip


class Drawing:
    """A figure with one row above the other, or with two plain axes."""

    def __init__(self, *, height=240, **ranges):
        self.figure = figure(
            tools="", toolbar_location=None, sizing_mode="stretch_width", height=height,
            min_border=4, background_fill_alpha=0, border_fill_alpha=0, outline_line_color=None,
            x_range=Range1d(-1, 1), y_range=Range1d(-1, 1), **ranges,
        )  # fmt: skip
        self.figure.grid.grid_line_alpha = 0.4
        room = {"sizing_mode": "stretch_width", "margin": 0}
        # around it: a hidden pane of Bokeh (panel 1.9) takes `visible` back from its figure
        self.pane = pn.Column(pn.pane.Bokeh(self.figure, **room), **room)
        self._texts = []

    def rows(self, labels):
        """Name the rows, the first on top, and give each its room."""
        count = max(1, len(labels))
        self.figure.yaxis.ticker = FixedTicker(ticks=list(range(len(labels))))
        self.figure.yaxis.major_label_overrides = dict(enumerate(labels))
        self.figure.y_range.update(start=count - 0.5, end=-0.5)
        self.figure.height = ROW * count + 60

    def entitle(self, title, numbers):
        """Write the title; *numbers*, texts by name, are said to those who listen."""
        self.figure.title.text = title
        voice.describe(self.figure, words.amounts(title, numbers))

    def fit(self, values, spare=SPARE):
        """Let the horizontal axis hold *values* and 0, with room for numbers beside them."""
        known = np.array([v for v in values if np.isfinite(v)] or [0.0])
        low, high = known.min(), known.max()
        room = spare * (high - low or 1.0)
        self.figure.x_range.update(start=low - room, end=high + room)

    def text(self, source, **columns):
        """Write numbers; their colour follows the theme."""
        glyph = self.figure.text(
            source=source, text_font_size="12px", text_baseline="middle", **columns
        ).glyph
        self._texts.append(glyph)

    def colour(self, *, dark=False):
        """Follow the theme."""
        for glyph in self._texts:
            glyph.text_color = style.TEXT_DARK if dark else style.TEXT


class Waterfall(Drawing):
    """Parts one after the other, each from where the last one ended, and their sum."""

    def __init__(self, name):
        super().__init__()
        self.source = ColumnDataSource(
            {key: [] for key in ("y", "left", "right", "colour", "at", "text", "side", "shift")},
            name=name,
        )
        self.figure.hbar(
            "y", THICK, "right", "left", source=self.source, fill_color="colour", line_color=None
        )
        self.figure.add_layout(Span(location=0, dimension="height", line_color=style.CONTEXT))
        self.text(self.source, x="at", y="y", text="text", text_align="side", x_offset="shift")
        self.figure.ygrid.visible = False
        self.colour()

    def show(self, title, rows):
        """Draw *rows* of (label, value, whether it is the sum of those above)."""
        found = {key: [] for key in self.source.data}
        running = 0.0
        for y, (_, value, total) in enumerate(rows):
            left, right = (0.0, value) if total else (running, running + value)
            running = right
            plain = style.CONTEXT if total else style.GAIN if value >= 0 else style.LOSS
            found["y"].append(y)
            found["left"].append(min(left, right))
            found["right"].append(max(left, right))
            found["colour"].append(plain)
            found["at"].append(right)
            found["text"].append(style.signed(value))
            found["side"].append("left" if value >= 0 else "right")
            found["shift"].append(4 if value >= 0 else -4)
        self.source.data = found
        self.rows([label for label, _, _ in rows])
        self.fit([*found["left"], *found["right"], 0.0])
        self.entitle(title, {label: style.signed(value) for label, value, _ in rows})


class TornadoBars(Drawing):
    """Both ends of each parameter's range, the longest on top; a click chooses an end."""

    ENDS = ("low", "high")
    DRAWN = (  # an end, its name, its colour and its hatch
        ("low", N_("low end of the range"), style.LOWER, "/"),
        ("high", N_("high end of the range"), style.HIGHER, " "),
    )

    def __init__(self, choose):
        super().__init__()
        columns = ("y", "left", "right", "value", "unit", "edit", "symbol", "change")
        self.sources = {
            end: ColumnDataSource({c: [] for c in columns}, name=f"tornado-{end}")
            for end in self.ENDS
        }
        items = []
        for end, called, colour, hatch in self.DRAWN:
            bars = self.figure.hbar(
                "y", THICK, "right", "left", source=self.sources[end], fill_color=colour,
                line_color=None, hatch_pattern=hatch, hatch_color="white", hatch_alpha=0.6,
            )  # fmt: skip
            items.append(LegendItem(label=say(called), renderers=[bars]))
            number = CustomJSHover(code=style.NUMBER_JS)
            self.figure.add_tools(
                HoverTool(
                    renderers=[bars], formatters={"@value": number},
                    tooltips=[
                        ("", "@symbol"), (say("taken to"), "@edit"),
                        (say("result"), "@value{custom} @unit"),
                        (say("change from the line"), "@change"),
                    ],
                )
            )  # fmt: skip
        self.figure.add_layout(
            Legend(items=items, orientation="horizontal", background_fill_alpha=0,
                   border_line_alpha=0, padding=0, margin=2), "above",
        )  # fmt: skip
        self._value = Span(location=0, dimension="height", line_color=style.CONTEXT, line_width=2)
        self.figure.add_layout(self._value)
        self.figure.ygrid.visible = False
        self._bars, self._middle = [], 0.0
        self._choose = choose
        self.figure.on_event("tap", self._tapped)

    def show(self, title, bars):
        """Draw the bars that there are; *bars* is a `questions.Bars`."""
        self._middle, unit = bars.value, style.unit(bars.unit)
        self._bars = sorted(bars.bars, key=_length(bars.value), reverse=True)[:MOST_BARS]
        for end in self.ENDS:
            found = {c: [] for c in self.sources[end].data}
            for y, bar in enumerate(self._bars):
                value, error = getattr(bar, end), getattr(bar, f"error_{end}")
                found["y"].append(y)
                found["left"].append(min(value, bars.value))
                found["right"].append(max(value, bars.value))
                found["value"].append(value)
                found["unit"].append(unit)
                found["edit"].append(terms.end(getattr(bar, f"edit_{end}")))
                found["symbol"].append(terms.parameter(bar.parameter))
                found["change"].append(answers.length(value - bars.value, error, unit))
            self.sources[end].data = found
        self._value.location = bars.value
        self.rows([terms.parameter(bar.parameter) for bar in self._bars])
        self.figure.height += 24
        self.fit(
            [bars.value, *(value for bar in self._bars for value in (bar.low, bar.high))], 0.05
        )
        ends = {terms.parameter(bar.parameter): (bar.low, bar.high) for bar in self._bars}
        self.entitle(title, {name: words.reach(both) for name, both in ends.items()})

    def _tapped(self, event):
        row = round(event.y)
        if 0 <= row < len(self._bars):
            bar = self._bars[row]
            side = np.sign(event.x - self._middle)
            reach = {end: side * (getattr(bar, end) - self._middle) for end in self.ENDS}
            self._choose(getattr(bar, f"edit_{max(reach, key=reach.get)}"))


def _length(value):
    """Return what says how far a bar reaches from *value*."""
    return lambda bar: max(abs(bar.low - value), abs(bar.high - value))


class SharesBar(Drawing):
    """One bar from 0 to 100 %, a segment for each factor and interaction."""

    def __init__(self):
        super().__init__(height=190)
        self._bars = []
        self._legend = Legend(items=[], orientation="horizontal", ncols=4, border_line_alpha=0,
                              background_fill_alpha=0)  # fmt: skip
        self.figure.add_layout(self._legend, "below")
        self.figure.yaxis.visible = self.figure.ygrid.visible = False
        self.figure.x_range.update(start=0, end=100)
        self.figure.y_range.update(start=-0.5, end=0.5)
        self.labels = ColumnDataSource({"x": [], "y": [], "text": []})
        self.text(self.labels, x="x", y="y", text="text", text_align="center")
        self.colour()

    def show(self, title, shares):
        """Draw *shares* (1) by part."""
        ends = 100 * np.cumsum([0.0, *shares.values()])
        while len(self._bars) < len(shares):
            k = len(self._bars)
            source = ColumnDataSource({"y": [0], "left": [0], "right": [0]}, name=f"share-{k}")
            self._bars.append(self.figure.hbar(
                "y", 0.9, "right", "left", source=source, line_color="white", level="underlay",
                fill_color=style.PARTS[k % len(style.PARTS)], hatch_color="white", hatch_alpha=0.5,
                hatch_pattern=HATCHES[k % len(HATCHES)],
            ))  # fmt: skip
        for k, bar in enumerate(self._bars):
            bar.data_source.data = {"y": [0], "left": [ends[k]], "right": [ends[k + 1]]}
        self._legend.items = [
            LegendItem(label=terms.factor(part), renderers=[bar])
            for part, bar in zip(shares, self._bars, strict=True)
        ]
        large = [(k, share) for k, share in enumerate(shares.values()) if share > LABELLED]
        self.labels.data = {
            "x": [(ends[k] + ends[k + 1]) / 2 for k, _ in large],
            "y": [0.0] * len(large),
            "text": [f"{100 * share:.0f} %" for _, share in large],
        }
        parts = {terms.factor(part): f"{100 * share:.0f} %" for part, share in shares.items()}
        self.entitle(title, parts)


class Turn(Drawing):
    """The values that were tried, what came out, and the bracket of the change of sign."""

    def __init__(self):
        super().__init__(height=300)
        self.source = ColumnDataSource({"x": [], "y": []}, name="threshold")
        self.figure.add_layout(Span(location=0, dimension="width", line_color=style.CONTEXT))
        self._bracket = BoxAnnotation(fill_color=style.HIGHER, fill_alpha=0.5, visible=False,
                                      line_color=style.HIGHER, line_width=3)  # fmt: skip
        self.figure.add_layout(self._bracket)
        self.figure.line("x", "y", source=self.source, line_color=style.LOWER, line_width=2)
        self.figure.scatter("x", "y", source=self.source, color=style.LOWER, size=8)

    def show(self, title, crossing, across, up):
        """Draw a `tem.threshold.Crossing`; *across*, *up*: titles of the axes."""
        x, y = list(crossing.tried), list(crossing.tried.values())
        self.source.data = {"x": x, "y": y}
        self.fit(x, 0.03)
        low, high = min(*y, 0.0), max(*y, 0.0)
        spare = 0.08 * (high - low or 1.0)
        self.figure.y_range.update(start=low - spare, end=high + spare)
        self._bracket.update(left=crossing.low, right=crossing.high, visible=crossing.found)
        self.figure.xaxis.axis_label, self.figure.yaxis.axis_label = across, up
        self.entitle(title, {across: words.reach(x), up: words.reach(y)})
