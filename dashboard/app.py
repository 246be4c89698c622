"""The page as a whole: what lies where, and the server that shows it."""

import contextlib
import gc
import logging
import secrets
import sys
import threading
import time
import urllib.request
from functools import cache
from html import escape
from pathlib import Path
from weakref import WeakSet

import panel as pn
import panel_material_ui as pmui
from panel.io.resources import LOCAL_DIST
from panel.links import Callback

from dashboard import alarms, journal, language, style, words, writes
from dashboard.glossary import marked
from dashboard.guard import HOME, Room, transform
from dashboard.language import LANGUAGES, say
from dashboard.page import Page
from dashboard.paper import Figures
from dashboard.reopened import Reopened
from dashboard.runs import Library
from dashboard.taken import Taken
from dashboard.verdicts import Verdicts
from dashboard.views.about import About
from dashboard.views.atlas import Atlas
from dashboard.views.door import Door
from dashboard.vitals import Health, Metrics
from data.store import Store, default_folder

log = logging.getLogger(__name__)

ASSETS = Path(__file__).parent.parent / "assets"

pn.extension()
writes.mend()
alarms.mend()
language.listen(lambda: pn.state.curdoc)


class Shared:
    """What all pages of this process have in common."""

    resolution, folder, region, opened = 0.5, None, None, None
    room, path = Room(HOME.sessions), HOME.path

    @classmethod
    @cache
    def library(cls) -> Library:
        """Return the results; they are read or simulated once the first page is asked for."""
        store = Store(cls.folder or default_folder())
        store.sweep()
        if cls.opened is not None:
            return Reopened(cls.opened, store)
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

    @classmethod
    @cache
    def pages(cls) -> WeakSet:
        """Return the pages in memory, closed ones that are not collected yet too."""
        return WeakSet()

    @classmethod
    @cache
    def taken(cls) -> Taken:
        """Return the files that visitors take away."""
        return Taken()


def create_app():
    """Return the page for one visitor; where the room is full, a word that it is."""
    who, room = pn.state.curdoc, Shared.room
    # a session that starts over the websocket would fetch Panel's CSS from a CDN otherwise
    who.template_variables["dist_url"] = LOCAL_DIST
    said = {name: values[0].decode("utf-8", "replace") for name, values in _arguments().items()}
    language.settle(who, _language(said))
    pn.state.on_session_destroyed(lambda _context: room.leave(who))
    if room.full:
        return Door(room, who).pane
    pn.state.onload(lambda: room.enter(who))
    page = Page(
        Shared.library(), Shared.atlas(), Shared.verdicts(), Shared.figures(), said,
        who, Shared.taken(), _address(),
    )  # fmt: skip
    Shared.pages().add(page)
    visit, whole = Visit(alarms.visit(who)), laid_out(page)
    _answer_from_the_first_act(who)
    pn.state.onload(visit.begin)
    pn.state.onload(page.begin)
    pn.state.on_session_destroyed(lambda _context: (_let_go(whole), page.close(), visit.end()))
    return whole


class Visit:
    """The stay of one visitor, as the log tells it."""

    def __init__(self, name):
        self.name, self._begun = name, 0.0

    def begin(self):
        """Tell that the page is open."""
        self._begun = time.monotonic()
        log.info("Visit begins", extra=journal.told(visit=self.name))

    def end(self):
        """Tell that it is closed, if it was ever open."""
        if self._begun:
            stay = round(time.monotonic() - self._begun)
            log.info("Visit ends", extra=journal.told(visit=self.name, seconds=stay))


def _address() -> str:
    """Return where the visitor finds the page, for links that leave it."""
    headers = pn.state.headers
    scheme = headers.get("X-Forwarded-Proto", "http")
    return f"{scheme}://{headers.get('Host', 'localhost')}{Shared.path}"


def _arguments():
    return pn.state.session_args or {}


def _language(said) -> str:
    """Return what the page speaks: as the link *said*, or else as the browser asks."""
    asked = said.get("lang", "").lower()
    accepted = str(pn.state.headers.get("Accept-Language", ""))
    return asked if asked in LANGUAGES else language.preferred(accepted)


