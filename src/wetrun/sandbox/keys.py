"""What a double proves itself with: its certificate authority and its ssh keys, made once with its baseline."""

from pathlib import Path

from wetrun.sandbox.spec import SandboxSpec

__all__ = ["CLIENT_KEY", "HOST_KEY", "make_authority", "make_ssh_keys"]

HOST_KEY = "etc/ssh/ssh_host_ed25519_key"
CLIENT_KEY = ".ssh/id_ed25519"


def make_authority(folder: Path, spec: SandboxSpec) -> bytes:
    """Make a certificate authority and a certificate for every port with `tls` or `certificate`.

    Args:
        folder: Where `authority.pem` and `<port>.pem` (key and chain) go.
        spec: Which ports speak https, for which names.

    Returns:
        The authority's certificate (PEM).
    """
    import trustme

    authority = trustme.CA(organization_name="wetrun double")
    folder.mkdir(mode=0o700)
    for port in spec.double.ports:
        if port.certified:
            certificate = authority.issue_cert(*port.certified)
            path = folder / f"{port.port}.pem"
            path.touch(mode=0o600)
            path.write_bytes(certificate.private_key_and_cert_chain_pem.bytes())
    data = authority.cert_pem.bytes()
    (folder / "authority.pem").write_bytes(data)
    return data


def make_ssh_keys(folder: Path, tree: Path, spec: SandboxSpec) -> None:
    """Make a host key and a client key, and let every account of the double log in with it everywhere in the double.

    Args:
        folder: Where `id_ed25519` and `known_hosts` go, for us outside.
        tree: The double's root folder, laid out already.
        spec: Its users and hosts.
    """
    import asyncssh

    # Its keyword arguments have no types.
    host, client = (
        asyncssh.generate_private_key("ssh-ed25519")  # pyright: ignore[reportUnknownMemberType]
        for _ in range(2)
    )
    (tree / HOST_KEY).parent.mkdir(parents=True, exist_ok=True)
    _write_secret(tree / HOST_KEY, host.export_private_key())
    (tree / f"{HOST_KEY}.pub").write_bytes(host.export_public_key())
    public = client.export_public_key().decode()
    known = _known_hosts(spec, " ".join(host.export_public_key().decode().split()[:2]))
    folder.mkdir(mode=0o700)
    _write_secret(folder / "id_ed25519", client.export_private_key())
    (folder / "known_hosts").write_text(known)
    for home in (tree / "root", *(tree / "home" / name for name in spec.users)):
        (home / ".ssh").mkdir(mode=0o700)
        _write_secret(home / CLIENT_KEY, client.export_private_key())
        (home / f"{CLIENT_KEY}.pub").write_text(public)
        (home / ".ssh/authorized_keys").write_text(public)
        (home / ".ssh/known_hosts").write_text(known)


def _known_hosts(spec: SandboxSpec, key: str) -> str:
    names = ["localhost", "127.0.0.1", *spec.hosts]
    lines = [f"{name} {key}" for name in names]
    lines += [f"[{name}]:{port} {key}" for name in names for port in spec.ssh_ports if port != 22]
    return "\n".join(lines) + "\n"


def _write_secret(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
