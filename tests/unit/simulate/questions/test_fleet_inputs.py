"""What if a number of the fleet were another: exactly the answer of the plan in which it is written so."""

from dataclasses import replace
from fractions import Fraction

import pytest

from fleet_plans import FLEET_PLAN, edited, plan_of, simulated
from wetrun.plan.fleet import Fleet
from wetrun.simulate.fleets.plan_fleet import Rollout
from wetrun.simulate.models.inputs import ImpossibleSettingError, Kind, Quantity, UnknownInputError
from wetrun.simulate.models.laws import Constant, Lognormal
from wetrun.simulate.questions.asking import QuestionError
from wetrun.simulate.questions.fleet_inputs import fleet_inputs, stated_amount, with_settings


def fleet() -> Fleet:
    found = plan_of().fleet
    assert found is not None
    return found


def rollout_of(what_if: tuple[str, ...], *changes: tuple[str, str]) -> tuple[Rollout, Rollout]:
    """The rollout that is asked for, and that of the plan whose text says so."""
    asked, written = simulated(plan_of(), *what_if).rollout, simulated(edited(*changes)).rollout
    assert asked is not None
    assert written is not None
    return asked, written


@pytest.mark.parametrize(
    ("what_if", "changes"),
    [
        (("fleet.common_cause=1/12",), (("common_cause: 5%", "common_cause: 1/12"),)),
        (("fleet.host_failure=0.2%",), ((" host_failure: 1%", " host_failure: 0.2%"),)),
        (("fleet.bad_host_failure=0.9",), (("bad_host_failure: 30%", "bad_host_failure: 0.9"),)),
        (("fleet.hosts=75",), (("hosts: 60", "hosts: 75"),)),
        (("fleet.waves.1.hosts=7",), (("hosts: 2,", "hosts: 7,"),)),
        (("fleet.waves.1.share=10%",), (("hosts: 2,", "share: 10%,"),)),
        (("fleet.waves.2.share=50%",), (("share: 20%", "share: 50%"),)),
        (("fleet.waves.2.hosts=5",), (("share: 20%", "hosts: 5"),)),
        (("fleet.waves.1.at_once=1",), (("hosts: 2,", "hosts: 2, at_once: 1,"),)),
        (("fleet.waves.3.at_once=40",), (("at_once: 11", "at_once: 40"),)),
        (("fleet.waves.1.bake=1-3m",), (("bake: 5m", "bake: 1-3m"),)),
        (("fleet.waves.3.bake=90s",), (("at_once: 11", "at_once: 11, bake: 90s"),)),
        (("fleet.stop.failures=1",), (("failures: 2", "failures: 1"),)),
        (("fleet.stop.share=5%",), (("failures: 2", "share: 5%"),)),
        (("fleet.users_per_host=2.5",), (("users_per_host: 40", "users_per_host: 2.5"),)),
        (("fleet.takes=2-4m",), (("policy: batches", "policy: batches\n      takes: 2-4m"),)),
        (("rollback.takes=10m",), (("takes: 2m", "takes: 10m"),)),
        (
            ("fleet.hosts=200", "fleet.waves.1.hosts=9", "fleet.waves.2.share=30%", "fleet.common_cause=0.2"),
            (("hosts: 60", "hosts: 200"), ("hosts: 2,", "hosts: 9,"), ("share: 20%", "share: 30%"), ("5%", "20%")),
        ),
    ],
)
def test_a_what_if_is_the_edited_plan(what_if: tuple[str, ...], changes: tuple[tuple[str, str], ...]) -> None:
    """Every figure and every interval: nobody may get another answer by asking than by writing it down."""
    asked, written = rollout_of(what_if, *changes)
    assert asked.forecast == written.forecast
    assert asked.known == written.known
    assert asked.inputs == written.inputs
    assert asked.uncertainty == written.uncertainty


def test_every_number_of_a_fleet_can_be_set() -> None:
    """A number that a plan can state and nobody can ask about is a hole: the names are those of the plan's keys."""
    waves = (f"fleet.waves.{number}" for number in (1, 2, 3))
    assert set(fleet_inputs(fleet())) == {
        *(f"fleet.{key}" for key in ("common_cause", "host_failure", "bad_host_failure", "hosts", "users_per_host")),
        *("fleet.takes", "fleet.stop.failures", "fleet.stop.share"),
        *(f"{wave}.{key}" for wave in waves for key in ("at_once", "bake")),
        *(f"fleet.waves.{number}.{key}" for number in (1, 2) for key in ("hosts", "share")),
    }


def test_what_is_stated_is_what_setting_it_changes() -> None:
    """A goal starts from what a plan says: setting a number to that changes nothing."""
    found = {name: stated_amount(fleet(), name) for name in fleet_inputs(fleet())}
    stated = {name: value for name, value in found.items() if value is not None}
    assert stated == {
        "fleet.common_cause": 0.05,
        "fleet.host_failure": 0.01,
        "fleet.bad_host_failure": 0.3,
        "fleet.hosts": 60,
        "fleet.users_per_host": 40,
        "fleet.stop.failures": 2,
        "fleet.waves.1.hosts": 2,
        "fleet.waves.2.share": 0.2,
        "fleet.waves.2.at_once": 5,
        "fleet.waves.3.at_once": 11,
    }
    assert with_settings(fleet(), {name: Fraction(value) for name, value in stated.items()}) == fleet()


