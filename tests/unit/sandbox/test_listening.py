"""Who listens, as the kernel says it in two ways."""

import socket
from collections.abc import Callable, Iterable

import pytest

from wetrun.sandbox.inside import listening


def bound() -> socket.socket:
    """A socket that holds its port for both families, so that nobody else can listen there meanwhile."""
    held = socket.socket(socket.AF_INET6)
    held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    held.bind(("::", 0))
    return held


def port_of(held: socket.socket) -> int:
    """The port that a socket holds."""
    port = held.getsockname()[1]
    assert isinstance(port, int)
    return port


@pytest.mark.parametrize("ask", [listening.listening_ports, listening._from_tables], ids=["sock_diag", "tables"])
def test_ports_are_listed_while_somebody_listens(ask: Callable[[], Iterable[int]]) -> None:
    """A port that is only held, and that of a connection, is not one on which somebody listens."""
    with bound() as server, bound() as client, socket.create_server(("127.0.0.1", 0)) as old:
        assert port_of(server) not in ask()
        server.listen()
        client.connect(("::ffff:127.0.0.1", port_of(server)))
        found = set(ask())
        assert {port_of(server), port_of(old)} <= found
        assert port_of(client) not in found


def test_the_kernel_answers_without_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take much longer to read: they are for kernels that know no better way."""

    def never() -> set[int]:
        raise AssertionError("the tables were read")

    monkeypatch.setattr(listening, "_from_tables", never)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert port_of(server) in listening.listening_ports()