def laid_out(page):
    """Return the page's views in their places."""
    css = (ASSETS / "page.css").read_text("utf-8")
    control = page.controls
    sidebar = pn.Column(
        pn.Row(page.story.begin, page.key_list.button, margin=0),
        control.choices,
        pn.pane.HTML(f"<h2>{say('What if …')}</h2>", margin=(8, 0, 0, 0), stylesheets=[css]),
        page.whatif.pane,
        About(page.state, css).pane,
        pn.pane.HTML(marked(words.guide()), css_classes=["guide"], stylesheets=[css], margin=(8, 0),
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
        page.ground.table,
        page.story.title,
        page.story.text,
        *page.paper.texts,
    ):
        pane.stylesheets = [css]
    main = pn.Column(
        page.message,
        page.story.pane,
        page.top,
        page.about,
        page.explore,
        page.present.pane,
        page.key_list.pane,
        page.analyse.pane,
        page.scorecard.pane,
        page.ground.pane,
        page.paper.pane,
        page.bar,
        page.status,
        sizing_mode="stretch_both", margin=0,
        styles={"padding": "8px 16px 4px", "overflow-y": "auto"}, stylesheets=_sheets(),
    )  # fmt: skip
    whole = pmui.Page(
        title=say(words.TITLE), main=[main], sidebar=[sidebar], sidebar_width=310,
        sidebar_resizable=False,  # by a handle that only a mouse can move
        logo=str(ASSETS / "logo.svg"),
        header=[pn.pane.HTML(f"<span class='chip'>{escape(words.label())}</span>",
                             stylesheets=[css], css_classes=["label"], align="center", margin=0),
                control.view, page.tongues.pane],
        favicon=ASSETS / "logo.svg", busy_indicator=None, theme_config=style.theme(),
        theme_toggle=True, sx=style.HEADER, dark_theme=page.dark,
    )  # fmt: skip
    whole.param.watch(lambda event: _turn_dark(page, main, dark=event.new), "dark_theme")
    if page.dark:
        _turn_dark(page, main, dark=True)
    _make_room(page, whole)
    _unlink_busy(whole)
    return whole


def _sheets(*, dark=False):
    return [style.variables(dark=dark), style.SCROLLS]


def _turn_dark(page, main, *, dark):
    main.stylesheets = _sheets(dark=dark)
    page.turn_dark(dark=dark)


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
        bare = page.state.view == "present"
        whole.param.update(sx=style.BARE if bare else style.NO_MENU, sidebar_open=False)

    page.state.param.watch(follow, "view")
    follow()


def _unlink_busy(page):
    """Take back what `pmui.Page` (0.16) hangs on `pn.state`: it keeps every page alive for ever."""
    for watcher in list(pn.state.param.watchers.get("busy", {}).get("value", [])):
        if getattr(getattr(watcher.fn, "__self__", None), "self", None) is page:
            pn.state.param.unwatch(watcher)


def _answer_from_the_first_act(document):
    """Have changes sent once the visitor acts.

    Panel (1.9) calls a page connected when the browser has drawn all of it, and drops what the
    server changes before; but who acts has the document already.
    """
    apply = document.apply_json_patch

    def heard(patch, **setter):
        pn.state._connected[document] = True  # noqa: SLF001 - no other way
        apply(patch, **setter)

    document.apply_json_patch = heard


def _let_go(whole):
    """Let go of a page that is closed: Panel's registry of links keeps it by what they name."""
    for part in whole.select():
        Callback.registry.pop(part, None)


def _knock(address):
    """Ask for the page once, so that the first visitor finds it prepared."""
    with contextlib.suppress(OSError):
        urllib.request.urlopen(address, timeout=60).read()  # noqa: S310 - our own page


def _secret(guard) -> str | None:
    """Return what signs the cookies of who has given a password; a new one at each start."""
    secret = guard.passwords and (pn.config.cookie_secret or secrets.token_hex())
    journal.hide(*(guard.passwords or {}).values(), secret or "")
    return secret


def serve(
    port, host="127.0.0.1", resolution=0.5, folder=None, region=None, opened=None,
    make_way=lambda: None, guard=HOME,
):  # fmt: skip
    """Serve the page until it is interrupted.

    The model is prepared in the background; the page opens at once. *folder* is where results
    are kept (default: the user's cache); *region* is what is shown (default: the plateau at
    *resolution*); *opened* is a finished run that is shown instead of runs of the model;
    *make_way* is called when the address is needed; *guard* says what strangers may do.

    Raises OSError where the address cannot be had, ValueError where *opened* is no run.
    """
    Shared.resolution, Shared.folder, Shared.room = resolution, folder, Room(guard.sessions)
    Shared.path = guard.path
    Shared.region, Shared.opened = Shared.region if region is None else region, opened
    Shared.library().start()  # climates are read, or the model is compiled, while maps are drawn
    Shared.atlas()
    make_way()
    server = pn.serve(
        {"/": create_app}, port=port, address=host, show=False, start=False, title=words.TITLE,
        static_dirs={"assets": str(ASSETS), "taken": str(Shared.taken().folder)},
        verbose=False, threaded=False,
        websocket_origin=[f"{name}:{port}" for name in {"localhost", "127.0.0.1", host}]
        + list(guard.origins),
        prefix=guard.prefix, use_xheaders=bool(guard.prefix),
        # the page writes its own link; Panel's location has every text sent its style sheets anew
        location=False, basic_auth=guard.passwords, cookie_secret=_secret(guard),
        extra_patterns=[
            ("/healthz", Health, {"library": Shared.library}),
            ("/metrics", Metrics,
             {"library": Shared.library, "sessions": lambda: len(Shared.room.inside),
              "pages": lambda: len(Shared.pages())}),
        ],
        check_unused_sessions_milliseconds=10_000, unused_session_lifetime_milliseconds=15_000,
    )  # fmt: skip
    server._tornado.add_transform(transform(guard.headers()))  # noqa: SLF001 - no other way
    # the HTML of every visit is the same; what a link says comes with the visitor's own session
    pn.config.reuse_sessions = True
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    threading.Thread(target=_knock, args=[f"http://{host}:{port}{guard.path}"], daemon=True).start()
    server.start()  # looks after pages that are closed
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        sys.stdout.write("Ended.\n")
    finally:
        Shared.library().end()
        Shared.taken().end()
