"""Which way is good: how an answer to a goal may move an input, and what it must not make worse beside what is wished.

A plan says which outcomes are good, and its inputs say what they are about. Anyone's graph does not: there the
likeliest outcome is taken for the one that is wanted, and what becomes of the others is told.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from wetrun.lean import dataclass, pattern
from wetrun.plan.scenarios import DEPLOYING, HARMFUL
from wetrun.simulate.exact.outcome_words import word_of

__all__ = ["GraphWorth", "PlanWorth", "SideEffect", "SideEffects", "Worth"]

_ONLY_LESS = pattern(r"scenario\..*\.(probability|given\..*)")
_ONLY_MORE = pattern(r".*\.(succeeds|detected)")
_ROUNDING = 1e-9
_NOTABLE = 0.01
_MOST = 2

_GOOD = frozenset(one.value for one in DEPLOYING)
_HARM = frozenset(one.value for one in HARMFUL)


class SideEffect(NamedTuple):
    """What a change does to an outcome that the wish does not name: its probability before and after."""

    outcome: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class SideEffects:
    """What a change does beside what is wished.

    Attributes:
        harmful: Whether it makes other things worse.
        told: What people should know of it, the largest first.
    """

    harmful: bool = False
    told: tuple[SideEffect, ...] = ()


class Worth(Protocol):
    """Which way is good in a model."""

    @property
    def is_known(self) -> bool:
        """Whether somebody says which outcomes are good; what does harm is then not offered, else offered last."""
        ...

    def ends(self, name: str) -> tuple[float, ...]:
        """Towards which of 0 and 1 a probability may be moved."""
        ...

    def effects(
        self, name: str, before: Mapping[str, float], after: Mapping[str, float], wished: Collection[str]
    ) -> SideEffects:
        """What a change does beside what is wished.

        Args:
            name: The input that changes.
            before: Outcome → probability.
            after: The same with the change.
            wished: Outcomes that the wish names.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlanWorth:
    """Of a plan: nobody is told to let more go wrong.

    Scenarios are only made rarer, what helps and what notices only surer. Of everything else (a person who goes on, a
    time) a change does harm when the plan deploys less often by it, or when more of what ends is left harmed.
    """

    @property
    def is_known(self) -> bool:
        """The words of a plan's outcomes say it."""
        return True

    def ends(self, name: str) -> tuple[float, ...]:
        """As `Worth.ends`."""
        return (0.0,) if _ONLY_LESS.fullmatch(name) else (1.0,) if _ONLY_MORE.fullmatch(name) else (0.0, 1.0)

    def effects(
        self, name: str, before: Mapping[str, float], after: Mapping[str, float], wished: Collection[str]
    ) -> SideEffects:
        """As `Worth.effects`; told is which harmful outcomes become likelier by a hundredth or more."""
        told = (
            one for one in _changes(before, after, wished) if word_of(one.outcome) in _HARM and one.after > one.before
        )
        notable = tuple(one for one in told if one.after - one.before > _NOTABLE * one.before)
        if len(self.ends(name)) == 1:
            return SideEffects(told=notable[:_MOST])
        good, bad = _together(before, _GOOD), _together(before, _HARM)
        better, worse = _together(after, _GOOD), _together(after, _HARM)
        fewer = better < good * (1 - _ROUNDING)
        return SideEffects(fewer or worse * good > bad * better * (1 + _ROUNDING), notable[:_MOST])


@dataclass(frozen=True, slots=True)
class GraphWorth:
    """Of anyone's graph, which does not say which outcomes are good.

    A change does harm when, of all walks that end elsewhere than the wish names, fewer end in the likeliest outcome.
    """

    @property
    def is_known(self) -> bool:
        """Nobody says it."""
        return False

    def ends(self, name: str) -> tuple[float, ...]:
        """As `Worth.ends`: nobody knows what an input is about."""
        del name
        return (0.0, 1.0)

    def effects(
        self, name: str, before: Mapping[str, float], after: Mapping[str, float], wished: Collection[str]
    ) -> SideEffects:
        """As `Worth.effects`; told is what changes most."""
        del name
        most = max(before.values())
        likeliest = {one for one, value in before.items() if value >= most * (1 - _ROUNDING)}.difference(wished)
        others = set(before).difference(wished)
        good, all_before = _sum(before, likeliest), _sum(before, others)
        better, all_after = _sum(after, likeliest), _sum(after, others)
        harmful = better * all_before < good * all_after * (1 - _ROUNDING)
        return SideEffects(harmful, tuple(_changes(before, after, wished))[:_MOST])


def _together(outcomes: Mapping[str, float], words: Collection[str]) -> float:
    return sum(value for name, value in outcomes.items() if word_of(name) in words)


def _sum(outcomes: Mapping[str, float], names: Iterable[str]) -> float:
    return sum(outcomes[name] for name in names)


def _changes(before: Mapping[str, float], after: Mapping[str, float], wished: Collection[str]) -> list[SideEffect]:
    """How the outcomes that the wish does not name change, those that change most first.

    A changed plan may have outcomes that the plan as it is has not, and the other way round.
    """
    found = [
        SideEffect(name, before.get(name, 0.0), after.get(name, 0.0))
        for name in dict.fromkeys((*before, *after))
        if name not in wished
    ]
    changed = [one for one in found if abs(one.after - one.before) > _ROUNDING * max(one.after, one.before)]
    return sorted(changed, key=lambda one: (-abs(one.after - one.before), one.outcome))
