"""How claims are written: `success: 97%`, `stuck: ≤ 0.1%`, `recovery: < 10m`, `downtime: p99 < 30s`."""

import re
from collections.abc import Callable
from typing import Any

from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import Parsed
from wetrun.formats.decode.tree import Scalar
from wetrun.formats.keys.quantities import amount_of, integer, seconds_of
from wetrun.lean import pattern
from wetrun.plan.claims import PRIOR_RUNS, Claim, OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.scenarios import Outcome
from wetrun.units import Probability, Seconds, TooMuchError, UnitError, parse_probability

__all__ = ["CLAIMS", "EVIDENCE"]

_MOST_PRIOR_RUNS = 10_000
_SIGN = pattern(r"\s*(?P<sign><=|>=|<|>|≤|≥|=)?\s*(?P<rest>.*?)\s*", re.DOTALL)
_OF_TIMES = pattern(r"\s*(?:p(?P<percent>\d{1,2}(?:\.\d{1,6})?)|(?P<mean>mean|average))?\s*(?P<limit>.*)", re.DOTALL)
_ODDS_HINT = 'write `97%` or `"≥ 97%"`, and `"≤ 0.1%"` for what should be rare'
_TIME_HINT = 'write `"< 10m"` (95 times out of 100), `"p99 < 10m"` or `"mean < 10m"`'
_DEFAULT_QUANTILE = Probability(0.95)
_ODDS_SCHEMA = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": "^ *(<=|>=|<|>|≤|≥)? *[0-9.]+ *(%|/ *[0-9.]+)? *$"},
    ]
}
_TIME_SCHEMA = {"type": "string", "pattern": r"^ *(p[0-9.]+|mean|average)? *(<=|<|≤)? *[0-9]"}
_WAYS = {
    "<": Way.AT_MOST,
    "<=": Way.AT_MOST,
    "≤": Way.AT_MOST,
    ">": Way.AT_LEAST,
    ">=": Way.AT_LEAST,
    "≥": Way.AT_LEAST,
}
# What a plan is for: a bare percentage can only mean at least. Of everything else it may mean either.
_WISHED_FOR: frozenset[OddsOf | Outcome] = frozenset({OddsOf.SUCCESS, OddsOf.ROLLBACK, Outcome.DEPLOYED})


def _odds_reader(of: OddsOf | Outcome) -> Callable[[Cursor, Scalar], OddsClaim]:
    def read(here: Cursor, node: Scalar) -> OddsClaim:
        sign, rest = _signed(node.text)
        bound = amount_of(here, node, lambda _text: _probability(rest, node.text))
        if sign is None and of not in _WISHED_FOR:
            raise here.wrong(
                f"`{node.text}` of `{of.value}` can mean at least or at most", f'write `"≤ {rest}"` or `"≥ {rest}"`'
            )
        if sign == "=":
            raise here.wrong(f"`{node.text}` is no limit: nothing is exactly so likely", _ODDS_HINT)
        return OddsClaim(of, Way.AT_LEAST if sign is None else _WAYS[sign], bound, here.place)

    return read


def _probability(text: str, whole: str) -> Probability:
    try:
        return parse_probability(text)
    except UnitError:
        raise UnitError(whole, "a claim about a probability", _ODDS_HINT) from None


def _time_reader(of: TimeOf) -> Callable[[Cursor, Scalar], TimeClaim]:
    def read(here: Cursor, node: Scalar) -> TimeClaim:
        match = _OF_TIMES.fullmatch(node.text)
        percent, mean, limit = (None, None, node.text) if match is None else match.group("percent", "mean", "limit")
        sign, rest = _signed(limit)
        if sign is not None and _WAYS.get(sign) is not Way.AT_MOST:
            raise here.wrong(f"`{node.text}`: a claim about a time is an upper limit", _TIME_HINT)
        bound = amount_of(here, node, lambda _text: _seconds(rest, node.text))
        quantile = _DEFAULT_QUANTILE if percent is None else Probability(float(percent) / 100)
        if not 0 < quantile < 1:
            raise here.wrong(f"`p{percent}` is no quantile", "write one between `p1` and `p99.99`")
        return TimeClaim(of, bound, None if mean else quantile, here.place)

    return read


def _seconds(text: str, whole: str) -> Seconds:
    try:
        return seconds_of(text)
    except TooMuchError:
        raise
    except UnitError:
        raise UnitError(whole, "a claim about a time", _TIME_HINT) from None


def _signed(text: str) -> tuple[str | None, str]:
    match = _SIGN.fullmatch(text)
    return (None, text) if match is None else (match["sign"], match["rest"])


_ODDS_DOCS: dict[OddsOf | Outcome, str] = {
    OddsOf.SUCCESS: "How often the plan deploys, degraded or not; a bare percentage means at least.",
    OddsOf.ROLLBACK: "How often the rollback by itself restores a run that has to be taken back.",
    **{
        outcome: f"How often a run ends `{outcome.value}`."
        for outcome in Outcome
        if outcome is not Outcome.INCONCLUSIVE
    },
}
_TIME_DOCS = {
    TimeOf.DURATION: "From the start to the end, whatever the outcome; without `p…` or `mean` 95 times out of 100.",
    TimeOf.DOWNTIME: "How long users are without service.",
    TimeOf.DETECTION: "From a fault's effect to the first check that notices.",
    TimeOf.RECOVERY: "From the first notice to the end of the response.",
}
_ALSO = {
    OddsOf.SUCCESS.value: ("succeeds", "confidence"),
    TimeOf.DURATION.value: ("total", "time", "takes"),
    TimeOf.RECOVERY.value: ("recover", "mttr"),
    TimeOf.DETECTION.value: ("detect", "mttd"),
}
_KEYS: tuple[Key[Any], ...] = (
    *(
        Key(
            of.value,
            Parsed("claim about a probability", _odds_reader(of), _ODDS_SCHEMA),
            doc,
            also=_ALSO.get(of.value, ()),
        )
        for of, doc in _ODDS_DOCS.items()
    ),
    *(
        Key(of.value, Parsed("claim about a time", _time_reader(of), _TIME_SCHEMA), doc, also=_ALSO.get(of.value, ()))
        for of, doc in _TIME_DOCS.items()
    ),
)


def _claims(here: Cursor, fields: Fields) -> tuple[Claim, ...]:
    del here
    given: list[Claim | None] = [fields.get(key) for key in _KEYS]
    return tuple(claim for claim in given if claim is not None)


CLAIMS = Object("claims", "Totals that you state; the simulation says whether they follow.", _KEYS, _claims)

_PRIOR_RUNS = Key(
    "prior_runs",
    integer("a number of runs", 1, _MOST_PRIOR_RUNS),
    "How many runs each number of the plan is worth against the runs that were observed; "
    "above 50 the simulation warns that hope outweighs evidence.",
    default=f"`{PRIOR_RUNS}`",
    also=("prior", "weight"),
)
EVIDENCE = Object(
    "evidence",
    "How the plan's own numbers count beside what runs have shown.",
    (_PRIOR_RUNS,),
    lambda _here, fields: fields.get_or(_PRIOR_RUNS, PRIOR_RUNS),
)
