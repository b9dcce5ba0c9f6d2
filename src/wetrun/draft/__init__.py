"""`init`: recognise what a folder holds, and draft a first plan from it."""

from wetrun.draft.drafting import draft_plan

__all__ = ["draft_plan"]
