"""The description of the model and the glossary, one click away."""

from pathlib import Path

import panel as pn
import panel_material_ui as pmui

from dashboard import glossary

DESCRIPTION = Path(__file__).parents[2] / "docs" / "model.md"
PROVENANCE = (
    "<p><b>Simulated</b>: worked out by this model, here; every number is, unless it says "
    "otherwise. <b>Published</b>: printed by Liu et al.; marked so, with the place. "
    "<b>Assumed</b> or calibrated: values of parameters, each with its source below. The climate "
    "is a reconstruction from published figures, not GCM output.</p>"
)


class About:
    """Two buttons, and the dialogs that they open; what is in them is made when first asked for."""

    def __init__(self, css):
        self.description = _dialog("The model")
        self.glossary = _dialog("Glossary and provenance")
        self._css = css
        describe = pmui.Button(label="Model description", size="small", variant="text", margin=0)
        explain = pmui.Button(label="Glossary", size="small", variant="text", margin=0)
        describe.on_click(lambda _event: self._open(self.description, self._described))
        explain.on_click(lambda _event: self._open(self.glossary, self._symbols))
        self.pane = pn.Row(describe, explain, self.description, self.glossary, margin=(4, 0))

    def _open(self, dialog, content):
        if not dialog.objects:
            dialog.objects = [content()]
        dialog.open = True

    def _described(self):
        return pn.pane.Markdown(
            DESCRIPTION.read_text("utf-8"), stylesheets=[self._css], css_classes=["described"],
            sizing_mode="stretch_width",
        )  # fmt: skip

    def _symbols(self):
        return pn.pane.HTML(
            PROVENANCE + glossary.table(), stylesheets=[self._css], css_classes=["described"],
            sizing_mode="stretch_width",
        )  # fmt: skip


def _dialog(title):
    return pmui.Dialog(
        title=title, title_variant="h6", show_close_button=True, close_on_click=True,
        width_option="lg", scroll="paper",
    )  # fmt: skip
