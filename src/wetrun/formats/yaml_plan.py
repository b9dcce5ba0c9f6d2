"""The YAML plan: text → `Plan`, with every mistake in one go."""

from collections.abc import Mapping
from typing import NamedTuple

from wetrun.errors import Place, PlanError, PlanProblem
from wetrun.formats.decode.context import Context, Cursor, Rejected
from wetrun.formats.decode.tree import Entries, describe
from wetrun.formats.decode.yaml_tree import compose
from wetrun.formats.keys.references import check_references
from wetrun.formats.keys.top import PLAN
from wetrun.formats.mentioned_files import MentionedFile, mentioned_files
from wetrun.formats.problems import in_order
from wetrun.formats.schema import json_schema
from wetrun.plan.faults import FaultParameters
from wetrun.plan.plan import Plan

__all__ = ["WithFiles", "json_schema", "read_plan", "read_plan_with_files"]


class WithFiles(NamedTuple):
    """A plan, and the files that it names, in the order of the text."""

    plan: Plan
    files: tuple[MentionedFile, ...]


def read_plan(text: str, *, file: str, fault_kinds: Mapping[str, FaultParameters] | None) -> Plan:
    """Read a plan.

    Args:
        text: The plan as YAML.
        file: Its name, for messages and for `Plan.source`.
        fault_kinds: The known kinds of faults with their parameters, which are checked and converted; None accepts any
            kind and leaves its parameters as they are written.

    Returns:
        The plan; all names in it resolve.

    Raises:
        PlanError: The plan cannot be used; holds all problems, in the order of the text.
    """
    return read_plan_with_files(text, file=file, fault_kinds=fault_kinds).plan


def read_plan_with_files(text: str, *, file: str, fault_kinds: Mapping[str, FaultParameters] | None) -> WithFiles:
    """Read a plan, and see which files it names; as `read_plan`."""
    root, problems = compose(text, file)
    context = Context(fault_kinds=fault_kinds, problems=list(problems))
    if not isinstance(root, Entries):
        what = "the plan is empty" if root is None else f"{describe(root)} where a plan is wanted"
        hint = "begin with `name: …` and `phases:`; `wetrun init` drafts a plan"
        last = PlanProblem(what, root.place if root else Place(file, 1, 1), hint=hint)
        raise PlanError(in_order((*problems, last)))
    plan: Plan | None = None
    try:
        plan = PLAN.read(Cursor(root, (), context))
    except Rejected:
        plan = None
    check_references(root, context)
    if context.problems or plan is None:
        raise PlanError(in_order(context.problems))
    return WithFiles(plan, mentioned_files(root, fault_kinds or {}))
