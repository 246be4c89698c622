"""The scorecard: every printed number of the paper beside the model's, misses first if wished."""

import html

import panel as pn
import panel_material_ui as pmui

from dashboard import style

SHOWN = {"all": "all", "pass": "pass", "near": "near", "far": "far", "none": "no counterpart"}
MARKS = {"pass": "●", "near": "◐", "far": "○", None: "–"}
INTRO = (
    "Every number that Liu et al. print, beside what this model gives with its Baseline "
    "parameters, worked out just now. Pass: within one published standard deviation; near: within "
    "two (where none is published: within 10 and 25 %). Nothing here was fitted but the present: "
    "thaw depth, carbon and nitrogen stocks, NPP. The climate is a reconstruction, not GCM output."
)
HEAD = ("", "Quantity", "Scenario", "Region", "Published", "This model", "Unit", "Off by", "Why")
WAITING = "The scorecard is worked out once all climates are there ({ready} of {total})."
WORKING = "The scorecard is being worked out; this takes a few seconds."


def counts(rows) -> dict[str, int]:
    """Return how many rows each choice of `SHOWN` has."""
    verdicts = [row["verdict"] or "none" for row in rows]
    return {one: verdicts.count(one) for one in SHOWN} | {"all": len(rows)}


def with_sd(mean, sd) -> str:
    """Return a number with its standard deviation, for people."""
    if mean is None:
        return "–"
    return style.number(mean) + (f" ± {style.number(sd)}" if sd else "")


def off_by(row) -> str:
    """Return the difference: in published standard deviations, or as a share."""
    if row["difference"] is not None:
        return f"{row['difference']:+.1f} SD".replace("-", "−")
    if row["relative"] is not None:
        return f"{row['relative']:+.0%}".replace("-", "−").replace("−0%", "0%").replace("+0%", "0%")
    return ""


def table(rows) -> str:
    """Return *rows* as an HTML table."""
    head = "".join(f"<th scope='col'>{html.escape(word)}</th>" for word in HEAD)
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_line, rows))}</tbody></table>"
    )


def _line(row) -> str:
    verdict = row["verdict"]
    words = (row["quantity"], row["scenario"] or "", row["region"] or "")
    numbers = (
        with_sd(row["published"], row["published_sd"]),
        with_sd(row["model"], row["model_sd"]),
        row["unit"] or "",
        off_by(row),
    )
    mark = f"<td class='{verdict}' title='{row['id']}'>{MARKS[verdict]} {verdict or ''}</td>"
    return (
        f"<tr>{mark}{_cells(words)}{_cells(numbers, 'number')}{_cells((row['reason'] or '',))}</tr>"
    )


def _cells(words, kind="") -> str:
    return "".join(f"<td class='{kind}'>{html.escape(word)}</td>" for word in words)


class Scorecard:
    """The scorecard of one page; *verdicts* and *library* are shared by all pages."""

    def __init__(self, verdicts, library, document):
        self._verdicts, self._library, self._document = verdicts, library, document
        self._asked = False
        wide = {"sizing_mode": "stretch_width", "margin": (4, 0)}
        self.filter = pmui.RadioButtonGroup(
            label="", options={name: one for one, name in SHOWN.items()}, value="all",
            size="small", margin=(4, 0), sx=style.CALM,
        )  # fmt: skip
        self.filter.param.watch(lambda _event: self._fill(), "value")
        self.words = pn.pane.HTML("", css_classes=["about"], **wide)
        self.table = pn.pane.HTML("", css_classes=["scorecard"], **wide)
        self.pane = pn.Column(
            self.words,
            self.filter,
            self.table,
            sizing_mode="stretch_both",
            visible=False,
            styles={"overflow-y": "auto"},
        )

    def show(self):
        """Ask for the rows if all climates are there; tell what is awaited otherwise."""
        ready, total = self._library.ready, len(self._library.climates)
        if self._verdicts.rows is not None or self._verdicts.failed:
            self._fill()
        elif ready < total:
            self.words.object = WAITING.format(ready=ready, total=total)
        else:
            self.words.object = WORKING
            if not self._asked:
                self._asked = True
                self._verdicts.ask(lambda: self._document.add_next_tick_callback(self._fill))

    def _fill(self):
        rows = self._verdicts.rows
        if rows is None:
            self.words.object = html.escape(self._verdicts.failed)
            return
        number = counts(rows)
        wanted = self.filter.value
        chosen = [row for row in rows if wanted in ("all", row["verdict"] or "none")]
        with pn.io.hold():
            told = ", ".join(f"{number[one]} {SHOWN[one]}" for one in list(SHOWN)[1:])
            self.words.object = f"<b>{told}.</b> {INTRO}"
            self.table.object = table(chosen)
