"""What a sandbox is made from: the parts of a plan that describe the double, and what follows from them."""

import ipaddress
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Self

from wetrun.lean import dataclass
from wetrun.plan.double import Double, Service, Target
from wetrun.plan.plan import Plan

__all__ = ["SANDBOX", "Door", "SandboxSpec", "is_address"]

SANDBOX = "sandbox"
_SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class Door:
    """Where ssh connects to; `user` is None when the plan does not say."""

    user: str | None
    host: str
    port: int = _SSH_PORT

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `user@host:port`, where user and port may be missing and an IPv6 address stands in brackets."""
        user, at, rest = text.rpartition("@")
        host, port = rest, ""
        if rest.startswith("["):
            host, _, port = rest[1:].partition("]")
            port = port.removeprefix(":")
        elif rest.count(":") == 1:
            host, _, port = rest.partition(":")
        return cls(user if at else None, host, int(port) if port else _SSH_PORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSpec:
    """The double of one plan.

    Attributes:
        folder: The plan's folder; paths of the double are relative to it.
        speed: How many times faster than production time passes, ≥ 1.
        intercept: Ports that the double does not declare, and whose connections go through the proxy all the same.
        ssh: An ssh server is wanted even if no target needs it.
        memory: Bytes that what is written inside may take in memory; None: it lies in a folder of this machine.
    """

    folder: Path
    double: Double = Double()
    services: Mapping[str, Service] = field(default_factory=dict[str, Service])
    targets: Mapping[str, Target] = field(default_factory=dict[str, Target])
    speed: float = 1.0
    intercept: tuple[int, ...] = ()
    ssh: bool = False
    memory: int | None = None

    @classmethod
    def of(cls, plan: Plan, *, speed: float = 1.0, intercept: tuple[int, ...] = ()) -> Self:
        """Take the double out of a plan."""
        return cls(
            folder=Path(plan.source).resolve().parent,
            double=plan.double,
            services=plan.services,
            targets=plan.targets,
            speed=speed,
            intercept=intercept,
        )

    @property
    def doors(self) -> tuple[Door, ...]:
        """Where the plan's ssh targets connect to."""
        return tuple(Door.parse(target.ssh) for target in self.targets.values() if target.ssh is not None)

    @property
    def ssh_ports(self) -> tuple[int, ...]:
        """The ports on which ssh is served in the sandbox, ascending."""
        return tuple(sorted({door.port for door in self.doors} | ({_SSH_PORT} if self.ssh else set[int]())))

    @property
    def own_ssh_ports(self) -> tuple[int, ...]:
        """Those of `ssh_ports` that our own server serves: a port that leads elsewhere has a server of its own."""
        led = {port.port for port in self.double.ports if port.to is not None}
        return tuple(port for port in self.ssh_ports if port not in led)

    @property
    def users(self) -> tuple[str, ...]:
        """The users of the double, and those as whom ssh logs in; not root."""
        names = [*self.double.users, *(door.user for door in self.doors if door.user is not None)]
        return tuple(dict.fromkeys(name for name in names if name != "root"))

    @property
    def hosts(self) -> Mapping[str, str]:
        """Names and addresses → an address or `sandbox`, which ssh targets are unless the plan says otherwise."""
        return {**{door.host: SANDBOX for door in self.doors}, **self.double.hosts}

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that the sandbox has besides its loopback ones."""
        written = [*self.hosts.keys(), *self.hosts.values()]
        literal = dict.fromkeys(text for text in written if is_address(text))
        return tuple(text for text in literal if not ipaddress.ip_address(text).is_loopback)

    @property
    def tls_names(self) -> tuple[str, ...]:
        """Every name for which the sandbox has a certificate."""
        return tuple(dict.fromkeys(name for port in self.double.ports for name in port.certified))

    @property
    def directory(self) -> str:
        """The first target's folder, else root's home."""
        return next((target.directory for target in self.targets.values() if target.directory is not None), "/root")


def is_address(text: str) -> bool:
    """Tell whether a text is a literal IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
