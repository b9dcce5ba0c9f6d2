"""Risky habits and contradictions in plans and runbooks: one rule per file, each with its page in the reference."""
