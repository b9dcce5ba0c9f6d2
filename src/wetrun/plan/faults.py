"""What a plan may say about a kind of fault: its parameters, their types and what they mean."""

from enum import Enum
from typing import NewType

from wetrun.lean import dataclass

__all__ = ["FaultParameter", "FaultParameters", "ParameterType", "PlanFile"]

PlanFile = NewType("PlanFile", str)
"""The path of a file beside the plan."""


class ParameterType(Enum):
    """How a fault's parameter is written in a plan, and what the fault receives.

    `TEXT`: str. `FILE`: str, the path of a file beside the plan. `INTEGER`: int. `NUMBER`: float. `DURATION` (`300ms`):
    float, seconds. `BYTES` (`80MB`): int, bytes. `PROBABILITY` (`8%`, `0.08`, `1/12`): float from 0 to 1. `FLAG`
    (`true`, `false`): bool. `LIST_OF_TEXT`: list of str (one text alone is read as a list of one). A `TEXT` named
    `service` must be the name of one of the plan's services.
    """

    TEXT = "text"
    FILE = "path"
    INTEGER = "integer"
    NUMBER = "number"
    DURATION = "duration"
    BYTES = "bytes"
    PROBABILITY = "probability"
    FLAG = "flag"
    LIST_OF_TEXT = "list of text"


@dataclass(frozen=True, slots=True)
class FaultParameter:
    """One parameter of a fault.

    Attributes:
        name: The key in the plan, and the keyword with which the fault is built.
        type: How its value is read.
        required: Whether the plan must give it; what is not given is not passed on, so the fault's own default holds.
        doc: What it means, in one sentence.
        choices: For text: the only values that it may have; empty means any.
    """

    name: str
    type: ParameterType
    required: bool = False
    doc: str = ""
    choices: tuple[str, ...] = ()


FaultParameters = tuple[FaultParameter, ...]
