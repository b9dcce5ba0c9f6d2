"""A forecast as pictures: what is likely, how long it takes, what matters most, and how it goes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from wetrun.report.phrases import OUTCOME_TONES
from wetrun.report.pictures.drawing import WIDE, Drawing, Tone, standalone, text
from wetrun.report.pictures.duration_curve import DurationCurve, duration_curves
from wetrun.report.pictures.event_tree import Event, event_tree
from wetrun.report.pictures.outcome_bar import OutcomeShare, outcome_bar
from wetrun.report.pictures.scales import chance
from wetrun.report.pictures.tornado import Swing, tornado
from wetrun.simulate.evidence.intervals import Interval, credible
from wetrun.simulate.exact.durations import Durations
from wetrun.simulate.exact.event_tree import EventTree, Node
from wetrun.simulate.exact.event_tree import event_tree as event_tree_of
from wetrun.simulate.exact.forecast import Forecast
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.exact.responses import responses
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import Chance, inputs_of
from wetrun.simulate.plan_forecast import SUCCESS, PlanForecast, successes
from wetrun.simulate.questions.words import spoken

__all__ = [
    "durations_picture",
    "graph_pictures",
    "outcomes_picture",
    "pictures",
    "stacked",
    "tornado_picture",
    "tree_picture",
]

_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_TONES = cast("Mapping[str, Tone]", {outcome.value: tone for outcome, tone in OUTCOME_TONES.items()})
_LEVELS = (0.05, 0.5, 0.95)
_MOST_SWINGS = 12
_MOST_POINTS = 400
_MOST_EVENTS = 25
_GAP = 26.0


def pictures(found: PlanForecast, width: float = WIDE, suffix: str = "") -> tuple[Drawing, ...]:
    """All pictures of a plan's forecast: four, and of its rollout where it has a fleet.

    Args:
        found: The forecast.
        width: Pixels: `WIDE`, `NARROW`, or between.
        suffix: Added to every name, which keeps it unique on a page.
    """
    return (
        outcomes_picture(found.odds, found.intervals, width, f"outcomes{suffix}"),
        durations_picture(found.odds, width, f"durations{suffix}"),
        tornado_picture(found, width, f"sensitivities{suffix}"),
        tree_picture(found.tree, width, f"events{suffix}"),
        *_of_fleet(found, width, f"rollout{suffix}"),
    )


def _of_fleet(found: PlanForecast, width: float, name: str) -> tuple[Drawing, ...]:
    if found.rollout is None or found.model.fleet is None:
        return ()
    from wetrun.report.fleet_picture import rollout_picture  # few plans have one

    return (rollout_picture(found.rollout, found.model.fleet.hosts, width, name),)


def tone_of(outcome: str) -> Tone:
    """The tone of an outcome: that of its word, or a plain one in a model with words of its own.

    What is good in a forecast is what counts as success there; a rollback that is good news of a rehearsal is not.
    """
    word = word_of(outcome)
    if word in SUCCESS:
        return "good"
    tone = _TONES.get(word, "plain")
    return "fair" if tone == "good" else tone


def outcomes_picture(
    odds: Forecast, intervals: Mapping[str, Interval] | None = None, width: float = WIDE, name: str = "outcomes"
) -> Drawing:
    """Draw how likely each outcome is, with its credible interval where there is one."""
    known = intervals or {}
    shares = [
        OutcomeShare(one, probability, tone_of(one), (known[one].low, known[one].high) if one in known else None)
        for one, probability in odds.probabilities.items()
    ]
    return outcome_bar(shares, width, name)


def durations_picture(odds: Forecast, width: float = WIDE, name: str = "durations") -> Drawing:
    """Draw how long each outcome takes, all of them together first."""
    return _clock_picture(odds.total, _SECONDS.get(odds.unit, 1.0), width, name)


def _clock_picture(clock: Durations, unit: float, width: float, name: str) -> Drawing:
    curves = [_curve("whatever the outcome", "plain", clock.overall, unit, told=False)]
    ordered = sorted(clock.outcomes.items(), key=lambda one: -one[1].probability)
    curves += [_curve(one, tone_of(one), timing, unit) for one, timing in ordered if timing.probability > 0]
    return duration_curves(curves, width, name)


def _curve(name: str, tone: Tone, timing: Timing, unit: float, *, told: bool = True) -> DurationCurve:
    times, heights = timing.points()
    step = max(1, len(times) // _MOST_POINTS)
    kept = [*range(0, len(times), step), len(times) - 1] if len(times) else []
    whole = timing.probability
    reached = tuple((float(times[at]) * unit, min(float(heights[at]) / whole, 1.0)) for at in dict.fromkeys(kept))
    found = [float(value) * unit for value in timing.quantiles(_LEVELS)]
    quantiles = tuple((level, value) for level, value in zip(_LEVELS, found, strict=True) if math.isfinite(value))
    return DurationCurve(name, tone, whole if told else None, reached, quantiles)


def tornado_picture(found: PlanForecast, width: float = WIDE, name: str = "sensitivities") -> Drawing:
    """Draw how far success moves when one input goes from the low to the high end of its credible interval."""
    chances = [given for given in found.inputs.values() if isinstance(given, Chance)]
    swings = _swings(
        found.graph, successes(found.odds.probabilities), {given: _limits(found, given) for given in chances}
    )
    return tornado("success", found.success, swings, width, name)


def _limits(found: PlanForecast, given: Chance) -> tuple[float, float]:
    """The ends of an input's credible interval (90 %), from its posterior."""
    value = found.choices[given.choice].mean[given.label]
    known = credible(found.drawn[given.choice][given.label], number=value)
    return known.low, known.high


