"""How a scenario's fault is written, and how its parameters become ready values."""

from collections.abc import Mapping

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor, Rejected
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.formats.decode.shapes import Flag, Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Entries, Entry, Scalar, describe
from wetrun.formats.keys.quantities import PROBABILITY, SECONDS, SIZE, integer, number
from wetrun.formats.keys.texts import ANY_JSON
from wetrun.plan.expectations import JsonValue
from wetrun.plan.faults import FaultParameter, ParameterType
from wetrun.plan.scenarios import FaultSpec

__all__ = ["FAULT"]

_HINT = "write `{kind: {parameter: value}}`, as in `{service-stop: {service: postgres}}`"
_FAR = 2**63 - 1
_SHAPES: Mapping[ParameterType, Shape[JsonValue | tuple[str, ...]]] = {
    ParameterType.TEXT: Text(),
    ParameterType.FILE: Text("path"),
    ParameterType.INTEGER: integer("a whole number", -_FAR, _FAR),
    ParameterType.NUMBER: number("a number", float("-inf")),
    ParameterType.DURATION: SECONDS,
    ParameterType.BYTES: SIZE,
    ParameterType.PROBABILITY: PROBABILITY,
    ParameterType.FLAG: Flag(),
    ParameterType.LIST_OF_TEXT: ListOf(Text(), "texts", alone=True),
}


class _Fault(Shape[FaultSpec]):
    """One kind of fault with its parameters."""

    def read(self, here: Cursor) -> FaultSpec:
        match here.node:
            case Scalar(value=str() as kind):
                self._known(here, kind)
                return FaultSpec(kind, self._parameters(here, kind, ()), here.place)
            case Entries(entries=(entry,)):
                self._known(here.key(entry), entry.key)
                return FaultSpec(
                    entry.key, self._parameters(here.entry(entry), entry.key, _given(here, entry)), entry.place
                )
            case Entries():
                raise here.wrong("a scenario has one fault", "write a scenario for each of them")
            case _:
                raise here.wrong(f"{describe(here.node)} where a fault is wanted", _HINT)

    def _known(self, here: Cursor, kind: str) -> None:
        kinds = here.context.fault_kinds
        if kinds is not None and kind not in kinds:
            known = sorted(kinds)
            raise here.wrong(f"unknown fault `{kind}`", did_you_mean(kind, known, none=f"known: {listed(known)}"))

    def _parameters(self, here: Cursor, kind: str, given: tuple[Entry, ...]) -> Mapping[str, JsonValue]:
        kinds = here.context.fault_kinds
        values: dict[str, JsonValue] = {}
        known = None if kinds is None else {parameter.name: parameter for parameter in kinds[kind]}
        sound = known is None or _complete(here, kind, known, {entry.key for entry in given})
        for entry in given:
            try:
                parameter = None if known is None else _find(here.key(entry), kind, known, entry.key)
                values[entry.key] = _value(here.entry(entry), parameter)
            except Rejected:
                sound = False
        if not sound:
            raise Rejected
        return values

    def schema(self, book: SchemaBook) -> Schema:
        del book
        parameters = {"type": ["object", "null"]}
        one = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": parameters}
        return {"anyOf": [{"type": "string"}, one]}

    def words(self) -> str:
        return "a fault with its parameters"


def _given(here: Cursor, entry: Entry) -> tuple[Entry, ...]:
    match entry.value:
        case Scalar(value=None):
            return ()
        case Entries(entries=entries):
            return entries
        case node:
            raise here.entry(entry).wrong(f"{describe(node)} where the fault's parameters are wanted", _HINT)


def _complete(here: Cursor, kind: str, known: Mapping[str, FaultParameter], given: set[str]) -> bool:
    missing = [parameter for parameter in known.values() if parameter.required and parameter.name not in given]
    for parameter in missing:
        here.note(f"the fault `{kind}` needs the parameter `{parameter.name}`", parameter.doc or None)
    return not missing


def _find(here: Cursor, kind: str, known: Mapping[str, FaultParameter], name: str) -> FaultParameter:
    if name in known:
        return known[name]
    none = "it takes none" if not known else f"known: {listed(known)}"
    raise here.wrong(f"the fault `{kind}` has no parameter `{name}`", did_you_mean(name, known, none=none))


def _value(here: Cursor, parameter: FaultParameter | None) -> JsonValue:
    if parameter is None:
        value: JsonValue | tuple[str, ...] = ANY_JSON.read(here)
        is_service = here.path[-1] == "service"
    else:
        value = _SHAPES[parameter.type].read(here)
        is_service = parameter.name == "service" and parameter.type is ParameterType.TEXT
        if parameter.choices and value not in parameter.choices:
            raise here.wrong(
                f"{describe(here.node)} where one of {listed(parameter.choices)} is wanted",
                did_you_mean(str(value), parameter.choices, list_known=False),
            )
    if is_service and isinstance(value, str):
        here.refer("service", value)
    return [*value] if isinstance(value, tuple) else value


FAULT = _Fault()
