"""How a mistake in a plan is shown to people."""

from wetrun.errors import PlanError, PlanProblem

__all__ = ["render", "render_all"]


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
