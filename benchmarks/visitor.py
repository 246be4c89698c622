"""A visitor without a browser: opens the page over its WebSocket, acts and reads as one would.

What a browser sends when a control is moved is sent here, and what the page sends back is
counted; nothing is painted. One process holds many of them.
"""

import asyncio
import html
import re
import time
from collections import Counter

from bokeh.protocol import Protocol
from bokeh.protocol.receiver import Receiver
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

TOKEN = re.compile(rb'"token":\s*"([^"]+)"')
LARGEST = 2**27  # bytes of a message
PATIENCE = 60  # s that words may stay away after a control has been moved


class RefusedError(Exception):
    """The server has shown something else than the page."""


class Visitor:
    """One open page; made by `Visitor.opened`."""

    def __init__(self, socket):
        self._socket, self._protocol = socket, Protocol()
        self._receiver = Receiver(self._protocol)
        self._answers, self._by_id = {}, {}
        self._change = asyncio.Condition()
        self.faults = []  # sentences of the server about messages it could not handle
        self.heard = Counter()  # how many changes of each kind have come
        self._reading = None

    @classmethod
    async def opened(cls, address, query="", *, drawn=True):
        """Return the page at *address* once its whole document has come.

        *drawn*: whether to say at once that all of it is drawn, which takes a browser seconds.

        Raises RefusedError where the server shows something else; OSError where it does not answer.
        """
        answer = await AsyncHTTPClient().fetch(
            f"{address}/{query}", raise_error=False, request_timeout=PATIENCE
        )
        token = TOKEN.search(answer.body or b"")
        if answer.code != 200 or token is None:
            raise RefusedError(
                answer.body.decode("utf-8", "replace") if answer.body else str(answer)
            )
        asked = HTTPRequest(
            f"ws{address.removeprefix('http')}/ws{query}",
            headers={"Origin": address},
            request_timeout=PATIENCE,
        )
        socket = await websocket_connect(
            asked, subprotocols=["bokeh", token[1].decode()], max_message_size=LARGEST
        )
        self = cls(socket)
        await self._next()  # that the session is there
        self._reading = asyncio.create_task(self._read())
        document = await self._ask(self._protocol.create("PULL-DOC-REQ"))
        self._learn(document.content["doc"])
        if drawn:
            await self._send(_event("document_ready", []))
        return self

    async def close(self):
        """Leave, as one who closes the tab."""
        self._reading.cancel()
        self._socket.close()
        while await self._socket.read_message() is not None:
            pass

    # --- what it does ------------------------------------------------------------------------

    async def choose(self, label, value, tells="headline") -> float:
        """Set the control called *label*.

        Return the seconds until the words of the pane *tells* (its CSS class) were others.
        """
        model = self._called(label)
        return await self._acted(changed(model["id"], "value", value), tells)

    async def press(self, label, tells="says") -> float:
        """Press the button called *label*; return as `choose`."""
        model = self._called(label)
        click = {"type": "map", "entries": [["type", "click"]]}
        owner = {"id": self._owner(model)}
        return await self._acted(
            _event("dom_event", [["model", owner], ["node", "click"], ["data", click]]), tells
        )

    async def tap(self, lon, lat, tells="key") -> float:
        """Tap the first map; return as `choose`."""
        (figure, *_) = (m for m in self._by_id.values() if m["id"].startswith("map"))
        place = [["sx", 0], ["sy", 0], ["x", lon], ["y", lat]]
        more = [["modifiers", {"type": "map", "entries": []}]]
        return await self._acted(
            _event("tap", [["model", {"id": figure["id"]}], *place, *more]), tells
        )

    async def turn_dark(self):
        """Turn the page to its dark theme."""
        page = next(m for m in self._by_id.values() if "sidebar_width" in m.get("attributes", {}))
        await self._send(changed(page["id"], "dark_theme", value=True))

    # --- what it reads -----------------------------------------------------------------------

    def text(self, kind) -> str:
        """Return the text of the first pane of a CSS class."""
        model = next(
            model for model in self._by_id.values()
            if kind in model.get("attributes", {}).get("css_classes", ())
        )  # fmt: skip
        return re.sub(r"<[^>]*>", "", html.unescape(model["attributes"].get("text", "")))

    def sheets(self) -> str:
        """Return the style sheets of all that is on the page, one after the other."""
        models = self._by_id.values()
        return "".join(str(model.get("attributes", {}).get("stylesheets")) for model in models)

    async def until(self, holds, patience):
        """Wait until *holds* (a function of this visitor) is true; raise TimeoutError otherwise."""
        async with asyncio.timeout(patience), self._change:
            await self._change.wait_for(lambda: holds(self))

    # --- how it works ------------------------------------------------------------------------

    def _called(self, label):
        return next(
            model for model in self._by_id.values()
            if model.get("attributes", {}).get("label") == label
        )  # fmt: skip

    def _owner(self, data):
        return next(
            m["id"] for m in self._by_id.values()
            if m.get("attributes", {}).get("data", {}).get("id") == data["id"]
        )  # fmt: skip

    async def _acted(self, event, tells):
        begun, told = time.monotonic(), self.text(tells)
        await self._send(event)
        await self.until(lambda _self: self.text(tells) != told, PATIENCE)
        return time.monotonic() - begun

    async def _send(self, event):
        message = self._protocol.create("OK", "")  # an empty one, to be made a patch
        message.header["msgtype"], message.content = "PATCH-DOC", {"events": [event]}
        message.header.pop("reqid", None)
        await self._ask(message)

    async def _ask(self, message):
        self._answers[message.header["msgid"]] = found = asyncio.get_running_loop().create_future()
        for part in (message.header_json, message.metadata_json, message.content_json):
            await self._socket.write_message(part)
        return await found

    async def _next(self):
        message = None
        while message is None:
            part = await self._socket.read_message()
            if part is None:
                raise ConnectionError("the server has closed the page")
            message = await self._receiver.consume(part)
        return message

    async def _read(self):
        while True:
            message = await self._next()
            if message.msgtype == "PATCH-DOC":
                await self._hear(message.content["events"])
            asked = self._answers.pop(message.header.get("reqid"), None)
            if asked is not None:
                asked.set_result(message)
            if message.msgtype == "ERROR":
                self.faults.append(message.content["text"])

    async def _hear(self, events):
        for event in events:
            self.heard[event["kind"]] += 1
            if event["kind"] == "ModelChanged":
                self._learn(event["new"])
                model = self._by_id.get(event["model"]["id"])
                if model is not None:
                    model.setdefault("attributes", {})[event["attr"]] = event["new"]
        async with self._change:
            self._change.notify_all()

    def _learn(self, found):
        """Note each model in a piece of a document by its id."""
        if isinstance(found, dict):
            if found.get("type") == "object" and "id" in found:
                self._by_id[found["id"]] = found
            found = found.values()
        elif not isinstance(found, list):
            return
        for part in found:
            self._learn(part)


def changed(model, attr, value):
    """Return what a browser sends when *attr* of the *model* of an id becomes *value*."""
    return {"kind": "ModelChanged", "model": {"id": model}, "attr": attr, "new": value}


def _event(name, entries):
    """Return what a browser sends when something happens on the page."""
    values = {"type": "map", "entries": entries}
    said = {"type": "event", "name": name, "values": values}
    return {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": said}
