"""The fleet: on how many hosts a plan runs, in which waves, and when the rollout stops."""

from enum import Enum
from math import ceil
from typing import NamedTuple

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.durations import Duration
from wetrun.units import Probability

__all__ = [
    "MOST_HOSTS",
    "Fleet",
    "HostCount",
    "HostShare",
    "Misfit",
    "Policy",
    "Rest",
    "StopAtFailures",
    "StopAtShare",
    "StopRule",
    "Wave",
    "WaveSize",
    "failures_that_stop",
    "misfit_of",
    "wave_sizes",
]


MOST_HOSTS = 100_000
"""Of a fleet."""


class Policy(Enum):
    """How the hosts of a wave share its places: in batches that wait for their slowest, or each as a place is free."""

    BATCHES = "batches"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class HostCount:
    """So many hosts, ≥ 1."""

    hosts: int


@dataclass(frozen=True, slots=True)
class HostShare:
    """A part of all hosts in (0, 1], rounded to the nearest whole host, at least one."""

    share: Probability


@dataclass(frozen=True, slots=True)
class Rest:
    """All hosts that no earlier wave has touched; only the last wave."""


WaveSize = HostCount | HostShare | Rest


@dataclass(frozen=True, slots=True)
class Wave:
    """Hosts that are updated before the stop rule is asked again.

    Attributes:
        at_once: How many hosts are updated at the same time, ≥ 1; None means all of the wave, as does more than it has.
        bake: How long the updated hosts are watched before the stop rule is asked; None means not at all.
    """

    size: WaveSize
    at_once: int | None = None
    bake: Duration | None = None


@dataclass(frozen=True, slots=True)
class StopAtFailures:
    """Stop when at least so many hosts of one wave failed; a smaller wave stops when all of its hosts failed."""

    failures: int


@dataclass(frozen=True, slots=True)
class StopAtShare:
    """Stop when at least this part of a wave's hosts failed, in (0, 1]."""

    share: Probability


StopRule = StopAtFailures | StopAtShare


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Hosts that are updated in waves. Hosts are not independent: a bad release is bad on all of them.

    Given what the release is like, hosts fail independently of each other.

    Attributes:
        hosts: How many there are, ≥ 1; the waves cover all of them.
        common_cause: The probability that the release is bad.
        host_failure: The probability that a host fails although the release is good.
        bad_host_failure: The probability that a host fails when the release is bad.
        stop: None never stops.
        users_per_host: ≥ 0; None when users affected are not asked for.
        takes: How long one host takes; None means as long as the plan's phases.
    """

    hosts: int
    common_cause: Probability
    host_failure: Probability
    bad_host_failure: Probability
    policy: Policy
    waves: tuple[Wave, ...]
    stop: StopRule | None = None
    users_per_host: float | None = None
    takes: Duration | None = None
    place: Place | None = None


def wave_sizes(hosts: int, waves: tuple[Wave, ...]) -> tuple[int, ...]:
    """Count the hosts of every wave.

    Returns:
        One number per wave; they sum to `hosts` in a fleet that was read from a plan. `Rest` may come out as 0 or
        less when the waves before it leave no host.
    """
    sizes: list[int] = []
    for wave in waves:
        match wave.size:
            case HostCount(hosts=count):
                sizes.append(count)
            case HostShare(share=share):
                sizes.append(max(1, round(share * hosts)))
            case Rest():
                sizes.append(hosts - sum(sizes))
    return tuple(sizes)


class Misfit(NamedTuple):
    """Why waves do not cover a fleet: which of them, counted from 0 (None: all together), what is wrong, a way out."""

    wave: int | None
    message: str
    hint: str


def misfit_of(hosts: int, waves: tuple[Wave, ...]) -> Misfit | None:
    """Say why waves do not cover all hosts, each once; None when they do."""
    done = 0
    for index, (wave, size) in enumerate(zip(waves, wave_sizes(hosts, waves), strict=True)):
        rest = isinstance(wave.size, Rest)
        if rest and index < len(waves) - 1:
            return Misfit(index, "`share: rest` leaves no host for the waves after it", "put it last")
        if done + size > hosts or size < 1:
            left = f"after {done} of {hosts} hosts" if done else f"of {hosts} hosts"
            wanted = "the rest" if rest else str(size)
            message = f"this wave takes {wanted} {left}: there are not so many"
            return Misfit(index, message, "make the waves smaller")
        done += size
    if done < hosts:
        return Misfit(None, f"the waves cover {done} of {hosts} hosts", "end with `{share: rest}`")
    return None


def failures_that_stop(rule: StopRule, size: int) -> int:
    """How many failed hosts stop the rollout after a wave of `size` hosts, from 1 to `size`."""
    match rule:
        case StopAtFailures(failures=failures):
            return min(failures, size)
        case StopAtShare(share=share):
            # 5 % of 20 hosts is one host, although 0.05 · 20 is a hair more than 1 in binary.
            return max(1, ceil(share * size * (1 - 1e-12)))
