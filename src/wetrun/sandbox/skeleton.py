"""The empty machine that a double is built on: standard folders, and a filtered copy of this machine's settings."""

import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from wetrun.sandbox.spec import SANDBOX, SandboxSpec, is_address

__all__ = ["HOSTNAME", "UID_OFFSET", "lay"]

HOSTNAME = "double"
UID_OFFSET = 1000
_NOBODY = 65534

# fmt: off
_FOLDERS = (
    "boot", "dev", "etc", "home", "media", "mnt", "opt", "plan", "proc", "run", "srv", "sys", "usr",
    "var/backups", "var/cache", "var/lib", "var/local", "var/log", "var/mail", "var/opt", "var/spool", "var/www",
)
_WORLD_WRITABLE = ("tmp", "var/tmp")
_PROGRAM_FOLDERS = (
    "bin", "sbin", "lib", "lib32", "lib64", "libx32",
)

# This machine's own settings, what may hold credentials or has no meaning inside; what all may read is copied else.
_LEFT_OUT = frozenset({
    "NetworkManager", "alternatives.d", "apt", "aws", "azure", "boto.cfg", "ca-certificates.conf.dpkg-old",
    "cloud", "cni", "containerd", "cron.d", "cron.daily", "cron.hourly", "cron.monthly", "cron.weekly",
    "cron.yearly", "crontab", "crypttab", "docker", "environment", "exim4", "fstab", "gitconfig", "google",
    "group", "group-", "gshadow", "gshadow-", "hostname", "hosts", "init.d", "krb5.conf", "krb5.keytab",
    "kubernetes", "ldap", "letsencrypt", "machine-id", "mail", "modprobe.d", "modules-load.d", "msmtprc", "mtab",
    "netplan", "netrc", "network", "networks", "npmrc", "nsswitch.conf", "openldap", "openvpn", "passwd",
    "passwd-", "pip.conf", "postfix", "ppp", "rancher", "rc0.d", "rc1.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d",
    "rc6.d", "rcS.d", "resolv.conf", "samba", "shadow", "shadow-", "ssh", "sssd", "subgid", "subgid-", "subuid",
    "subuid-", "sudoers", "sudoers.d", "sysctl.d", "systemd", "udev", "wireguard", "wpa_supplicant",
})
# fmt: on
_BUNDLES = (
    "etc/ssl/certs/ca-certificates.crt",
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/ssl/ca-bundle.pem",
    "etc/ssl/cert.pem",
)


def lay(tree: Path, spec: SandboxSpec, authority: bytes) -> None:
    """Lay the empty machine into a folder.

    Args:
        tree: An empty folder.
        spec: Whose users, hosts and mounts there will be.
        authority: The certificate of the double's own authority (PEM), which everything inside believes.
    """
    tree.chmod(0o755)
    for name in _FOLDERS:
        (tree / name).mkdir(parents=True)
    for name in _WORLD_WRITABLE:
        (tree / name).mkdir()
        (tree / name).chmod(0o1777)
    for name in ("var", *_FOLDERS):
        # Whatever the umask is.
        (tree / name).chmod(0o755)
    (tree / "root").mkdir(mode=0o700)
    (tree / "var/run").symlink_to("/run")
    (tree / "var/lock").symlink_to("/run/lock")
    for name in _PROGRAM_FOLDERS:
        if Path("/", name).is_symlink():
            (tree / name).symlink_to(Path("/", name).readlink())
    for entry in sorted(Path("/opt").glob("*")):
        if entry.is_symlink():
            (tree / "opt" / entry.name).symlink_to(entry.readlink())
    _copy_settings(Path("/etc"), tree / "etc", _LEFT_OUT)
    _write_accounts(tree, spec.users)
    _write_names(tree, spec.hosts)
    _write_trust(tree, authority)
    _write_profile(tree)


def _copy_settings(source: Path, target: Path, left_out: Iterable[str] = ()) -> None:
    try:
        entries = sorted(os.scandir(source), key=lambda entry: entry.name)
    except PermissionError:
        return
    for entry in entries:
        if entry.name in left_out:
            continue
        mode = entry.stat(follow_symlinks=False).st_mode
        copy = target / entry.name
        if stat.S_ISLNK(mode):
            copy.symlink_to(Path(entry.path).readlink())
        elif stat.S_ISDIR(mode) and mode & 0o005 == 0o005:
            copy.mkdir(exist_ok=True)
            _copy_settings(Path(entry.path), copy)
        elif stat.S_ISREG(mode) and mode & 0o004:
            shutil.copyfile(entry.path, copy)
            copy.chmod(mode & 0o755 | 0o600)


def _write_accounts(tree: Path, users: tuple[str, ...]) -> None:
    accounts = [line for line in _lines("/etc/passwd") if _is_system(line) and line.split(":")[0] not in users]
    groups = [line for line in _lines("/etc/group") if _is_system(line) and line.split(":")[0] not in users]
    for number, name in enumerate(users, UID_OFFSET):
        accounts.append(f"{name}:x:{number}:{number}::/home/{name}:/bin/bash")
        groups.append(f"{name}:x:{number}:")
        (tree / "home" / name).mkdir()
        (tree / "home" / name).chmod(0o755)
    (tree / "etc/passwd").write_text("\n".join(accounts) + "\n")
    (tree / "etc/group").write_text("\n".join(groups) + "\n")


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()


def _is_system(line: str) -> bool:
    """Tell whether an account or group comes with the system; people's accounts of this machine are left out."""
    fields = line.split(":")
    return len(fields) > 3 and fields[2].isdigit() and (int(fields[2]) < UID_OFFSET or int(fields[2]) == _NOBODY)


def _write_names(tree: Path, hosts: Mapping[str, str]) -> None:
    lines = ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", f"127.0.1.1\t{HOSTNAME}"]
    lines += [
        f"{'127.0.0.1' if address == SANDBOX else address}\t{name}"
        for name, address in hosts.items()
        if not is_address(name)
    ]
    (tree / "etc/hosts").write_text("\n".join(lines) + "\n")
    (tree / "etc/hostname").write_text(f"{HOSTNAME}\n")
    (tree / "etc/resolv.conf").write_text("")
    (tree / "etc/nsswitch.conf").write_text(
        "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\nnetworks: files\n"
    )


def _write_trust(tree: Path, authority: bytes) -> None:
    folder = tree / "etc/ssl/certs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wetrun-authority.pem").write_bytes(authority)
    for bundle in _BUNDLES:
        host = Path("/", bundle)
        if host.is_file() or bundle == _BUNDLES[0]:
            copy = tree / bundle
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            copy.write_bytes((host.read_bytes().rstrip() + b"\n" if host.is_file() else b"") + authority)


def _write_profile(tree: Path) -> None:
    """A login shell sets a PATH of its own: what stands in for a command has to come first in there too."""
    folder = tree / "etc/profile.d"
    folder.mkdir(exist_ok=True)
    (folder / "zz-wetrun.sh").write_text("PATH=/run/wetrun/shims:$PATH:/run/wetrun/bin\nexport PATH\n")
