"""Carrying out one step's action, whatever its kind, and trying it again until it passes where the plan says so."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import assert_never

from wetrun.course.judge import judge
from wetrun.course.results import Ending, Finding, Judgement, Observed, Output, Verdict
from wetrun.lean import dataclass
from wetrun.plan.steps import Approve, Http, Run, Sql, Step, Wait
from wetrun.probes.expand import UnknownVariableError, expand_query, expand_request
from wetrun.probes.http import request
from wetrun.probes.sql import query
from wetrun.runtime.clock import Clock
from wetrun.runtime.patience import PATIENCE, OutOfPatienceError, patiently
from wetrun.runtime.ports import Network, Target

__all__ = ["Approver", "Done", "Performer"]

Approver = Callable[[str], Awaitable[bool]]
"""Answers a question; True means yes."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was carried out: what was observed, how it was judged, how often it was tried (`until`)."""

    observed: Observed
    judgement: Judgement
    tries: int = 1


def _judged(step: Step, observed: Observed, names: Mapping[str, str]) -> Judgement:
    """Hold a step's expectations against what was observed, for no longer than a pattern should take."""
    if not (step.expect or step.capture):
        return judge(step, observed, names)
    try:
        with patiently():
            return judge(step, observed, names)
    except OutOfPatienceError:
        got = f"none in {PATIENCE:g} s: a pattern goes back and tries again without end"
        return Judgement(
            Verdict.INCONCLUSIVE, (Finding(Verdict.INCONCLUSIVE, "an answer of its patterns", got, step.place),)
        )


@dataclass(slots=True)
class Performer:
    """Carries out actions on targets and the network.

    Attributes:
        environment: The plan's environment and secrets, by name.
        approve: Answers an approval step.
        decide: Answers a plan that stops and asks.
    """

    targets: Mapping[str, Target]
    network: Network
    clock: Clock
    environment: Mapping[str, str]
    approve: Approver
    decide: Approver
    _commanding: tuple[Target, str] | None = None
    _stopping: bool = False

    async def stop(self) -> None:
        """End the command that runs now, with its whole process tree; return when none of it is left.

        A step that tries again and again (`until`) does not begin another try meanwhile.
        """
        if self._commanding is None:
            return
        target, key = self._commanding
        self._stopping = True
        try:
            await target.stop(key)
        finally:
            self._stopping = False

    async def perform(self, key: str, step: Step, variables: Mapping[str, str]) -> Done:
        """Carry out a step; with `until`, again and again until it passes or the deadline is over.

        Args:
            key: Under which the supervisor claims the command; further tries get a suffix.
            step: What to do.
            variables: Captured values.
        """
        names = {**self.environment, **variables}
        if step.until is None:
            observed = await self._once(key, step, variables, names)
            return Done(observed, _judged(step, observed, names))
        deadline = self.clock.now() + step.until.deadline
        tries = 0
        while True:
            tries += 1
            left = max(deadline - self.clock.now(), 0.05)
            limited = replace(step, limit=type(step.limit)(min(step.limit, left)))
            observed = await self._once(f"{key}.{tries}", limited, variables, names)
            judgement = _judged(step, observed, names)
            over = self._stopping or self.clock.now() + step.until.every >= deadline
            if judgement.verdict in {Verdict.PASSED, Verdict.ACCEPTABLE} or over:
                return Done(observed, judgement, tries)
            await self.clock.pause(step.until.every)

    async def _once(self, key: str, step: Step, variables: Mapping[str, str], names: Mapping[str, str]) -> Observed:
        target = self.targets[step.target]
        began = self.clock.now()
        match step.action:
            case Run(command, outlive):
                self._commanding = (target, key)
                try:
                    return await target.run(key, command, limit=step.limit, outlive=outlive, variables=variables)
                finally:
                    self._commanding = None
            case Wait(duration):
                await self.clock.wait(duration)
                return Observed(seconds=self.clock.now() - began)
            case Approve(question):
                yes = await self.approve(question)
                answer = Output("yes" if yes else "no", 3 if yes else 2)
                return Observed(exit_code=0 if yes else 1, stdout=answer, seconds=self.clock.now() - began)
            case Http() | Sql():
                return await self._asked(step.action, target, step.limit, names)
            case _:
                assert_never(step.action)

    async def _asked(self, action: Http | Sql, target: Target, limit: float, names: Mapping[str, str]) -> Observed:
        try:
            if isinstance(action, Http):
                wanted = expand_request(action, names)
                return await asyncio.to_thread(request, self.network, wanted, limit)
            return await query(target, expand_query(action, names), limit)
        except UnknownVariableError as error:
            return Observed(ending=Ending.ERROR, error=str(error))
