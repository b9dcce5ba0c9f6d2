"""The loop: events in, `advance`, the record, effects out."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import field, replace
from typing import Any, assert_never

from wetrun.course.advance import advance
from wetrun.course.bounding import bounded
from wetrun.course.codec import plain
from wetrun.course.effects import (
    Ask,
    BeginResponse,
    Compare,
    Effect,
    EnterPhase,
    Finish,
    RunStep,
    StopStep,
    TakeBaseline,
    Watch,
)
from wetrun.course.events import (
    Answered,
    BaselineTaken,
    Begun,
    Compared,
    Event,
    FaultCleared,
    FaultInjected,
    Interrupted,
    RuleFired,
    StepEnded,
    WatchEnded,
)
from wetrun.course.results import Ending, Observed, Verdict
from wetrun.course.run import Ended, Run
from wetrun.course.wellformed import well_formed
from wetrun.errors import WetrunError
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue
from wetrun.runtime.actions import Done, Performer
from wetrun.runtime.disturbance import Detail, Disturbance
from wetrun.runtime.monitoring import Monitoring
from wetrun.runtime.observing import Observer, briefly
from wetrun.runtime.recorder import Recorder
from wetrun.runtime.telling import told

__all__ = ["Runner"]

_SETTLING = 2.0


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An event on its way to the loop, with what the record keeps of it beside the event itself.

    `idling` is the watch or the question that it comes from: it is stale once that was called off.
    """

    event: Event
    detail: Detail = field(default_factory=dict[str, JsonValue])
    idling: asyncio.Task[None] | None = None


