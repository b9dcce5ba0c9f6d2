"""The append-only journal of events: what was meant, before it is done, and what came of it, after."""

from wetrun.journal.port import Entry, Journal, JournalError, LostOwnershipError, Record

__all__ = ["Entry", "Journal", "JournalError", "LostOwnershipError", "Record"]
