"""Sections → what a runbook holds, put together by purpose; and what of it is used nowhere."""
