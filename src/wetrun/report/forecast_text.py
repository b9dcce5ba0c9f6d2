"""The odds of a plan as plain text for terminals: aligned, and understandable without colour."""

import math
from collections.abc import Iterator, Sequence

from wetrun.course.evidence import counted
from wetrun.report.blocks import hill
from wetrun.report.cleaning import clean
from wetrun.report.clock_tables import CLOCK_HEAD, DURATION_HEAD, clock_rows, downtime_of_all, duration_rows
from wetrun.report.odds_text import table
from wetrun.report.pictures.scales import chance, short_time
from wetrun.report.times_text import limits_of, told_time
from wetrun.simulate.evidence.observation import Origin
from wetrun.simulate.evidence.posterior import Grade
from wetrun.simulate.evidence.scores import SURPRISE, Summary
from wetrun.simulate.exact.forecast import Forecast
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.known_times import SLOW
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.plans.readings import ReadingKind
from wetrun.simulate.questions.words import Sensitivity, in_words, percent, spoken

__all__ = [
    "evidence_lines",
    "figures",
    "fleet_of",
    "forecast_text",
    "no_odds",
    "odds_cells",
    "reading_lines",
    "time_lines",
]

_MOST = 8
_HILL = 20
_MOST_ODDS, _MOST_TIMES = 3, 2


def forecast_text(found: PlanForecast, scores: Summary | None = None, *, compared: PlanForecast | None = None) -> str:
    """Write the answer for a plan; it ends without a line feed.

    Args:
        found: The answer.
        scores: How earlier forecasts fared; None when none was scored.
        compared: The answer without the what-ifs, where there are any.
    """
    blocks = [
        _headline(found, compared),
        _outcomes(found),
        _leaning_left(table(DURATION_HEAD, list(duration_rows(found)))),
        _clocks(found),
        _claims(found),
        _matters(found.sensitivities),
        [f"{title}:" if not line else f"  - {line}" for title, line in _time_lines(found)],
        _paths(found),
        reading_lines(found),
        fleet_of(found),
        _evidence(found, scores),
        _gaps(found),
    ]
    return "\n\n".join("\n".join(_on_one_line(line) for line in block) for block in blocks if block)


def no_odds(found: PlanForecast) -> str:
    """What stands in place of a 100 % that nobody stated and nothing supports."""
    if found.rollout is None:
        return "no odds of success: the plan states no probability of anything, so nothing in it can go wrong"
    return "no odds of success: the plan states no probability of anything on one host, only of the rollout"


def odds_cells(found: PlanForecast, name: str, to: str) -> tuple[str, str, str]:
    """An outcome's odds, their interval and what the plan states, in words; `to` stands between the interval's ends."""
    if not found.has_odds:
        return "not stated", "—", "—"
    interval, stated = found.intervals[name], found.stated.get(name, 0.0)
    odds = chance(found.odds.total.outcomes[name].probability)
    return odds, f"{chance(interval.low)}{to}{chance(interval.high)}", chance(stated)


def _on_one_line(line: str) -> str:
    return clean(line).replace("\n", " ")


def _headline(found: PlanForecast, compared: PlanForecast | None) -> list[str]:
    low, high = found.success_interval.low, found.success_interval.high
    runs, level = len(found.known.pool.runs), percent(found.success_interval.level)
    by = "by the plan's own numbers: no run is counted" if not runs else f"{_runs(found)} counted in"
    lines = [
        f"{found.plan.name} — the odds, {found.plan.source}",
        f"deploys with {chance(found.success)}, {level} interval {chance(low)} to {chance(high)} ({by})"
        if found.has_odds
        else f"{no_odds(found)} ({by})",
    ]
    if compared is not None:
        lines.append(
            f"without the what-if: {chance(compared.success)}; {_whole_time(compared)}, with it {_whole_time(found)}"
        )
        if compared.rollout is not None and found.rollout is not None:
            before, after = (one.rollout.forecast.completed for one in (compared, found) if one.rollout is not None)
            lines.append(f"the fleet goes through with {chance(before)} without the what-if, with it {chance(after)}")
    return lines


