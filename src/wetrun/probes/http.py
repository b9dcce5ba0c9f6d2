"""HTTP requests as probes, steps and monitors make them."""

import socket
import ssl

from wetrun.course.results import Observed
from wetrun.plan.steps import Http
from wetrun.runtime.ports import Network

__all__ = ["HostNetwork", "request"]


class HostNetwork:
    """Requests that go out from this machine."""

    def connect(self, host: str, port: int, *, limit: float) -> socket.socket:
        """Open a TCP connection; see `Network.connect`."""
        return socket.create_connection((host, port), timeout=limit)

    def trust(self) -> ssl.SSLContext:
        """The certificates that this machine believes in."""
        return ssl.create_default_context()


def request(network: Network, asked: Http, limit: float) -> Observed:
    """Make a request and measure it; blocking, so call it from a worker thread.

    Redirects are not followed. Refused, reset and cut off connections, and certificates that are not believed, come
    back with `refused`; a request that takes longer than `limit` with `Ending.TIME_LIMIT`; a name that is not found,
    or an address that is none, with `Ending.ERROR`.

    Args:
        network: Where the request goes out from.
        asked: The request, its variables expanded.
        limit: For everything from the connection to the last byte of the body, in seconds.

    Returns:
        Status, headers (names in lower case; repeated ones joined by `, `), body and the seconds that it all took.
    """
    from wetrun.probes.exchange import exchange  # it brings the parsers of e-mail along: not for who never asks

    return exchange(network, asked, limit)
