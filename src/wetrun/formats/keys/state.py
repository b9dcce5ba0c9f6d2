"""State probes: what is measured before and after."""

from typing import Any

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor, Rejected
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import SCALAR_SCHEMA, Parsed, RefTo, Text
from wetrun.formats.decode.tree import Scalar
from wetrun.formats.keys.actions import ACTION_KEYS, RUN, read_action
from wetrun.formats.keys.quantities import PERIOD, number
from wetrun.plan.state import Allowed, FileTree, Observation, ProcessList, StateProbe
from wetrun.plan.steps import Run
from wetrun.units import Seconds

__all__ = ["STATE_PROBE"]

_GLOBS = ListOf(Text("glob"), "globs", alone=True)
_REASON = Key(
    "reason",
    Text("reason"),
    "Why the difference does not count; shown in every report.",
    required=True,
    also=("why", "because"),
)
_PATHS = Key("paths", _GLOBS, "Globs of the entries that may differ.", default="the whole value")
_TOLERANCE = Key("tolerance", number("a tolerance", 0.0), "For numbers: the largest distance that counts as equal.")
_ALLOWED = Object(
    "allowed difference",
    "A difference from the baseline that does not count.",
    (_REASON, _PATHS, _TOLERANCE),
    lambda _, f: Allowed(f.want(_REASON), f.get_or(_PATHS, ()), f.get(_TOLERANCE)),
)

_TREE = Key(
    "tree", Text("path"), "Every file below this folder, by content, type, mode and owner.", also=("files", "folder")
)
_IGNORE = Key("ignore", _GLOBS, "Globs relative to it that do not count.", beside=("tree",), also=("exclude",))
_PROCESSES = Key("processes", RefTo("service"), "How many processes of this service run.", also=("process", "service"))
_JSON = Key("json", Text("JSON path"), "The part of the answer that counts.", beside=("http",))
_SELECT = Key("select", Text("JSON path"), "The part of the value that counts.", also=("selector", "path"))
_ALLOW = Key(
    "allow", _ALLOWED, "A difference that does not count, with the reason.", also=("allowed", "ignore_difference")
)
_LIMIT = Key("limit", PERIOD, "After this the probe counts as failed.", default="`1m`", also=("timeout",))
_TARGET = Key("target", RefTo("target"), "Where it looks.", default="the first target")
_KEYS: tuple[Key[Any], ...] = (*ACTION_KEYS, _TREE, _IGNORE, _PROCESSES, _JSON, _SELECT, _ALLOW, _LIMIT, _TARGET)


def _observation(here: Cursor, fields: Fields) -> Observation:
    root = fields.get(_TREE)
    if root is not None:
        return FileTree(root, fields.get_or(_IGNORE, ()))
    service = fields.get(_PROCESSES)
    if service is not None:
        return ProcessList(service)
    action = read_action(here, fields)
    if action is None:
        raise Rejected
    return action


def _probe(here: Cursor, fields: Fields) -> StateProbe:
    if fields.has(_JSON) and fields.has(_SELECT):
        raise fields.key_at(_SELECT).wrong("`json` and `select` say the same thing twice", "keep one of them")
    return StateProbe(
        name=here.path[-1],
        observe=_observation(here, fields),
        target=fields.get_or(_TARGET, here.context.default_target),
        selector=fields.get(_JSON) or fields.get(_SELECT),
        allowed=fields.get(_ALLOW),
        limit=fields.get_or(_LIMIT, Seconds(60.0)),
        place=here.place,
    )


def _command(here: Cursor, node: Scalar) -> StateProbe:
    del node
    command = RUN.shape.read(here)
    return StateProbe(name=here.path[-1], observe=Run(command), target=here.context.default_target, place=here.place)


STATE_PROBE: ByForm[StateProbe] = ByForm(
    scalar=Parsed[StateProbe]("command", _command, SCALAR_SCHEMA),
    entries=Object[StateProbe](
        "state probe",
        "One value that describes the system. A plain text is a command.",
        _KEYS,
        _probe,
        one_of=("run", "http", "sql", "tree", "processes"),
    ),
    what="a command or a state probe",
)
