"""One deployment per target at a time: a lock that the kernel lets go when its process is gone."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from wetrun.journal.port import JournalUnwritableError, TargetLockedError

__all__ = ["hold"]


@contextmanager
def hold(folder: Path, target: str) -> Generator[None]:
    """Hold the lock of a target.

    Args:
        folder: Where the lock files lie; they stay there, empty of meaning.
        target: The target's name or address, any text.

    Raises:
        TargetLockedError: Another process holds it, or this one does already.
        JournalUnwritableError: The folder cannot be written.
    """
    from hashlib import blake2b  # costs start-up time of those who only read

    path = folder / f"{blake2b(target.encode(), digest_size=12).hexdigest()}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise JournalUnwritableError(
            f"the lock of target `{target}` cannot be made: {error}", hint="make its folder writable"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TargetLockedError(target, os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
            fcntl.flock(
                descriptor, fcntl.LOCK_UN
            )  # said aloud: a child between fork and exec has a copy of the descriptor
    finally:
        os.close(descriptor)
