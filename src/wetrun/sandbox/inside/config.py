"""What the controller tells the inside when a sandbox starts; it crosses as JSON."""

from typing import TypedDict

__all__ = ["LAYER_FOLDERS", "Bind", "Config", "ProxyPort", "Root"]

LAYER_FOLDERS = (("upper", 0o755), ("work", 0o700))
"""The folders of a layer, with their modes."""


class Root(TypedDict):
    """The root file system: `lower` as it is (a baseline being built), or with `upper` and `work` an overlay.

    `point` is an empty folder of the host, on which the root is put together. With `memory`, in bytes, `upper` and
    `work` are to be made in a file system in memory, which is mounted on the folder around them.
    """

    lower: str
    upper: str | None
    work: str | None
    point: str
    memory: int | None


class Bind(TypedDict):
    """A path of the host that is visible inside, read-only, at `target`."""

    source: str
    target: str


class ProxyPort(TypedDict):
    """A port for the proxy.

    Attributes:
        to: Where its connections go; None means that they are intercepted, and go where they were going.
        certificate: A PEM file inside with key and chain, or None for plain TCP.
        delay: Seconds added in each direction, ≥ 0, whatever a fault adds.
    """

    port: int
    to: int | None
    certificate: str | None
    delay: float


class Config(TypedDict):
    """All that the launcher and the agent need.

    Attributes:
        controller: Process id of the controller.
        pid_file: Where the launcher writes the agent's process id, on the host.
        scripts: Files of /run/wetrun by relative path → content; executable.
        secrets: The same, readable for root only.
        python: The command that starts Python; a program text is to be added, which begins with `import_path`.
        no_intercept: Set by the agent: why connections are not intercepted although they should be.
        import_path: A program text that makes wetrun and third-party packages importable.
    """

    controller: int
    pid_file: str
    hostname: str
    root: Root
    binds: list[Bind]
    addresses: list[str]
    environment: dict[str, str]
    scripts: dict[str, str]
    secrets: dict[str, str]
    python: list[str]
    import_path: str
    ports: list[ProxyPort]
    no_intercept: str
    ssh_ports: list[int]
