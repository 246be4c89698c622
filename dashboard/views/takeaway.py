"""What a visitor takes away: one click a file, and the receipt that makes it again."""

import html

import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, CustomJS

from dashboard import exports, link, receipt, style, takeaway, takewords
from dashboard.language import say

SAVE = """
const [href] = cb_obj.data.href, [name] = cb_obj.data.name
if (!href) return
const link = Object.assign(document.createElement("a"), {href, download: name})
document.body.append(link)
link.click()
link.remove()
"""
ENDINGS = {"nc": ".nc", "zarr": ".zarr.zip", "csv": ".csv"}  # of numbers
SLIDE = "slide"  # of the pictures, that for a projector
CODE = "white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px;user-select:all"


class TakeAway:
    """The button of one page, and the dialog that it opens; made when first asked for.

    *taken* keeps the files of all pages; *address* is where this one is served.
    """

    def __init__(self, selection, taken, address, document, anchor):
        self._selection, self._taken, self._address = selection, taken, address
        self._document, self._folders = document, []
        self.button = pmui.Button(
            label=say(takewords.TITLE), size="small", variant="outlined", margin=(0, 4)
        )
        self.dialog = pmui.Dialog(
            title=say(takewords.TITLE), title_variant="h6", show_close_button=True,
            close_on_click=True, width_option="md", scroll="paper",
        )  # fmt: skip
        self.button.on_click(lambda _event: self.open())
        self._source = ColumnDataSource({"href": [""], "name": [""]})
        self._source.js_on_change("data", CustomJS(code=SAVE))
        anchor.tags = [*anchor.tags, self._source]
        self.pane = pn.Row(self.button, self.dialog, margin=0, align="center")

    # --- the dialog --------------------------------------------------------------------------

    def open(self):
        """Show what can be taken away of what is looked at now."""
        if not self.dialog.objects:
            self._build()
        for button, picture in zip(self.maps, self._selection.frames().pictures, strict=True):
            button.label = picture.quantity.symbol
        self._say("")
        self._show_receipt()
        self.dialog.open = True

    def _build(self):
        text = {"sizing_mode": "stretch_width", "styles": style.SMALL_PRINT, "margin": (4, 0)}
        self.says = pn.pane.HTML("", css_classes=["taking"], **text)
        self.receipt = pn.pane.HTML("", **text)
        self.buttons = {
            **{f"picture-{key}": self._button(say(label), self._picture, key)
               for key, label in takewords.PICTURES.items()},
            **{f"view-{key}": self._button(label, self._view, key)
               for key, label in takewords.DATA.items()},
            **{f"map-{key}": self._button("", self._map, key) for key in (1, 2, 3)},
            **{f"run-{key}": self._button(label, self._run, key)
               for key, label in takewords.DATA.items()},
        }  # fmt: skip
        self.maps = [self.buttons[f"map-{key}"] for key in (1, 2, 3)]
        self.width, self.height = (
            pmui.IntInput(
                label=say(label), value=side, start=takeaway.SMALLEST, end=takeaway.LARGEST,
                step=100, size="small", width=140, margin=(6, 4), sx=style.TYPED,
            )
            for label, side in zip(takewords.SIDES, takeaway.USUAL, strict=True)
        )  # fmt: skip
        rows = []
        for row, words_of in takewords.ROWS.items():
            own = [button for key, button in self.buttons.items() if key.startswith(f"{row}-")]
            own += [self.width, self.height] if row == "picture" else []
            rows.append(pn.pane.HTML(f"<b>{say(words_of)}</b>", **text))
            rows.append(pn.FlexBox(*own, align_items="center", margin=0))
        self.dialog.objects = [
            pn.Column(
                pn.pane.HTML(say(takewords.INTRODUCTION), **text), *rows, self.says, self.receipt,
                sizing_mode="stretch_width", margin=0,
            )
        ]  # fmt: skip

    def _button(self, label, take, key):
        button = pmui.Button(label=label, size="small", variant="outlined", margin=(2, 4))
        button.on_click(lambda _event: take(key))
        return button

    def _show_receipt(self):
        made = self._made("view.nc")
        self.receipt.object = (
            f"<b>{say(takewords.LINK)}</b><div style='{CODE}'>{html.escape(made.link)}</div>"
            f"<b>{say(takewords.RECEIPT)}</b>"
            f"<div style='{CODE}' class='receipt'>{html.escape(made.command)}</div>"
        )

    def _made(self, name, *choices):
        """Return the receipt of the view."""
        opened = self._selection.library.opened
        if opened is not None:
            return receipt.of_opened(self.link(), opened)
        return receipt.of_view(self.link(), self._step, name, *choices)

    def link(self) -> str:
        """Return the address that shows what is looked at now."""
        query = link.query(self._selection.state, self._selection.library.region)
        return f"{self._address}?{query}" if query else self._address

    @property
    def _step(self):
        return self._selection.library.grid.step

    # --- one file ----------------------------------------------------------------------------

    def _picture(self, key):
        slide, ending = key == SLIDE, ".png" if key == SLIDE else f".{key}"
        size = self.width.value or 0, self.height.value or 0
        if not all(takeaway.SMALLEST <= side <= takeaway.LARGEST for side in size):
            ends = {"low": takeaway.SMALLEST, "high": takeaway.LARGEST}
            self._say(say(takewords.SIZE, **ends))
            return
        self._take_view("slide" if slide else "figure", ending, takeaway.Shape(size, slide))

    def _view(self, key):
        self._take_view("view", ENDINGS[key], takeaway.Shape())

    def _map(self, key):
        picture = self._selection.frames().pictures[key - 1]
        self._take_view(exports.map_name(picture), takeaway.MAP, takeaway.Shape(map=key))

    def _take_view(self, what, ending, shape):
        missing = exports.missing(self._selection)
        if missing:
            self._say(html.escape(say(missing)))
            return
        shown, name = self._selection.frozen(), self._name(what, ending)
        made = self._made(name, *shape.choices)
        self._take(name, lambda path: takeaway.write_view(shown, made, path, shape))

    def _run(self, key):
        shown, ending = self._selection.frozen(), ENDINGS[key]
        name = self._name("run", f"{ending}.zip" if key == "csv" else ending)
        again = name.split(".")[0] + (".zarr" if key == "zarr" else ".nc")
        made = receipt.of_run(self.link(), self._step, again, shown.state)
        self._take(name, lambda path: takeaway.write_run(shown, made, path))

    def _name(self, what, ending):
        return takeaway.name(self._selection.state, what, self.link(), ending)

    def _take(self, name, write):
        """Let a file be written, then hand it to the browser."""
        self._say(say(takewords.WRITING, file=name), busy=True)

        def done(where, fault):  # from a worker
            self._document.add_next_tick_callback(lambda: self._hand_over(name, where, fault))

        self._folders.append(self._taken.ask(write, name, done))

    def _hand_over(self, name, where, fault):
        if where is None:
            self._say(say(takewords.FAILED, fault=html.escape(say(fault))))
            return
        href = f"taken/{where.as_posix()}"
        linked = f"<a href='{href}' download='{name}'>{name}</a>"
        self._say(say(takewords.DONE, file=linked))
        self._source.data = {"href": [href], "name": [name]}

    def _say(self, text, *, busy=False):
        self.says.object = f"<div role='status'>{text}</div>"
        for button in self.buttons.values():
            button.disabled = busy

    def close(self):
        """Remove what was taken: the visitor has left."""
        for folder in self._folders:
            self._taken.forget(folder)
