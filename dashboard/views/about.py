"""The description of the model and the glossary, one click away."""

from html import escape
from pathlib import Path

import panel as pn
import panel_material_ui as pmui

from dashboard import domain, glossary, language
from dashboard.language import ENGLISH, N_, say
from dashboard.state import panels

DESCRIPTION = Path(__file__).parents[2] / "docs" / "model.md"
PROVENANCE = N_(
    "<p><b>Simulated</b>: worked out by this model, here; every number is, unless it says "
    "otherwise. <b>Published</b>: printed by Liu et al.; marked so, with the place. "
    "<b>Assumed</b> or calibrated: values of parameters, each with its source below. The climate "
    "is a reconstruction from published figures, not GCM output.</p>"
)
PREPARED = N_(
    "<p><b>Simulated</b>: worked out by this model, here; every number is, unless it says "
    "otherwise. <b>Published</b>: printed by Liu et al.; marked so, with the place. "
    "<b>Assumed</b> or calibrated: values of parameters, each with its source below. The climate "
    "is read from files: {title}.</p>"
)


class About:
    """Two buttons, and the dialogs that they open; what is in them is made when first asked for."""

    def __init__(self, state, css):
        self._state = state
        self.description = _dialog(say("The model"))
        self.glossary = _dialog(say("Glossary and provenance"))
        self._css = css
        small = {"size": "small", "variant": "text", "margin": 0}
        describe = pmui.Button(label=say("Model description"), **small)
        explain = pmui.Button(label=say("Glossary"), **small)
        self._dialogs = {
            "description": (self.description, self._described),
            "glossary": (self.glossary, self._symbols),
        }
        describe.on_click(lambda _event: self._open("description"))
        explain.on_click(lambda _event: self._open("glossary"))
        for name, (dialog, _) in self._dialogs.items():
            dialog.param.watch(lambda event, name=name: self._turned(name, event.new), "open")
            if name in state.opened:
                self._open(name)
        self.pane = pn.Row(describe, explain, self.description, self.glossary, margin=(4, 0))

    def _open(self, name):
        dialog, content = self._dialogs[name]
        if not dialog.objects:
            dialog.objects = [content()]
        dialog.open = True

    def _turned(self, name, opened):
        others = set(self._state.opened) - {name}
        self._state.opened = panels(others | {name} if opened else others)

    def _described(self):
        written = DESCRIPTION.read_text("utf-8")
        if language.current() != ENGLISH:
            written = f"*{say('The description of the model is in English.')}*\n\n{written}"
        return pn.pane.Markdown(
            written, stylesheets=[self._css], css_classes=["described"],
            sizing_mode="stretch_width",
        )  # fmt: skip

    def _symbols(self):
        said = say(domain.either(PROVENANCE, PREPARED), title=escape(domain.title()))
        title, told = say("Glossary"), said + glossary.table()
        return pn.pane.HTML(  # keys can scroll it
            f'<div role="region" aria-label="{title}" tabindex="0">{told}</div>',
            stylesheets=[self._css], css_classes=["described"],
            sizing_mode="stretch_width",
        )  # fmt: skip


def _dialog(title):
    return pmui.Dialog(
        title=title, title_variant="h6", show_close_button=True, close_on_click=True,
        width_option="lg", scroll="paper",
    )  # fmt: skip
