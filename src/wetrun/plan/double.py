"""Where a plan runs: targets, services, and the double that stands in for production."""

from collections.abc import Mapping
from dataclasses import field

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.units import Bytes, Seconds

__all__ = ["Double", "Port", "Service", "Target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A machine on which commands run.

    Attributes:
        ssh: `user@host` or `user@host:port`; None means this machine.
        directory: Where the shell starts; None means the login folder.
    """

    name: str
    ssh: str | None = None
    directory: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A long-running program of the system.

    Attributes:
        process: A regular expression that is found in the command line of its processes, and in no other.
        stop: The command that stops it as its manager would, or None.
        start: The command that starts it again, or None.
    """

    name: str
    process: str
    stop: str | None = None
    start: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A port that wetrun's own proxy serves in the double, in front of the service.

    Attributes:
        port: The port that production has.
        to: The port on which the double's service really listens; None means on `port` itself, whose connections are
            then led through the proxy.
        tls: Host names for which the proxy ends https, with a certificate of the double's authority; empty: plain TCP.
        certificate: Host names for which the service ends https itself: it finds its key and a certificate of the
            double's authority in `/run/wetrun/tls/PORT.pem`. Not beside `tls`.
        delay: How long each direction takes, in every run: how far away production's service is.
    """

    port: int
    to: int | None
    tls: tuple[str, ...] = ()
    certificate: tuple[str, ...] = ()
    delay: Seconds = Seconds(0.0)

    @property
    def certified(self) -> tuple[str, ...]:
        """The host names for which there is a certificate, whoever ends https."""
        return self.tls or self.certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """How the double of production is built.

    Attributes:
        setup: The script that builds the baseline world, once; its result is frozen and cached. A path beside the plan.
        start: The script that starts the services in every sandbox and returns when they are ready, or None.
        files: Further paths beside the plan that the scripts read; part of the cache key, visible at `/plan`.
        hosts: Names and addresses that the plan uses → an address, or `sandbox` (the sandbox itself).
        users: Names of the users that exist inside.
        ports: Ports served by wetrun's proxy. Behind an ssh target's stands an ssh server of its own, not ours.
        mounts: Host folders that are visible inside, read-only, at the same path.
        writes: The most that a run is known to write; where memory has room for it, that is where it is kept.
    """

    setup: str | None = None
    start: str | None = None
    files: tuple[str, ...] = ()
    hosts: Mapping[str, str] = field(default_factory=dict[str, str])
    users: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    mounts: tuple[str, ...] = ()
    writes: Bytes | None = None
    place: Place | None = None
