"""Lock files that say whose something is: the kernel lets go of them when their holder is gone, however it went.

A process number would not do: one of another container means nothing here, and an owner that cannot be seen is no dead
one. Whoever makes something takes its lock first; whoever removes what is left holds the same lock meanwhile.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

__all__ = ["is_owned", "owned", "owned_if_free"]

_LOOK = 0.05


@contextlib.asynccontextmanager
async def owned(lock: Path) -> AsyncGenerator[None]:
    """Hold a lock file, however long one has to wait for it; it is removed afterwards.

    Raises:
        OSError: It cannot be made.
    """
    while (descriptor := _take(lock)) is None:  # noqa: ASYNC110 - a lock of another process tells nobody of its end
        await asyncio.sleep(_LOOK)
    try:
        yield
    finally:
        _give_back(lock, descriptor)


@contextlib.contextmanager
def owned_if_free(lock: Path) -> Generator[bool]:
    """Hold a lock file, unless somebody holds it (False); it is removed afterwards.

    Raises:
        OSError: It cannot be made.
    """
    descriptor = _take(lock)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            _give_back(lock, descriptor)


def is_owned(lock: Path) -> bool:
    """Whether somebody holds a lock file; it is neither made nor removed, and a holder that comes meanwhile waits.

    Another user's may not be looked at: while it is there, it counts as held.
    """
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _take(lock: Path) -> int | None:
    """Take a lock file, made if missing; None when somebody holds it, or has just removed it."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    # Whoever held it before us may have removed the file: then this lock is on nothing.
    if _is_at(lock, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _give_back(lock: Path, descriptor: int) -> None:
    """Remove the file while the lock is held: whoever waits for it sees that it is gone, and makes a new one."""
    try:
        if _is_at(lock, descriptor):
            lock.unlink()
    finally:
        os.close(descriptor)


def _is_at(lock: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(lock.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
