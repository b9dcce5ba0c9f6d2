"""Goals of a rollout: what is offered keeps its promise, is the nearest that does, and lets nothing worse happen."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet_plans import edited, enumerated_endings, plan_of, simulated
from wetrun.plan.fleet import Fleet, HostCount, Policy, Rest, StopAtFailures, Wave
from wetrun.simulate.fleets.figures import figure_names, figure_of_name
from wetrun.simulate.fleets.fleet import FleetForecast, forecast
from wetrun.simulate.fleets.goal_words import fleet_goal_in_words
from wetrun.simulate.fleets.goals import FleetGoalAnswer, FleetMove, reach_in_fleet
from wetrun.simulate.fleets.levers import Scale
from wetrun.simulate.fleets.waves import Release
from wetrun.simulate.fleets.wishes import parse_fleet_goal
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.questions.plan_model import PlanModel, model_of_plan
from wetrun.simulate.questions.wishes import UnknownOutcomeError
from wetrun.units import Probability

SECOND = {Scale.PROBABILITY: "", Scale.COUNT: "", Scale.TIME: "s"}


def model_of(*changes: tuple[str, str]) -> PlanModel:
    return model_of_plan(edited(*changes), {}, {}, {})


def reached(model: PlanModel, text: str) -> FleetGoalAnswer:
    assert model.fleet is not None
    return reach_in_fleet(model, parse_fleet_goal(text, model.fleet))


def with_fleet(fleet: Fleet) -> PlanModel:
    """A plan that runs on a fleet made here."""
    return model_of_plan(replace(plan_of(), fleet=fleet), {}, {}, {})


@pytest.mark.parametrize(
    "goal",
    [
        *("fleet.completed>=0.95", "fleet.stopped<=5%", "fleet.everywhere<=1e-4", "fleet.escaped<=1e-10"),
        *("fleet.failed<=0.6", "fleet.touched_when_stopped.mean<=25", "fleet.waves.1.stopped<=0.1%"),
        *("fleet.time.p95<=28m", "fleet.time_completed.mean<=20m", "fleet.user_seconds<=250m"),
    ],
)
def test_what_is_offered_gives_what_it_says_when_it_is_asked_for(goal: str) -> None:
    """Each move, set by a what-if in the whole answer, gives the figure that was promised, which meets the goal."""
    answer = reached(model_of(), goal)
    assert not answer.is_met
    assert answer.moves
    for move in answer.moves:
        if move.scale is Scale.TIME:  # a spread time is moved as a whole, which no what-if can write
            continue
        whole = simulated(plan_of(), f"{move.name}={move.to!r}").rollout
        assert whole is not None
        assert answer.goal.figure.value(whole.forecast) == pytest.approx(move.reached, rel=1e-12)
        assert answer.goal.is_met(move.reached)
        assert move.interval is not None


def test_a_time_that_is_offered_keeps_its_promise() -> None:
    """A host's time that is stated as one number can be asked for as it is offered."""
    model = model_of(("policy: batches", "policy: batches\n      takes: 3m"))
    answer = reached(model, "fleet.time_completed.mean<=20m")
    move = next(one for one in answer.moves if one.name == "fleet.takes")
    whole = simulated(edited(("policy: batches", f"policy: batches\n      takes: {move.to!r}s"))).rollout
    assert whole is not None
    assert answer.goal.figure.value(whole.forecast) == pytest.approx(move.reached, rel=1e-9)
    assert move.reached == pytest.approx(20 * 60, rel=1e-6)


def test_an_odds_that_is_offered_is_the_nearest() -> None:
    """Whoever gets there with less should not be asked for more."""
    answer = reached(model_of(), "fleet.completed>=0.9")
    move = next(one for one in answer.moves if one.name == "fleet.common_cause")
    assert move.start is not None
    nearer = simulated(plan_of(), f"{move.name}={move.to + 1e-9 * move.start!r}").rollout
    assert nearer is not None
    assert not answer.goal.is_met(nearer.forecast.completed)


def small(failures: int | None, canaries: int, common: float) -> Fleet:
    return Fleet(
        hosts=9,
        common_cause=Probability(common),
        host_failure=Probability(0.05),
        bad_host_failure=Probability(0.6),
        policy=Policy.BATCHES,
        waves=(Wave(HostCount(canaries)), Wave(HostCount(3), 1), Wave(Rest(), 2)),
        stop=None if failures is None else StopAtFailures(failures),
    )