def _whole_time(found: PlanForecast) -> str:
    mean, slow = figures(found.odds.total.overall, (0.95,))
    return f"mean {mean}, P95 {slow}"


def _runs(found: PlanForecast) -> str:
    return counted(len(found.known.pool.runs), "rehearsal" if found.known.origin is Origin.REHEARSAL else "deployment")


def _outcomes(found: PlanForecast) -> list[str]:
    times, window = found.odds.total, _window(found.odds)
    head = ["outcome", "probability", "interval", "stated", ""]
    rows = [
        [
            name,
            *odds_cells(found, name, "–"),
            _hill(timing, window),
        ]
        for name, timing in sorted(times.outcomes.items(), key=lambda one: -one[1].probability)
    ]
    rows.append(["all", "", "", "", _hill(times.overall, window)])
    lines = _leaning_left(table(head, rows))
    return [*lines, f"curves: {short_time(window[0])} to {short_time(window[1])}"] if window[1] > window[0] else lines


def _leaning_left(written: str) -> list[str]:
    return [line.rstrip() for line in written.split("\n")]


def _window(odds: Forecast) -> tuple[float, float]:
    ends = odds.total.overall.quantiles([0.001, 0.999])
    low, high = (float(end) for end in ends)
    return (0.0, 0.0) if not (math.isfinite(low) and math.isfinite(high)) else (0.0 if low < 0.35 * high else low, high)


def _hill(timing: Timing, window: tuple[float, float]) -> str:
    if timing.probability <= 0 or window[1] <= window[0]:
        return ""
    times, heights = timing.points()
    return hill(list(zip(times.tolist(), heights.tolist(), strict=True)), _HILL, window)


def figures(timing: Timing, levels: Sequence[float]) -> list[str]:
    """The mean and some quantiles of a time, for people."""
    return [told_time(value) for value in (timing.mean, *(float(one) for one in timing.quantiles(levels)))]


def _clocks(found: PlanForecast) -> list[str]:
    rows = list(clock_rows(found))
    lines = _leaning_left(table(CLOCK_HEAD, rows)) if rows else []
    return [*lines, *([downtime] if (downtime := downtime_of_all(found)) else [])]


def _claims(found: PlanForecast) -> list[str]:
    return ["claims:", *(f"  - {judged}" for judged in found.claims)] if found.claims else []


def _matters(sensitivities: Sequence[Sensitivity]) -> list[str]:
    costly = [one for one in sensitivities if one.cost > 5e-9]
    lines = [f"  - {in_words(one, 'success')}" for one in costly[:_MOST]]
    rest = len(costly) - _MOST
    return ["what matters most:", *lines, *([f"  and {rest} more"] if rest > 0 else [])] if lines else []


def _time_lines(found: PlanForecast) -> Iterator[tuple[str, str]]:
    lines = time_lines(found)
    if lines:
        yield "where the time goes", ""
        yield from (("", line) for line in lines)


def time_lines(found: PlanForecast, most: int = 5) -> list[str]:
    """Which holding times make up most of the mean duration, and of the downtime, in words."""
    whole, down = found.odds.total.overall.mean, found.odds.tags["down"].overall.mean
    lines: list[str] = []
    if whole > 0:
        mean, slow = found.times_known[None].mean, found.times_known[None].quantiles[SLOW]
        _, slowest = figures(found.odds.total.overall, (SLOW,))
        lines += [
            f"the mean is {told_time(whole)}, {percent(mean.level)} interval {limits_of(mean)} by what is known",
            f"{percent(SLOW)} of the runs take at most {slowest}, {percent(slow.level)} interval {limits_of(slow)}",
        ]
    for effect in found.gradients.ranked_by_time(None)[:most]:
        share = effect.mean * effect.means[None]
        if share <= 0 or not math.isfinite(share):
            continue
        felt = effect.mean * effect.means["down"]
        also = (
            f"; users feel {told_time(felt)} of it ({chance(felt / down)} of the downtime)"
            if felt > 0.01 * down
            else ""
        )
        lines.append(f"`{effect.duration}` takes {told_time(share)} of {told_time(whole)} on average{also}")
    return lines


