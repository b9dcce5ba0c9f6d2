"""The compiled graph against `advance` itself: every history enumerated, and histories drawn at random."""

import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from played_plan import enumerated, outcome_of
from random_examples import examples
from wetrun.plan.double import Target
from wetrun.plan.durations import Fixed
from wetrun.plan.expectations import Range
from wetrun.plan.monitors import Above, Monitor, Rule
from wetrun.plan.plan import Phase, Plan, Procedure
from wetrun.plan.responses import Mitigate, Recover, Response, Simple
from wetrun.plan.scenarios import FaultSpec, Outcome, Scenario, ScenarioExpectation
from wetrun.plan.state import StateProbe
from wetrun.plan.steps import Approve, Retry, Run, Step
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.plans.compiling import Compiled, compile_plan
from wetrun.units import Probability, Seconds

RUNGS = ("restart", "rebuild")
MENDERS = ("mend", "patch")
ALARMS = ("memory", "errors")
WALKS = 1500
EXAMPLES = 12

likely = st.sampled_from([0.5, 0.25, 0.3, 0.05, 0.9, 0.0, 1.0]).map(Probability)
maybe_likely = st.none() | likely


def reached(compiled: Compiled) -> dict[str, Fraction]:
    """The exact probability of coming into each state, by one pass over the graph in topological order."""
    graph = compiled.graph
    coming = Counter(after for state in graph.states.values() for after in state.next.values())
    mass = dict.fromkeys(graph.states, Fraction(0))
    mass[graph.start] = Fraction(1)
    ready = [graph.start]
    while ready:
        name = ready.pop()
        state = graph.states[name]
        for label, after in state.next.items():
            odds = graph.choices[state.choice].probabilities[label] if state.choice else Fraction(1)
            mass[after] += mass[name] * odds
            coming[after] -= 1
            if not coming[after]:
                ready.append(after)
    assert not +coming, "a state that is never reached, or a loop"
    return mass


def absorbed(compiled: Compiled) -> dict[str, Fraction]:
    """The exact probability of every outcome."""
    mass = reached(compiled)
    return {name: mass[name] for name in compiled.graph.outcomes() if mass[name]}


def felt_for(plan: Plan) -> float:
    """How long users are without the service on average, in seconds."""
    compiled = compile_plan(plan)
    states, mass = compiled.graph.states, reached(compiled)
    return sum(
        float(mass[name]) * mean_and_variance(state.time)[0]
        for name, state in states.items()
        if "down" in state.tags and state.time is not None
    )


def responses(*, retry: bool, recover: bool) -> st.SearchStrategy[Response]:
    simple = [one for one in Simple if retry or one is not Simple.RETRY]
    flat = [one for one in Simple if one is not Simple.RETRY]
    some: list[st.SearchStrategy[Response]] = [
        st.sampled_from(simple),
        st.builds(Mitigate, st.sampled_from(MENDERS), st.sampled_from(flat)),
    ]
    return st.one_of(*some, st.builds(Recover, st.sampled_from(RUNGS))) if recover else st.one_of(*some)


@st.composite
def phases(draw: st.DrawFn, *, recover: bool) -> tuple[Phase, ...]:
    numbers = iter(range(100))

    def step() -> Step:
        number = next(numbers)
        asks = draw(st.integers(0, 5)) == 0
        return Step(
            name=f"s{number}",
            action=Approve("go on?") if asks else Run("true"),
            target="t",
            expected=Fixed(Seconds(draw(st.integers(1, 4)))),
            on_failure=draw(responses(retry=True, recover=recover)),
            retry=Retry(draw(st.integers(0, 2)), succeeds=draw(maybe_likely)),
            changes=draw(st.booleans()),
            goes_on=draw(maybe_likely),
        )

    return tuple(
        Phase(name=f"p{n}", steps=tuple(step() for _ in range(draw(st.integers(1, 3)))))
        for n in range(draw(st.integers(1, 3)))
    )