def counted(fleet: Fleet) -> dict[str, Fraction]:
    """Figures of a small fleet, host by host."""
    found = enumerated_endings(fleet)
    through = {release: part for (release, last), (part, _) in found.items() if last is None}
    bad_to_the_end = sum(part for (one, last), (part, _) in found.items() if one is Release.BAD and last in {None, 3})
    right = through.get(Release.GOOD, Fraction(0)) + sum(
        part for (one, last), (part, _) in found.items() if one is Release.BAD and last not in {None, 3}
    )
    return {
        "fleet.completed": sum(through.values(), Fraction(0)),
        "fleet.escaped": through.get(Release.BAD, Fraction(0)),
        "fleet.everywhere": Fraction(bad_to_the_end),
        "fleet.failed": sum((one for _, lost in found.values() for one in lost), Fraction(0)),
        "right": right,
    }


def nearest_by_counting(fleet: Fleet, name: str, figure: str, wanted: Fraction) -> int | None:
    """The value of a count that is nearest, of those that reach a goal and do no harm, tried one after the other."""
    before = counted(fleet)
    start = fleet.stop.failures if isinstance(fleet.stop, StopAtFailures) else 0
    if name.endswith("hosts"):
        start = fleet.waves[0].size.hosts if isinstance(fleet.waves[0].size, HostCount) else 0
    found: list[tuple[float, int]] = []
    for value, changed in variants(fleet, name):
        after = counted(changed)
        harm = any(after[one] > before[one] for one in ("fleet.escaped", "fleet.everywhere", "fleet.failed"))
        if value != start and after[figure] <= wanted and not harm and after["right"] >= before["right"]:
            found.append((abs(value - start), value))
    return min(found)[1] if found else None


def variants(fleet: Fleet, name: str) -> Iterator[tuple[int, Fleet]]:
    if name == "fleet.stop.failures":
        for value in range(1, 6):
            yield value, replace(fleet, stop=StopAtFailures(value))
    else:
        for value in range(1, 6):
            yield value, replace(fleet, waves=(replace(fleet.waves[0], size=HostCount(value)), *fleet.waves[1:]))


@pytest.mark.parametrize("figure", ["fleet.escaped", "fleet.everywhere", "fleet.failed"])
@pytest.mark.parametrize("part", [0.9, 0.5, 0.1])
@pytest.mark.parametrize("failures", [1, 3])
def test_counts_that_are_offered_are_those_that_counting_finds(figure: str, part: float, failures: int) -> None:
    """Stop rule and canaries of nine hosts: every value tried, every pattern of failing hosts counted, in fractions."""
    fleet = small(failures, 2, 0.3)
    wanted = counted(fleet)[figure] * Fraction(part)
    answer = reached(with_fleet(fleet), f"{figure}<={float(wanted)!r}")
    offered = {move.name: move.to for move in answer.moves}
    for name in ("fleet.stop.failures", "fleet.waves.1.hosts"):
        best = nearest_by_counting(fleet, name, figure, wanted)
        assert offered.get(name) == best, name
    for move in answer.moves:
        if move.name in {"fleet.stop.failures", "fleet.waves.1.hosts"}:
            exact = counted(dict(variants(fleet, move.name))[int(move.to)])[figure]
            assert move.reached == pytest.approx(float(exact), rel=1e-12)


def harmful(before: FleetForecast, after: FleetForecast) -> bool:
    return any(
        getattr(after, name) > getattr(before, name) * (1 + 1e-8) for name in ("escaped", "everywhere", "failed")
    )


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["completed>=", "stopped<=", "stopped>=", "escaped<=", "failed<=", "touched.mean<="]),
    st.floats(0.2, 3.0),
    st.tuples(st.none() | st.integers(1, 4), st.integers(1, 6)),
    st.tuples(st.floats(0.001, 0.5), st.floats(0, 0.2), st.floats(0.2, 1)),
)
def test_nothing_that_is_offered_does_harm(
    figure: str, factor: float, sizes: tuple[int | None, int], odds: tuple[float, float, float]
) -> None:
    """Whatever is wished for: no bad release may get farther, and no more hosts fail, by following an answer."""
    common, good, bad = odds
    fleet = replace(
        small(*sizes, common),
        hosts=40,
        host_failure=Probability(good),
        bad_host_failure=Probability(max(good, bad)),
    )
    before = forecast(fleet, Constant(60.0))
    name = figure[:-2]
    now = before.touched.mean if name == "touched.mean" else getattr(before, name)
    wanted = now * factor if name in {"failed", "touched.mean"} else min(now * factor, 1.0)
    answer = reached(with_fleet(fleet), f"fleet.{figure}{wanted:.12f}")
    for move in answer.moves:
        after = simulated_odds(fleet, move)
        assert not harmful(before, after), move
        assert "bake" not in move.name


