"""How the mistakes in a plan are put into order and shown to people."""

from collections.abc import Iterable

from wetrun.errors import Place, PlanError, PlanProblem

__all__ = ["in_order", "render", "render_all"]


def render(problem: PlanProblem) -> str:
    """Write one problem in two or three lines: what, where (with the key path), and the way out if one is known."""
    lines = [f"error: {problem.message}"]
    if problem.place is not None:
        lines.append(f"  --> {problem.place}" + (f" at `{problem.path}`" if problem.path else ""))
    elif problem.path:
        lines.append(f"  --> `{problem.path}`")
    if problem.hint:
        lines.append(f"hint: {problem.hint}")
    return "\n".join(lines)


def render_all(error: PlanError) -> str:
    """Write every problem of an error, with an empty line between them."""
    return "\n\n".join(render(problem) for problem in error.problems)


def in_order(problems: Iterable[PlanProblem]) -> tuple[PlanProblem, ...]:
    """Put problems into the order of the text; one that an alias brings up again is told once."""
    told: dict[tuple[str, Place | None], PlanProblem] = {}
    for problem in problems:
        told.setdefault((problem.message, problem.place), problem)
    return tuple(sorted(told.values(), key=lambda problem: problem.place or Place("", 0, 0)))
