"""One HTTP request from the first packet to the last; what goes wrong on the way is an observation too."""

import http.client
import socket
import ssl
import threading
import time
from urllib.parse import SplitResult, urlsplit

from wetrun.course.results import Ending, Observed
from wetrun.plan.steps import Http
from wetrun.probes.output import output_of
from wetrun.runtime.ports import Network
from wetrun.units import counted

__all__ = ["KEPT_BODY", "exchange"]

KEPT_BODY = 1 << 20
"""Bytes of a body that are kept; the rest is read, counted and dropped."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class _Deadline:
    """Shuts a socket down when the time is over, so that a server that drips one byte at a time cannot hold us."""

    def __init__(self, limit: float) -> None:
        self._end = time.monotonic() + limit
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None
        self.over = False

    def left(self) -> float:
        return max(0.001, self._end - time.monotonic())

    def guard(self, connection: socket.socket) -> None:
        self._socket = connection
        connection.settimeout(self.left())
        self._timer = threading.Timer(self.left(), self._shut)
        self._timer.daemon = True
        self._timer.start()

    def follow(self, connection: socket.socket) -> None:
        self._socket = connection

    def _shut(self) -> None:
        self.over = True
        if self._socket is not None:
            try:
                # The plain socket's shutdown: an SSL socket's own would wait for the peer.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def exchange(network: Network, asked: Http, limit: float) -> Observed:
    """Make a request and measure it; arguments and result as `wetrun.probes.http.request`."""
    parts = urlsplit(asked.url)
    problem = _address_problem(parts)
    if problem is not None:
        return Observed(ending=Ending.ERROR, error=problem)
    started = time.monotonic()
    deadline = _Deadline(limit)
    try:
        return _answered(network, asked, parts, deadline, started)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        return _failed(failure, deadline, time.monotonic() - started, parts)
    finally:
        deadline.cancel()


def _address_problem(parts: SplitResult) -> str | None:
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return f"`{parts.geturl()}` is not an http or https address"
    try:
        _ = parts.port
    except ValueError:
        return f"`{parts.netloc}` has a port that is no port"
    return None


def _answered(network: Network, asked: Http, parts: SplitResult, deadline: _Deadline, started: float) -> Observed:
    host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]
    raw = network.connect(host, port, limit=deadline.left())
    connection = http.client.HTTPConnection(host, port)
    connection.sock = raw
    try:
        deadline.guard(raw)
        if parts.scheme == "https":
            connection.sock = network.trust().wrap_socket(raw, server_hostname=host)
            deadline.follow(connection.sock)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = _asked_headers(asked, parts)
        body = None if asked.body is None else asked.body.encode()
        connection.request(asked.method, target, body=body, headers=headers)
        answer = connection.getresponse()
        data, size = _body(answer)
        if deadline.over:
            raise TimeoutError
        return Observed(
            seconds=time.monotonic() - started,
            status=answer.status,
            headers=_headers(answer),
            body=output_of(data, keep=KEPT_BODY, size=size),
        )
    finally:
        connection.close()


def _asked_headers(asked: Http, parts: SplitResult) -> dict[str, str]:
    ours = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "wetrun", "Accept": "*/*", "Connection": "close"}
    theirs = {name.lower() for name in asked.headers}
    return {name: value for name, value in ours.items() if name.lower() not in theirs} | dict(asked.headers)


def _body(answer: http.client.HTTPResponse) -> tuple[bytes, int]:
    kept, size = bytearray(), 0
    while chunk := answer.read(65536):
        size += len(chunk)
        kept += chunk[: max(0, KEPT_BODY - len(kept))]
    if answer.length:
        raise http.client.IncompleteRead(bytes(kept), answer.length)
    return bytes(kept), size


def _headers(answer: http.client.HTTPResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in answer.getheaders():
        lower = name.lower()
        found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return found


def _failed(failure: Exception, deadline: _Deadline, seconds: float, parts: SplitResult) -> Observed:
    if deadline.over or isinstance(failure, TimeoutError):
        return Observed(ending=Ending.TIME_LIMIT, seconds=seconds, error=f"no whole answer within {seconds:.1f} s")
    if isinstance(failure, socket.gaierror):
        said = f"the name `{parts.hostname}` was not found: {failure.strerror}"
        return Observed(ending=Ending.ERROR, seconds=seconds, error=said)
    if not isinstance(failure, OSError | http.client.HTTPException):
        return Observed(ending=Ending.ERROR, seconds=seconds, error=f"the request cannot be made: {failure}")
    return Observed(seconds=seconds, refused=True, error=_cause(failure))


def _cause(failure: OSError | http.client.HTTPException) -> str:
    match failure:
        case ConnectionRefusedError():
            return "connection refused"
        case ssl.SSLCertVerificationError():
            return f"the certificate is not believed: {failure.verify_message}"
        case ssl.SSLError():
            return f"TLS failed: {failure.reason or failure}"
        case http.client.RemoteDisconnected():
            return "the connection was closed without an answer"
        case http.client.IncompleteRead():
            return f"the connection was closed after {counted(len(failure.partial), 'byte')} of the body"
        case ConnectionError():
            return f"the connection was cut off: {failure.strerror or failure}"
        case OSError():
            return f"no connection: {failure.strerror or failure}"
        case _:
            return f"not an HTTP answer: {failure or type(failure).__name__}"
