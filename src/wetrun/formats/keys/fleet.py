"""The fleet: hosts in waves, what makes them fail, and when the rollout stops."""

from typing import Any

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import Choice, Parsed
from wetrun.formats.decode.tree import Items, Scalar
from wetrun.formats.keys.quantities import DURATION, PROBABILITY, integer, number
from wetrun.plan.fleet import (
    MOST_HOSTS,
    Fleet,
    HostCount,
    HostShare,
    Policy,
    Rest,
    StopAtFailures,
    StopAtShare,
    StopRule,
    Wave,
    WaveSize,
    misfit_of,
)
from wetrun.units import Probability

__all__ = ["FLEET"]


def _positive_share(here: Cursor, node: Scalar) -> Probability:
    value = PROBABILITY.parse(here, node)
    if not value > 0:
        raise here.wrong(f"`{node.text}` is no part at all", "write a percentage above zero, such as `5%`")
    return value


def _wave_share(here: Cursor, node: Scalar) -> HostShare | Rest:
    return Rest() if node.text == "rest" else HostShare(_positive_share(here, node))


_POSITIVE_SHARE = Parsed[Probability]("share above zero", _positive_share, PROBABILITY.as_schema)
_WAVE_SHARE = Parsed[HostShare | Rest](
    "share of all hosts, or `rest`", _wave_share, {"anyOf": [{"const": "rest"}, dict(PROBABILITY.as_schema)]}
)

_WAVE_HOSTS = Key("hosts", integer("a number of hosts", 1, MOST_HOSTS), "So many hosts.", also=("count", "size"))
_SHARE = Key("share", _WAVE_SHARE, "So many of all hosts: `10%`, or `rest` in the last wave.", also=("percent",))
_AT_ONCE = Key(
    "at_once",
    integer("a number of hosts", 1, MOST_HOSTS),
    "How many are updated at the same time.",
    default="all hosts of the wave",
    also=("parallel", "concurrency", "batch", "batch_size", "max_unavailable"),
)
_BAKE = Key(
    "bake",
    DURATION,
    "How long they are watched before the stop rule is asked.",
    default="`0s`",
    also=("soak", "pause", "wait"),
)


def _wave(here: Cursor, fields: Fields) -> Wave:
    del here
    count = fields.get(_WAVE_HOSTS)
    size: WaveSize = HostCount(count) if count is not None else fields.want(_SHARE)
    return Wave(size, fields.get(_AT_ONCE), fields.get(_BAKE))


_WAVE = Object(
    "wave",
    "Hosts that are updated before the stop rule is asked again; the first, small one is the canary.",
    (_WAVE_HOSTS, _SHARE, _AT_ONCE, _BAKE),
    _wave,
    one_of=("hosts", "share"),
)

_STOP_FAILURES = Key(
    "failures",
    integer("a number of failed hosts", 1, MOST_HOSTS),
    "Stop when so many hosts of one wave failed; a smaller wave stops when all of its hosts failed.",
)
_STOP_SHARE = Key("share", _POSITIVE_SHARE, "Stop when this part of a wave's hosts failed, or more.")


def _stop(here: Cursor, fields: Fields) -> StopRule:
    del here
    failures = fields.get(_STOP_FAILURES)
    return StopAtFailures(failures) if failures is not None else StopAtShare(fields.want(_STOP_SHARE))


_STOP_RULE = Object(
    "stop rule",
    "When a rollout stops; asked at the end of every wave, after its bake time.",
    (_STOP_FAILURES, _STOP_SHARE),
    _stop,
    one_of=("failures", "share"),
)

_HOSTS = Key("hosts", integer("a number of hosts", 1, MOST_HOSTS), "How many hosts there are.", required=True)
_COMMON_CAUSE = Key(
    "common_cause",
    PROBABILITY,
    "How likely it is that the release is bad, on all hosts alike.",
    required=True,
    also=("bad_release", "common"),
)
_HOST_FAILURE = Key(
    "host_failure",
    PROBABILITY,
    "How likely one host fails when the release is good.",
    required=True,
    also=("failure", "failure_rate", "probability"),
)
_BAD_HOST_FAILURE = Key(
    "bad_host_failure", PROBABILITY, "How likely one host fails when the release is bad.", required=True
)
_POLICY = Key(
    "policy",
    Choice(Policy),
    "How hosts share the places of a wave: `batches` wait for their slowest host; in a `pool` the next host begins "
    "as soon as a place is free.",
    required=True,
    also=("strategy", "concurrency"),
)
_WAVES = Key(
    "waves", ListOf(_WAVE, "waves", least=1), "The waves, in order; together they cover all hosts.", required=True
)
_STOP = Key("stop", _STOP_RULE, "When the rollout stops.", default="it never stops", also=("stop_rule", "abort"))
_USERS = Key("users_per_host", number("a number of users", 0), "How many users one host serves.", also=("users",))
_TAKES = Key(
    "takes", DURATION, "How long one host takes.", default="as long as the phases", also=("expected", "per_host")
)
_KEYS: tuple[Key[Any], ...] = (
    _HOSTS,
    _COMMON_CAUSE,
    _HOST_FAILURE,
    _BAD_HOST_FAILURE,
    _POLICY,
    _WAVES,
    _STOP,
    _USERS,
    _TAKES,
)


def _fleet(here: Cursor, fields: Fields) -> Fleet:
    hosts, waves = fields.want(_HOSTS), fields.want(_WAVES)
    good, bad = fields.want(_HOST_FAILURE), fields.want(_BAD_HOST_FAILURE)
    if bad < good:
        hint = "a bad release makes hosts fail more often than a good one"
        raise fields.at(_BAD_HOST_FAILURE).wrong("`bad_host_failure` is below `host_failure`", hint)
    _check_waves(fields.at(_WAVES), hosts, waves)
    return Fleet(
        hosts=hosts,
        common_cause=fields.want(_COMMON_CAUSE),
        host_failure=good,
        bad_host_failure=bad,
        policy=fields.want(_POLICY),
        waves=waves,
        stop=fields.get(_STOP),
        users_per_host=fields.get(_USERS),
        takes=fields.get(_TAKES),
        place=here.place,
    )


def _check_waves(here: Cursor, hosts: int, waves: tuple[Wave, ...]) -> None:
    found = misfit_of(hosts, waves)
    if found is None:
        return
    items = here.node.items if isinstance(here.node, Items) else ()
    there = here if found.wave is None else here.item(found.wave, items[found.wave])
    raise there.wrong(found.message, found.hint)


FLEET = Object(
    "fleet",
    "Many hosts that are updated in waves. A bad release is bad on all of them; given that, hosts fail independently.",
    _KEYS,
    _fleet,
)
