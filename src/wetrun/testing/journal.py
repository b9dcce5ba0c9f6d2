"""A journal that lives as long as its object."""

import json
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager

from wetrun.journal.port import Entry, LostOwnershipError, Record, TargetLockedError, encode_body

__all__ = ["MemoryJournal"]


class MemoryJournal:
    """The `Journal` port in memory, for tests and rehearsals that leave no record."""

    def __init__(self) -> None:
        self._epochs: dict[str, int] = {}
        self._records: dict[str, list[Record]] = {}
        self._locked: set[str] = set()

    def claim(self, run: str) -> int:
        """Become the owner of a run; see `Journal.claim`."""
        self._epochs[run] = self._epochs.get(run, 0) + 1
        return self._epochs[run]

    def append(self, run: str, epoch: int, events: Sequence[Entry], *, after: int | None = None) -> int:
        """Record events, all or none; see `Journal.append`."""
        bodies = [json.loads(encode_body(event)) for event in events]
        records = self._records.setdefault(run, [])
        if self._epochs.get(run, 0) != epoch or (after is not None and after != len(records)):
            raise LostOwnershipError(run, epoch, self._epochs.get(run, 0))
        for event, body in zip(events, bodies, strict=True):
            records.append(Record(len(records) + 1, epoch, event.wall, event.kind, body))
        return len(records)

    def read(self, run: str) -> tuple[Record, ...]:
        """The records of a run in order."""
        return tuple(self._records.get(run, ()))

    def runs(self) -> tuple[str, ...]:
        """The runs in the order in which they were first claimed."""
        return tuple(self._epochs)

    def lock(self, target: str) -> AbstractContextManager[None]:
        """Hold a target; see `Journal.lock`."""
        return self._hold(target)

    @contextmanager
    def _hold(self, target: str) -> Generator[None]:
        if target in self._locked:
            raise TargetLockedError(target, "this process")
        self._locked.add(target)
        try:
            yield
        finally:
            self._locked.discard(target)

    def close(self) -> None:
        """Nothing to give back."""