def graph_pictures(found: Forecast, graph: Graph, width: float = WIDE) -> tuple[Drawing, ...]:
    """The pictures of anyone's model: what is likely, how long it takes, what moves its likeliest outcome, how it goes.

    Nobody says how well its numbers are known: each is halved and doubled. A model in which nothing is chosen has no
    picture of what moves it.
    """
    drawn = [outcomes_picture(found, width=width), durations_picture(found, width)]
    likeliest = max(found.probabilities, key=lambda name: found.probabilities[name])
    chances = [given for given in inputs_of(graph).values() if isinstance(given, Chance)]
    stated = [float(graph.choices[given.choice].probabilities[given.label]) for given in chances]
    limits = [(one / 2, min(2 * one, 1.0)) for one in stated]
    swings = _swings(graph, [likeliest], dict(zip(chances, limits, strict=True)))
    if swings:
        drawn.append(tornado(likeliest, found.probabilities[likeliest], swings, width))
    return (*drawn, tree_picture(event_tree_of(EventTree(graph)), width))


def _swings(graph: Graph, outcomes: Sequence[str], limits: Mapping[Chance, tuple[float, float]]) -> list[Swing]:
    """How far some outcomes together move with each input from one limit to the other, the widest first."""
    asked = [(given, np.array(pair)) for given, pair in limits.items()]
    swings: list[Swing] = []
    for (given, (low, high)), answer in zip(limits.items(), responses(graph, asked, outcomes), strict=True):
        at_low, at_high = (float(value) for value in answer)
        if math.isfinite(at_low) and math.isfinite(at_high):
            swings.append(Swing(spoken(given.name).strip("`"), at_low, at_high, chance(low), chance(high)))
    swings.sort(key=lambda swing: -abs(swing.at_high - swing.at_low))
    return swings[:_MOST_SWINGS]


def tree_picture(root: Node, width: float = WIDE, name: str = "events") -> Drawing:
    """Draw what can happen as a tree, as far as it is likely."""
    start = _event(root, root.probability) or Event("", 1.0)
    return event_tree(replace(start, label=root.label or "it begins"), width, _MOST_EVENTS, name)


def _event(node: Node, parent: float) -> Event | None:
    """A node with all below it; None where it is no end and nothing below it was found likely enough.

    The tree is as deep as there are events worth telling, which is little.
    """
    below = tuple(event for child in node.children if (event := _event(child, node.probability)) is not None)
    if not node.outcome and not below:
        return None
    share = node.probability / parent if parent else 0.0
    return Event(node.label, min(share, 1.0), tone_of(node.label) if node.outcome else "plain", below)


def stacked(drawings: Sequence[Drawing]) -> str:
    """One whole SVG file with all pictures under each other, each under its title."""
    parts: list[str] = []
    top = 0.0
    for drawing in drawings:
        heading = text(10, 18, drawing.title, "strong") if top else ""
        shift = 30.0 if top else 0.0
        parts.append(
            f'<g transform="translate(0 {top:g})">{heading}<g transform="translate(0 {shift:g})">{drawing.body}</g></g>'
        )
        top += drawing.height + shift + _GAP
    first = drawings[0]
    words = "; ".join(f"{drawing.title}: {drawing.words}" for drawing in drawings)
    width = max(drawing.width for drawing in drawings)
    return standalone(Drawing("forecast", width, top, first.title, words, "".join(parts)))
