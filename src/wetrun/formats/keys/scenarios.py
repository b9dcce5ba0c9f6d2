"""Scenarios: the fault, when it strikes, and what the author expects then."""

from collections.abc import Mapping

from wetrun.formats.decode.containers import ListOf, Named
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.nearest import listed
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import Choice, Flag, Parsed, RefTo, Text
from wetrun.formats.decode.tree import Entries, Entry, Scalar, describe
from wetrun.formats.keys.faults import FAULT
from wetrun.formats.keys.quantities import DURATION, PERIOD, PROBABILITY, SECONDS
from wetrun.plan.scenarios import Outcome, Scenario, ScenarioExpectation, Until
from wetrun.units import Seconds

__all__ = ["SCENARIO"]

_GOES_ON = (Outcome.DEPLOYED_DEGRADED, Outcome.DEPLOYED)
# The first outcome is what a response means when the author names no outcome; the others do not contradict it.
_OUTCOMES_OF: Mapping[str, tuple[Outcome, ...]] = {
    "continue": _GOES_ON,
    "note": _GOES_ON,
    "retry": (Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED),
    "mitigate": _GOES_ON,
    "hold": (Outcome.ROLLED_BACK, Outcome.RECOVERED, Outcome.STUCK),
    "rollback": (Outcome.ROLLED_BACK, Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK),
    "recover": (Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK),
}


def _response(here: Cursor, node: Scalar) -> str:
    if node.text not in _OUTCOMES_OF:
        raise here.wrong(f"{describe(node)} where a response is wanted", f"known: {listed(_OUTCOMES_OF)}")
    return node.text


_OUTCOME = Key(
    "outcome", ListOf(Choice(Outcome), "outcomes", least=1, alone=True), "How the run should end; of several, any."
)
_DETECTED_BY = Key(
    "detected_by", RefTo("step or monitor"), "The step or monitor that should notice.", also=("detection",)
)
_RESPONSE = Key(
    "response",
    Parsed("response", _response, {"enum": list(_OUTCOMES_OF)}),
    "What should happen then; without `outcome` it also says how the run should end.",
)
_WITHIN = Key("within", PERIOD, "How soon the run should be over after the fault struck.")
_DETECTED_AFTER = Key(
    "detected_after",
    DURATION,
    "How long after the strike it is noticed; for the simulation.",
    default="from the step's `expected`, or the rule's own window and the monitor's `every`",
)
_DETECTED = Key(
    "detected",
    PROBABILITY,
    "How likely it is noticed, `95%`; else it escapes. For the simulation.",
    default="always, until a run shows otherwise",
)
_ADDED = Key("added", DURATION, "How much longer the run should take.", also=("adds",))


def _expectation(here: Cursor, fields: Fields) -> ScenarioExpectation:
    outcomes = fields.get_or(_OUTCOME, ())
    response = fields.get(_RESPONSE)
    if response is not None:
        fitting = _OUTCOMES_OF[response]
        wrong = [outcome.value for outcome in outcomes if outcome not in fitting]
        if wrong:
            hint = f"`response: {response}` leads to {listed(outcome.value for outcome in fitting)}"
            raise fields.at(_RESPONSE).wrong(f"`response: {response}` does not lead to {listed(wrong)}", hint)
        outcomes = outcomes or _default_outcomes(response)
    del here
    return ScenarioExpectation(
        outcomes,
        fields.get(_DETECTED_BY),
        fields.get(_WITHIN),
        fields.get(_ADDED),
        fields.get(_DETECTED_AFTER),
        fields.get(_DETECTED),
    )


def _default_outcomes(response: str) -> tuple[Outcome, ...]:
    return (
        _OUTCOMES_OF[response] if response in {"continue", "note", "retry", "mitigate"} else _OUTCOMES_OF[response][:1]
    )


_EXPECTATION = Object(
    "scenario expectation",
    "What the author expects of a scenario; compared with what happened.",
    (_OUTCOME, _DETECTED_BY, _DETECTED, _DETECTED_AFTER, _RESPONSE, _WITHIN, _ADDED),
    _expectation,
)

_FAULT = Key(
    "fault", FAULT, "What goes wrong: `{kind: {parameter: value}}`.", required=True, also=("inject", "failure")
)
_FROM = Key(
    "from",
    RefTo("phase or step"),
    "The phase or step (`Phase` or `Phase/step`) before which the fault strikes.",
    required=True,
    also=("at", "before", "when", "during", "strikes"),
)
_AFTER = Key("after", SECONDS, "So long after that point.", default="at once", also=("delay",))
_UNTIL = Key(
    "until", Choice(Until), "How long the fault stays: until the response begins, or to the end.", default="`response`"
)
_PROBABILITY = Key(
    "probability",
    PROBABILITY,
    "How likely it is in one deployment: `8%`, `0.08`, `1/12`.",
    also=("likelihood", "chance"),
)
_ONE_OF = Key(
    "one_of",
    Text("name of a group"),
    "The name of a group of scenarios of which at most one strikes; without it scenarios are independent.",
    also=("group", "exclusive"),
)
_GIVEN = Key(
    "given",
    Named(PROBABILITY, "probabilities"),
    "How likely it is when another scenario has struck, `{other: 60%}`; of several, the first that has counts.",
    also=("if", "because"),
)
_DOWN = Key("down", Flag(), "Whether users feel it, from the strike until all is well again.", also=("downtime",))
_FELT_FROM = Key(
    "felt_from",
    RefTo("phase or step"),
    "The phase or step (`Phase` or `Phase/step`) from which users feel it; then `down` need not be said.",
    default="from the strike on, if `down`",
    also=("down_from",),
)
_EXPECT = Key("expect", _EXPECTATION, "What you expect then.", also=("expects", "expected"))


def _entries(fields: Fields) -> tuple[Entry, ...]:
    node = fields.at(_GIVEN).node if fields.has(_GIVEN) else None
    return node.entries if isinstance(node, Entries) else ()


def _scenario(here: Cursor, fields: Fields) -> Scenario:
    for entry in _entries(fields):
        fields.at(_GIVEN).key(entry).refer("scenario", entry.key)
    if fields.has(_FELT_FROM) and fields.get(_DOWN) is False:
        hint = "take away `felt_from`, or `down: false`"
        fields.at(_FELT_FROM).note("users cannot feel from then on what they do not feel", hint)
    return Scenario(
        name=here.path[-1],
        fault=fields.want(_FAULT),
        strikes=fields.want(_FROM),
        after=fields.get_or(_AFTER, Seconds(0.0)),
        until=fields.get_or(_UNTIL, Until.RESPONSE),
        probability=fields.get(_PROBABILITY),
        one_of=fields.get(_ONE_OF),
        given=fields.get(_GIVEN) or {},
        down=True if fields.has(_FELT_FROM) else fields.get(_DOWN),
        felt_from=fields.get(_FELT_FROM),
        expect=fields.get_or(_EXPECT, ScenarioExpectation()),
        place=here.place,
    )


SCENARIO = Object(
    "scenario",
    "A way in which things go wrong.",
    (_PROBABILITY, _ONE_OF, _GIVEN, _FAULT, _FROM, _AFTER, _UNTIL, _DOWN, _FELT_FROM, _EXPECT),
    _scenario,
)
