"""The scorecard: every printed number of the paper beside the model's, by kind and verdict."""

import html

import panel as pn
import panel_material_ui as pmui

from dashboard import domain, scorewords, style
from dashboard.kinds import KINDS
from dashboard.language import N_, say, sentences
from data import GCMS

ALL = N_("all")
HEAD = {  # class of a column: its title
    "verdict": N_("Verdict"),
    "what": N_("What"),
    "number": N_("Published"),
    "number model": N_("This model"),
    "number off": N_("Off by"),
    "why": N_("Likely cause of a miss, notes"),
    "source": N_("Source"),
}
INTRO = N_(
    "Every number that Liu et al. print, beside what this model gives with its Baseline parameters."
)
READING = N_(
    "Where no scenario is printed, the model's is RCP4.5; ± is the standard deviation over {count} "
    "GCMs. The climate is a reconstruction, not GCM output."
)
PREPARED = N_(
    "Where no scenario is printed, the model's is RCP4.5; ± is the standard deviation over {count} "
    "GCMs. The climate is read from files ({title})."
)
WAITING = N_("The scorecard is worked out once all climates are there ({ready} of {total}).")
WORKING = N_("The scorecard is being worked out; this takes a few seconds.")
FAILED = N_(
    "The scorecard could not be worked out (the server's log says why). To try again, choose "
    "Explore and then Scorecard."
)
NOTHING = N_("No printed number is of this kind and verdict.")


class Scorecard:
    """The scorecard of one page; *verdicts* and *library* are shared by all pages."""

    def __init__(self, verdicts, library, document):
        self._verdicts, self._library, self._document = verdicts, library, document
        self._asked = self._failed = False
        wide = {"sizing_mode": "stretch_width", "margin": (4, 0)}
        self.kind = _choice(say("Kind"), KINDS)
        self.verdict = _choice(say("Verdict"), scorewords.CALLED.values())
        for choice in (self.kind, self.verdict):
            choice.param.watch(lambda _event: self.show(), "value")
        self.words = pn.pane.HTML("", css_classes=["about"], **wide)
        self.filters = pn.FlexBox(self.kind, self.verdict, gap="4px 24px", visible=False, **wide)
        self.table = pn.pane.HTML("", css_classes=["scorecard"], **wide)
        self.pane = pn.Column(
            self.words, self.filters, self.table,
            sizing_mode="stretch_both", visible=False, styles={"overflow-y": "auto"},
        )  # fmt: skip

    def open(self):
        """Show what there is; try again what failed before."""
        self._failed = False
        self.show()

    def show(self):
        """Show the rows that are chosen, or what is awaited."""
        rows = self._verdicts.found
        with pn.io.hold():
            self.filters.visible = rows is not None
            self.words.object = html.escape(self._awaited()) if rows is None else _summary(rows)
            self.table.object = "" if rows is None else table(filter(self._chosen, rows))

    def _chosen(self, row) -> bool:
        verdict = scorewords.CALLED[row["verdict"]]
        return self.kind.value in (ALL, row["kind"]) and self.verdict.value in (ALL, verdict)

    def _awaited(self) -> str:
        """Say what the rows wait for; ask for them when nothing is missing."""
        ready, total = self._library.ready, len(self._library.climates)
        if ready < total:
            return say(WAITING, ready=ready, total=total)
        if self._failed:
            return say(FAILED)
        if not self._asked:
            self._asked = True
            self._verdicts.ask(lambda: self._document.add_next_tick_callback(self._come))
        return say(WORKING)

    def _come(self):
        self._asked, self._failed = False, self._verdicts.found is None
        self.show()


def _choice(label, options):
    return pmui.RadioButtonGroup(
        label=label, options={say(one): one for one in (ALL, *options)}, value=ALL, size="small",
        margin=0,
        sx=style.CALM,
    )  # fmt: skip


def _summary(rows) -> str:
    """Return how the model fares, by kind, and what the words mean."""
    head = "".join(f"<th>{say(name)}</th>" for name in ("", *scorewords.CALLED.values(), ""))
    lines = "".join(
        f"<tr><th scope='row'>{say(kind)}</th>"
        + "".join(f"<td>{count}</td>" for count in found.values())
        + f"<td>{say(KINDS[kind])}</td></tr>"
        for kind, found in scorewords.counts(rows).items()
    )
    reading = say(domain.either(READING, PREPARED), count=len(GCMS), title=domain.title())
    told = sentences(say(INTRO), say(scorewords.RULE), reading)
    return (
        f"<h2>{scorewords.headline(rows)}</h2><p>{html.escape(told)}</p>"
        f"<table class='tally'><tr>{head}</tr>{lines}</table>"
    )


def table(rows) -> str:
    """Return *rows* as an HTML table."""
    lines = "".join(map(_line, rows))
    if not lines:
        return f"<p>{say(NOTHING)}</p>"
    head = "".join(
        f"<th class='{kind}' scope='col'>{say(name)}</th>" for kind, name in HEAD.items()
    )
    return f"<table class='rows'><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _line(row) -> str:
    verdict = row["verdict"]
    kind, quantity, reason = (row[name] or "" for name in ("kind", "quantity", "reason"))
    called = f"{scorewords.MARKS[verdict]} {say(scorewords.CALLED[verdict])}"
    model_unit = "" if row["model"] is None else scorewords.model_unit(row)
    first, *second = scorewords.off_by(row) or [""]
    note = say("Note: {note}", note=row["note"]) if row["note"] else ""
    cells = (
        (f"verdict {verdict}", called, say(kind)),
        ("what", say(quantity), *scorewords.conditions(row)),
        ("number", scorewords.published(row), scorewords.unit(row["unit"])),
        ("number model", scorewords.model(row), model_unit),
        ("number off", first, *second),
        ("why", say(reason), note),
        ("source", row["id"], scorewords.source(row)),
    )
    return f"<tr>{''.join(_cell(*cell) for cell in cells)}</tr>"


def _cell(kind, words, *small) -> str:
    """Return a cell: *words*, and below them what is *small*, each part on one line if it fits."""
    parts = " · ".join(f"<span>{html.escape(part)}</span>" for part in small if part)
    more = f"<small>{parts}</small>" if parts else ""
    return f"<td class='{kind}'><span>{html.escape(words)}</span>{more}</td>"
