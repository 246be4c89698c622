"""The real server as a process of its own, to be measured from outside."""

import contextlib
import os
import socket
import subprocess
import sys
import time


@contextlib.contextmanager
def served(folder, environment=None, resolution=0.5):
    """Serve the page; give its address, when the process was started, and the process."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    command = [sys.executable, "-m", "dashboard", "serve", "--no-browser", "--port", port]
    begun = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--resolution", str(resolution)],
        env=os.environ | {"PERMAFROST_CARBON_STORE": folder} | (environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(int(port), server)
        yield f"http://localhost:{port}", begun, server
    finally:
        server.terminate()
        server.wait(60)


def _await(port, server):
    while server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the server ended with code {server.returncode}")