@st.composite
def monitors(draw: st.DrawFn, phases: tuple[Phase, ...], *, recover: bool) -> tuple[Monitor, ...]:
    answers = responses(retry=False, recover=recover)
    return tuple(
        Monitor(
            name=name,
            sample=Run("true"),
            target="t",
            every=Seconds(1.0),
            during=draw(st.sampled_from([(), (phases[-1].name,)])),
            rules=tuple(
                Rule(
                    f"rule {n}", Above(Range(1.0), Seconds(draw(st.integers(0, 9)))), draw(answers), draw(maybe_likely)
                )
                for n in range(draw(st.integers(1, 2)))
            ),
        )
        for name in ALARMS
    )


def procedures(names: tuple[str, ...]) -> st.SearchStrategy[tuple[Procedure, ...]]:
    step = st.builds(
        lambda response, times, goes_on: Step(
            name="x", action=Run("true"), target="t", on_failure=response, retry=Retry(times), goes_on=goes_on
        ),
        st.sampled_from(Simple),
        st.integers(0, 1),
        maybe_likely,
    )
    one = st.tuples(st.lists(step, min_size=1, max_size=2), maybe_likely)
    return st.tuples(*(one for _ in names)).map(
        lambda parts: tuple(
            Procedure(
                name=name,
                steps=tuple(replace(step, name=f"x{n}") for n, step in enumerate(steps)),
                succeeds=succeeds,
            )
            for name, (steps, succeeds) in zip(names, parts, strict=True)
        )
    )


@st.composite
def scenarios(draw: st.DrawFn, phases: tuple[Phase, ...], most: int) -> tuple[Scenario, ...]:
    spots = [(phase.name, step.name) for phase in phases for step in phase.steps]
    numbers = sorted(draw(st.lists(st.integers(0, len(spots) - 1), max_size=most)))
    found: list[Scenario] = []
    grouped = 0.0
    for count, number in enumerate(numbers):
        phase, step = spots[number]
        first = number == 0 or spots[number - 1][0] != phase
        probability = draw(likely)
        alone = not found or draw(st.booleans())
        in_group = alone and draw(st.booleans()) and grouped + probability <= 1
        grouped += probability if in_group else 0.0
        felt = draw(st.none() | st.sampled_from(["/".join(spot) for spot in spots[number:]]))
        found.append(
            Scenario(
                name=f"scenario-{count}",
                fault=FaultSpec("dirty-worktree"),
                strikes=phase if first and draw(st.booleans()) else f"{phase}/{step}",
                probability=probability if alone else draw(st.none() | st.just(probability)),
                one_of="group" if in_group else None,
                given={} if alone else {draw(st.sampled_from(found)).name: draw(likely)},
                down=True if felt is not None else draw(st.none() | st.booleans()),
                felt_from=felt,
                expect=ScenarioExpectation(
                    outcomes=tuple(draw(st.lists(st.sampled_from(Outcome), max_size=2))),
                    detected_by=draw(
                        st.none() | st.sampled_from([*(name for _, name in spots[number:]), *ALARMS, *ALARMS])
                    ),
                    detected=draw(maybe_likely),
                ),
            )
        )
    return tuple(found)


@st.composite
def plans(draw: st.DrawFn, most: int = 4) -> Plan:
    rungs = draw(st.sampled_from([(), RUNGS]))
    happy = draw(phases(recover=bool(rungs)))
    menders = draw(procedures(MENDERS))
    return Plan(
        name="random",
        source="wetrun.yaml",
        targets={"t": Target(name="t")},
        phases=happy,
        state=draw(st.sampled_from([(StateProbe(name="s", observe=Run("true"), target="t"),)] * 4 + [()])),
        monitors=draw(monitors(happy, recover=bool(rungs))),
        watch=Seconds(draw(st.sampled_from([0, 5, 20]))),
        scenarios=draw(scenarios(happy, most)),
        procedures={procedure.name: procedure for procedure in menders},
        rollback=draw(st.none() | procedures(("rollback",)).map(lambda found: found[0])),
        recoveries=draw(procedures(rungs)),
    )


