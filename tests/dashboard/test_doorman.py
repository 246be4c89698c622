import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dashboard import doorman

HOST = "127.0.0.1"


class Real(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>The page itself</title>")

    def log_message(self, *_words):
        pass


def test_who_comes_early_is_told_to_wait(port):
    with (
        doorman.at_the_door(HOST, port),
        pytest.raises(urllib.error.HTTPError) as said,
    ):
        urllib.request.urlopen(f"http://{HOST}:{port}/?rcp=rcp45", timeout=10)
    assert said.value.code == doorman.STATUS
    assert b"Starting" in said.value.read()


def test_a_port_in_use_is_said(port):
    with (
        doorman.at_the_door(HOST, port),
        pytest.raises(ValueError, match=f"port {port} is in use; choose another with --port"),
        doorman.at_the_door(HOST, port),
    ):
        pass


def test_the_next_free_port_is_found(port):
    with doorman.at_the_door(HOST, port):
        found = doorman.next_free(HOST, port)
        assert port < found < port + doorman.TRIED
        with doorman.at_the_door(HOST, found):
            pass
    assert doorman.next_free(HOST, port) == port


def test_no_port_at_all_is_said():
    with pytest.raises(ValueError, match=r"--host 192\.0\.2\.1: none of the ports from 65530 to"):
        doorman.next_free("192.0.2.1", 65530)


@pytest.mark.parametrize("host", ["192.0.2.1", "::1", "no.such.host.invalid"])
def test_a_host_that_is_not_here_is_said(port, host):
    with (
        pytest.raises(ValueError, match=f"--host {host}: .+; expected an IPv4 address"),
        doorman.at_the_door(host, port),
    ):
        pass


def test_the_waiting_page_becomes_the_page(browser, port):
    page = browser.new_page()
    with doorman.at_the_door(HOST, port) as make_way:
        page.goto(f"http://{HOST}:{port}/?year=2050")
        assert "Starting" in page.get_by_role("status").inner_text()
        make_way()
        with HTTPServer((HOST, port), Real) as server:
            threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
            page.wait_for_function("document.title == 'The page itself'")
            assert page.url.endswith("?year=2050")
            page.close()
            server.shutdown()
