"""Markdown runbooks: text → blocks → commands and what is expected of them → a plan."""
