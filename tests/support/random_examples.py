"""How many random examples a property is tried with."""

import os

__all__ = ["examples"]


def examples(number: int) -> int:
    """All of them in `make test-long`, else a third: each run draws others, so that many short runs see as much."""
    return number if os.environ.get("WETRUN_EXAMPLES") == "all" else -(-number // 3)
