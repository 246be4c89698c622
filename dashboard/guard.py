"""What strangers may do: the headers of every answer, and how many pages are open at once."""

import json
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

# BokehJS makes functions of text ('unsafe-eval') and writes styles and a script into the page;
# components of Material UI come as blobs. Nothing is loaded from elsewhere.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
SAME = "'self'"


class Guard(NamedTuple):
    """How a server is kept; the defaults are for one's own computer."""

    origins: tuple[str, ...] = ()  # of pages that may open a WebSocket, beside the address itself
    prefix: str = ""  # of the path, behind a proxy
    passwords: dict[str, str] | None = None  # by name, for Panel's basic authentication
    ancestors: str = SAME  # who may show the page in a frame, as CSP writes it
    sessions: int = 100  # pages open at once

    @property
    def path(self) -> str:
        """Return the path of the page: / or /prefix/."""
        bare = self.prefix.strip("/")
        return f"/{bare}/" if bare else "/"

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer."""
        policy = POLICY | {"frame-ancestors": self.ancestors}
        return {
            "Content-Security-Policy": "; ".join(" ".join(pair) for pair in policy.items()),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }


HOME = Guard()


def passwords(path) -> dict[str, str]:
    """Return the passwords by name that a JSON file holds.

    Raises ValueError if it holds something else (which is not repeated), OSError if it cannot be
    read.
    """
    text = Path(path).read_text("utf-8")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as fault:
        raise ValueError(f"{path}: line {fault.lineno} is no JSON") from None
    good = (
        isinstance(found, dict)
        and found
        and all(isinstance(word, str) and word for word in found.values())
    )
    if not good:
        raise ValueError(f'{path}: expected {{"name": "password", …}}, each a text')
    return found


def transform(headers):
    """Return a transform (of Tornado) that adds *headers* to every answer."""
    from tornado.web import OutputTransform  # the command line has no need of it

    class Headers(OutputTransform):
        def transform_first_chunk(self, status_code, found, chunk, finishing):  # noqa: ARG002
            for name, value in headers.items():
                found[name] = value
            return status_code, found, chunk

    return Headers


class Room:
    """Who is in, and who waits at the door."""

    def __init__(self, places):
        self.places, self.inside = places, set()
        self._waiting = OrderedDict()

    @property
    def full(self) -> bool:
        """Whether there is no place left."""
        return len(self.inside) >= self.places

    def enter(self, who):
        """Let *who* in."""
        self._waiting.pop(who, None)
        self.inside.add(who)

    def wait(self, who) -> int:
        """Return which number *who* has among those that wait, from 1 on."""
        self._waiting.setdefault(who)
        return list(self._waiting).index(who) + 1

    def leave(self, who):
        """Forget *who*."""
        self.inside.discard(who)
        self._waiting.pop(who, None)
