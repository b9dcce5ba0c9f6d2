"""User namespaces inside the sandbox: one for everything that runs there, and one for each ordinary user.

The first nested pair (user and mount namespace) locks the mounts: what was mounted read-only outside of it stays so,
even for root.
"""

import os
from collections.abc import Callable

from wetrun.sandbox.inside import kernel

__all__ = ["enter_locked_mounts", "user_namespace"]


def enter_locked_mounts() -> int:
    """Make the nested pair and move the caller into its mount namespace, keeping the caller's rights.

    Returns:
        A descriptor of the nested user namespace; to be entered by everything that is started.
    """
    with open("/proc/self/uid_map", encoding="utf-8") as file:
        count = file.read().split()[2]

    def prepare(pid: int) -> int:
        for kind in ("gid_map", "uid_map"):
            _write(f"/proc/{pid}/{kind}", f"0 0 {count}")
        mounts = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
        nested = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY)
        kernel.setns(mounts, kernel.CLONE_NEWNS)
        os.close(mounts)
        os.chdir("/")
        return nested

    return _with_child(lambda: kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS), prepare)


def user_namespace(nested: int, uid: int, gid: int) -> int:
    """Make a user namespace in `nested` in which its root is the ordinary user `uid`, and return its descriptor."""

    def become() -> None:
        kernel.setns(nested, kernel.CLONE_NEWUSER)
        kernel.unshare(kernel.CLONE_NEWUSER)
        # From inside, since only a namespace itself and its parent may write its maps; that takes giving up setgroups.
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/gid_map", f"{gid} 0 1")
        _write("/proc/self/uid_map", f"{uid} 0 1")

    return _with_child(become, lambda pid: os.open(f"/proc/{pid}/ns/user", os.O_RDONLY))


def _with_child(change: Callable[[], None], use: Callable[[int], int]) -> int:
    """Fork a child that changes its namespaces, and use it while it waits."""
    done, telling = os.pipe()
    waiting, release = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(done)
            os.close(release)
            change()
            os.write(telling, b"ok")
            os.read(waiting, 1)
        except OSError as error:
            os.write(telling, f"{error.errno} {error.filename}".encode())
        finally:
            os._exit(0)
    os.close(telling)
    os.close(waiting)
    try:
        answer = os.read(done, 4096)
        if answer != b"ok":
            number, _, what = answer.decode().partition(" ")
            raise kernel.StageError(int(number or 0), os.strerror(int(number or 0)), what)
        return use(pid)
    finally:
        os.close(done)
        os.close(release)
        os.waitpid(pid, 0)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
