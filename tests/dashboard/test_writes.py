"""That every message reaches the page, in whatever order Panel's tasks end."""

import asyncio
from types import SimpleNamespace

import pytest
from bokeh.document import Document
from panel.io import document

from dashboard import writes
from tests.dashboard.conftest import apart


class Connection:
    """Stands for a connection to a browser; a message is on its way until a test says so."""

    def __init__(self):
        self.protocol = SimpleNamespace(create=lambda _kind, events: events)
        self._socket = None
        self.sent = []

    def send(self, msg):
        way = asyncio.get_running_loop().create_future()
        self.sent.append((msg, way))
        return [way]


async def one_ends_as_the_next_is_put_by(conn, doc):
    """Return what is sent of two messages."""
    document.schedule_write_events(doc, [conn], ["first"])
    await asyncio.sleep(0)
    conn.sent[0][1].set_result(None)
    document.schedule_write_events(doc, [conn], ["second"])
    for _ in range(5):
        await asyncio.sleep(0)
    return [msg for msg, _ in conn.sent]


def sent_of_two(conn):
    return apart(asyncio.run, one_ends_as_the_next_is_put_by(conn, Document()))


@pytest.fixture
def conn(monkeypatch):
    monkeypatch.setitem(
        document.extra_socket_handlers, type(None), lambda conn, msg: conn.send(msg)
    )
    return Connection()


def test_a_message_put_by_as_an_earlier_one_is_through_is_sent(conn, monkeypatch):
    monkeypatch.setattr(document, "_dispatch_msgs", writes._send_all)
    assert sent_of_two(conn) == [["first"], ["second"]]


def test_panel_still_leaves_it_behind(conn, monkeypatch):
    """Once this fails, Panel has mended it: take `dashboard.writes` away."""
    monkeypatch.setattr(document, "_dispatch_msgs", writes._send)
    assert sent_of_two(conn) == [["first"]]
