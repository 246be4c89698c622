"""Says that the page is on its way while its libraries are still being loaded.

Only the standard library is used here, so that the address answers at once; the waiting page asks
again until the real one is there, and then becomes it.
"""

import contextlib
import errno
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TAKEN = {errno.EADDRINUSE: "is in use", errno.EACCES: "may not be used"}
TRIED, LAST = 100, 65535  # ports one after the other; the last there is
STATUS = 503  # what tells the waiting page, and anyone else, that this is not the page yet
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Permafrost Carbon</title>
<meta name="viewport" content="width=device-width">
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 34rem; margin: 20vh auto; padding: 0 1rem; }
  progress { width: 100%; }
</style>
<main>
  <h1>Permafrost Carbon</h1>
  <p><strong role="status">Starting: loading the page and its maps.</strong>
  <span>0</span> s so far. The page appears by itself.</p>
  <progress aria-label="Starting"></progress>
</main>
<script>
  const begun = Date.now(), said = document.querySelector("span")
  const ask = async () => {
    said.textContent = Math.round((Date.now() - begun) / 1000)
    const answer = await fetch(location.href, {cache: "no-store"}).catch(() => null)
    if (answer && answer.status != STATUS) location.reload()
    else setTimeout(ask, 250)
  }
  ask()
</script>
""".replace("STATUS", str(STATUS)).encode()


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(STATUS)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.send_header("Retry-After", "1")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_words):
        """Keep quiet: the terminal is for people."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Keep quiet where a browser has left before it was answered."""


def next_free(host, port) -> int:
    """Return the first port from *port* on that can be had; ValueError if none of `TRIED` can."""
    for one in range(port, min(port + TRIED, LAST + 1)):
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            tried.bind((host, one))
            return one
    raise ValueError(f"--host {host}: none of the ports from {port} to {one} can be had")


@contextlib.contextmanager
def at_the_door(host, port):
    """Answer at an address until the caller has loaded the page; give what makes way for it.

    Raises ValueError where the port, or an address of that host, cannot be had.
    """
    try:
        server = _Server((host, port), _Answer)
    except OSError as fault:
        if fault.errno in TAKEN:
            text = f"port {port} {TAKEN[fault.errno]}; choose another with --port, or --next-port"
        else:
            text = f"--host {host}: {fault.strerror}; expected an IPv4 address of this machine"
        raise ValueError(text) from fault
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    left = threading.Event()

    def make_way():
        if not left.is_set():
            left.set()
            server.shutdown()
            server.server_close()

    try:
        yield make_way
    finally:
        make_way()
