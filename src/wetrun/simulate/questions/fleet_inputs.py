"""The numbers of a fleet by name, and the fleet in which some of them are others.

A number is set where the plan states it, or could state it: the answer is that of the edited plan. Waves are counted
from 1, as the answer counts them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from wetrun.plan.durations import Duration
from wetrun.plan.fleet import (
    MOST_HOSTS,
    Fleet,
    HostCount,
    HostShare,
    Rest,
    StopAtFailures,
    StopAtShare,
    Wave,
    misfit_of,
)
from wetrun.simulate.models.inputs import ImpossibleSettingError, Input, Kind, Quantity, Setting, Time
from wetrun.simulate.plans.stated_times import duration_of
from wetrun.units import Probability

__all__ = ["ODDS", "fleet_durations", "fleet_inputs", "stated_amount", "with_settings"]

ODDS = ("common_cause", "host_failure", "bad_host_failure")
"""The probabilities of a fleet, by the names of `Fleet`'s attributes; inputs with `fleet.` before them."""

_HOSTS, _USERS, _TAKES = "fleet.hosts", "fleet.users_per_host", "fleet.takes"
_STOP_FAILURES, _STOP_SHARE = "fleet.stop.failures", "fleet.stop.share"
_MOST_USERS = 10**15


def fleet_inputs(fleet: Fleet) -> dict[str, Input]:
    """Everything of a fleet that can be set, by its key path; both ways to say how large a wave is, or when to stop."""
    found: dict[str, Input] = {f"fleet.{name}": Quantity(f"fleet.{name}", Kind.SHARE) for name in ODDS}
    found[_HOSTS] = Quantity(_HOSTS, Kind.COUNT)
    for number, wave in enumerate(fleet.waves, 1):
        whole = f"fleet.waves.{number}"
        if not isinstance(wave.size, Rest):
            found[f"{whole}.hosts"] = Quantity(f"{whole}.hosts", Kind.COUNT)
            found[f"{whole}.share"] = Quantity(f"{whole}.share", Kind.SHARE)
        found[f"{whole}.at_once"] = Quantity(f"{whole}.at_once", Kind.COUNT)
        found[f"{whole}.bake"] = Time(f"{whole}.bake")
    found[_STOP_FAILURES] = Quantity(_STOP_FAILURES, Kind.COUNT)
    found[_STOP_SHARE] = Quantity(_STOP_SHARE, Kind.SHARE)
    found[_USERS] = Quantity(_USERS, Kind.NUMBER)
    found[_TAKES] = Time(_TAKES)
    return found


def fleet_durations(fleet: Fleet) -> dict[str, Duration]:
    """The times that a fleet states, by name."""
    bakes = {f"fleet.waves.{at}.bake": wave.bake for at, wave in enumerate(fleet.waves, 1) if wave.bake is not None}
    return bakes if fleet.takes is None else {_TAKES: fleet.takes, **bakes}


def stated_amount(fleet: Fleet, name: str) -> float | None:
    """What a fleet says of one of its numbers other than times; None where it says it otherwise, or not at all."""
    key = name.removeprefix("fleet.")
    if key in ODDS:
        return float(getattr(fleet, key))
    match fleet.stop:
        case StopAtFailures(failures) if name == _STOP_FAILURES:
            return float(failures)
        case StopAtShare(share) if name == _STOP_SHARE:
            return float(share)
        case _:
            pass
    if name in {_HOSTS, _USERS}:
        value = fleet.hosts if name == _HOSTS else fleet.users_per_host
        return None if value is None else float(value)
    if not name.startswith("fleet.waves."):
        return None
    _, _, number, key = name.split(".")
    wave = fleet.waves[int(number) - 1]
    match wave.size:
        case HostCount(hosts) if key == "hosts":
            return float(hosts)
        case HostShare(share) if key == "share":
            return float(share)
        case _:
            return float(wave.at_once) if key == "at_once" and wave.at_once is not None else None


