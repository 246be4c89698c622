"""What becomes of a fault that nobody expected while a page is served.

It is logged with its traceback, and the visitor is told its number; nothing else of it leaves the
server. Panel, Bokeh and Tornado would each do it in their own way, and Bokeh sends tracebacks.
"""

import inspect
import logging
import secrets
import sys
from functools import wraps
from weakref import WeakKeyDictionary, WeakMethod

import panel as pn
from bokeh.server.connection import ServerConnection
from bokeh.server.views.autoload_js_handler import AutoloadJsHandler
from tornado.web import HTTPError, RequestHandler

from dashboard.journal import number, shown, told
from dashboard.language import say

log = logging.getLogger(__name__)

LATER = ("add_next_tick_callback", "add_timeout_callback", "add_periodic_callback")

_pages: WeakKeyDictionary = WeakKeyDictionary()  # names of visits, and what tells them, by document


def alarm(fault: BaseException, document=None):
    """Log a *fault* and tell the visitor of *document* (default: whose turn it is)."""
    document = document or pn.state.curdoc
    name, complain = _pages.get(document, ("", lambda: None))
    log.error("A page could not do what it was asked for", exc_info=fault, extra=told(visit=name))
    tell = complain()
    if tell is not None:
        tell(say(shown(fault)))


def watch(document, tell):
    """Let a method *tell*(text) say the faults of all that *document* does from now on."""
    _pages[document] = secrets.token_hex(4), WeakMethod(tell)  # it leads back to the document
    for name in LATER:
        setattr(document, name, _guarded(document, getattr(document, name)))


def visit(document) -> str:
    """Return what the visit of a *document* that is watched is called in the log."""
    return _pages[document][0]


def _guarded(document, add):
    """Return *add*, which takes a callback, so that a fault of the callback is an alarm."""

    @wraps(add)
    def add_guarded(callback, *when):
        if inspect.iscoroutinefunction(callback):

            async def act():
                try:
                    await callback()
                except Exception as fault:  # noqa: BLE001 - alarm tells it
                    alarm(fault, document)
        else:

            def act():
                try:
                    return callback()
                except Exception as fault:  # noqa: BLE001 - alarm tells it
                    return alarm(fault, document)

        return add(wraps(callback)(act), *when)

    return add_guarded


def mend():
    """Let no other way out: for Panel's callbacks, Bokeh's messages and Tornado's pages."""
    pn.config.exception_handler = alarm
    ServerConnection.error = _message
    RequestHandler.write_error = _page
    AutoloadJsHandler.options = _options
    logger = logging.getLogger("panel")  # it has a stream of its own otherwise
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(logging.WARNING)


def _message(connection, message, _text):
    """Return Bokeh's message about the fault that is being handled: its number alone."""
    fault = sys.exception()
    document = connection.session.document
    answer = connection.protocol.create("ERROR", message.header["msgid"], say(shown(fault)))
    answer.content["traceback"] = None
    document.add_next_tick_callback(lambda: alarm(fault, document))  # it may change the page
    return answer


_asked_beforehand = AutoloadJsHandler.options


async def _options(handler, *words, **more):
    """Answer what a browser asks before it embeds the page; Bokeh fails if it names no origin."""
    if "Origin" not in handler.request.headers:
        raise HTTPError(400)
    await _asked_beforehand(handler, *words, **more)


def _page(handler, status_code, **kwargs):
    """Write the page that stands for a fault."""
    fault = kwargs.get("exc_info", (None, None))[1]
    unexpected = fault is not None and not isinstance(fault, HTTPError)
    more = f". Error {number(fault)} in the log of the server." if unexpected else ""
    handler.set_header("Content-Type", "text/plain; charset=utf-8")
    handler.finish(f"{status_code}: {handler._reason}{more}")  # noqa: SLF001 - as Tornado does
