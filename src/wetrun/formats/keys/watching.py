"""Monitors and the availability prober: what is sampled, how often, and which rules answer."""

import re
from typing import Any, NamedTuple, assert_never

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor, Rejected
from wetrun.formats.decode.nearest import listed
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import RefTo, Text
from wetrun.formats.keys.actions import ACTION_KEYS, HTTP, read_action, request_keys
from wetrun.formats.keys.conditions import parse_condition
from wetrun.formats.keys.quantities import PERIOD, PROBABILITY, integer
from wetrun.formats.keys.responses import NOBODY_ASKED, ON_RULE
from wetrun.plan.expectations import Quantity
from wetrun.plan.monitors import HttpField, HttpSample, LogLines, Monitor, ProcessMemory, Rule, Sample
from wetrun.plan.plan import Availability
from wetrun.plan.responses import Response, asks
from wetrun.plan.steps import Http, Run, Sql
from wetrun.units import Probability, Seconds

__all__ = ["AVAILABILITY", "MONITOR"]

_PROCESS = Key("process", RefTo("service"), "The memory of this service.", also=("service",))
_LOG = Key("log", Text("path"), "The lines that are added to this file.", also=("file", "logs"))
_VALUE = Key(
    "value",
    Text("value"),
    "Of a process `rss-tree` (with all its children) or `rss`; of a request `latency`, `status` or `json`.",
    beside=("process", "http"),
    default="`rss-tree`, `latency`",
)
_JSON = Key(
    "json", Text("JSON path"), "Where the number stands in the answer.", beside=("http",), also=("path", "select")
)
_MEMORY = {"rss-tree": True, "rss": False}
_FIELDS = {field.value: field for field in HttpField}


def _sample(here: Cursor, fields: Fields) -> Sample:
    service = fields.get(_PROCESS)
    value = fields.get(_VALUE)
    if service is not None:
        if value is not None and value not in _MEMORY:
            raise fields.at(_VALUE).wrong(f"a process has no `{value}`", f"known: {listed(_MEMORY)}")
        return ProcessMemory(service, _MEMORY[value or "rss-tree"])
    path = fields.get(_LOG)
    if path is not None:
        return LogLines(path)
    action = read_action(here, fields)
    if isinstance(action, Http):
        return _http_sample(action, fields)
    if action is None:
        raise Rejected
    return action


def _http_sample(request: Http, fields: Fields) -> HttpSample:
    selector = fields.get(_JSON)
    value = fields.get_or(_VALUE, "latency" if selector is None else "json")
    if value not in _FIELDS:
        raise fields.at(_VALUE).wrong(f"a request has no `{value}`", f"known: {listed(_FIELDS)}")
    if (value == "json") != (selector is not None):
        where = fields.at(_VALUE) if fields.has(_VALUE) else fields.at(_JSON)
        raise where.wrong("`value: json` and `json: path` go together", "write both, or only `json: path`")
    return HttpSample(request, _FIELDS[value], selector)


_SAMPLE: Object[Sample] = Object(
    "sample",
    "What a monitor samples.",
    (_PROCESS, _LOG, *ACTION_KEYS, _VALUE, _JSON),
    _sample,
    one_of=("process", "http", "log", "run", "sql"),
)


class _WrittenRule(NamedTuple):
    """A rule before it is known what its monitor measures."""

    text: str
    response: Response
    goes_on: Probability | None
    here: Cursor
    when: Cursor


_WHEN = Key(
    "when",
    Text("condition"),
    'The condition: `"> 80MB"`, `"> 80MB for 5m"`, `"slope > 5MB/min over 3m"`, `any line matches /pattern/`.',
    required=True,
    also=("if", "condition"),
)
_THEN = Key("then", ON_RULE, "What happens then.", required=True, also=("response", "do", "action"))
_GOES_ON = Key("goes_on", PROBABILITY, "How likely the person goes on who is asked by `hold`; for the simulation.")


def _rule(here: Cursor, fields: Fields) -> _WrittenRule:
    response = fields.want(_THEN)
    if fields.has(_GOES_ON) and not asks(response):
        fields.key_at(_GOES_ON).note(*NOBODY_ASKED)
    return _WrittenRule(fields.want(_WHEN), response, fields.get(_GOES_ON), here, fields.at(_WHEN))


