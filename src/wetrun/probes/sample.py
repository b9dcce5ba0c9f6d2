"""Takes a monitor's samples: a number, the lines that were added, or the reason why there is none."""

import asyncio
from collections.abc import Mapping
from dataclasses import field
from typing import assert_never

from wetrun.course.matching.values import NoSuchPath, read_json, select
from wetrun.course.results import Ending, Observed
from wetrun.lean import dataclass
from wetrun.plan.double import Service
from wetrun.plan.expectations import JsonValue, Quantity
from wetrun.plan.monitors import HttpField, HttpSample, LogLines, Monitor, ProcessMemory
from wetrun.plan.steps import Run, Sql
from wetrun.probes.carried import LookError
from wetrun.probes.expand import UnknownVariableError, expand_query, expand_request
from wetrun.probes.http import request
from wetrun.probes.log import LogPosition, added_lines
from wetrun.probes.processes import memory_of
from wetrun.probes.sql import first_value, query
from wetrun.runtime.ports import Network, Target
from wetrun.units import Seconds, UnitError, parse_bytes, parse_seconds

__all__ = ["Sample", "Sampler"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One look.

    Attributes:
        value: The number, or the lines that were added (an empty tuple: none were); None when the sample is missing.
        why: Why it is missing; None when it is not.
    """

    value: float | tuple[str, ...] | None
    why: str | None = None


@dataclass(slots=True)
class Sampler:
    """Takes one monitor's samples and remembers how far a log was read.

    Attributes:
        target: The monitor's target, open.
        services: The plan's services by name.
        variables: For `${NAME}` in requests and queries.
        limit: Seconds that one look may take.
    """

    monitor: Monitor
    target: Target
    network: Network
    services: Mapping[str, Service] = field(default_factory=dict[str, Service])
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    limit: float = 10.0
    _position: LogPosition | None = None

    async def take(self) -> Sample:
        """Look once; what goes wrong is a missing sample with its reason.

        A log's first look finds its end and returns no lines: what was there before does not count.
        """
        try:
            return Sample(await self._value())
        except (LookError, UnknownVariableError, UnitError) as problem:
            return Sample(None, str(problem))

    async def _value(self) -> float | tuple[str, ...]:
        wanted = self.monitor.sample
        match wanted:
            case ProcessMemory():
                service = self.services.get(wanted.service)
                if service is None:
                    raise LookError(f"there is no service `{wanted.service}`")
                return float(await memory_of(self.target, service, tree=wanted.tree, limit=self.limit))
            case HttpSample():
                asked = expand_request(wanted.request, self.variables)
                return _answered(await asyncio.to_thread(request, self.network, asked, self.limit), wanted)
            case LogLines():
                return await self._lines(wanted.path)
            case Run():
                return self._printed(await self.target.query(wanted.command, limit=Seconds(self.limit)))
            case Sql():
                observed = await query(self.target, expand_query(wanted, self.variables), self.limit)
                if observed.error is not None:
                    raise LookError(observed.error)
                return self._number(first_value(observed.rows))
            case _:
                assert_never(wanted)

    async def _lines(self, path: str) -> tuple[str, ...]:
        try:
            self._position, lines = await added_lines(self.target, path, self._position, self.limit)
        except LookError:
            # A log that appears later was written while we watched: all its lines count.
            self._position = self._position or LogPosition(0, 0)
            raise
        return lines

    def _printed(self, observed: Observed) -> float:
        if observed.ending is not Ending.DONE:
            raise LookError(observed.error or f"the command ended as {observed.ending.value}")
        if observed.exit_code != 0:
            said = observed.stderr.text.strip().splitlines()
            raise LookError(f"exit code {observed.exit_code}{': ' + said[-1] if said else ''}")
        return self._number(observed.stdout.text.strip())

    def _number(self, value: JsonValue) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        text = value if isinstance(value, str) else str(value)
        try:
            return float(text)
        except ValueError:
            if self.monitor.quantity is Quantity.SECONDS:
                return parse_seconds(text)
            if self.monitor.quantity is Quantity.BYTES:
                return parse_bytes(text)
            raise LookError(f"`{text[:100]}` is not a number") from None


def _answered(observed: Observed, wanted: HttpSample) -> float:
    if wanted.field is HttpField.LATENCY and observed.ending is Ending.TIME_LIMIT:
        # It took at least this long, which is all that a rule about slowness asks.
        return observed.seconds
    if observed.error is not None or observed.status is None or observed.body is None:
        raise LookError(observed.error or "no answer")
    match wanted.field:
        case HttpField.LATENCY:
            return observed.seconds
        case HttpField.STATUS:
            return float(observed.status)
        case HttpField.JSON:
            return _number_at(observed.body.text, wanted.selector or "", observed.status)
        case _:
            assert_never(wanted.field)


def _number_at(body: str, selector: str, status: int) -> float:
    try:
        value = select(read_json(body), selector)
    except ValueError:
        raise LookError(f"the answer is not JSON (status {status})") from None
    if isinstance(value, NoSuchPath):
        raise LookError(f"there is nothing at `{selector}` in the answer (status {status})")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LookError(f"`{selector}` is not a number (status {status})")
    return float(value)
