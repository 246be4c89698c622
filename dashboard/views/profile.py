"""The ground under the tapped cell: warmth by depth and month, both fronts, thaw, soil carbon."""

import html

import numpy as np
import panel as pn
import panel_material_ui as pmui
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    Range1d,
    Span,
)
from bokeh.plotting import figure

from dashboard import style, words
from dashboard.frames import limit
from dashboard.language import N_, say, sentences
from dashboard.profile import A_YEAR, carbon
from dashboard.runs import RCP_NAMES
from dashboard.views import tables, voice
from dashboard.words import opening
from data import GCMS, YEARS
from tem.columns import EDGES, LAYERS, STEPS, TEN_M
from tem.environment import REFERENCE_YEAR

FINE = 0.05  # m; all layers are whole numbers of it
ROWS = np.rint(LAYERS[:TEN_M] / FINE).astype(int)  # of the picture, by layer
BOTTOM = float(EDGES[TEN_M])
DEPTHS = np.linspace(0.0, BOTTOM, 201)
FRONTS = {"thaw": "dotted", "frost": "solid", "bottom": "dashed"}  # lines on the picture
INK = "#111111"  # of these, in both themes: the picture is light
SHALLOW = 3.0  # m that are shown at least
TABLED = np.array([0.1, 0.5, 1.0, 2.0, 3.0, 5.0])  # m, of the table
KILO = 1e-3

CHOOSE = N_("Choose a cell first: go to Explore and tap a cell on a map.")
WAITING = N_("{climate} is still being simulated; the ground is shown once it is there.")
WORKING = N_("The ground of this cell is being computed; it takes a second.")
FAILED = N_("The ground of this cell could not be computed: {fault}")
DEPTH_JS = "return Math.abs(tick)"