def test_the_time_of_a_host_and_of_putting_right_reach_a_fleet_whose_plan_never_rolls_back() -> None:
    """Without a scenario no state of the graph holds the rollback: what was asked of it was passed over."""
    quiet = FLEET_PLAN[: FLEET_PLAN.index("scenarios:")] + FLEET_PLAN[FLEET_PLAN.index("rollback:") :]
    asked = simulated(plan_of(quiet), "rollback.takes=10m").rollout
    written = simulated(edited(("takes: 2m", "takes: 10m"), text=quiet)).rollout
    assert asked is not None
    assert written is not None
    assert asked.forecast == written.forecast


def test_a_name_that_is_none_is_answered_with_those_that_are_near() -> None:
    """The key that people expect (`….probability`, as scenarios have) is not in the plan: say which is."""
    with pytest.raises(UnknownInputError) as caught:
        simulated(plan_of(), "fleet.common_cause.probability=2%")
    assert "did you mean `fleet.common_cause`?" in str(caught.value.hint)
    with pytest.raises(UnknownInputError) as caught:
        simulated(plan_of(), "fleet.waves.1.soak=2m")
    assert "`fleet.waves.1" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("what_if", "message"),
    [
        ("fleet.hosts=2", "wave 2: this wave takes 1 after 2 of 2 hosts"),
        ("fleet.bad_host_failure=0.1%", "`bad_host_failure` would be below `host_failure`"),
        ("fleet.host_failure=50%", "`bad_host_failure` would be below `host_failure`"),
        ("fleet.waves.1.hosts=60", "wave 2: this wave takes 12 after 60 of 60 hosts"),
        ("fleet.waves.1.at_once=0", "it is a number of hosts"),
        ("fleet.hosts=200000", "it is a number of hosts"),
        ("fleet.stop.share=0", "0 is no part at all"),
        ("fleet.users_per_host=1e99", "it is a number of users"),
    ],
)
def test_what_a_plan_cannot_say_cannot_be_asked(what_if: str, message: str) -> None:
    """An answer for a fleet that cannot be written down would be an answer to nothing."""
    with pytest.raises(ImpossibleSettingError) as caught:
        simulated(plan_of(), what_if)
    assert message in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("what_if", ["fleet.hosts=2.5", "fleet.hosts=10%", "fleet.common_cause=2", "fleet.takes=fast"])
def test_what_is_no_such_number_is_refused(what_if: str) -> None:
    """Half a host is a slip of the pen."""
    with pytest.raises(QuestionError):
        simulated(plan_of(), what_if)


def test_two_ways_to_say_one_thing_cannot_both_be_set() -> None:
    """Which of the two would hold?"""
    for one, other in (
        ("fleet.stop.share=5%", "fleet.stop.failures=1"),
        ("fleet.waves.1.hosts=3", "fleet.waves.1.share=5%"),
    ):
        with pytest.raises(ImpossibleSettingError, match="set, too"):
            simulated(plan_of(), one, other)


def test_the_python_api_gets_the_same_errors() -> None:
    """Settings that no text could spell come from programs."""
    with pytest.raises(ImpossibleSettingError, match="it is a time"):
        with_settings(fleet(), {"fleet.takes": Fraction(3)})
    with pytest.raises(ImpossibleSettingError, match="it is a probability"):
        with_settings(fleet(), {"fleet.common_cause": Constant(3.0)})
    with pytest.raises(ImpossibleSettingError, match="cannot state that"):
        with_settings(fleet(), {"fleet.waves.1.bake": Lognormal(3.0, 0.5)})
    with pytest.raises(ImpossibleSettingError, match="not a probability"):
        with_settings(fleet(), {"fleet.common_cause": Fraction(3)})
    assert with_settings(fleet(), {}) == fleet()


def test_places_that_a_wave_had_no_hosts_for_count_when_it_grows() -> None:
    """A plan's `at_once: 11` was cut to the wave's size as it was read, and stayed so when hosts were added."""
    asked, written = rollout_of(("fleet.hosts=15",), ("hosts: 60", "hosts: 15"))
    grown = simulated(edited(("hosts: 60", "hosts: 15")), "fleet.hosts=60").rollout
    assert asked.forecast == written.forecast
    assert grown is not None
    assert grown.forecast == simulated_rollout().forecast


def simulated_rollout() -> Rollout:
    found = simulated(plan_of()).rollout
    assert found is not None
    return found


def test_only_numbers_of_the_plan_are_inputs_of_it() -> None:
    """A last wave of the rest has no size of its own."""
    one_wave = replace(fleet(), waves=fleet().waves[-1:])
    found = fleet_inputs(one_wave)
    assert "fleet.waves.1.hosts" not in found
    assert found["fleet.hosts"] == Quantity("fleet.hosts", Kind.COUNT)