class Runner:
    """Drives one run from its beginning to its outcome.

    Every event is recorded together with the effects that follow from it, in one durable transaction, before any of
    these effects is performed.
    """

    def __init__(self, run: Run, recorder: Recorder, performer: Performer, observer: Observer) -> None:
        self.run = run
        self._recorder = recorder
        self._performer = performer
        self._observer = observer
        self._arrivals: asyncio.Queue[_Arrival | BaseException] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._step: asyncio.Task[None] | None = None
        self._idling: asyncio.Task[None] | None = None
        self._ended_serial = 0
        self._fault_known: FaultInjected | None = None
        self._section = ""
        self._monitoring: Monitoring | None = None
        self._disturbance: Disturbance | None = None

    def equip(self, monitoring: Monitoring, disturbance: Disturbance | None) -> None:
        """Add what reports events of its own accord."""
        self._monitoring = monitoring
        self._disturbance = disturbance

    def report(self, event: Event, detail: Detail | None = None) -> None:
        """Hand an event to the loop, from anywhere in the event loop's thread."""
        if isinstance(event, StepEnded):
            self._ended_serial = event.serial
        self._arrivals.put_nowait(_Arrival(event, detail or {}))

    def broke(self, error: BaseException) -> None:
        """End the run with an error from something that works beside the loop."""
        self._arrivals.put_nowait(error)

    def interrupt(self, by: str) -> None:
        """Ask the run to stop in good order: it rolls back when something changed."""
        self.report(Interrupted(by))

    async def drive(self) -> Run:
        """Run until there is an outcome.

        Returns:
            The run, ended.

        Raises:
            Exception: Whatever broke inside wetrun; the record then has no outcome.
        """
        try:
            self.report(Begun())
            while not isinstance(self.run.stage, Ended):
                arrival = await self._arrivals.get()
                if isinstance(arrival, BaseException):
                    raise arrival
                await self._take(arrival)
            self._drain()
        finally:
            await self._tidy()
        return self.run

    async def _take(self, arrival: _Arrival) -> None:
        if arrival.idling is not None and arrival.idling is not self._idling:
            return
        if isinstance(arrival.event, StepEnded | RuleFired | Answered) and self._disturbance is not None:
            struck = await self._disturbance.settle()
            if struck is not None:
                self._advance(*struck)
        for effect in self._advance(arrival.event, arrival.detail):
            await self._perform(effect)

    def _advance(self, event: Event, detail: Detail) -> tuple[Effect, ...]:
        if isinstance(event, FaultInjected):  # may be told twice: by the fault, and by a check that asked for it first
            if event is self._fault_known:
                return ()
            self._fault_known = event
        before = self.run
        self.run, effects = advance(before, event)
        for check in self.run.noticed[len(before.noticed) :]:
            self._recorder.note("noticed", {"check": check})
        for note in self.run.notes[len(before.notes) :]:
            self._recorder.note("note", {"text": note})
        self._recorder.event(event, effects, detail)
        return effects

    def _drain(self) -> None:
        """Record what arrived after the outcome was clear (a fault that was cleared at the end)."""
        while not self._arrivals.empty():
            arrival = self._arrivals.get_nowait()
            if isinstance(arrival, _Arrival) and isinstance(arrival.event, FaultInjected | FaultCleared):
                self._advance(arrival.event, arrival.detail)

    async def _perform(self, effect: Effect) -> None:
        match effect:
            case TakeBaseline():
                await self._take_baseline()
            case EnterPhase(phase):
                self._monitor(phase)
            case RunStep():
                self._stop_idling()
                self._step = self._spawn(self._run_step(effect))
            case StopStep(serial):
                await self._stop_step(serial)
            case Watch(seconds):
                self._stop_idling()
                self._monitor(None)
                self._idling = self._spawn(self._watch(seconds))
            case Ask(question):
                self._stop_idling()
                self._idling = self._spawn(self._ask(question))
            case BeginResponse():
                await self._begin_response()
            case Compare(after, settles):
                await self._compare(after, settles=settles)
            case Finish():
                await self._finish()
            case _:
                assert_never(effect)

    def _monitor(self, phase: str | None) -> None:
        if self._monitoring is not None:
            self._monitoring.enter(phase)

    async def _take_baseline(self) -> None:
        values = await self._observer.take_baseline()
        missing = tuple(name for name, value in values.items() if value.error is not None)
        self.report(BaselineTaken(missing), {"state": plain(briefly(values))})

    async def _run_step(self, effect: RunStep) -> None:
        if self._disturbance is not None:
            first, self._section = effect.section != self._section, effect.section
            if self._disturbance.strikes(effect.section, effect.step.name, first=first):
                await self._disturbance.strike()
        if effect.delay:
            await self._performer.clock.wait(effect.delay)
        began, variables = self._performer.clock.wall(), self.run.variables
        try:
            done = await self._performer.perform(f"{effect.serial:04d}", effect.step, variables)
        except WetrunError as error:
            self.report(StepEnded(effect.serial, Verdict.INCONCLUSIVE, str(error)), {"began": began})
            return
        self._report_done(effect, done, began, {**self._performer.environment, **variables})

    def _report_done(self, effect: RunStep, done: Done, began: float, names: Mapping[str, str]) -> None:
        observed, findings = told(effect.step, done.observed, done.judgement, names, self._recorder.masking)
        event = StepEnded(
            serial=effect.serial,
            verdict=done.judgement.verdict,
            reason=well_formed(replace(done.judgement, findings=findings).reason),
            captured=done.judgement.captured,
            unknown=done.observed.ending is Ending.UNKNOWN,
        )
        detail = {
            "began": began,
            "tries": done.tries,
            "observed": plain(bounded(observed)),
            "findings": plain(findings),
        }
        self.report(event, detail)

    async def _stop_step(self, serial: int) -> None:
        """End a running step; it is confirmed dead when this returns."""
        await self._performer.stop()
        if self._step is not None and not self._step.done():
            self._step.cancel()
            await asyncio.gather(self._step, return_exceptions=True)
        if self._ended_serial != serial:
            self.report(
                StepEnded(serial, Verdict.FAILED, "stopped"), {"observed": plain(Observed(ending=Ending.STOPPED))}
            )

    async def _watch(self, seconds: float) -> None:
        await self._performer.clock.wait(seconds)
        if self._monitoring is not None:
            await self._monitoring.close(judged=True)
        if self._disturbance is not None:
            await self._disturbance.confirm()
        self._arrivals.put_nowait(_Arrival(WatchEnded(), idling=asyncio.current_task()))

    async def _ask(self, question: str) -> None:
        answer = Answered(await self._performer.decide(question))
        self._arrivals.put_nowait(_Arrival(answer, {"question": question}, asyncio.current_task()))

    def _stop_idling(self) -> None:
        """Call off a watch or a question that something else has overtaken."""
        if self._idling is not None:
            self._idling.cancel()
        self._idling = None

    async def _begin_response(self) -> None:
        self._stop_idling()
        if self._monitoring is not None:
            await self._monitoring.close(judged=False)
        if self._disturbance is not None:
            await self._disturbance.responding()

    async def _compare(self, after: str, *, settles: bool) -> None:
        if self._disturbance is not None and not settles:
            await self._disturbance.clear()
        comparison = await self._observer.compare(_SETTLING)
        detail = {"after": after, "differences": plain(comparison.differences)}
        self.report(Compared(comparison.differing, comparison.missing), detail)

    async def _finish(self) -> None:
        if self._monitoring is not None:
            await self._monitoring.close(judged=False)
        if self._disturbance is not None:
            await self._disturbance.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._arrivals.put_nowait(error)

    async def _tidy(self) -> None:
        if self._monitoring is not None:
            await self._monitoring.close(judged=False)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._disturbance is not None:
            await self._disturbance.call_off()
        self._recorder.flush()
