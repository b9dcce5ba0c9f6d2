"""The quickstart's plans, as texts: what they mention exists, and they promise what the README says."""

from pathlib import Path

import pytest

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
PLANS = ("wetrun.yaml", "flawed.yaml")


def plan(name: str) -> Plan:
    """Read one of the plans."""
    return read_plan((QUICKSTART / name).read_text(), file=name, fault_kinds=None)


@pytest.mark.parametrize("name", PLANS)
def test_plan_mentions_only_files_that_are_there(name: str) -> None:
    """A script or patch that is missing would show in the middle of somebody's first rehearsal."""
    read = plan(name)
    patches = [scenario.fault.parameters.get("patch") for scenario in read.scenarios]
    for path in (read.double.setup, read.double.start, *read.double.files, *filter(None, patches)):
        assert (QUICKSTART / str(path)).exists(), path


def test_plan_is_as_large_as_the_readme_says() -> None:
    """The README counts; numbers in texts grow stale unless something holds them."""
    read = plan("wetrun.yaml")
    said = f"{len(read.phases)} phases, {len(list(read.steps()))} steps, {len(read.scenarios)} ways"
    assert said in (QUICKSTART / "README.md").read_text()


def test_plan_meets_most_kinds_of_faults() -> None:
    """The demo is to show real faults of many kinds, not one of them many times."""
    assert len({scenario.fault.kind for scenario in plan("wetrun.yaml").scenarios}) >= 15


def test_both_plans_deploy_the_same_system() -> None:
    """The flawed plan is a plan for the same deployment; what differs is what its author thought of."""
    good, flawed = plan("wetrun.yaml"), plan("flawed.yaml")
    assert [phase.name for phase in good.phases] == [phase.name for phase in flawed.phases]
    assert good.double.setup == flawed.double.setup
    assert good.double.start == flawed.double.start
    assert {name: target.ssh for name, target in good.targets.items()} == {
        name: target.ssh for name, target in flawed.targets.items()
    }
