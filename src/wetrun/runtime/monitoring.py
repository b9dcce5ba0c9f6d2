"""Monitors at work: sample, apply the rules, report what fires and what could not be measured."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import field

from wetrun.course.events import Event, MonitorInconclusive, RuleFired
from wetrun.course.results import Verdict
from wetrun.course.rules import Window, sampled, scaled_monitor, verdict, window
from wetrun.lean import dataclass
from wetrun.plan.monitors import Monitor
from wetrun.probes.sample import Sampler
from wetrun.runtime.clock import Clock
from wetrun.runtime.patience import PATIENCE, OutOfPatienceError, patiently

__all__ = ["Monitoring", "Sampled"]


@dataclass(frozen=True, slots=True)
class Sampled:
    """One sample, for the record: a number, how many lines, or why there is none."""

    monitor: str
    at: float
    value: float | None
    why: str | None = None


@dataclass(slots=True)
class Monitoring:
    """The monitors of a run; each samples in a task of its own while its phases last."""

    samplers: Mapping[str, tuple[Monitor, Sampler]]
    clock: Clock
    report: Callable[[Event], None]
    record: Callable[[Sampled], None]
    broke: Callable[[BaseException], None]
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    _windows: dict[str, Window] = field(default_factory=dict[str, Window])

    def enter(self, phase: str | None) -> None:
        """Start the monitors that belong to this phase and end the others.

        Args:
            phase: Its name; None is the watch after the last step, in which those of the last phase go on.
        """
        for name, (monitor, sampler) in self.samplers.items():
            wanted = not monitor.during or (name in self._tasks if phase is None else phase in monitor.during)
            if wanted and name not in self._tasks:
                quick = scaled_monitor(monitor, self.clock.speed)
                self._windows[name] = window(quick, self.clock.speed)
                self._tasks[name] = asyncio.create_task(self._sample_on(name, quick, sampler))
                self._tasks[name].add_done_callback(self._ended)
            elif not wanted and name in self._tasks:
                self._end(name)

    async def close(self, *, judged: bool) -> None:
        """End every monitor; `judged` reports those that had too little data to say anything."""
        tasks = dict(self._tasks)
        for name in tasks:
            self._end(name, judged=judged)
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    def _end(self, name: str, *, judged: bool = True) -> None:
        self._tasks.pop(name).cancel()
        if judged:
            self._judge(name)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A monitor that breaks is a bug in wetrun, and must not pass for a silent one."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.broke(error)

    def _judge(self, name: str) -> None:
        result = verdict(self._windows[name])
        if result.verdict is Verdict.INCONCLUSIVE:
            self.report(MonitorInconclusive(name, "; ".join(result.reasons)))

    async def _sample_on(self, name: str, monitor: Monitor, sampler: Sampler) -> None:
        task = self._tasks[name]
        while self._tasks.get(name) is task:  # also when a library has swallowed the cancellation
            began = self.clock.now()
            sample = await sampler.take()
            if self._tasks.get(name) is not task:
                return
            value, why = sample.value, sample.why
            if isinstance(value, float) and not math.isfinite(value):  # as a command or JSON may well print it
                value, why = None, f"`{value}` is not a finite number"
            number = float(len(value)) if isinstance(value, tuple) else value
            try:
                with (
                    patiently() if isinstance(value, tuple) else contextlib.nullcontext()
                ):  # patterns look at lines only
                    self._windows[name], hits = sampled(self._windows[name], began, value)
            except OutOfPatienceError:
                number, why = (
                    None,
                    f"a pattern had no answer in {PATIENCE:g} s: it goes back and tries again without end",
                )
                self.report(MonitorInconclusive(name, why))  # these lines have been read, and nobody will look at them
                self._windows[name], hits = sampled(self._windows[name], began, None)
            self.record(Sampled(name, began, number, why))
            for hit in hits:
                if hit.rule is None:
                    self.report(MonitorInconclusive(name, hit.words))
                else:
                    self.report(RuleFired(name, f"{hit.rule.text} ({hit.words})", hit.rule.response))
            await self.clock.pause(max(monitor.every - (self.clock.now() - began), 0.02))
