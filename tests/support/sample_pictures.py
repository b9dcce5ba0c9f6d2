"""Pictures of forecasts as they are, and as somebody would make them who wants to break the page."""

from math import exp

from wetrun.report.pictures.drawing import Drawing, Tone
from wetrun.report.pictures.duration_curve import DurationCurve, duration_curves
from wetrun.report.pictures.event_tree import Event, event_tree
from wetrun.report.pictures.outcome_bar import OutcomeShare, outcome_bar
from wetrun.report.pictures.rollout_ends import RolloutEnd, rollout_ends
from wetrun.report.pictures.tornado import Swing, tornado

__all__ = ["TONES", "hostile_pictures", "sample_pictures"]

TONES: tuple[Tone, ...] = ("good", "fair", "bad", "unclear", "plain")
AWFUL = "Überaus langer Name <b>&\"' 部署成功しました " + "W" * 80


def sample_pictures(width: float) -> list[Drawing]:
    """One picture of every kind, for the reference model."""
    shares = [
        OutcomeShare("deployed", 0.9643079, "good", (0.93, 0.985)),
        OutcomeShare("rolled-back", 2.924753e-2, "fair", (0.015, 0.05)),
        OutcomeShare("aborted", 6.1491e-3, "fair"),
        OutcomeShare("recovered by restoring the backup", 9.267e-5, "unclear", (1e-5, 3e-4)),
        OutcomeShare("stuck", 9.276e-8, "bad"),
    ]
    curves = [
        _curve("deployed", "good", 0.9643, 2200, 60),
        _curve("rolled-back", "fair", 0.0292, 1200, 200),
        DurationCurve("aborted", "unclear", 0.006, ((300.0, 0.0), (300.001, 1.0)), ((0.05, 300.0), (0.5, 300.0))),
        DurationCurve("escaped", "bad", 0.0, (), ()),
    ]
    swings = [
        Swing("scenario.api-regression.probability", 0.979, 0.944, "0 %", "3.5 %"),
        Swing("rollback.succeeds", 0.9643, 0.9643, "95 %", "99.9 %"),
    ]
    back = (Event("rolled-back", 0.99, "fair"), Event("stuck", 0.01, "bad"))
    down = Event("database down", 0.01, "plain", (Event("rollback", 1.0, "plain", back),))
    tree = Event("start", 1.0, "plain", (down, Event("deployed", 0.99, "good")))
    return [
        outcome_bar(shares, width),
        duration_curves(curves, width),
        tornado("deployed", 0.9643, swings, width),
        event_tree(tree, width),
        rollout_ends(_ends(), width),
    ]


def _ends() -> list[RolloutEnd]:
    return [
        RolloutEnd("after wave 1, 1 host", "fair", 0.0045, "0.45 %", (1e-5, 0.02), 587.0, "587 min"),
        RolloutEnd("after wave 6, 100 000 hosts", "fair", 2.7e-9, "2.7 × 10⁻⁹", (3e-17, 7e-5), 9.1e7, "91 000 000 min"),
        RolloutEnd("goes through", "good", 0.941, "94.1 %", (0.8, 0.997), 82.8, "82.8 min"),
        RolloutEnd("bad, and nobody notices", "bad", 6.9e-29, "6.9 × 10⁻²⁹", (1e-52, 2.7e-12), 1400.0, "1400 min"),
    ]


def hostile_pictures(width: float) -> list[Drawing]:
    """Thirty outcomes of endless names, from 1 down to 1e-15, and inputs that move nothing."""
    names = [f"{AWFUL} {number}" for number in range(30)]
    tones = [TONES[number % len(TONES)] for number in range(30)]
    shares = [OutcomeShare(name, 10 ** (-number / 2), tones[number]) for number, name in enumerate(names)]
    curves = [_curve(name, tones[number], 0.1, 10.0 ** (number / 3), 3) for number, name in enumerate(names)]
    swings = [Swing(name, 0.5, 0.5 + 10.0**-number, AWFUL, AWFUL) for number, name in enumerate(names)]
    tree = Event(names[0], 1.0, "plain", (Event(names[1], 1e-9, "bad"), Event(names[2], 1 - 1e-9, "good")))
    for name in names[3:15]:
        tree = Event(name, 1.0, "plain", (Event(name, 0.6, "good"), Event(name, 0.4, "plain", (tree,))))
    return [
        outcome_bar(shares, width, "hostile-outcomes"),
        duration_curves(curves, width, "hostile-durations"),
        tornado(AWFUL, 0.5, swings, width, "hostile-sensitivities"),
        event_tree(tree, width, name="hostile-events"),
        rollout_ends([_awful(number) for number in range(12)], width, "hostile-rollout", more=99_988),
    ]


def _awful(number: int) -> RolloutEnd:
    return RolloutEnd(AWFUL, TONES[number % 5], 10.0**-number, AWFUL, (0.0, 1.0), 10.0 ** (3 * number - 12), AWFUL)


def _curve(name: str, tone: Tone, probability: float, middle: float, spread: float) -> DurationCurve:
    reached = tuple(
        (max(middle + spread * step / 10, 0.0) + 1e-6 * step + 1, 1 / (1 + exp(-step / 10))) for step in range(-70, 71)
    )
    quantiles = tuple(
        (level, time) for level, time in zip((0.05, 0.5, 0.95), (middle, middle + 1, middle + 9), strict=True)
    )
    return DurationCurve(name, tone, probability, reached, quantiles)
