"""Phases, procedures, the rollback, the recovery ladder and the readiness list."""

from typing import Any

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import Parsed, Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Scalar
from wetrun.formats.keys.quantities import DURATION, PROBABILITY
from wetrun.formats.keys.steps import STEPS
from wetrun.plan.plan import Phase, Procedure, ReadinessItem

__all__ = ["PHASES", "PROCEDURE", "READINESS", "RECOVERIES", "ROLLBACK"]

_NAME = Key("name", Text("name"), "What it is called; unique.", required=True, also=("title", "id"))
_STEPS = Key("steps", STEPS, "What it does, in order.", required=True, also=("commands", "run", "tasks"))
_EXPECTED = Key("expected", DURATION, "How long it should take; for the simulation.", also=("takes", "duration"))
_TAKES = Key("takes", DURATION, "How long it should take; for the simulation.", also=("expected", "duration"))
_SUCCEEDS = Key(
    "succeeds", PROBABILITY, "How likely it is to help; for the simulation.", also=("probability", "success")
)


def _phase(here: Cursor, fields: Fields) -> Phase:
    phase = Phase(name=fields.want(_NAME), steps=fields.want(_STEPS), expected=fields.get(_EXPECTED), place=here.place)
    where = fields.at(_NAME)
    if "/" in phase.name:
        raise where.wrong(
            f"the phase's name `{phase.name}` contains `/`",
            "`/` stands between a phase and its step, as in `Code/git pull`",
        )
    where.declare("phase", phase.name)
    where.declare("phase or step", phase.name)
    for step in phase.steps:
        where.declare("phase or step", f"{phase.name}/{step.name}")
        where.declare("step or monitor", step.name)
    return phase


PHASES = ListOf(Object("phase", "Ordered steps under one name.", (_NAME, _EXPECTED, _STEPS), _phase), "phases", least=1)

_PROCEDURE_KEYS: tuple[Key[Any], ...] = (_TAKES, _SUCCEEDS, _STEPS)


def _procedure(here: Cursor, fields: Fields) -> Procedure:
    return Procedure(
        name=here.path[-1],
        steps=fields.want(_STEPS),
        takes=fields.get(_TAKES),
        succeeds=fields.get(_SUCCEEDS),
        place=here.place,
    )


class _BareSteps(Shape[Procedure]):
    """A list of steps in the place of a whole procedure."""

    def read(self, here: Cursor) -> Procedure:
        return Procedure(name=here.path[-1], steps=STEPS.read(here), place=here.place)

    def schema(self, book: SchemaBook) -> Schema:
        return STEPS.schema(book)

    def words(self) -> str:
        return STEPS.words()


def _procedure_shape(title: str, doc: str) -> ByForm[Procedure]:
    return ByForm(
        items=_BareSteps(),
        entries=Object(title, doc, _PROCEDURE_KEYS, _procedure),
        what=f"a {title} or a list of steps",
    )


PROCEDURE = _procedure_shape("procedure", "Named steps outside the happy path.")
ROLLBACK = _procedure_shape("rollback", "The way back to how things were.")


def _rung(here: Cursor, fields: Fields) -> Procedure:
    name = fields.want(_NAME)
    fields.at(_NAME).declare("recovery", name)
    return Procedure(
        name=name,
        steps=fields.want(_STEPS),
        takes=fields.get(_TAKES),
        succeeds=fields.get(_SUCCEEDS),
        place=here.place,
    )


RECOVERIES = ListOf(
    Object(
        "recovery",
        "A rung of the recovery ladder: tried when what came before did not restore service.",
        (_NAME, *_PROCEDURE_KEYS),
        _rung,
    ),
    "recoveries",
)


def _measured_by(here: Cursor, node: Scalar) -> str:
    kind, _, name = node.text.partition(":")
    if kind == "scenario" and name.strip():
        here.refer("scenario", name.strip())
        return f"scenario:{name.strip()}"
    if node.text == "rollback":
        here.refer("rollback", "rollback")
    elif node.text not in {"clean", "check"}:
        raise here.wrong(
            f"nothing is measured by `{node.text}`", "known: `clean`, `rollback`, `check`, `scenario:NAME`"
        )
    return node.text


_ITEM = Key("item", Text("text"), "What must be so.", also=("name", "check"))
_TEXT = Key("text", Text("text"), "The same as `item`.")
_MEASURED_BY = Key(
    "measured_by",
    Parsed("measurement", _measured_by, {"type": "string", "pattern": "^(clean|rollback|check|scenario: ?.+)$"}),
    "What measured it: `clean` (the clean rehearsal), `rollback`, `check` or `scenario:NAME`.",
    required=True,
    also=("measured", "by", "evidence"),
)
READINESS = ListOf(
    Object(
        "readiness item",
        "An item of the checklist, tied to what measured it.",
        (_ITEM, _TEXT, _MEASURED_BY),
        lambda here, f: ReadinessItem(f.get(_ITEM) or f.get_or(_TEXT, ""), f.want(_MEASURED_BY), here.place),
        one_of=("item", "text"),
    ),
    "readiness items",
)
