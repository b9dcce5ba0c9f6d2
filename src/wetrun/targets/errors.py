"""What can be wrong with a target, before and while commands run on it."""

from wetrun.errors import WetrunError

__all__ = ["LinkLostError", "TargetError", "TargetRefusedError", "TargetUnreachableError"]


class TargetError(WetrunError):
    """A target that cannot be used.

    Attributes:
        target: The target's name in the plan.
        reason: What is wrong with it.
    """

    def __init__(self, target: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(f"target `{target}`: {message}", hint=hint)
        self.target = target
        self.reason = message


class TargetUnreachableError(TargetError):
    """No connection to the target, or no bash there."""


class TargetRefusedError(TargetError):
    """The target was reached, and its directory or session folder cannot be used."""


class LinkLostError(Exception):
    """The supervisor's front is gone; what it looked after may still run. Met by adapters only."""
