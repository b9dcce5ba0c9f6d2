"""Bytes → text → blocks → sections, each with its line and what it is for."""
