"""Writing to somebody who may stop reading."""

import os
import sys

__all__ = ["stop_writing"]


def stop_writing() -> None:
    """Let stdout lead nowhere: its reader is gone (`wetrun … | head -1`), which is no failure of ours."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
