"""Phases, procedures, the rollback and the recovery ladder."""

from typing import Any

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import Schema, SchemaBook, Shape, Text
from wetrun.formats.keys.quantities import DURATION, PROBABILITY
from wetrun.formats.keys.steps import STEPS
from wetrun.plan.plan import Phase, Procedure
from wetrun.plan.steps import Step

__all__ = ["PHASES", "PROCEDURE", "RECOVERIES", "ROLLBACK"]

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
        path = f"{phase.name}/{step.name}"
        where.declare("phase or step", path)
        where.declare("step", path)
        where.declare("step or monitor", step.name)
    return phase


PHASES = ListOf(Object("phase", "Ordered steps under one name.", (_NAME, _EXPECTED, _STEPS), _phase), "phases", least=1)

_PROCEDURE_KEYS: tuple[Key[Any], ...] = (_TAKES, _SUCCEEDS, _STEPS)


def _steps_of(here: Cursor, section: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    for step in steps:
        here.declare("step", f"{section}/{step.name}")
    return steps


def _procedure(here: Cursor, fields: Fields) -> Procedure:
    return Procedure(
        name=here.path[-1],
        steps=_steps_of(here, here.path[-1], fields.want(_STEPS)),
        takes=fields.get(_TAKES),
        succeeds=fields.get(_SUCCEEDS),
        place=here.place,
    )


class _BareSteps(Shape[Procedure]):
    """A list of steps in the place of a whole procedure."""

    def read(self, here: Cursor) -> Procedure:
        steps = _steps_of(here, here.path[-1], STEPS.read(here))
        return Procedure(name=here.path[-1], steps=steps, place=here.place)

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
        steps=_steps_of(here, name, fields.want(_STEPS)),
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