def simulated_odds(fleet: Fleet, move: FleetMove) -> FleetForecast:
    model = with_fleet(fleet).changed({move.name: Fraction(move.to)})
    assert model.fleet is not None
    return forecast(model.fleet, Constant(60.0))


def test_a_looser_stop_rule_is_not_advised() -> None:
    """It would let more rollouts go through, bad ones among them: that is said, and not offered."""
    answer = reached(model_of(("host_failure: 1%\n", "host_failure: 8%\n")), "fleet.completed>=0.9")
    assert all(not move.name.startswith("fleet.stop") for move in answer.moves)
    only = reached(with_fleet(replace(small(1, 2, 0.3), host_failure=Probability(0.0))), "fleet.completed>=0.999")
    assert [move.name for move in only.moves] == ["fleet.common_cause"]
    assert "`fleet.common_cause` from 30 %" in fleet_goal_in_words(only)[0]


def test_where_only_harm_would_reach_it_that_is_said() -> None:
    """An answer of nothing at all would look like a search that failed."""
    surely_bad = replace(small(1, 2, 1.0), host_failure=Probability(0.6))
    answer = reached(with_fleet(surely_bad), "fleet.time.mean>=100h")
    assert not answer.moves
    assert "no single input reaches fleet.time.mean ≥ 100 h" in fleet_goal_in_words(answer)[0]
    stops = reached(with_fleet(small(1, 2, 0.3)), "fleet.completed>=0.75")
    assert not stops.moves
    assert stops.is_refused
    assert "without making other things worse" in fleet_goal_in_words(stops)[0]


def test_a_plan_without_a_stop_rule_is_told_of_one() -> None:
    """The cheapest way to keep a bad release from all hosts is often a rule that the plan does not have."""
    answer = reached(
        model_of(("      stop: {failures: 2}\n", ""), (" host_failure: 1%", " host_failure: 0.1%")),
        "fleet.everywhere<=0.1%",
    )
    rules = [move for move in answer.moves if move.name.startswith("fleet.stop")]
    assert rules
    assert all(move.start is None for move in rules)
    assert any("where the plan states none" in line for line in fleet_goal_in_words(answer))


def test_bake_times_are_not_advised_shorter() -> None:
    """What a shorter look would miss is not in the model, so that it would only ever praise it."""
    answer = reached(model_of(("bake: 5m", "bake: 3h")), "fleet.time.mean<=30m")
    assert all("bake" not in move.name for move in (*answer.moves, *([answer.best] if answer.best else [])))


def test_a_pools_times_are_no_goal() -> None:
    """They are sampled; and a goal by sampling would be reached by luck. Its odds are as exact as any."""
    model = model_of(("batches", "pool"))
    assert "has no exact value" in fleet_goal_in_words(reached(model, "fleet.time.p95<=20m"))[0]
    assert "has no exact value" in fleet_goal_in_words(reached(model, "fleet.user_seconds<=20m"))[0]
    assert reached(model, "fleet.completed>=0.95").moves == reached(model_of(), "fleet.completed>=0.95").moves


def test_goals_that_hold_are_said_to() -> None:
    """With the figure, and how well it is known."""
    answer = reached(model_of(), "fleet.time.p95<=20h")
    assert answer.is_met
    assert "holds already" in fleet_goal_in_words(answer)[0]
    assert "interval" in fleet_goal_in_words(answer)[0]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("fleet.complete>=0.9", "fleet.completed"),
        ("fleet.time<=2h", "fleet.time."),
        ("fleet.waves.9.stopped<=1%", "fleet.waves."),
    ],
)
def test_a_figure_that_is_none_is_answered_with_those_that_are(wrong: str, meant: str) -> None:
    """Names are those of the JSON: a slip finds its way there."""
    model = model_of()
    with pytest.raises(UnknownOutcomeError) as caught:
        reached(model, wrong)
    assert meant in str(caught.value.hint)


def test_every_figure_that_is_listed_can_be_asked_for() -> None:
    """And has a value that its name finds again in the whole answer."""
    model, whole = model_of(), simulated(plan_of()).rollout
    assert model.fleet is not None
    assert whole is not None
    for name in figure_names(model.fleet):
        figure = figure_of_name(name, model.fleet)
        assert figure is not None, name
        assert figure.value(whole.forecast) is not None
    assert figure_of_name("fleet.user_seconds", replace(model.fleet, users_per_host=None)) is None
