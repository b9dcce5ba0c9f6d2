"""The processes of a target, read from its `/proc` in one look; services found in them, and their memory."""

import re
from collections.abc import Iterable, Sequence

from wetrun.plan.double import Service
from wetrun.probes.carried import LookError, carry
from wetrun.runtime.ports import Process, Target
from wetrun.units import Bytes

__all__ = ["all_processes", "memory_of", "processes_of", "with_descendants"]

# Kernel threads have no command line. A process that ends between two reads is left out, as if we had looked later.
# What cannot be opened leaves a variable as it was: without emptying both, the process before would be listed twice.
_LOOK = r"""
exec 2>/dev/null
getconf PAGESIZE || echo 4096
cd /proc || exit 1
for pid in [0-9]*; do
  stat= words=()
  IFS= read -r -d '' stat < "$pid/stat"
  [ -n "$stat" ] || continue
  mapfile -d '' -t words < "$pid/cmdline"
  [ ${#words[@]} -gt 0 ] && printf '%s\0%s\0' "${stat%$'\n'}" "${words[*]}"
done
exit 0
"""


async def all_processes(target: Target, limit: float) -> Sequence[Process]:
    """List every process that has a command line, in one query.

    Raises:
        LookError: The target has no `/proc`, or did not answer.
    """
    answer = await carry(target, _LOOK, limit=limit)
    page, _, rest = answer.partition(b"\n")
    fields = rest.split(b"\0")
    if not page.isdigit() or len(fields) < 2:
        raise LookError("the target's `/proc` cannot be read")
    return tuple(_process(stat, line, int(page)) for stat, line in zip(fields[::2], fields[1::2], strict=False))


def processes_of(service: Service, processes: Iterable[Process]) -> tuple[Process, ...]:
    """Those in whose command line the service's pattern is found, without what has ended and is not collected yet."""
    pattern = re.compile(service.process)
    return tuple(each for each in processes if each.state not in "ZX" and pattern.search(each.command))


def with_descendants(roots: Iterable[Process], processes: Sequence[Process]) -> tuple[Process, ...]:
    """The processes, their children, their children's children and so on, each once."""
    found = {each.pid: each for each in roots}
    children: dict[int, list[Process]] = {}
    for each in processes:
        children.setdefault(each.parent, []).append(each)
    waiting = list(found)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child.pid not in found:
                found[child.pid] = child
                waiting.append(child.pid)
    return tuple(found.values())


async def memory_of(target: Target, service: Service, *, tree: bool, limit: float) -> Bytes:
    """Sum the resident memory of a service; pages that its processes share count once for each of them.

    Args:
        target: Where the service runs.
        service: Whose memory.
        tree: Whether the descendants of the matching processes count too.
        limit: In seconds.

    Raises:
        LookError: No process matches, or the target did not answer.
    """
    everything = await all_processes(target, limit)
    found = processes_of(service, everything)
    if not found:
        raise LookError(f"no process of `{service.name}` (no command line matches `{service.process}`)")
    return Bytes(sum(each.memory for each in (with_descendants(found, everything) if tree else found)))


def _process(stat: bytes, line: bytes, page: int) -> Process:
    # The name in parentheses may itself hold blanks and parentheses: only the last one ends it. See proc(5).
    head, _, tail = stat.rpartition(b")")
    after = tail.split()
    return Process(
        pid=int(head.split(b" ", 1)[0]),
        parent=int(after[1]),
        command=line.decode("utf-8", "replace"),
        memory=int(after[21]) * page,
        state=after[0].decode(),
        started=int(after[19]),
    )
