"""Writing to a terminal, and to somebody who may stop reading."""

import os
import sys

__all__ = ["harmless", "stop_writing"]


def harmless(text: str) -> str:
    """A text from a plan as it is, unless a terminal would do more than show it."""
    if text.replace("\n", "").isprintable():
        return text
    from wetrun.report.cleaning import clean  # for the few that need it

    return clean(text)


def stop_writing() -> None:
    """Let stdout lead nowhere: its reader is gone (`wetrun … | head -1`), which is no failure of ours."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
