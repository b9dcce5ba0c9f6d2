"""The configuration of a world: which parts of this machine are visible in it, and what it finds in its environment."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from wetrun.sandbox import interpreter
from wetrun.sandbox.become import as_script
from wetrun.sandbox.errors import PlanFileError
from wetrun.sandbox.hurry import sleep_script
from wetrun.sandbox.inside.config import LAYER_FOLDERS, Bind, Config, ProxyPort, Root
from wetrun.sandbox.skeleton import HOSTNAME

__all__ = ["PATH", "configuration", "environment", "host_binds", "overlay", "plain"]

PATH = "/run/wetrun/shims:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/wetrun/bin"
_TRUST = "/etc/ssl/certs/ca-certificates.crt"
_AUTHORITY = "/etc/ssl/certs/wetrun-authority.pem"
_PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix", "/gnu")


def environment() -> dict[str, str]:
    """The variables that everything inside starts with; HOME and its like come with the user."""
    return {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "SSL_CERT_FILE": _TRUST,
        "REQUESTS_CA_BUNDLE": _TRUST,
        "NODE_EXTRA_CA_CERTS": _AUTHORITY,
        "WETRUN": "1",
        "WETRUN_ROOT": "",
        "WETRUN_PLAN": "/plan",
    }


def host_binds(mounts: Iterable[str] = ()) -> list[Bind]:
    """This machine's programs, its /opt and the plan's own mounts, each at the same path inside; parents first.

    Raises:
        PlanFileError: A mount is not an absolute path of an existing folder.
    """
    paths = [path for path in _PROGRAMS if Path(path).is_dir() and not Path(path).is_symlink()]
    paths += [str(entry) for entry in Path("/opt").glob("*") if entry.is_dir() and not entry.is_symlink()]
    paths += interpreter.folders()
    for mount in mounts:
        if not mount.startswith("/") or not Path(mount).is_dir():
            raise PlanFileError(mount, "is no folder of this machine", "`double: {mounts: …}` takes absolute paths")
        paths.append(os.path.normpath(mount))
    kept: list[str] = []
    for path in sorted(set(paths), key=lambda path: (path.count("/"), path)):
        if not any(path == other or path.startswith(f"{other}/") for other in kept):
            kept.append(path)
    return [{"source": path, "target": path} for path in kept]


def overlay(lower: Path, folder: Path, memory: int | None = None) -> Root:
    """A copy-on-write root over `lower`, whose changes go into `folder`, or into so many bytes of memory."""
    (folder / "root").mkdir(mode=0o700)
    layer = folder
    if memory is not None:
        layer = folder / "memory"
        layer.mkdir(mode=0o700)
    else:
        for name, mode in LAYER_FOLDERS:
            (folder / name).mkdir(mode=mode)
    return {
        "lower": str(lower),
        "upper": str(layer / "upper"),
        "work": str(layer / "work"),
        "point": str(folder / "root"),
        "memory": memory,
    }


def plain(tree: Path, folder: Path) -> Root:
    """A root that is `tree` itself."""
    (folder / "root").mkdir(mode=0o700)
    return {"lower": str(tree), "upper": None, "work": None, "point": str(folder / "root"), "memory": None}


def configuration(  # noqa: PLR0913 - each is one part of a world, named at the call
    folder: Path,
    root: Root,
    *,
    binds: list[Bind] | None = None,
    addresses: Iterable[str] = (),
    variables: Mapping[str, str] | None = None,
    ports: Iterable[ProxyPort] = (),
    secrets: Mapping[str, str] | None = None,
    ssh_ports: Iterable[int] = (),
    speed: float = 1.0,
) -> Config:
    """Put a configuration together; `folder` is where the agent's files go, the rest as in `Config`."""
    return {
        "controller": os.getpid(),
        "pid_file": str(folder / "agent.pid"),
        "hostname": HOSTNAME,
        "root": root,
        "binds": host_binds() if binds is None else binds,
        "addresses": list(addresses),
        "environment": {**environment(), **(variables or {})},
        "scripts": {
            **as_script(),
            **sleep_script(speed),
            **interpreter.python_script(),
            **interpreter.ssh_script(),
        },
        "secrets": dict(secrets or {}),
        "python": list(interpreter.PYTHON),
        "import_path": interpreter.import_path(),
        "ports": list(ports),
        "no_intercept": "",
        "ssh_ports": list(ssh_ports),
    }