def with_settings(fleet: Fleet, settings: Mapping[str, Setting]) -> Fleet:
    """The fleet in which some numbers are others, all set together.

    Args:
        fleet: As the plan states it.
        settings: By the names of `fleet_inputs`.

    Raises:
        ImpossibleSettingError: A number cannot have that value, or the waves do not cover the hosts any more.
    """
    if not settings:
        return fleet
    _not_both(settings, _STOP_FAILURES, _STOP_SHARE)
    common, good, bad = (
        _share(f"fleet.{name}", settings[f"fleet.{name}"]) if f"fleet.{name}" in settings else getattr(fleet, name)
        for name in ODDS
    )
    found = replace(
        fleet,
        common_cause=common,
        host_failure=good,
        bad_host_failure=bad,
        hosts=_count(_HOSTS, settings[_HOSTS]) if _HOSTS in settings else fleet.hosts,
        users_per_host=_users(settings[_USERS]) if _USERS in settings else fleet.users_per_host,
        takes=_time(_TAKES, settings[_TAKES]) if _TAKES in settings else fleet.takes,
        waves=tuple(_wave(f"fleet.waves.{number}", wave, settings) for number, wave in enumerate(fleet.waves, 1)),
    )
    if _STOP_FAILURES in settings:
        found = replace(found, stop=StopAtFailures(_count(_STOP_FAILURES, settings[_STOP_FAILURES])))
    elif _STOP_SHARE in settings:
        found = replace(found, stop=StopAtShare(_share(_STOP_SHARE, settings[_STOP_SHARE], above_zero=True)))
    _check(found, [*settings])
    return found


def _check(fleet: Fleet, names: Sequence[str]) -> None:
    """What a plan could not state is no answer to anything."""
    if fleet.bad_host_failure < fleet.host_failure:
        name = next((one for one in names if one.endswith("host_failure")), "fleet.bad_host_failure")
        hint = "a bad release makes hosts fail more often than a good one"
        raise ImpossibleSettingError(name, "`bad_host_failure` would be below `host_failure`", hint)
    misfit = misfit_of(fleet.hosts, fleet.waves)
    if misfit is not None:
        sized = (one for one in names if one == _HOSTS or one.endswith((".hosts", ".share")))
        where = "" if misfit.wave is None else f"wave {misfit.wave + 1}: "
        raise ImpossibleSettingError(next(sized, _HOSTS), f"{where}{misfit.message}", misfit.hint)


def _wave(name: str, wave: Wave, settings: Mapping[str, Setting]) -> Wave:
    hosts, share, at_once, bake = (f"{name}.{key}" for key in ("hosts", "share", "at_once", "bake"))
    _not_both(settings, hosts, share)
    size = wave.size
    if hosts in settings:
        size = HostCount(_count(hosts, settings[hosts]))
    elif share in settings:
        size = HostShare(_share(share, settings[share], above_zero=True))
    return Wave(
        size,
        _count(at_once, settings[at_once]) if at_once in settings else wave.at_once,
        _time(bake, settings[bake]) if bake in settings else wave.bake,
    )


def _not_both(settings: Mapping[str, Setting], one: str, other: str) -> None:
    if one in settings and other in settings:
        raise ImpossibleSettingError(other, f"`{one}` is set, too", "set one of the two")


def _share(name: str, value: Setting, *, above_zero: bool = False) -> Probability:
    if not isinstance(value, Fraction):
        raise ImpossibleSettingError(name, "it is a probability", "write a probability such as `0.2` or `20%`")
    if not 0 <= value <= 1 or (above_zero and not value):
        what = "no part at all" if not value else "not a probability"
        raise ImpossibleSettingError(name, f"{float(value):g} is {what}", "write a percentage such as `5%`")
    return Probability(float(value))


def _count(name: str, value: Setting) -> int:
    if not isinstance(value, Fraction) or value.denominator != 1 or not 1 <= value <= MOST_HOSTS:
        raise ImpossibleSettingError(name, "it is a number of hosts", f"write a whole number from 1 to {MOST_HOSTS}")
    return int(value)


def _users(value: Setting) -> float:
    if not isinstance(value, Fraction) or not 0 <= value <= _MOST_USERS:
        raise ImpossibleSettingError(_USERS, "it is a number of users", "write a number such as `400`, at least 0")
    return float(value)


def _time(name: str, value: Setting) -> Duration:
    if isinstance(value, Fraction):
        raise ImpossibleSettingError(name, "it is a time", "write a time such as `90s` or `2-5m`")
    duration = duration_of(value)
    if duration is None:
        raise ImpossibleSettingError(name, "a plan cannot state that", "write a time such as `90s` or `2-5m`")
    return duration
