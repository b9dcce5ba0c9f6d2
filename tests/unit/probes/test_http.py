"""One request: everything that can happen to it is an observation, and all of it is measured."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

import pytest
import trustme

from wetrun.course.results import Ending
from wetrun.plan.steps import Http
from wetrun.probes.exchange import KEPT_BODY
from wetrun.probes.http import HostNetwork, request

Serve = Callable[[socket.socket], None]
GO_ON = threading.Event


@contextlib.contextmanager
def _server(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server for one connection; `serve` gets it after the request's head was read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            connection, _ = listener.accept()
            with contextlib.suppress(OSError):
                if context is not None:
                    connection = context.wrap_socket(connection, server_side=True)
                with connection:
                    head = b""
                    while b"\r\n\r\n" not in head:
                        head += connection.recv(1)  # not a byte of the body: that is for whoever serves
                    heads.append(head)
                    serve(connection)

        heads: list[bytes] = []
        thread = threading.Thread(target=run)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def _says(*parts: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return serve


def test_an_answer_comes_with_status_headers_and_body() -> None:
    """Expectations look at each of them; repeated headers must not hide one another."""
    answer = (
        b"HTTP/1.1 301 Moved\r\nLocation: /there\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\nok"
    )
    with _server(_says(answer)) as place:
        observed = request(HostNetwork(), Http(f"http://{place}/here?q=1"), 5.0)
    assert (observed.ending, observed.status, observed.refused, observed.error) == (Ending.DONE, 301, False, None)
    assert observed.headers == {"location": "/there", "set-cookie": "a=1, b=2", "content-length": "2"}
    assert observed.body is not None
    assert (observed.body.text, observed.body.size, observed.body.cut) == ("ok", 2, False)
    assert observed.seconds > 0


def test_what_is_asked_arrives_as_it_was_written() -> None:
    """A probe that sends another method, host or body than the plan says measures something else."""
    heads: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        heads.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    asked = Http("http://PLACE/x", "POST", {"Host": "shop.test", "X-Key": "é".encode().decode("latin-1")}, "body é")
    with _server(serve) as place:
        request(HostNetwork(), Http(asked.url.replace("PLACE", place), asked.method, asked.headers, asked.body), 5.0)
    assert heads == ["body é".encode()]


def test_a_large_body_is_cut_and_counted() -> None:
    """A download must fill neither memory nor the record, and its size is still known."""
    size = 3 * KEPT_BODY
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode()
    with _server(_says(head, b"x" * size)) as place:
        observed = request(HostNetwork(), Http(f"http://{place}/"), 10.0)
    assert observed.body is not None
    assert (observed.body.size, observed.body.cut) == (size, True)
    assert len(observed.body.text) < KEPT_BODY + 100


def test_a_server_that_drips_cannot_hold_us() -> None:
    """A time limit on each read is none: one byte a second would keep the request alive for ever."""
    end = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not end.wait(0.02):
            connection.sendall(b"X-A: b\r\n")

    with _server(drip) as place:
        observed = request(HostNetwork(), Http(f"http://{place}/"), 0.3)
        end.set()
    assert observed.ending is Ending.TIME_LIMIT
    assert not observed.refused


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "after 4 bytes of the body"),
        (b"220 mail.shop.test ESMTP\r\n", "not an HTTP answer"),
    ],
)
def test_an_answer_that_is_none_is_an_observation(answer: bytes, said: str) -> None:
    """A service that dies in the middle of an answer is down, not unmeasured."""
    with _server(_says(answer)) as place:
        observed = request(HostNetwork(), Http(f"http://{place}/"), 5.0)
    assert observed.refused
    assert observed.ending is Ending.DONE
    assert said in (observed.error or "")


def test_a_reset_and_a_refusal_are_observations() -> None:
    """Nobody listening is the most certain thing that can be said about a service."""

    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with _server(reset) as place:
        broken = request(HostNetwork(), Http(f"http://{place}/"), 5.0)
    refused = request(HostNetwork(), Http(f"http://{place}/"), 5.0)
    assert broken.refused
    assert refused.refused
    assert refused.error == "connection refused"


def test_certificates_are_checked() -> None:
    """A certificate that browsers refuse keeps users out, even if the server behind it is fine."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    answer = _says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    class Trusting(HostNetwork):
        def trust(self) -> ssl.SSLContext:
            trusting = super().trust()
            authority.configure_trust(trusting)
            return trusting

    with _server(answer, context) as place:
        assert request(Trusting(), Http(f"https://{place}/"), 5.0).status == 200
    with _server(answer, context) as place:
        observed = request(HostNetwork(), Http(f"https://{place}/"), 5.0)
    assert observed.refused
    assert "certificate is not believed" in (observed.error or "")


@pytest.mark.parametrize(
    "url", ["ftp://shop.test/", "shop.test", "http://127.0.0.1:notaport/", "http://nowhere.invalid/"]
)
def test_what_cannot_be_asked_is_an_error(url: str) -> None:
    """A mistyped address measures nothing: that is not the service's failure."""
    observed = request(HostNetwork(), Http(url), 5.0)
    assert observed.ending is Ending.ERROR
    assert observed.error
