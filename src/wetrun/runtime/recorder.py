"""The record of one run: what happened and what was decided, durably before it is done."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from wetrun.course.codec import encode_effect, encode_event, plain
from wetrun.course.effects import Effect
from wetrun.course.events import Event
from wetrun.course.masking import Masking
from wetrun.journal.port import Entry, Journal
from wetrun.plan.expectations import JsonValue
from wetrun.runtime.clock import Clock

__all__ = ["Recorder", "Watcher"]

Watcher = Callable[[str, Mapping[str, JsonValue]], None]
"""Called with each record's kind and body, for live progress."""

_MOST_PENDING = 256


class Recorder:
    """Writes the record of one run into a journal.

    Events and the effects that follow from them are one durable transaction. Notes (samples, changes of availability)
    wait for the next event, or until there are many: losing the last few of them in a crash loses no decision. Secrets
    get no further than here: neither into the journal nor to the watcher.
    """

    def __init__(
        self, journal: Journal, run: str, clock: Clock, watcher: Watcher | None = None, masking: Masking | None = None
    ) -> None:
        self.run = run
        self.masking = masking or Masking()
        self._journal = journal
        self._clock = clock
        self._watcher = watcher
        self._epoch = journal.claim(run)
        self._pending: list[Entry] = []

    def event(self, event: Event, effects: Sequence[Effect], detail: Mapping[str, JsonValue]) -> None:
        """Record an event with what the record keeps beside it, and the effects that are to follow."""
        body = encode_event(event)
        if detail:
            body["detail"] = dict(detail)
        self._add("event", body)
        for effect in effects:
            self._add("effect", encode_effect(effect))
        self.flush()

    def begin(self, body: Mapping[str, JsonValue]) -> None:
        """Record what the run is: the whole plan, its hash, versions, the scenario."""
        self._add("run", body)
        self.flush()

    def note(self, kind: str, body: Mapping[str, JsonValue]) -> None:
        """Record something that decides nothing; written with the next event."""
        self._add(kind, body)
        if len(self._pending) >= _MOST_PENDING:
            self.flush()

    def flush(self) -> None:
        """Write what is pending, durably."""
        if self._pending:
            pending, self._pending = self._pending, []
            self._journal.append(self.run, self._epoch, pending)

    def _add(self, kind: str, body: Mapping[str, JsonValue]) -> None:
        # Whatever services answer stands in it, and nothing of that may keep it from being written.
        clean = cast("dict[str, JsonValue]", plain(self.masking.body(body)))
        self._pending.append(Entry(self._clock.wall(), kind, clean))
        if self._watcher is not None:
            self._watcher(kind, clean)
