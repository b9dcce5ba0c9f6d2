"""Public fakes, which pass the same contract suites as the real adapters."""

from wetrun.testing.journal import MemoryJournal

__all__ = ["MemoryJournal"]