_RULE: Object[_WrittenRule] = Object(
    "rule", "A condition that may come true, and the response to it.", (_WHEN, _THEN, _GOES_ON), _rule
)

_SAMPLE_KEY = Key("sample", _SAMPLE, "What is measured.", required=True)
_EVERY = Key("every", PERIOD, "How often.", default="`5s`", also=("interval", "period"))
_DURING = Key(
    "during",
    ListOf(RefTo("phase"), "phases", alone=True),
    "The phases in which it samples; what samples in the last phase goes on in the `watch` after it.",
    default="all",
)
_MISSING = Key(
    "missing",
    integer("a number of samples", 1),
    "After so many missing samples in a row it is inconclusive.",
    default="3",
)
_TARGET = Key("target", RefTo("target"), "Where it samples.", default="the first target")
_RULES = Key(
    "rules", ListOf(_RULE, "rules", least=1), "Conditions and responses.", required=True, also=("rule", "alerts")
)


def _quantity(sample: Sample, rules: tuple[_WrittenRule, ...]) -> Quantity:
    """What the monitor measures; for commands and queries the rules' units say it."""
    match sample:
        case ProcessMemory():
            return Quantity.BYTES
        case HttpSample(field=HttpField.LATENCY):
            return Quantity.SECONDS
        case LogLines() | HttpSample(field=HttpField.STATUS):
            return Quantity.NUMBER
        case HttpSample() | Run() | Sql():
            first = rules[0].text if rules else ""
            if re.search(r"\d\s*[kKMG]?i?B\b", first):
                return Quantity.BYTES
            limit = re.split(r"\s(?:for|over)\s", first)[0]
            return Quantity.SECONDS if re.search(r"\d\s*(?:ms|s|m|min|h|d)\b", limit) else Quantity.NUMBER
        case _:
            assert_never(sample)


def _monitor(here: Cursor, fields: Fields) -> Monitor:
    sample = fields.want(_SAMPLE_KEY)
    written = fields.want(_RULES)
    quantity = _quantity(sample, written)
    rules: list[Rule] = []
    for rule in written:
        try:
            condition = parse_condition(rule.when, rule.text, sample, quantity)
        except Rejected:
            continue
        rules.append(Rule(rule.text, condition, rule.response, rule.goes_on, rule.here.place))
    if len(rules) != len(written):
        raise Rejected
    return Monitor(
        name=here.path[-1],
        sample=sample,
        target=fields.get_or(_TARGET, here.context.default_target),
        quantity=quantity,
        every=fields.get_or(_EVERY, Seconds(5.0)),
        rules=tuple(rules),
        during=fields.get_or(_DURING, ()),
        missing=fields.get_or(_MISSING, 3),
        place=here.place,
    )


_MONITOR_KEYS: tuple[Key[Any], ...] = (_SAMPLE_KEY, _EVERY, _DURING, _MISSING, _TARGET, _RULES)
MONITOR = Object("monitor", "A value sampled over time, with rules.", _MONITOR_KEYS, _monitor)

_HTTP = Key("http", HTTP.shape, "The request by which downtime is measured.", required=True, also=("url",))
_PROBE_EVERY = Key("every", PERIOD, "How often.", default="`250ms`")
_LIMIT = Key("limit", PERIOD, "An answer that takes longer counts as down.", default="`2s`", also=("timeout",))
_STATUS = Key("status", integer("an HTTP status", 100, 599), "The status that means up.", default="any below 500")


def _availability(here: Cursor, fields: Fields) -> Availability:
    action = read_action(here, fields)
    if not isinstance(action, Http):
        raise Rejected
    return Availability(
        action,
        fields.get_or(_PROBE_EVERY, Seconds(0.25)),
        fields.get_or(_LIMIT, Seconds(2.0)),
        fields.get(_STATUS),
    )


AVAILABILITY = Object(
    "availability",
    "The request by which downtime is measured throughout a run.",
    (_HTTP, *request_keys(), _PROBE_EVERY, _LIMIT, _STATUS),
    _availability,
)
