"""How many threads a rehearsal needs, so that no request has to wait for another one's answer."""

from wetrun.plan.plan import Plan

__all__ = ["threads_needed"]

_SPARE = 16


def threads_needed(plan: Plan, jobs: int) -> int:
    """The threads that blocking work of a rehearsal may occupy at once.

    A frozen service holds every request to it until its limit. With fewer threads its run would hold back the monitors
    and the prober of the runs beside it, and what they measure then is wetrun. Threads are made when they are needed.

    Args:
        plan: The plan.
        jobs: Runs at the same time, ≥ 1.

    Returns:
        For each run one per monitor and state probe, one for the prober, one per target, and 16 for its step, its
        fault, its files, and requests whose answer nobody waits for any more.
    """
    return jobs * (len(plan.monitors) + len(plan.state) + (plan.availability is not None) + len(plan.targets) + _SPARE)
