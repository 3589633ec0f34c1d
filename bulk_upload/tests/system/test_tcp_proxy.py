"""The tests' own bad line does what it says."""

from __future__ import annotations

import socket
import socketserver
import threading

import pytest
import redis

from bulk_upload.tests.helpers.tcp_proxy import TcpProxy


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.server.lines.append(line)
            self.wfile.write(line)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Echo)
        self.lines = []
        self.url = f"tcp://user:secret@127.0.0.1:{self.server_address[1]}/0"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def server():
    with Server() as server:
        yield server
        server.shutdown()


@pytest.fixture
def proxy(server):
    with TcpProxy(server.url) as proxy:
        yield proxy


@pytest.fixture
def say(proxy):
    """Says a line through the proxy, on a connection of its own; gives the answer, ``b""`` for a dead one."""

    def run(line, seconds=5.0):
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=seconds) as client:
            try:
                client.sendall(line + b"\n")
                return client.recv(100).strip()
            except ConnectionError:
                return b""

    return run


def test_the_address_is_the_same_but_for_host_and_port(server, proxy):
    assert proxy.url == f"tcp://user:secret@127.0.0.1:{proxy.port}/0"


def test_a_good_line(say):
    assert say(b"one") == b"one"


def test_cut_and_good_again(proxy, say):
    proxy.cut()
    assert say(b"one") == b""
    proxy.forward()
    assert say(b"two") == b"two"


def test_nothing_passes_while_it_hangs(server, proxy, say):
    proxy.hang()
    with pytest.raises(TimeoutError):
        say(b"one", seconds=0.2)
    assert server.lines == []


@pytest.mark.parametrize(("cut", "received"), [("cut_before", []), ("cut_after", [b"COMMIT\n"])])
def test_cut_before_or_after_the_server_has_answered(server, proxy, say, cut, received):
    getattr(proxy, cut)(b"COMMIT")
    assert say(b"COMMIT") == b""
    assert (server.lines, proxy.cuts) == (received, 1)
    assert say(b"COMMIT") == b"COMMIT"


def test_cut_and_stays_so(proxy, say):
    proxy.cut_after(b"COMMIT", stay_cut=True)
    assert (say(b"one"), say(b"COMMIT"), say(b"one")) == (b"one", b"", b"")


def test_before_redis(settings):
    with TcpProxy(settings.REDIS_URL) as proxy:
        client = redis.Redis.from_url(proxy.url, retry=None, socket_timeout=5)
        assert client.ping()
        proxy.cut()
        with pytest.raises(redis.ConnectionError):
            client.ping()
