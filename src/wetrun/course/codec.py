"""Events and effects as plain JSON values, and events back again. Pure."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, cast

from wetrun.course import events as known
from wetrun.course.effects import Effect, RunStep
from wetrun.course.events import Event, RuleFired, StepEnded
from wetrun.course.results import Verdict
from wetrun.course.wellformed import well_formed
from wetrun.plan.expectations import JsonValue
from wetrun.plan.responses import Mitigate, Recover, Response, Simple

__all__ = ["UnreadableEventError", "decode_event", "encode_effect", "encode_event", "plain"]


class UnreadableEventError(Exception):
    """A record does not hold an event that this version knows."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        super().__init__(f"no event can be read from {dict(body)!r}")


def plain(value: object) -> JsonValue:
    """Turn frozen dataclasses, enums, mappings and tuples into JSON values that can be written as UTF-8.

    JSON has no number that is not finite: `inf` and `nan` become texts. Half a surrogate pair becomes U+FFFD.
    """
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return well_formed(value)
        case Enum():
            return plain(value.value)
        case Mapping():
            items = cast("Mapping[object, object]", value)
            return {well_formed(str(key)): plain(one) for key, one in items.items()}
        case list() | tuple():
            return [plain(one) for one in cast("list[object]", value)]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return str(value)


def encode_event(event: Event) -> dict[str, JsonValue]:
    """An event with its type's name under `event`."""
    body: dict[str, JsonValue] = {field.name: plain(getattr(event, field.name)) for field in fields(event)}
    if isinstance(event, RuleFired):
        body["response"] = _encode_response(event.response)
    return {"event": type(event).__name__, **body}


def decode_event(body: Mapping[str, Any]) -> Event:
    """Read an event that `encode_event` wrote.

    Raises:
        UnreadableEventError: The type is unknown, or fields are missing.
    """
    name = body.get("event")
    kind = getattr(known, str(name), None) if name in known.__all__ else None
    if kind is None or not is_dataclass(kind):
        raise UnreadableEventError(body)
    try:
        values = {field.name: body[field.name] for field in fields(kind)}
        for key, value in values.items():
            if isinstance(value, list):
                values[key] = tuple(cast("list[object]", value))
        if kind is StepEnded:
            values["verdict"] = Verdict(values["verdict"])
        if kind is RuleFired:
            values["response"] = _decode_response(values["response"])
        return cast("Event", cast("Any", kind)(**values))
    except (KeyError, ValueError, TypeError) as error:
        raise UnreadableEventError(body) from error


def encode_effect(effect: Effect) -> dict[str, JsonValue]:
    """An effect with its type's name under `effect`; a step is told by its name, section and place."""
    if isinstance(effect, RunStep):
        place = str(effect.step.place) if effect.step.place else None
        return {
            "effect": "RunStep",
            "serial": effect.serial,
            "section": effect.section,
            "step": effect.step.name,
            "attempt": effect.attempt,
            "delay": effect.delay,
            "place": place,
        }
    return {"effect": type(effect).__name__, **{f.name: plain(getattr(effect, f.name)) for f in fields(effect)}}


def _encode_response(response: Response) -> JsonValue:
    match response:
        case Simple():
            return response.value
        case Mitigate(procedure, otherwise):
            return {"mitigate": procedure, "otherwise": otherwise.value}
        case Recover(procedure):
            return {"recover": procedure}


def _decode_response(value: Any) -> Response:
    match value:
        case str():
            return Simple(value)
        case {"mitigate": str(procedure), "otherwise": str(otherwise)}:
            return Mitigate(procedure, Simple(otherwise))
        case {"recover": str(procedure)}:
            return Recover(procedure)
        case _:
            raise ValueError(value)
