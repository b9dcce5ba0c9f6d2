"""A plan in the making, read by the same tables that read YAML."""

from collections.abc import Mapping

from wetrun.errors import PlanError
from wetrun.formats.decode.context import Context, Cursor, Rejected
from wetrun.formats.decode.tree import Entries
from wetrun.formats.keys.references import check_references
from wetrun.formats.keys.top import PLAN
from wetrun.formats.problems import in_order
from wetrun.formats.writing.tree import Branch, to_node
from wetrun.plan.faults import FaultParameters
from wetrun.plan.plan import Plan

__all__ = ["plan_of", "try_plan"]


def plan_of(draft: Branch, fault_kinds: Mapping[str, FaultParameters] | None) -> Plan:
    """Read a plan in the making as if it had been written down.

    Raises:
        PlanError: It is no plan; holds all problems.
    """
    plan, context = try_plan(draft, fault_kinds)
    if plan is None:
        raise PlanError(in_order(context.problems))
    return plan


def try_plan(draft: Branch, fault_kinds: Mapping[str, FaultParameters] | None) -> tuple[Plan | None, Context]:
    """The plan, or None and what is wrong with it."""
    root = to_node(draft)
    if not isinstance(root, Entries):
        raise TypeError(root)
    context = Context(fault_kinds=fault_kinds)
    plan: Plan | None = None
    try:
        plan = PLAN.read(Cursor(root, (), context))
    except Rejected:
        plan = None
    check_references(root, context)
    return None if context.problems else plan, context
