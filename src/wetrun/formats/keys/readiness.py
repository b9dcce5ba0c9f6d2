"""The readiness list: items, each tied to what measures it."""

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import Key, Object
from wetrun.formats.decode.shapes import Parsed, Text
from wetrun.formats.decode.tree import Scalar
from wetrun.plan.readiness import (
    AtStep,
    ByCheck,
    ByNothing,
    CleanRun,
    InScenario,
    Measurement,
    ReadinessItem,
    WayBack,
)

__all__ = ["READINESS"]

_PLAIN: dict[str, Measurement] = {
    "clean": CleanRun(),
    "rollback": WayBack(),
    "check": ByCheck(),
    "nothing": ByNothing(),
}
_PATTERN = "^(clean|rollback|check|nothing|scenario: ?.+|step: ?.+/.+)$"


def _measurement(here: Cursor, node: Scalar) -> Measurement:
    kind, _, name = (part.strip() for part in node.text.partition(":"))
    if kind == "scenario" and name:
        here.refer("scenario", name)
        return InScenario(name)
    if kind == "step" and name:
        section, _, step = name.partition("/")
        here.refer("step", name)
        return AtStep(section, step)
    if node.text not in _PLAIN:
        raise here.wrong(
            f"nothing is measured by `{node.text}`",
            "known: `clean`, `rollback`, `check`, `scenario:NAME`, `step:SECTION/NAME`, `nothing`",
        )
    if node.text == "rollback":
        here.refer("rollback", "rollback")
    return _PLAIN[node.text]


_ITEM = Key("item", Text("text"), "What must be so.", also=("name", "check"))
_TEXT = Key("text", Text("text"), "The same as `item`.")
_MEASURED_BY = Key(
    "measured_by",
    ListOf(
        Parsed("measurement", _measurement, {"type": "string", "pattern": _PATTERN}),
        "measurements",
        least=1,
        alone=True,
    ),
    "What measures it: `clean` (the clean run deploys), `rollback` (every rollback restores), `scenario:NAME` (ends as "
    "expected), `step:SECTION/NAME` (succeeds while nothing is wrong; the section is a phase, `rollback`, a procedure "
    "or a recovery), `check` (`wetrun check` finds no error), `nothing` (somebody says so). Of several, all have to.",
    required=True,
    also=("measured", "by", "evidence"),
)
READINESS = ListOf(
    Object(
        "readiness item",
        "An item of the checklist, tied to what measures it; the report of a rehearsal says whether it did.",
        (_ITEM, _TEXT, _MEASURED_BY),
        lambda here, f: ReadinessItem(f.get(_ITEM) or f.get_or(_TEXT, ""), f.want(_MEASURED_BY), here.place),
        one_of=("item", "text"),
    ),
    "readiness items",
)