@settings(max_examples=examples(300), deadline=None)
@given(plans())
def test_the_graph_says_what_every_history_together_says(plan: Plan) -> None:
    """A forecast that means something else by a plan than the run does is worse than none."""
    assert absorbed(compile_plan(plan)) == {name: p for name, p in enumerated(plan).items() if p}


@settings(max_examples=examples(150), deadline=None)
@given(plans())
def test_deciding_later_changes_no_probability(plan: Plan) -> None:
    """A long plan must not be answered differently from a short one only because its graph has to be kept small."""
    assert absorbed(compile_plan(plan, variants=0)) == absorbed(compile_plan(plan))


@settings(max_examples=examples(100), deadline=None)
@given(plans())
def test_when_users_feel_it_changes_no_probability_and_only_less_downtime(plan: Plan) -> None:
    """Who feels a fault from when on tells how long users are without the service, and nothing of how the run ends."""
    sooner = replace(plan, scenarios=tuple(replace(one, felt_from=None) for one in plan.scenarios))
    assert absorbed(compile_plan(plan)) == absorbed(compile_plan(sooner))
    assert felt_for(plan) <= felt_for(sooner) + 1e-9


@settings(max_examples=examples(150), deadline=None)
@given(plans(), st.data())
def test_a_step_that_does_nothing_changes_no_probability(plan: Plan, data: st.DataObject) -> None:
    """What the forecast remembers may not hang on where the next step or the watch begins.

    This needs no second program to say what is right: such a step passes, takes no time and stands behind another.
    """
    number = data.draw(st.sampled_from(range(len(plan.phases))))
    phase = plan.phases[number]
    behind = data.draw(st.integers(1, len(phase.steps)))
    idle = Step(name="idle", action=Run("true"), target="t", expected=Fixed(Seconds(0.0)), changes=False)
    longer = replace(phase, steps=(*phase.steps[:behind], idle, *phase.steps[behind:]))
    padded = replace(plan, phases=(*plan.phases[:number], longer, *plan.phases[number + 1 :]))
    assert absorbed(compile_plan(padded)) == absorbed(compile_plan(plan))


@settings(max_examples=EXAMPLES, deadline=None)
@given(plans(), st.integers(0, 2**32))
def test_the_graph_says_what_happens_when_a_plan_is_played(plan: Plan, seed: int) -> None:
    """Runs as they would be, one after the other, must come out as often as the graph says.

    A wrong alarm has a chance below 1e-9: by Chernoff's bound a share q of n histories whose probability is p has a
    chance below exp(-n KL(q, p)) on either side; there are at most 12 outcomes in each of 12 examples.
    Source: Hoeffding, J. Am. Stat. Assoc. 58 (1963), theorem 1.
    """
    expected = absorbed(compile_plan(plan))
    chance = random.Random(seed)  # noqa: S311 - a simulation, seeded so that a failure can be looked at again

    def decide(odds: Mapping[str, Fraction]) -> str:
        return chance.choices(list(odds), [float(probability) for probability in odds.values()])[0]

    seen = Counter(outcome_of(plan, decide) for _ in range(WALKS))
    assert set(seen) <= set(expected)
    alarm = math.log(2 * 12 * EXAMPLES / 1e-9)
    for name, probability in expected.items():
        assert WALKS * _divergence(seen[name] / WALKS, float(probability)) < alarm, (name, seen[name], probability)


def _divergence(q: float, p: float) -> float:
    if p == 1:
        return 0.0 if q == 1 else math.inf
    return sum(a * math.log(a / b) for a, b in ((q, p), (1 - q, 1 - p)) if a)
