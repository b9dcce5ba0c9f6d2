"""The ports: what the runtime needs of targets, the network, the double and faults. Adapters implement them."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from wetrun.course.results import Observed
from wetrun.lean import dataclass
from wetrun.plan.double import Service
from wetrun.units import Seconds

if TYPE_CHECKING:  # checking a plan needs the ports' names, not the network
    import socket
    import ssl

__all__ = [
    "Effect",
    "Fault",
    "LurkingFault",
    "Network",
    "Process",
    "Progress",
    "ProxyMode",
    "Ran",
    "Target",
    "World",
]


class Progress(Enum):
    """How far a supervised command is, after a look at what it left on its target."""

    NEVER_STARTED = "never-started"
    RUNNING = "running"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Target(Protocol):
    """A machine with one persistent shell.

    `run` is supervised: a command is claimed once under its key, survives its connection, and its end is written down
    where it ran; calling `run` again with a key that was claimed before re-attaches (or takes the result) and never
    starts it a second time.
    """

    @property
    def name(self) -> str:
        """The target's name in the plan."""
        ...

    async def open(self, environment: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Connect and start (or find again) the persistent shell.

        Raises:
            TargetError: The target cannot be reached.
        """
        ...

    async def run(
        self,
        key: str,
        command: str,
        *,
        limit: Seconds,
        outlive: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> Observed:
        """Run a command in the persistent shell, with `variables` exported into it, and wait for its end."""
        ...

    async def progress(self, key: str) -> Progress:
        """Tell how far the command of this key is."""
        ...

    async def stop(self, key: str) -> None:
        """End the command's whole process tree and return when none of it is left."""
        ...

    async def query(self, command: str, *, limit: Seconds, stdin: bytes = b"") -> Observed:
        """Run a command that only looks, in a shell of its own with the target's first environment and directory."""
        ...

    async def close(self) -> None:
        """End the shell and what it still runs, except commands that may outlive wetrun."""
        ...


class Network(Protocol):
    """Where requests go out from: this machine, or the inside of a sandbox."""

    def connect(self, host: str, port: int, *, limit: float) -> "socket.socket":
        """Open a TCP connection (blocking; called from a worker thread).

        Raises:
            OSError: As a socket would raise it, `TimeoutError` and name errors included.
        """
        ...

    def trust(self) -> "ssl.SSLContext":
        """The certificates that https believes in there."""
        ...


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ran in the double to its end."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Process:
    """A process in the double; `memory` is its resident memory in bytes, `state` the letter of proc(5)."""

    pid: int
    parent: int
    command: str
    memory: int
    state: str
    started: int


@dataclass(frozen=True, slots=True)
class ProxyMode:
    """How the proxy on a port behaves.

    Attributes:
        mode: `ok`, `refuse`, `blackhole` (accepts, then silence) or `reset` (of every connection, after its first
            bytes).
        delay: Seconds added in each direction, ≥ 0.
        jitter: Seconds by which the delay varies at most, ≥ 0.
    """

    mode: str = "ok"
    delay: float = 0.0
    jitter: float = 0.0


class World(Protocol):
    """The double, as a fault sees it: root inside, no way out."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The plan's services by name."""
        ...

    @property
    def speed(self) -> float:
        """How many times faster than production time passes, ≥ 1; faults that have a rate multiply it by this."""
        ...

    @property
    def directory(self) -> str:
        """The absolute folder inside to which a fault's relative paths refer: the first target's directory."""
        ...

    async def run(
        self, *argv: str, stdin: bytes = b"", limit: float = 30.0, environment: Mapping[str, str] | None = None
    ) -> Ran:
        """Run a command as root in the double, in `directory`."""
        ...

    async def processes(self) -> Sequence[Process]:
        """Every process in the double but wetrun's own."""
        ...

    async def read(self, path: str) -> bytes:
        """Read a file in the double."""
        ...

    async def write(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """Write a file in the double, making its folders."""
        ...

    async def plan_file(self, path: str) -> bytes:
        """Read a file beside the plan (a patch, say)."""
        ...

    async def proxy(self, port: int, mode: ProxyMode) -> None:
        """Set how connections to a port behave, old connections included."""
        ...

    async def start_environment(self, name: str, value: str) -> None:
        """Set a variable for all that starts in the double; only before the services start (a fault's `prepare`)."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let real time pass (for polling only)."""
        ...

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    def network(self) -> Network:
        """Requests from inside the double."""
        ...


@dataclass(frozen=True, slots=True)
class Effect:
    """Whether a fault is there (or gone), and what was measured to say so."""

    present: bool
    measured: str


@runtime_checkable
class Fault(Protocol):
    """A real disturbance, built with its parameters as keywords; the class says its `kind` and what it needs."""

    async def prepare(self, world: World) -> None:
        """Before the services start: lay what injecting needs later. Most faults need nothing."""
        ...

    async def inject(self, world: World) -> None:
        """Bring the disturbance about."""
        ...

    async def took_effect(self, world: World) -> Effect:
        """Measure whether it is there."""
        ...

    async def clear(self, world: World) -> None:
        """Take the disturbance away again; called once, also after a failed injection."""
        ...

    async def gone(self, world: World) -> Effect:
        """Measure whether it is gone; `present` is False when it is."""
        ...


@runtime_checkable
class LurkingFault(Fault, Protocol):
    """A fault that disturbs only who calls on it, and knows whether anybody did."""

    async def used(self, world: World) -> Effect:
        """Measure whether it has met anybody."""
        ...
