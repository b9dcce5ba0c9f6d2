"""A target behind ssh when the connection, the keys or the host are not what they should be."""

import asyncio
import contextlib
import os
import socket
from pathlib import Path

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_machines import Loopback, Machine, asyncssh_server
from wetrun.course.results import Ending
from wetrun.runtime.ports import Progress
from wetrun.targets.errors import TargetUnreachableError
from wetrun.targets.ssh import SshTarget, split_address
from wetrun.units import Seconds

LIMIT = Seconds(60.0)


class Cuttable(Loopback):
    """Loopback whose connections can be cut, as by a router."""

    def __init__(self) -> None:
        self.descriptors: list[int] = []

    def connect(self, host: str, port: int, *, limit: float) -> socket.socket:
        sock = super().connect(host, port, limit=limit)
        self.descriptors.append(os.dup(sock.fileno()))
        return sock

    def cut(self) -> None:
        import socket

        for descriptor in self.descriptors:
            with contextlib.suppress(OSError), socket.socket(fileno=descriptor) as sock:
                sock.shutdown(socket.SHUT_RDWR)
        self.descriptors.clear()


def behind(machine: Machine, network: Cuttable, grace: int = 30) -> SshTarget:
    assert machine.address is not None
    assert machine.key is not None
    return SshTarget(
        "production",
        machine.address,
        str(machine.directory),
        str(machine.session),
        network=network,
        client_keys=[machine.key],
        known_hosts=machine.known_hosts,
        config=False,
        grace=grace,
    )


async def until(path: Path) -> None:
    async with asyncio.timeout(30):
        while not path.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.01)


def test_a_dropped_connection_is_taken_up_again(tmp_path: Path) -> None:
    """After a dropped connection others run the step again beside its orphan; here it goes on and is waited for."""

    async def scene() -> None:
        network = Cuttable()
        async with asyncssh_server(tmp_path) as (machine, _):
            target = behind(machine, network)
            await target.open({"A": "1"}, {})
            await target.run("before", "kept=yes", limit=LIMIT)
            command = "echo x >> effects; touch begun; until [ -e go ]; do sleep 0.02; done; echo $kept $A; late=7"
            running = asyncio.create_task(target.run("k", command, limit=LIMIT))
            await until(machine.directory / "begun")
            network.cut()
            assert await target.progress("k") is Progress.RUNNING
            (machine.directory / "go").touch()
            seen = await running
            assert (seen.ending, seen.exit_code, seen.stdout.text) == (Ending.DONE, 0, "yes 1\n")
            network.cut()
            assert (await target.run("next", "echo $late", limit=LIMIT)).stdout.text == "7\n"
            network.cut()
            assert (await target.query("echo $A", limit=LIMIT)).stdout.text == "1\n"
            await target.close()
            network.cut()
            assert (machine.directory / "effects").read_text() == "x\n"

    asyncio.run(scene())


def test_a_command_ends_when_nobody_comes_back(tmp_path: Path) -> None:
    """A controller that is gone for good cannot roll back beside a command that still changes things."""

    async def scene() -> None:
        network = Cuttable()
        async with asyncssh_server(tmp_path) as (machine, _):
            target = behind(machine, network, grace=0)
            await target.open({}, {})
            running = asyncio.create_task(target.run("k", "echo $BASHPID > pid; touch begun; sleep 600", limit=LIMIT))
            await until(machine.directory / "begun")
            network.cut()
            seen = await running
            assert seen.ending is Ending.STOPPED
            assert "gone" in (seen.error or "")
            assert not Path("/proc", (machine.directory / "pid").read_text().strip()).exists()
            await target.close()
            network.cut()

    asyncio.run(scene())


def test_an_unreachable_host_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    """Ansible runs neither rescue nor always then; here it is an error before anything was done."""

    async def scene() -> None:
        async with asyncssh_server(tmp_path) as (machine, server):
            server.close()
            await server.wait_closed()
            with pytest.raises(TargetUnreachableError) as refused:
                await machine.controller().open({}, {})
            assert refused.value.hint

    asyncio.run(scene())


def test_a_wrong_key_is_said(tmp_path: Path) -> None:
    """`Permission denied` without the command to try by hand costs an hour."""

    async def scene() -> None:
        async with asyncssh_server(tmp_path) as (machine, _):
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(tmp_path / "other"))
            machine.key = tmp_path / "other"
            with pytest.raises(TargetUnreachableError, match="does not let us in") as refused:
                await machine.controller().open({}, {})
            assert "ssh deploy@127.0.0.1" in (refused.value.hint or "")

    asyncio.run(scene())


def test_an_unknown_host_key_is_refused(tmp_path: Path) -> None:
    """Production secrets go over this connection: not to whoever answers."""

    async def scene() -> None:
        async with asyncssh_server(tmp_path) as (machine, _):
            assert machine.known_hosts is not None
            machine.known_hosts.write_text("")
            with pytest.raises(TargetUnreachableError, match="host key") as refused:
                await machine.controller().open({}, {})
            assert refused.value.hint

    asyncio.run(scene())


@given(
    st.none() | st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.sampled_from(["shop.test", "203.0.113.22", "2001:db8::1"]),
    st.none() | st.integers(1, 65535),
)
def test_addresses_are_split(user: str | None, host: str, port: int | None) -> None:
    """A colon misread in an IPv6 address would reach another machine."""
    text = (f"{user}@" if user else "") + (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    assert split_address(text) == (user, host, port)
