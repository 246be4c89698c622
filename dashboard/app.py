"""The page as a whole: what lies where, and the server that shows it."""

import contextlib
import gc
import logging
import sys
import threading
import urllib.request
from functools import cache
from pathlib import Path

import panel as pn
import panel_material_ui as pmui
from panel.io.resources import LOCAL_DIST

from dashboard import style, words
from dashboard.glossary import marked
from dashboard.page import Page
from dashboard.paper import Figures
from dashboard.runs import Library
from dashboard.verdicts import Verdicts
from dashboard.views.about import About
from dashboard.views.atlas import Atlas
from data.store import Store, default_folder

log = logging.getLogger(__name__)

TITLE = "Permafrost Carbon"
ASSETS = Path(__file__).parent.parent / "assets"

pn.extension(notifications=True, reconnect=True)


class Shared:
    """What all pages of this process have in common."""

    resolution, folder, region = 0.5, None, None

    @classmethod
    @cache
    def library(cls) -> Library:
        """Return the results; they are read or simulated once the first page is asked for."""
        store = Store(cls.folder or default_folder())
        return Library(cls.resolution, store, region=cls.region)

    @classmethod
    @cache
    def verdicts(cls) -> Verdicts:
        """Return the scorecard; it is worked out once a page asks for it."""
        return Verdicts(cls.library())

    @classmethod
    @cache
    def figures(cls) -> Figures:
        """Return the numbers of the paper's figures; they are gathered once a page asks."""
        return Figures(cls.library())

    @classmethod
    @cache
    def atlas(cls):
        """Return the maps that pages copy."""
        library = cls.library()
        return Atlas(library.region, library.grid, library.store.folder)


def create_app():
    """Return the page for one visitor."""
    # a session that starts over the websocket would fetch Panel's CSS from a CDN otherwise
    pn.state.curdoc.template_variables["dist_url"] = LOCAL_DIST
    said = {name: values[0].decode("utf-8", "replace") for name, values in _arguments().items()}
    page = Page(
        Shared.library(), Shared.atlas(), Shared.verdicts(), Shared.figures(), said, pn.state.curdoc
    )
    pn.state.onload(page.begin)
    pn.state.on_session_destroyed(lambda _context: page.close())
    return laid_out(page)


def _arguments():
    return pn.state.session_args or {}


def laid_out(page):
    """Return the page's views in their places."""
    css = (ASSETS / "page.css").read_text("utf-8")
    control = page.controls
    sidebar = pn.Column(
        control.choices,
        pn.pane.HTML("<h2>What if …</h2>", margin=(8, 0, 0, 0), stylesheets=[css]),
        page.whatif.pane,
        About(css).pane,
        pn.pane.HTML(marked(words.GUIDE), css_classes=["guide"], stylesheets=[css], margin=(8, 0),
                     sizing_mode="stretch_width"),
        sizing_mode="stretch_width", margin=(0, 14),
    )  # fmt: skip
    for pane in (
        page.headline,
        page.about,
        page.message,
        page.status,
        page.series.key,
        page.numbers.pane,
        page.whatif.says,
        page.analyse.words,
        page.analyse.says,
        page.analyse.told,
        page.scorecard.words,
        page.scorecard.table,
        page.ground.words,
        *page.paper.texts,
    ):
        pane.stylesheets = [css]
    main = pn.Column(
        page.message,
        page.headline,
        page.about,
        page.explore,
        page.analyse.pane,
        page.scorecard.pane,
        page.ground.pane,
        page.paper.pane,
        page.bar,
        page.status,
        sizing_mode="stretch_both", margin=0,
        styles={"padding": "8px 16px 4px", "overflow-y": "auto"}, stylesheets=[style.variables()],
    )  # fmt: skip
    whole = pmui.Page(
        title=TITLE, main=[main], sidebar=[sidebar], sidebar_width=310,
        logo=str(ASSETS / "logo.svg"),
        header=[pn.pane.HTML(f"<span class='chip'>{words.LABEL}</span>", stylesheets=[css],
                             css_classes=["label"],
                             align="center", margin=0),
                control.view],
        favicon=ASSETS / "logo.svg", busy_indicator=None, theme_config=style.THEME,
        theme_toggle=True, sx=style.HEADER,
    )  # fmt: skip
    whole.param.watch(lambda event: _turn_dark(page, main, dark=event.new), "dark_theme")
    _make_room(page, whole)
    _unlink_busy(whole)
    return whole


def _turn_dark(page, main, *, dark):
    main.stylesheets = [style.variables(dark=dark)]
    page.turn_dark(dark)


def _make_room(page, whole):
    """Close the sidebar where nothing in it acts; elsewhere it is as it was."""
    explored = {"sidebar_open": whole.sidebar_open}
    with_menu = ("explore", "analyse", "profile")

    def follow(event=None):
        if page.state.view in with_menu:
            whole.param.update(sx=style.HEADER, **explored)
            return
        if event is None or event.old in with_menu:
            explored["sidebar_open"] = whole.sidebar_open
        whole.param.update(sx=style.NO_MENU, sidebar_open=False)

    page.state.param.watch(follow, "view")
    follow()


def _unlink_busy(page):
    """Take back what `pmui.Page` (0.16) hangs on `pn.state`: it keeps every page alive for ever."""
    for watcher in list(pn.state.param.watchers.get("busy", {}).get("value", [])):
        if getattr(getattr(watcher.fn, "__self__", None), "self", None) is page:
            pn.state.param.unwatch(watcher)


def _knock(address):
    """Ask for the page once, so that the first visitor finds it prepared."""
    with contextlib.suppress(OSError):
        urllib.request.urlopen(address, timeout=60).read()  # noqa: S310 - our own page


def serve(port, host="127.0.0.1", resolution=0.5, folder=None, make_way=lambda: None):
    """Serve the page until it is interrupted.

    The model is prepared in the background; the page opens at once. *folder* is where results
    are kept (default: the user's cache); *make_way* is called when the address is needed.

    Raises OSError where the address cannot be had.
    """
    Shared.resolution, Shared.folder = resolution, folder
    Shared.library().start()  # climates are read, or the model is compiled, while maps are drawn
    Shared.atlas()
    make_way()
    server = pn.serve(
        {"/": create_app}, port=port, address=host, show=False, start=False, title=TITLE,
        static_dirs={"assets": str(ASSETS)}, verbose=False, threaded=False,
        websocket_origin=[f"{name}:{port}" for name in {"localhost", "127.0.0.1", host}],
        check_unused_sessions_milliseconds=10_000, unused_session_lifetime_milliseconds=15_000,
    )  # fmt: skip
    # the HTML of every visit is the same; what a link says comes with the visitor's own session
    pn.config.reuse_sessions = True
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    threading.Thread(target=_knock, args=[f"http://{host}:{port}"], daemon=True).start()
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        sys.stdout.write("Ended.\n")
    finally:
        Shared.library().end()
