"""Why a kernel refuses to make a sandbox, and which setting allows it."""

import errno
import os
from pathlib import Path

from wetrun.sandbox.errors import IsolationUnavailableError

__all__ = ["refusal"]

_NAMESPACES = Path("/proc/sys/user/max_user_namespaces")
_CLONE = Path("/proc/sys/kernel/unprivileged_userns_clone")
_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_CONTAINER = " ".join(f"`--security-opt {setting}=unconfined`" for setting in ("seccomp", "systempaths", "apparmor"))
_OTHERWISE = "or accept a less isolated run with `--isolation none`"


def refusal(stage: str, number: int, what: str) -> IsolationUnavailableError:
    """Explain why the kernel refused a step.

    Args:
        stage: `namespaces` or `world`.
        number: The kernel's error number.
        what: The call that was refused.
    """
    reason, hint = _explain(stage, number, what)
    return IsolationUnavailableError(stage, number, reason, hint)


def _explain(stage: str, number: int, what: str) -> tuple[str, str]:
    named = f"{what}: {os.strerror(number)}" if what else os.strerror(number)
    if number == errno.ENOSPC and stage == "namespaces":
        return (
            f"`user.max_user_namespaces` is {_setting(_NAMESPACES)} ({named})",
            f"`sudo sysctl user.max_user_namespaces=16384`, {_OTHERWISE}",
        )
    if number in (errno.EPERM, errno.EACCES) and _setting(_CLONE) == "0" and os.geteuid() != 0:
        return (
            f"this kernel allows user namespaces to root only ({named})",
            f"`sudo sysctl kernel.unprivileged_userns_clone=1`, {_OTHERWISE}",
        )
    if number in (errno.EPERM, errno.EACCES) and _setting(_APPARMOR) == "1" and os.geteuid() != 0:
        return (
            f"AppArmor restricts user namespaces ({named})",
            f"`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`, {_OTHERWISE}",
        )
    if "overlay" in what:
        return (
            f"overlay file systems are refused in a user namespace ({named})",
            f"use Linux 5.12 or later with `sudo modprobe overlay`, and a cache on a local disk, {_OTHERWISE}",
        )
    if number == errno.ENOSYS:
        return f"this kernel is too old ({named})", f"use Linux 5.12 or later, {_OTHERWISE}"
    if number in (errno.EPERM, errno.EACCES):
        return (
            f"it was forbidden, as containers do by their seccomp profile ({named})",
            f"start the container with {_CONTAINER}, {_OTHERWISE}",
        )
    return f"the kernel refused it ({named})", f"run it on a machine whose kernel allows it, {_OTHERWISE}"


def _setting(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
