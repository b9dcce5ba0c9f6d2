"""Observes one state probe: whatever it looks at comes back as plain data that can be compared."""

import asyncio
import json
from collections.abc import Mapping
from shlex import quote
from typing import assert_never

from wetrun.course.matching.values import NoSuchPath, select
from wetrun.course.results import Ending, Observed
from wetrun.course.state_values import StateKind, StateValue
from wetrun.plan.double import Service
from wetrun.plan.expectations import JsonValue
from wetrun.plan.state import FileTree, ProcessList, StateProbe
from wetrun.plan.steps import Http, Run, Sql
from wetrun.probes.carried import LookError
from wetrun.probes.expand import UnknownVariableError, expand_query, expand_request
from wetrun.probes.files import tree
from wetrun.probes.http import request
from wetrun.probes.processes import all_processes, processes_of
from wetrun.probes.sql import query
from wetrun.runtime.ports import Network, Target
from wetrun.units import Seconds

__all__ = ["observe"]

_COULD_NOT_RUN = range(126, 256)


async def observe(
    probe: StateProbe,
    target: Target,
    network: Network,
    *,
    services: Mapping[str, Service],
    variables: Mapping[str, str],
) -> StateValue:
    """Measure one state probe; what cannot be measured comes back as an error, never as an exception.

    A command's value is its output (JSON when it looks like JSON); when it fails, the output is the value and `error`
    is set. A request's value is its status with its body; that nobody answers is a value with `error` set: after
    a rollback it is a difference, but no baseline; likewise a statement that the database refuses, and a folder that is
    not there. A query's value is its rows; a process list's the number of processes.

    Args:
        probe: What to look at.
        target: The probe's target, open.
        network: Where requests go out from.
        services: The plan's services by name.
        variables: For `${NAME}` in requests and queries.
    """
    try:
        match probe.observe:
            case Run():
                observed = await target.query(probe.observe.command, limit=Seconds(probe.limit))
                return _of_command(observed, probe.selector)
            case Http():
                asked = expand_request(probe.observe, variables)
                return _of_request(await asyncio.to_thread(request, network, asked, probe.limit), probe.selector)
            case Sql():
                return _of_query(
                    await query(target, expand_query(probe.observe, variables), probe.limit), probe.selector
                )
            case FileTree():
                return await _of_tree(target, probe.observe, probe.limit)
            case ProcessList():
                running = processes_of(services[probe.observe.service], await all_processes(target, probe.limit))
                return StateValue(StateKind.NUMBER, len(running))
            case _:
                assert_never(probe.observe)
    except (LookError, UnknownVariableError) as problem:
        return StateValue(StateKind.TEXT, None, str(problem))
    except KeyError as problem:
        return StateValue(StateKind.TEXT, None, f"there is no service {problem}")


async def _of_tree(target: Target, wanted: FileTree, limit: float) -> StateValue:
    """The tree; a folder that is not there any more is a value, too: whatever was in it is gone."""
    try:
        return StateValue(StateKind.TREE, {**await tree(target, wanted, limit)})
    except LookError:
        gone = await target.query(f"[ ! -e {quote(wanted.root)} ]", limit=Seconds(limit))
        if gone.ending is not Ending.DONE or gone.exit_code != 0:
            raise
        return StateValue(StateKind.TREE, {}, f"`{wanted.root}` is not there")


def _of_command(observed: Observed, selector: str | None) -> StateValue:
    if observed.ending is not Ending.DONE or observed.exit_code is None:
        return StateValue(StateKind.TEXT, None, observed.error or f"the command ended as {observed.ending.value}")
    said = observed.stderr.text.strip()
    why = f"exit code {observed.exit_code}: {said[-300:] or 'no output'}"
    if observed.exit_code in _COULD_NOT_RUN:
        return StateValue(StateKind.TEXT, None, why)
    if observed.stdout.cut:
        return StateValue(StateKind.TEXT, None, f"the output is too long to be compared ({observed.stdout.size} bytes)")
    text = observed.stdout.text.rstrip("\n")
    if observed.exit_code != 0:
        return StateValue(StateKind.TEXT, text, why if said else f"exit code {observed.exit_code}")
    document = _document(text)
    if selector is not None:
        return _selected(document, selector) if document is not None else StateValue(StateKind.TEXT, text)
    return StateValue(StateKind.TEXT, text) if document is None else StateValue(StateKind.JSON, document)


def _of_request(observed: Observed, selector: str | None) -> StateValue:
    if observed.ending is Ending.ERROR:
        return StateValue(StateKind.JSON, None, observed.error)
    if observed.ending is Ending.TIME_LIMIT:
        return StateValue(StateKind.JSON, {"answer": "none"}, "no answer within the time limit")
    if observed.refused or observed.body is None:
        return StateValue(StateKind.JSON, {"answer": "none"}, observed.error or "no answer")
    if observed.body.cut:
        return StateValue(StateKind.JSON, None, f"the answer is too long to be compared ({observed.body.size} bytes)")
    value: dict[str, JsonValue] = {"status": observed.status}
    document = _document(observed.body.text)
    selected = None if selector is None or document is None else select(document, selector)
    if selector is None or selected is None or isinstance(selected, NoSuchPath):
        value["body"] = observed.body.text if document is None else document
    else:
        value[selector] = selected
    return StateValue(StateKind.JSON, value)


def _of_query(observed: Observed, selector: str | None) -> StateValue:
    if observed.ending is not Ending.DONE or observed.exit_code is None:
        return StateValue(StateKind.JSON, None, observed.error or "the query failed")
    if observed.exit_code != 0:  # the database refuses: after a baseline that was whole that is a difference
        return StateValue(StateKind.JSON, {"rows": "none"}, observed.error or "the query failed")
    return StateValue(StateKind.JSON, observed.rows) if selector is None else _selected(observed.rows, selector)


def _selected(document: JsonValue, selector: str) -> StateValue:
    value = select(document, selector)
    if isinstance(value, NoSuchPath):
        # The whole says what is there instead; it can equal no value that the path led to.
        return StateValue(StateKind.JSON, {"nothing at": selector, "but": document})
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return StateValue(StateKind.NUMBER if number else StateKind.JSON, value)


def _document(text: str) -> JsonValue:
    """The text as JSON when it is an object or a list; a lone number stays text, `1.10` is not always `1.1`."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        document: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document
