"""Adapters of the `Target` port: this machine, a sandbox, a machine behind ssh; one supervisor, written in bash."""

from wetrun.targets.errors import TargetError, TargetRefusedError, TargetUnreachableError

__all__ = ["TargetError", "TargetRefusedError", "TargetUnreachableError"]
