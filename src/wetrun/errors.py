"""What wetrun raises: one class per cause, with a hint that shows the way out."""

from wetrun.lean import dataclass

__all__ = ["Place", "PlanError", "PlanProblem", "WetrunError"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a text: file, line and column (both from 1)."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class WetrunError(Exception):
    """The root of every error that a user can meet; never raised itself.

    Attributes:
        hint: What to do about it, or None.
        exit_code: What the command line exits with.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One mistake in a plan.

    Attributes:
        message: What is wrong, in one sentence without a full stop.
        place: Where, or None when the text has no such place.
        path: The key path, as `phases/1/steps/0/run`.
        hint: The way out, or None.
    """

    message: str
    place: Place | None = None
    path: str = ""
    hint: str | None = None


class PlanError(WetrunError):
    """A plan that cannot be used, with every problem that was found in one go."""

    def __init__(self, problems: tuple[PlanProblem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
