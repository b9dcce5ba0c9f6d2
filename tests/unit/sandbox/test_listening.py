"""Who listens, as the kernel says it in two ways."""

import socket
from collections.abc import Callable, Iterable

import pytest

from wetrun.sandbox.inside import listening

ways = pytest.mark.parametrize("ask", [listening.listening_ports, listening._from_tables], ids=["sock_diag", "tables"])


@ways
@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_ports_are_listed_while_somebody_listens(
    ask: Callable[[], Iterable[int]], family: socket.AddressFamily, host: str
) -> None:
    """The port of a connection is not one on which somebody listens."""
    if family is socket.AF_INET6 and not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here")
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port)) as client:
            assert port in ask()
            assert client.getsockname()[1] not in ask()
    assert port not in ask()


def test_the_kernel_answers_without_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take tens of milliseconds to read: they are for kernels that know no better way."""

    def never() -> set[int]:
        raise AssertionError("the tables were read")

    monkeypatch.setattr(listening, "_from_tables", never)
    assert isinstance(listening.listening_ports(), frozenset)
