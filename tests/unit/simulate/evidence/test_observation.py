"""Which runs are counted together, and what they add up to."""

from dataclasses import replace

from wetrun.simulate.evidence.observation import (
    Identity,
    Observation,
    Origin,
    Pool,
    Wanted,
    counts,
    endings,
    occurrences,
    pool,
    times,
)

NOW = Identity("plan", "1.0", "world")
CLEAN = Observation(
    run="a/clean",
    origin=Origin.REHEARSAL,
    identity=NOW,
    scenario=None,
    began=100.0,
    outcome="deployed",
    choices=(("rollback.succeeds", "yes"),),
    times=(("step.Code/pull.expected", 2.0),),
)
SLOW = replace(
    CLEAN,
    run="a/slow",
    scenario="slow",
    identity=replace(NOW, plan="plan+slow"),
    choices=(("rollback.succeeds", "no"), ("rollback.succeeds", "yes")),
    delays=(("step.Code/pull.expected", 9.0),),
    measures=(("detection", 1.5),),
)
WANTED = Wanted(Origin.REHEARSAL, {None: "plan", "slow": "plan+slow"}, "1.0")


def _pool(*runs: Observation, changed: bool = False) -> Pool:
    return pool(runs, replace(WANTED, changed=changed))


def test_runs_of_today_are_counted() -> None:
    """The clean run and each scenario have a meaning of their own; both are today's."""
    found = _pool(CLEAN, SLOW)
    assert found == Pool((CLEAN, SLOW), {})
    assert counts(found.runs) == {"rollback.succeeds": {"yes": 2, "no": 1}}


def test_what_a_scenario_decides_is_not_counted() -> None:
    """A rehearsal in which the rollback has to fail says nothing of how the rollback fares elsewhere."""
    decided = {"slow": {"rollback.succeeds"}}
    assert counts((CLEAN, SLOW), decided) == {"rollback.succeeds": {"yes": 1}}
    other = replace(SLOW, choices=(("recovery.rebuild.succeeds", "yes"),))
    assert counts((other,), decided) == {"recovery.rebuild.succeeds": {"yes": 1}}


def test_runs_of_a_changed_plan_are_left_out_and_said() -> None:
    """Yesterday's rollback says nothing about today's; and the reader hears how many runs that cost."""
    other = replace(CLEAN, identity=replace(NOW, plan="other"))
    gone = replace(SLOW, scenario="gone")
    older = replace(CLEAN, identity=replace(NOW, tool="0.9"))
    found = _pool(CLEAN, other, other, gone, older)
    assert found.runs == (CLEAN,)
    assert found.left_out == {
        "of a plan that did something else": 2,
        "of the scenario `gone`, which the plan no longer has": 1,
        "by another wetrun (0.9)": 1,
    }
    assert not found.mixed


def test_runs_of_a_changed_plan_are_counted_when_somebody_asks() -> None:
    """It is a choice that a person may make, and that stays visible; a scenario that is gone has no parameter left."""
    other = replace(CLEAN, identity=replace(NOW, plan="other"))
    gone = replace(SLOW, scenario="gone")
    found = _pool(CLEAN, other, gone, changed=True)
    assert found.runs == (CLEAN, other)
    assert found.mixed
    assert found.though == {"of a plan that did something else": 1}
    assert found.left_out == {"of the scenario `gone`, which the plan no longer has": 1}


def test_another_double_is_another_experiment() -> None:
    """The newest fitting run says which double is today's; runs in others (another database, say) stay out."""
    newer = replace(CLEAN, run="b/clean", began=200.0, identity=replace(NOW, world="rebuilt"))
    found = _pool(CLEAN, newer)
    assert found.runs == (newer,)
    assert found.left_out == {"in another double": 1}
    asked = pool([CLEAN, newer], replace(WANTED, world="world"))
    assert asked.runs == (CLEAN,)


def test_rehearsals_and_deployments_are_never_counted_together() -> None:
    """A double is not production, not even when somebody pools changed plans."""
    deployed = replace(CLEAN, origin=Origin.DEPLOYMENT)
    assert _pool(CLEAN, deployed, changed=True).runs == (CLEAN,)
    assert pool([CLEAN, deployed], replace(WANTED, origin=Origin.DEPLOYMENT)).runs == (deployed,)


def test_scaled_times_are_no_times() -> None:
    """At `--speed 60` a wait of a minute takes a second; as a duration that is a lie. What was restored counts."""
    scaled = replace(CLEAN, speed=60.0)
    found = times([CLEAN, scaled])
    assert found.base == {"step.Code/pull.expected": (2.0,)}
    assert found.scaled == 1
    assert counts([scaled]) == {"rollback.succeeds": {"yes": 1}}


def test_delays_are_kept_apart_from_base_durations() -> None:
    """A step that a fault slowed down must not make every deployment slow."""
    found = times([CLEAN, SLOW])
    assert found.base == {"step.Code/pull.expected": (2.0, 2.0)}
    assert found.delayed == {("slow", "step.Code/pull.expected"): (9.0,)}
    assert found.measures == {("slow", "detection"): (1.5,)}


DEPLOYED = replace(CLEAN, origin=Origin.DEPLOYMENT)
SCENARIOS = {"slow": None, "down": "database", "lost": "database"}


def test_only_deployments_tell_how_likely_a_scenario_is() -> None:
    """A rehearsal forces it on: a hundred rehearsals of an outage do not make outages likely."""
    assert occurrences([CLEAN, SLOW, SLOW], SCENARIOS) == {}
    struck = replace(DEPLOYED, scenario="down", outcome="rolled-back")
    assert occurrences([DEPLOYED, DEPLOYED, struck], SCENARIOS) == {
        "scenario.slow.probability": {"yes": 0, "no": 3},
        "one_of.database": {"none of them": 2, "down": 1, "lost": 0},
    }


def test_unexplained_trouble_withholds_all_occurrences() -> None:
    """Counting the good deployments and forgetting the unexplained bad one would make everything look rare."""
    bad = replace(DEPLOYED, outcome="rolled-back", unclear=True)
    assert occurrences([DEPLOYED] * 50 + [bad], SCENARIOS) == {}


def test_only_deployments_have_endings() -> None:
    """How many rehearsals end rolled back is the author's choice of scenarios, not a property of the plan."""
    back, unclear = replace(DEPLOYED, outcome="rolled-back"), replace(DEPLOYED, outcome="inconclusive")
    assert endings([CLEAN, SLOW, DEPLOYED, DEPLOYED, back, unclear]) == {"deployed": 2, "rolled-back": 1}
