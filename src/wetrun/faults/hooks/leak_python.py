"""Laid into a double as `sitecustomize`: leaks memory in processes whose command line matches, while a file says so.

Runs in every Python of the double, from 3.7 on, before the application: it imports nothing but the standard library,
starts a thread only in processes that match, and hands over to the `sitecustomize` that would have been loaded without
it.
"""
# ruff: noqa: PTH100, PTH105, PTH108, PTH118, PTH120, PTH123 (pathlib would be most of what every Python process here has to load)

import importlib.machinery
import importlib.util
import mmap
import os
import re
import sys
from _thread import start_new_thread
from time import monotonic, sleep

_HERE = os.path.dirname(os.path.abspath(__file__))
_TRIGGER = os.path.join(_HERE, "leaking")
_LEAKING = os.path.join(_HERE, "by")
_EVERY = 0.05
_BLOCK = b"\1" * 65536


def _matches() -> bool:
    with open(os.path.join(_HERE, "pattern"), encoding="utf-8") as file:
        pattern = file.read()
    with open("/proc/self/cmdline", "rb") as file:
        line = file.read().rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")
    return re.search(pattern, line) is not None


def _wanted() -> "tuple[float, float]":
    """Bytes per second, and how many at most; no file, no leak."""
    try:
        with open(_TRIGGER, encoding="ascii") as file:
            rate, most = file.read().split()
        return float(rate), float(most)
    except (OSError, ValueError):
        return 0.0, 0.0


def _tell(total: int) -> None:
    """Write down how much of the leak this process holds: that it grows could be its own doing."""
    mark = os.path.join(_LEAKING, str(os.getpid()))
    try:
        if total:
            beside = os.path.join(_LEAKING, f".{os.getpid()}")
            with open(beside, "w", encoding="ascii") as file:
                file.write(str(total))
            os.replace(beside, mark)  # whoever reads it reads it whole
        else:
            os.unlink(mark)
    except OSError:
        pass


def _leak() -> None:
    held: list[mmap.mmap] = []
    total, owed, last = 0, 0.0, monotonic()
    while True:
        sleep(_EVERY)
        rate, most = _wanted()
        now = monotonic()
        owed, last = min(owed + rate * (now - last), most - total), now
        if not rate:
            for block in held:
                block.close()
            if held:
                _tell(0)
            held, total, owed = [], 0, 0.0
        size = int(owed) // mmap.PAGESIZE * mmap.PAGESIZE
        if size > 0:
            block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            # Memory that was never written to is not in use.
            for start in range(0, size, len(_BLOCK)):
                block.write(_BLOCK[: size - start])
            held.append(block)
            total += size
            _tell(total)
            owed -= size


def _start() -> None:
    try:
        if _matches():
            start_new_thread(_leak, ())
    except Exception:  # noqa: BLE001, S110 (whatever goes wrong here, the application must not notice)
        pass


def _hand_over() -> None:
    others = [entry for entry in sys.path if os.path.abspath(entry or ".") != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if __name__ == "sitecustomize":
    _start()
    # Threads do not survive a fork, and servers fork their workers.
    os.register_at_fork(after_in_child=_start)
    _hand_over()
