"""The answers in the view "Analyse": drawings, and the words above and below them."""

import panel as pn

from dashboard import answers, style, terms, words
from dashboard.causes import Causes
from dashboard.language import say
from dashboard.questions import Shares, Threshold, Tornado
from dashboard.views import tables
from dashboard.views.drawn import MOST_BARS, SharesBar, TornadoBars, Turn, Waterfall
from tem.explain import ORDERS

ABOUT = {Causes: "explain", Tornado: "tornado", Shares: "shares", Threshold: "threshold"}


class Answered:
    """The answer that one page looks at."""

    def __init__(self, state, library, texts, choose):
        """*texts*: panes of the words above and below the drawings.

        *choose* is called with the edit of a tornado's end that is clicked.
        """
        self._state, self._library, self._texts = state, library, texts
        self.waterfall, self.through = Waterfall("causes"), Waterfall("fluxes")
        self.bars, self.shares, self.turn = TornadoBars(choose), SharesBar(), Turn()
        self._drawings = {
            "explain": (self.waterfall, self.through), "tornado": (self.bars,),
            "shares": (self.shares,), "threshold": (self.turn,),
        }  # fmt: skip
        self.parts = (  # one below the other
            texts[0],
            pn.Row(self.waterfall.pane, self.through.pane, sizing_mode="stretch_width", margin=0,
                   stylesheets=[style.BESIDE]),
            *(one.pane for one in (self.bars, self.shares, self.turn)),
            texts[1],
        )  # fmt: skip

    def turn_dark(self, *, dark):
        """Follow the theme."""
        for drawing in (self.waterfall, self.through, self.bars, self.shares, self.turn):
            drawing.colour(dark=dark)

    def show(self, question, found):
        """Draw what there is of an answer; nothing where *found* is None."""
        analysis = None if found is None else ABOUT[type(question)]
        for name, drawings in self._drawings.items():
            for one in drawings:
                one.pane.visible = name == analysis
        said = ("", "") if found is None else self._say(question, found)
        for pane, text in zip(self._texts, said, strict=True):
            pane.object = text

    def _say(self, question, found):
        """Draw an answer; return the words above and below it."""
        where, library = question.where, self._library
        cells = where.cells(library) if where.area else None
        place = words.place_of(where.group, where.cell, library.region, cells)
        draw = {
            Causes: self._draw_explain, Tornado: self._draw_tornado, Shares: self._draw_shares,
            Threshold: self._draw_threshold,
        }[type(question)]  # fmt: skip
        return draw(question, found, place)

    def _draw_explain(self, question, parts, place):
        order = self._state.order
        at = ORDERS.index(order)
        npp, rh, nep = (parts.values[name][at][:, 0] for name in ("npp", "rh", "nep"))
        short = [terms.short(name) for name in parts.causes]
        unit = style.unit(parts.unit)
        rows = [(name, float(v), False) for name, v in zip(short, nep, strict=True)]
        self.waterfall.show(
            say("ΔNEP by cause ({unit})", unit=unit), [*rows, ("ΔNEP", float(nep.sum()), True)]
        )
        through = [(f"NPP: {n}", float(v), False) for n, v in zip(short, npp, strict=True)]
        through += [(f"−RH: {n}", -float(v), False) for n, v in zip(short, rh, strict=True)]
        total = float(npp.sum() - rh.sum())
        self.through.show(f"ΔNEP = ΔNPP − ΔRH ({unit})", [*through, ("ΔNEP", total, True)])
        return answers.explained(question, parts, order, place)

    def _draw_tornado(self, question, bars, place):
        unit = style.unit(bars.unit)
        self.bars.pane.visible = bool(bars.bars)
        self.bars.show(f"{terms.measured(question.measure)} ({unit})", bars)
        rows = [
            (terms.parameter(bar.parameter), *(
                f"{terms.end(getattr(bar, f'edit_{end}'))}: {style.number(getattr(bar, end))}"
                for end in self.bars.ENDS
            ))
            for bar in bars.bars
        ]  # fmt: skip
        heads = (say("Parameter"), say("Low end of its range"), say("High end of its range"))
        above, below = answers.tornado(question, bars, place, MOST_BARS)
        return above, below + tables.folded(say(words.NUMBERS_OF, what=unit), heads, rows)

    def _draw_shares(self, question, found, place):
        self.shares.pane.visible = bool(found.shares)
        if found.shares:
            self.shares.show(say("Share of variance (%)"), found.shares)
        return answers.shares(question, found, place)

    def _draw_threshold(self, question, found, place):
        unit = style.unit(found.unit)
        found_one = found.crossing.found
        title = say("Where NEP changes its sign") if found_one else say("NEP keeps its sign")
        self.turn.show(title, found.crossing, terms.axis(question), f"NEP ({unit})")
        return answers.threshold(question, found, place)
