"""The system calls that a sandbox is made of and that Python does not offer (setns and unshare only since 3.12)."""

import ctypes
import os

__all__ = [
    "AT_RECURSIVE",
    "CLONE_NEWCGROUP",
    "CLONE_NEWIPC",
    "CLONE_NEWNET",
    "CLONE_NEWNS",
    "CLONE_NEWPID",
    "CLONE_NEWUSER",
    "CLONE_NEWUTS",
    "MNT_DETACH",
    "MS_NODEV",
    "MS_NOEXEC",
    "MS_NOSUID",
    "MS_PRIVATE",
    "MS_RDONLY",
    "MS_REC",
    "StageError",
    "attach_tree",
    "clone_tree",
    "die_with_parent",
    "mount",
    "pivot_root",
    "read_only",
    "set_hostname",
    "setns",
    "umount",
    "unshare",
]

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
MNT_DETACH = 2

AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
AT_RECURSIVE = 0x8000
AT_SYMLINK_NOFOLLOW = 0x100
_OPEN_TREE_CLONE = 1
_OPEN_TREE_CLOEXEC = os.O_CLOEXEC
_MOVE_MOUNT_F_EMPTY_PATH = 0x4
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID, _MOUNT_ATTR_NODEV = 1, 2, 4
_PR_SET_PDEATHSIG = 1

# These numbers are the same on every architecture; pivot_root's is older than that rule.
_SYS_OPEN_TREE, _SYS_MOVE_MOUNT, _SYS_MOUNT_SETATTR = 428, 429, 442
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}

_libc = ctypes.CDLL(None, use_errno=True)


class StageError(OSError):
    """A system call was refused while a sandbox was set up; `filename` says which call, on what."""


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise StageError(number, os.strerror(number), what)
    return result


def _syscall(number: int, *arguments: object) -> int:
    _libc.syscall.restype = ctypes.c_long
    return int(_libc.syscall(ctypes.c_long(number), *arguments))


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` names for new ones."""
    _check(_libc.unshare(ctypes.c_int(flags)), f"unshare {flags:#x}")


def setns(fd: int, kind: int) -> None:
    """Enter the namespace that `fd` refers to; `kind` is its `CLONE_NEW…` flag."""
    _check(_libc.setns(ctypes.c_int(fd), ctypes.c_int(kind)), f"setns {kind:#x}")


def mount(source: str, target: str, kind: str | None, flags: int = 0, options: str = "") -> None:
    """Mount a file system, as the system call of this name."""
    result = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        None if kind is None else kind.encode(),
        ctypes.c_ulong(flags),
        os.fsencode(options) or None,
    )
    _check(result, f"mount {kind or source} on {target}")


def umount(target: str, flags: int = 0) -> None:
    """Take away a mount, as umount2(2) does."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(flags)), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root, and put the old one at `old`."""
    number = _SYS_PIVOT_ROOT.get(os.uname().machine)
    result = (
        _libc.pivot_root(os.fsencode(new), os.fsencode(old))
        if number is None
        else _syscall(number, os.fsencode(new), os.fsencode(old))
    )
    _check(result, f"pivot_root {new}")


def clone_tree(path: str) -> int:
    """Copy the mounts at and below `path`, detached, as open_tree(2) does; the copy ends with its descriptor."""
    flags = _OPEN_TREE_CLONE | _OPEN_TREE_CLOEXEC | AT_RECURSIVE
    return _check(_syscall(_SYS_OPEN_TREE, AT_FDCWD, os.fsencode(path), ctypes.c_uint(flags)), f"open_tree {path}")


def read_only(tree: int, *, devices: bool = False) -> None:
    """Make every mount of a detached tree read-only, without set-user-id, and without devices unless asked."""
    wanted = _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID | (0 if devices else _MOUNT_ATTR_NODEV)
    attributes = (ctypes.c_uint64 * 4)(wanted, 0, 0, 0)
    flags = AT_EMPTY_PATH | AT_RECURSIVE
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    result = _syscall(_SYS_MOUNT_SETATTR, tree, b"", ctypes.c_uint(flags), ctypes.byref(attributes), size)
    _check(result, "mount_setattr")


def attach_tree(tree: int, target: str) -> None:
    """Attach a detached tree at `target` and close its descriptor."""
    flags = ctypes.c_uint(_MOVE_MOUNT_F_EMPTY_PATH)
    try:
        _check(_syscall(_SYS_MOVE_MOUNT, tree, b"", AT_FDCWD, os.fsencode(target), flags), f"move_mount to {target}")
    finally:
        os.close(tree)


def set_hostname(name: str) -> None:
    """Name this machine."""
    data = name.encode()
    _check(_libc.sethostname(data, ctypes.c_size_t(len(data))), "sethostname")


def die_with_parent(signal: int) -> None:
    """Ask for `signal` when the parent ends; 0 takes the wish back."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal), 0, 0, 0), "prctl PR_SET_PDEATHSIG")