class Ground:
    """The view of one page; its figures are made when it is first opened."""

    def __init__(self, state, library, document):
        self._state, self._library, self._document = state, library, document
        self._found, self._shown, self._asked, self._dark = None, None, None, False
        self._failed, self._fault = None, ""  # what failed, and why
        self.year = pmui.IntSlider(
            label=say("Year"), start=YEARS[0], end=YEARS[-1], value=state.year, size="small",
            sizing_mode="stretch_width", margin=(0, 12), format="0",
        )  # fmt: skip
        self.year.param.watch(lambda event: state.param.update(year=event.new), "value")
        self.words = pn.pane.HTML(
            "", css_classes=["about"], sizing_mode="stretch_width", margin=(2, 0)
        )
        self.figures = pn.Column(sizing_mode="stretch_both", margin=0, visible=False)
        self.table = pn.pane.HTML("", css_classes=["about"], sizing_mode="stretch_width", margin=0)
        self.pane = pn.Column(
            self.year, self.words, self.figures, self.table, sizing_mode="stretch_both",
            visible=False, margin=0, styles={"overflow-y": "auto"},
        )  # fmt: skip
        state.param.watch(self._year_changed, "year")
        state.param.watch(lambda _event: self._is_open() and self.show(), ["cell", "rcp", "gcm"])

    def _is_open(self) -> bool:
        return self._state.view == "profile"

    def _year_changed(self, event):
        self.year.value = event.new
        if self._is_open():
            self.show()

    def open(self):
        """Show the ground of the cell that is chosen."""
        self._failed = None
        self.show()

    def turn_dark(self, *, dark):
        """Follow the theme: some colours differ."""
        self._dark = dark
        if self._is_open():
            self.show()

    @property
    def _wish(self):
        """What is asked for: scenario, one climate model, cell."""
        return self._state.rcp, self._state.gcms[0], self._state.cell

    def show(self):
        """Show the ground, or what is awaited."""
        wish = self._wish
        climate = self._library.climates[wish[:2]]
        if wish[2] is None:
            self._wait(say(CHOOSE))
        elif climate.result is None:
            self._wait(climate.failed or say(WAITING, climate=climate.name))
        elif self._shown == wish:
            self._draw()
        elif self._failed == wish:
            self._wait(self._fault)
        else:
            self._wait(say(WORKING))
            if self._asked != wish:
                self._asked = wish
                self._library.look_into_ground(id(self), *wish, self._worked_out(wish))

    def _wait(self, text):
        self.words.object = html.escape(text)
        self.figures.visible = self.year.visible = self.table.visible = False

    def _worked_out(self, wish):
        def done(found, fault):  # from a worker
            self._document.add_next_tick_callback(lambda: self._come(wish, found, fault))

        return done

    def _come(self, wish, found, fault):
        if self._asked == wish:
            self._asked = None
        if wish != self._wish:
            return
        self._failed = wish if fault else None
        self._fault = fault and say(FAILED, fault=fault)
        self._shown, self._found = (None, None) if found is None else (wish, found)
        if self._is_open():
            self.show()

    # --- drawing -----------------------------------------------------------------------------

    def _draw(self):
        with pn.io.hold():
            if not self.figures.objects:
                self._build()
            self._draw_warmth()
            self._draw_thaw()
            self._draw_carbon()
            self.words.object = self._told()
            self.table.object = self._table()
            self._describe()
            self.figures.visible = self.year.visible = self.table.visible = True

    def _build(self):
        self._depth = Range1d(-BOTTOM, 0.0)
        self._warmth, self._fronts, self._mapper, self._bar = self._warmth_figure()
        self._carbon, self._curve, self._levels = self._carbon_figure()
        self._thaw, self._lines, self._mark = self._thaw_figure()
        panes = [
            pn.pane.Bokeh(one, sizing_mode="stretch_both", min_height=least, margin=0)
            for one, least in ((self._warmth, 260), (self._carbon, 260), (self._thaw, 150))
        ]
        across = {"sizing_mode": "stretch_both", "margin": 0}
        above = pn.GridSpec(ncols=3, nrows=1, min_height=260, **across)
        above[0, :2], above[0, 2] = panes[0], panes[1]
        self.figures.objects = [above, pn.Row(panes[2], **across)]

    def _figure(self, title, **more):
        shown = figure(
            title=title, tools="", toolbar_location=None, min_border=2, min_border_right=10,
            sizing_mode="stretch_both", background_fill_alpha=0, border_fill_alpha=0,
            outline_line_color=None, **more,
        )  # fmt: skip
        shown.title.update(text_font_size="13px")
        shown.grid.grid_line_alpha = 0.4
        return shown

    def _downward(self, shown):
        shown.yaxis.update(
            axis_label=say("Depth (m)"), formatter=CustomJSTickFormatter(code=DEPTH_JS)
        )

    def _warmth_figure(self):
        shown = self._figure(
            say("Soil temperature (°C)"), x_range=Range1d(0, 12), y_range=self._depth
        )
        self._downward(shown)
        mapper = LinearColorMapper(palette=style.diverging("temperature"), low=-1, high=1)
        picture = ColumnDataSource({"image": [np.zeros((1, 1))]}, name="ground")
        image = shown.image("image", x=0, y=-BOTTOM, dw=12, dh=BOTTOM, color_mapper=mapper,
                            source=picture)  # fmt: skip
        ends = (np.arange(A_YEAR) + 1) / STEPS
        nothing = np.full(A_YEAR, np.nan)
        fronts = ColumnDataSource({"at": ends, **dict.fromkeys(FRONTS, nothing)}, name="fronts")
        for name, dash in FRONTS.items():
            shown.line("at", name, source=fronts, line_color=INK, line_dash=dash, line_width=2)
        letters = say("J F M A M J J A S O N D").split()
        shown.xaxis.update(
            ticker=FixedTicker(ticks=[m + 0.5 for m in range(12)]),
            major_label_overrides={m + 0.5: letter for m, letter in enumerate(letters)},
        )
        shown.xgrid.visible = shown.ygrid.visible = False
        bar = ColorBar(color_mapper=mapper, width=9, padding=4, background_fill_alpha=0)
        shown.add_layout(bar, "right")
        depth = CustomJSHover(code="return (-value).toFixed(2)")
        shown.add_tools(
            HoverTool(
                renderers=[image],
                formatters={"@image": CustomJSHover(code=style.SIGNED_JS), "$y": depth},
                tooltips=[("", "@image{custom} °C"), (say("depth (m)"), "$y{custom}")],
            )
        )  # fmt: skip
        return shown, fronts, mapper, bar

    def _carbon_figure(self):
        shown = self._figure(say("SOC above (kg C m⁻²)"), y_range=self._depth,
                             x_range=Range1d(0, 1))  # fmt: skip
        self._downward(shown)
        none = np.zeros(DEPTHS.size)
        names = ("depth", "carbon", "within", "thawed", "zero")
        curve = ColumnDataSource(dict.fromkeys(names, none), name="carbon")
        fill = shown.harea("zero", "thawed", "within", source=curve, fill_alpha=0.25)
        line = shown.line("carbon", "depth", source=curve, line_width=2.2)
        self._coloured = [(fill.glyph, "fill_color"), (line.glyph, "line_color")]
        levels = {}
        for name, dash in (("now", "solid"), ("then", "dashed")):
            levels[name] = Span(location=0, dimension="width", line_dash=dash, line_width=1.6,
                                line_color=style.CONTEXT)  # fmt: skip
            shown.add_layout(levels[name])
        number = CustomJSHover(code=style.NUMBER_JS)
        depth = CustomJSHover(code="return (-value).toFixed(2)")
        shown.add_tools(
            HoverTool(
                renderers=[line], mode="hline",
                formatters={"@carbon": number, "@depth": depth},
                tooltips=[(say("above (m)"), "@depth{custom}"), ("kg C m⁻²", "@carbon{custom}")],
            )
        )  # fmt: skip
        return shown, curve, levels

    def _thaw_figure(self):
        shown = self._figure("ALT (m)", x_range=Range1d(YEARS[0] - 1, YEARS[-1] + 1),
                             y_range=Range1d(0, 1), height=170)  # fmt: skip
        shown.xgrid.visible = False
        mark = Span(location=YEARS[0], dimension="height", line_color=style.CONTEXT,
                    line_dash="dotted", line_width=1.5)  # fmt: skip
        shown.add_layout(mark)
        lines = {}
        nothing = np.full(len(YEARS), np.nan)
        for gcm in GCMS:
            source = ColumnDataSource(
                {"year": np.array(YEARS), "alt": nothing, "still": nothing}, name=f"alt {gcm}"
            )
            line = shown.line(
                "year",
                "alt",
                source=source,
                line_dash=style.GCM_DASH[gcm] or "solid",
                legend_label=gcm,
            )
            still = shown.line("year", "still", source=source, line_color=style.CONTEXT,
                               line_dash=style.GCM_DASH[gcm] or "solid", line_width=1)  # fmt: skip
            shown.add_tools(
                HoverTool(
                    renderers=[line],
                    formatters={"@alt": CustomJSHover(code=style.NUMBER_JS)},
                    tooltips=[("", gcm), (say("Year"), "@year"), ("ALT (m)", "@alt{custom}")],
                )
            )
            lines[gcm] = source, line.glyph, still
        shown.legend.update(
            location="top_left", orientation="horizontal", label_text_font_size="10px", padding=2,
            margin=0, background_fill_alpha=0, border_line_color=None,
            label_text_color=style.CONTEXT,
        )  # fmt: skip
        return shown, lines, mark

    def _at(self) -> int:
        return self._state.year - YEARS[0]

    def _draw_warmth(self):
        found, at = self._found, self._at()
        warmest = limit([found.temperature])
        picture = np.repeat(found.temperature[at].T, ROWS, axis=0)[::-1].astype(np.float32)
        self._warmth.select_one({"name": "ground"}).data = {"image": [picture]}
        self._mapper.update(low=-warmest, high=warmest)
        ticks = [-warmest, -warmest / 2, 0, warmest / 2, warmest]
        names = [style.number(tick) for tick in ticks]
        self._bar.update(
            ticker=FixedTicker(ticks=ticks),
            major_label_overrides=dict(
                zip(ticks, [f"≤ {names[0]}", *names[1:-1], f"≥ {names[-1]}"], strict=True)
            ),
        )
        drawn = {name: -getattr(found.fronts, name)[at] for name in FRONTS}
        thaws = ~np.isnan(drawn["thaw"])
        anew = thaws[:-1] & ~thaws[1:]  # another frost, not the one that thaw has met
        drawn["frost"][1:][anew] = np.nan
        self._fronts.data = {"at": self._fronts.data["at"], **drawn}
        deep = max(SHALLOW, 1.4 * float(found.alt.max()))
        self._depth.start = -min(BOTTOM, float(np.ceil(deep)))

    def _draw_thaw(self):
        state = self._state
        colour = style.rcp(state.rcp, dark=self._dark)
        results, shown = self._library.results(state.rcp, state.gcms), []
        for gcm, (source, glyph, still) in self._lines.items():
            known = gcm in results
            both = results[gcm].series("alt", 0, state.cell) if known else None
            nothing = np.full(len(YEARS), np.nan)
            alt, held = both if known else (nothing, nothing)
            later = np.where(np.array(YEARS) >= REFERENCE_YEAR, held, np.nan)
            source.data = {"year": np.array(YEARS), "alt": alt, "still": later}
            own = gcm == self._shown[1]
            glyph.update(line_color=colour, line_width=2.6 if own else 1.1)
            still.visible = own
            shown.append(alt)
        self._mark.location = state.year
        highest = float(np.nanmax(shown))
        self._thaw.y_range.update(start=0.0, end=1.08 * highest)

    def _draw_carbon(self):
        found, year = self._found, self._state.year
        alt, then = (float(found.counted[y - YEARS[0]]) for y in (year, REFERENCE_YEAR))
        within = np.minimum(DEPTHS, alt)
        self._curve.data = {
            "depth": -DEPTHS, "carbon": KILO * carbon(found, year, DEPTHS),
            "within": -within, "thawed": KILO * carbon(found, year, within),
            "zero": np.zeros(DEPTHS.size),
        }  # fmt: skip
        most = KILO * max(float(np.max(carbon(found, y, BOTTOM))) for y in YEARS)
        self._carbon.x_range.end = 1.05 * most
        self._levels["now"].update(
            location=-alt, line_color=style.rcp(self._state.rcp, dark=self._dark)
        )
        self._levels["then"].location = -then
        for glyph, what in self._coloured:
            setattr(glyph, what, style.rcp(self._state.rcp, dark=self._dark))

    def _by_depth(self):
        """Return of `TABLED` depths (m) the coldest and warmest (°C), and the carbon above."""
        found, year = self._found, self._state.year
        layer = np.searchsorted(EDGES[1:TEN_M], TABLED)
        warmth = found.temperature[self._at()][:, layer]
        return warmth.min(axis=0), warmth.max(axis=0), KILO * carbon(found, year, TABLED)

    def _table(self) -> str:
        """Return what is drawn of the year, as a table that opens."""
        heads = (say("Depth (m)"), say("Coldest (°C)"), say("Warmest (°C)"),
                 say("SOC above (kg C m⁻²)"))  # fmt: skip
        columns = zip(TABLED, *self._by_depth(), strict=True)
        rows = [(f"{depth:g}", *map(style.number, others)) for depth, *others in columns]
        return tables.folded(say(words.NUMBERS_OF, what=self._state.year), heads, rows)

    def _describe(self):
        """Say each figure in a line."""
        coldest, warmest, above = self._by_depth()
        titles = [one.title.text for one in (self._warmth, self._carbon, self._thaw)]
        at = [say("at {depth} m", depth=f"{depth:g}") for depth in TABLED]
        ends = map(words.reach, zip(coldest, warmest, strict=True))
        voice.describe(self._warmth, words.amounts(titles[0], dict(zip(at, ends, strict=True))))
        amounts = dict(zip(at, map(style.number, above), strict=True))
        voice.describe(self._carbon, words.amounts(titles[1], amounts))
        lines = {gcm: source.data["alt"] for gcm, (source, *_) in self._lines.items()}
        voice.describe(self._thaw, words.course(titles[2], lines))

    def _told(self) -> str:
        """Return what is shown, in sentences."""
        state, found, year = self._state, self._found, self._state.year
        rcp, gcm, _cell = self._shown
        place = opening(words.place(state, self._library.region).name)
        alt, then = (float(found.alt[y - YEARS[0]]) for y in (year, REFERENCE_YEAR))
        counted = float(found.counted[year - YEARS[0]])
        held, three = (KILO * float(carbon(found, year, to)) for to in (counted, 3.0))
        where = {"place": place, "year": year, "rcp": RCP_NAMES[rcp], "gcm": gcm}
        head = say("{place}, {year}, {rcp}, {gcm}.", **where)
        if len(state.gcms) > 1:
            head = say(
                "{place}, {year}, {rcp}, {gcm} (the first of {count} climate models, as ground "
                "has no mean; choose another at the left).",
                count=len(state.gcms), **where,
            )  # fmt: skip
        alt, then, held, three = map(style.number, (alt, then, held, three))
        told = say(
            "Simulated, Baseline, with thaw (S_T). On the colours: how far thaw (dotted) and frost "
            "(solid) have come from the surface, and the bottom of the unfrozen ground, from which "
            "frost comes up (dashed). ALT {alt} m, in {since} {then} m (grey); below "
            "under every climate model, this one thick. Right: soil carbon above each depth, by "
            "eq. 2 with b = {b} m (published, Table S1); the active layer holds {held} "
            "kg C m⁻² (shaded), the upper 3 m {three} kg C m⁻².",
            alt=alt, since=REFERENCE_YEAR, then=then, b=f"{found.b:g}", held=held, three=three,
        )  # fmt: skip
        return sentences(f"<b>{html.escape(head)}</b>", html.escape(told))