def _paths(found: PlanForecast) -> list[str]:
    return ["how it goes wrong:", *(f"  - {path}" for path in found.paths)] if found.paths else []


def reading_lines(found: PlanForecast) -> list[str]:
    """Both readings of a plan that does not say how its scenarios relate; nothing where it does."""
    if not found.readings:
        return []
    places = found.readings[0].reading.places
    where = ", ".join(f"`{name}`" + (f" (line {place.line})" if place else "") for name, place in places[:4])
    total = f"{100 * float(found.readings[0].reading.total):.4g} %"
    more = f" and {len(places) - 4} more" if len(places) > 4 else ""
    lines = [f"the plan does not say how its scenarios relate: {where}{more} sum to {total}"]
    for one in found.readings:
        kind = one.reading.kind
        how = "each by itself, several may strike" if kind is ReadingKind.INDEPENDENT else "at most one strikes"
        if one.reading.undisturbed is None:
            lines.append(f"  - {how}: impossible, since they sum to more than 100 %")
        else:
            lines.append(
                f"  - {how}: undisturbed {chance(float(one.reading.undisturbed))}, deploys {chance(one.success)}"
            )
    return [*lines, "  say it with `scenarios_are`, `one_of` or `given`; the numbers above take each by itself"]


def fleet_of(found: PlanForecast) -> list[str]:
    """What comes of the rollout over the fleet; nothing where there is none."""
    planned, rollout = found.model.fleet, found.rollout
    if planned is None or rollout is None:
        return []
    from wetrun.report.fleet_text import fleet_lines  # few plans have one

    return fleet_lines(rollout, planned.hosts)


def _evidence(found: PlanForecast, scores: Summary | None) -> list[str]:
    return ["evidence:", *(f"  - {line}" for line in evidence_lines(found, scores))]


def evidence_lines(found: PlanForecast, scores: Summary | None) -> Iterator[str]:
    """How much of it is known, one line for each thing that can be said."""
    grades = [one.grade for one in found.graded.values()]
    told = ", ".join(f"{grades.count(grade)} {grade.value}" for grade in Grade)
    yield f"{counted(len(grades), 'input')}: {told}"
    if open_ := _not_measured(found):
        yield f"not measured, what matters most: {', '.join(open_)}"
    if found.uncertainty.assumed is not None:
        yield f"{percent(found.uncertainty.assumed)} of the uncertainty of success comes from assumptions"
    if found.known.pool.runs:
        scaled = found.known.times.scaled
        yield f"{_runs(found)} counted" + (f"; times of {scaled} left out: they were scaled" if scaled else "")
    for what, number in found.known.pool.though.items():
        yield f"{counted(number, 'run')} among them {what}: counted because it was asked for"
    for why, number in found.known.pool.left_out.items():
        yield f"{counted(number, 'run')} left out: {why}"
    for conflict in found.conflicts:
        yield f"conflict: {conflict}"
    if scores is not None and scores.runs and scores.brier is not None:
        told = f"Brier {scores.brier:.3g}, {scores.surprisal}; {scores.durations}"
        yield f"earlier forecasts: {counted(scores.runs, 'run')} scored, {told}"
        yield from (f"earlier forecasts: {one}" for one in scores.calibrations if one.tail < SURPRISE)


def _not_measured(found: PlanForecast) -> list[str]:
    """The inputs that move success and the mean duration most, of those that are not measured, with their grades."""
    odds = [one.name for one in found.sensitivities if one.cost > 5e-9]
    times = [one.duration for one in found.gradients.ranked_by_time(None) if one.mean * one.means[None] > 0]
    open_ = [
        [name for name in names if name in found.graded and found.graded[name].grade is not Grade.MEASURED]
        for names in (odds, times)
    ]
    told = [*open_[0][:_MOST_ODDS], *open_[1][:_MOST_TIMES]]
    return [f"{spoken(name)} ({found.graded[name].grade.value})" for name in told]


def _gaps(found: PlanForecast) -> list[str]:
    return ["left open:", *(f"  - {warning}" for warning in found.warnings)] if found.warnings else []
