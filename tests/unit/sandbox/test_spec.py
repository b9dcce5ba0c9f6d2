"""What follows from a plan for its sandbox."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.plan.double import Double, Port, Target
from wetrun.sandbox.spec import Door, SandboxSpec, is_address


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("deploy@203.0.113.22", Door("deploy", "203.0.113.22", 22)),
        ("deploy@notes.test:2222", Door("deploy", "notes.test", 2222)),
        ("notes.test", Door(None, "notes.test", 22)),
        ("deploy@[2001:db8::22]:2222", Door("deploy", "2001:db8::22", 2222)),
        ("deploy@[2001:db8::22]", Door("deploy", "2001:db8::22", 22)),
        ("deploy@2001:db8::22", Door("deploy", "2001:db8::22", 22)),
        ("a@b@notes.test", Door("a@b", "notes.test", 22)),
    ],
)
def test_doors_are_read_as_ssh_reads_them(text: str, door: Door) -> None:
    """A misread address would make the sandbox listen elsewhere than the plan connects to."""
    assert Door.parse(text) == door


@given(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.ip_addresses(), st.integers(1, 65535))
def test_every_address_survives_a_round_trip(user: str, address: object, port: int) -> None:
    """Any literal address of a plan must be understood, IPv6 included."""
    host = f"[{address}]" if ":" in str(address) else str(address)
    assert Door.parse(f"{user}@{host}:{port}") == Door(user, str(address), port)
    assert is_address(str(address))


def test_a_spec_gathers_what_the_plan_says_in_several_places() -> None:
    """Users and hosts of ssh targets must exist inside even if the double does not repeat them."""
    spec = SandboxSpec(
        folder=Path("/plan"),
        double=Double(
            hosts={"notes.test": "203.0.113.22", "127.0.0.2": "sandbox", "database.test": "sandbox"},
            users=("deploy", "root"),
            ports=(
                Port(443, 8080, ("notes.test",)),
                Port(8443, 8081, certificate=("notes.test", "api.test")),
                Port(80, 8080),
            ),
        ),
        targets={
            "one": Target(name="one", ssh="deploy@203.0.113.23"),
            "two": Target(name="two", ssh="ops@203.0.113.24:2222", directory="/srv"),
            "here": Target(name="here", directory="/opt/here"),
        },
    )
    assert spec.users == ("deploy", "ops")
    assert spec.ssh_ports == (22, 2222)
    assert spec.hosts["203.0.113.23"] == "sandbox"
    assert spec.addresses == ("203.0.113.23", "203.0.113.24", "203.0.113.22")
    assert spec.tls_names == ("notes.test", "api.test")
    assert spec.directory == "/srv"


def test_a_declared_port_has_an_ssh_server_of_its_own() -> None:
    """Two servers cannot listen on one port: the one that production has must win over ours."""
    spec = SandboxSpec(
        folder=Path("/plan"),
        double=Double(ports=(Port(22, to=2022),)),
        targets={
            "one": Target(name="one", ssh="deploy@203.0.113.23"),
            "two": Target(name="two", ssh="ops@203.0.113.24:2222"),
        },
    )
    assert spec.ssh_ports == (22, 2222)
    assert spec.own_ssh_ports == (2222,)


def test_no_ssh_server_runs_unless_somebody_needs_it() -> None:
    """It costs a third of a second of processor time in every sandbox."""
    assert SandboxSpec(folder=Path("/plan")).ssh_ports == ()
    assert SandboxSpec(folder=Path("/plan"), ssh=True).ssh_ports == (22,)
    assert SandboxSpec(folder=Path("/plan")).directory == "/root"
