"""How responses are written: `rollback`, `{mitigate: name}`, `{mitigate: name, otherwise: hold}`, `{recover: name}`."""

from typing import Any

from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.nearest import did_you_mean
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import Choice, Parsed, RefTo
from wetrun.formats.decode.tree import Scalar, describe
from wetrun.plan.responses import Mitigate, Recover, Response, Simple

__all__ = ["NOBODY_ASKED", "ON_FAILURE", "ON_RULE"]

NOBODY_ASKED = (
    "`goes_on` belongs beside `approve` or `hold`: here nobody is asked",
    "remove it, or answer with `hold`",
)

_MITIGATE = Key(
    "mitigate",
    RefTo("procedure"),
    "Run this procedure, then try again; the same trouble once more gets what `otherwise` says.",
)
_RECOVER = Key("recover", RefTo("recovery"), "Leave the plan for this rung of the recovery ladder.")
_OTHERWISE = Key(
    "otherwise",
    Choice(Simple, refused=(Simple.RETRY,)),
    "What happens when the mitigation did not help.",
    beside=("mitigate",),
    default="`rollback`",
)


def _simple(here: Cursor, response: Simple) -> Simple:
    if response is Simple.ROLLBACK:
        here.refer("rollback", "rollback")
    return response


def _named(here: Cursor, fields: Fields) -> Response:
    del here
    rung = fields.get(_RECOVER)
    if rung is not None:
        return Recover(rung)
    otherwise = fields.get(_OTHERWISE)
    if otherwise is not None:
        _simple(fields.at(_OTHERWISE), otherwise)
    return Mitigate(fields.want(_MITIGATE), otherwise or Simple.ROLLBACK)


_NAMED: Object[Response] = Object(
    "named response",
    "A response that needs a name beside it.",
    (_MITIGATE, _OTHERWISE, _RECOVER),
    _named,
    one_of=("mitigate", "recover"),
)


def _response(refused: tuple[Simple, ...], what: str) -> ByForm[Response]:
    known: dict[str, Simple] = {option.value: option for option in Simple if option not in refused}

    def scalar(here: Cursor, node: Scalar) -> Response:
        if node.text in known:
            return _simple(here, known[node.text])
        if node.text in {"mitigate", "recover"}:
            raise here.wrong(f"`{node.text}` needs a name", f"write `{{{node.text}: name}}`")
        raise here.wrong(
            f"{describe(node)} where a response is wanted", did_you_mean(node.text, [*known, "mitigate", "recover"])
        )

    as_schema: dict[str, Any] = {"enum": list(known)}
    return ByForm(scalar=Parsed[Response]("response", scalar, as_schema), entries=_NAMED, what=what)


ON_FAILURE = _response((), "a response such as `rollback`, `continue`, `note`, `hold` or `{mitigate: name}`")
ON_RULE = _response((Simple.RETRY,), "a response such as `rollback`, `note`, `hold` or `{mitigate: name}`")
