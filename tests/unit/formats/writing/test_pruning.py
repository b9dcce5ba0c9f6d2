"""One odd value costs itself and what cannot be without it, and nothing else."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from wetrun.errors import Place, PlanError
from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.reading import read_runbook
from wetrun.formats.writing.pruning import pruned_plan
from wetrun.formats.writing.reading import plan_of
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing, drafted
from wetrun.formats.writing.yaml_plan import to_yaml
from wetrun.formats.yaml_plan import read_plan
from wetrun.units import Seconds

CORPUS = Path(__file__).parents[3] / "runbooks/corpus"
PLACE = Place("a.md", 3, 1)
ENDS = {"from": "p", "expect": {"outcome": "escaped"}}


def leaves_of(draft: Draft, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to all single values."""
    match draft:
        case Leaf():
            yield path
        case Branch(entries=entries):
            for key, value in entries.items():
                yield from leaves_of(value, (*path, key))
        case Listing(items=items):
            for index, value in enumerate(items):
                yield from leaves_of(value, (*path, index))


def leaf_at(draft: Draft, path: tuple[str | int, ...]) -> Leaf:
    """The value at the end of a way."""
    for part in path:
        match draft, part:
            case Branch(entries=entries), str():
                draft = entries[part]
            case Listing(items=items), int():
                draft = items[part]
            case _:
                raise KeyError(path)
    assert isinstance(draft, Leaf)
    return draft


def draft_of(**entries: Any) -> Branch:
    """A plan with a phase of two steps, and whatever else."""
    steps = [{"name": "make", "run": "make"}, {"name": "look", "run": "true"}]
    made = drafted({"name": "a", "phases": [{"name": "p", "steps": steps}], **entries}, PLACE)
    assert isinstance(made, Branch)
    return made


def test_what_is_no_plan_is_left_out_and_the_rest_is_read() -> None:
    """The duration of one step goes, and its neighbours stay."""
    steps = [{"name": "make", "run": "make", "limit": "a while"}, {"name": "look", "run": "true", "limit": "5s"}]
    draft = draft_of(phases=[{"name": "p", "steps": steps}])
    plan, refused = pruned_plan(draft, catalogue())
    assert [(each.problem.path, each.problem.place) for each in refused] == [("phases/0/steps/0/limit", PLACE)]
    (_, make), (_, look) = plan.steps()
    assert (make.name, look.name, look.limit) == ("make", "look", Seconds(5.0))
    assert make.limit != look.limit
    assert plan_of(draft, catalogue()) == plan


def test_a_plan_is_left_as_it_is() -> None:
    """Nothing is taken out of what can be read."""
    plan, refused = pruned_plan(draft_of(), catalogue())
    assert refused == ()
    assert plan == plan_of(draft_of(), catalogue())


def test_several_items_of_a_list_go_at_once() -> None:
    """The numbers of those behind them change when one is taken out."""
    steps = [{"name": name, "run": "" if name in "ac" else "true"} for name in "abcd"]
    draft = draft_of(phases=[{"name": "p", "steps": steps}])
    plan, _ = pruned_plan(draft, catalogue())
    assert [step.name for _, step in plan.steps()] == ["b", "d"]


def test_a_part_that_lacks_what_was_taken_out_is_no_problem_of_its_own() -> None:
    """`A step needs a command` says nothing that its author could mend: the command is what is told of."""
    steps = [{"name": "a", "run": ""}, {"name": "b", "run": "true", "limit": "a while"}, {"name": "c", "run": ""}]
    draft = draft_of(phases=[{"name": "p", "steps": steps}])
    _, refused = pruned_plan(draft, catalogue())
    paths = [each.problem.path for each in refused]
    assert paths == ["phases/0/steps/0", "phases/0/steps/1/limit", "phases/0/steps/2"]
    assert "command" in refused[0].problem.message


def test_what_refers_to_it_goes_with_it() -> None:
    """A mitigation without its procedure is none; the step stays, and both are told."""
    steps = [{"name": "make", "run": "make", "on_failure": {"mitigate": "again"}}]
    draft = draft_of(phases=[{"name": "p", "steps": steps}], procedures={"again": {"steps": [{"run": ""}]}})
    plan, refused = pruned_plan(draft, catalogue())
    assert [step.name for _, step in plan.steps()] == ["make"]
    assert not plan.procedures
    assert any("again" in each.problem.message for each in refused)


def test_names_with_slashes_are_found() -> None:
    """A name may look like a key path."""
    odd, sound = ({"fault": {"network-delay": {"port": 443, "delay": delay}}, **ENDS} for delay in ("a while", "1s"))
    draft = draft_of(scenarios={"a": odd, "a/b": odd, "a/fault": sound, "": sound})
    plan, refused = pruned_plan(draft, catalogue())
    assert {each.problem.path for each in refused} >= {"scenarios/a", "scenarios/a/b"}, refused
    assert [scenario.name for scenario in plan.scenarios] == ["a/fault"]


@pytest.mark.parametrize("steps", [[{"name": "a", "run": ""}], []])
def test_where_nothing_is_left_all_problems_are_told(steps: list[dict[str, str]]) -> None:
    """The first problem is the one to mend; `no phases` alone would be a riddle."""
    draft = draft_of(phases=[{"name": "p", "steps": steps}])
    with pytest.raises(PlanError) as raised:
        pruned_plan(draft, catalogue())
    assert raised.value.problems[0].path.startswith("phases/0/steps")


def test_nothing_empty_is_left_where_everything_was_taken_out() -> None:
    """The draft is written down afterwards, and `scenarios: {}` says nothing."""
    odd: dict[str, Any] = {"fault": {"no-such-fault": {}}, **ENDS}
    draft = draft_of(scenarios={"a": odd, "b": odd})
    plan, refused = pruned_plan(draft, catalogue())
    assert not plan.scenarios
    assert "scenarios" not in draft.entries
    assert len(refused) == 2
    assert read_plan(to_yaml(draft, (), ()), file="b.yaml", fault_kinds=catalogue()).name == plan.name


def test_a_name_that_is_none_becomes_that_of_its_line() -> None:
    """A phase without a name is no phase; its steps must not go with it."""
    draft = draft_of(phases=[{"name": " ", "steps": [{"name": "make", "run": "make"}]}])
    plan, refused = pruned_plan(draft, catalogue())
    assert [phase.name for phase in plan.phases] == ["line-3"]
    assert [step.name for _, step in plan.steps()] == ["make"]
    assert [(each.problem.path, each.renamed) for each in refused] == [("phases/0/name", "line-3")]


@pytest.mark.parametrize("runbook", ["39-scenario-with-mitigation", "41-recovery-ladder", "53-scenarios-with-labels"])
def test_whatever_is_refused_the_other_commands_stay(runbook: str) -> None:
    """Each value of a runbook's draft by turns becomes one that no plan holds; what is left is written and read."""
    more = "\n## Deploy the pages\n\n```bash\nmake pages\n```\n"
    read = read_runbook((CORPUS / f"{runbook}.md").read_text() + more, f"{runbook}.md", catalogue())
    for path in list(leaves_of(read.draft)):
        draft = deepcopy(read.draft)
        leaf_at(draft, path).value = ""
        plan, refused = pruned_plan(draft, catalogue())
        assert len(list(plan.steps())) >= len(list(read.plan.steps())) - (path[-1] == "run"), (path, refused)
        again = read_plan(to_yaml(draft, (), ()), file="b.yaml", fault_kinds=catalogue())
        assert [step.action for _, step in again.steps()] == [step.action for _, step in plan.steps()], path


def test_names_that_replace_others_differ() -> None:
    """Two phases of one name would cost the second one."""
    phases = [{"name": name, "steps": [{"run": run}]} for name, run in ((" ", "a"), ("line-3", "b"), ("", "c"))]
    plan, _ = pruned_plan(draft_of(phases=phases), catalogue())
    assert [phase.name for phase in plan.phases] == ["line-3-2", "line-3", "line-3-3"]


def test_only_names_are_replaced() -> None:
    """A probe that is called `name` must not become a command, nor a key of what is expected another value."""
    draft = draft_of(state={"name": "", "b": "true"})
    plan, _ = pruned_plan(draft, catalogue())
    assert [probe.name for probe in plan.state] == ["b"]


def test_what_is_expected_goes_as_a_whole() -> None:
    """A list without its second item is another list, which nobody expects."""
    expected = {"json": {"subset": {"name": float("inf"), "ids": [1, float("inf"), 3]}}}
    steps = [{"name": "look", "run": "true", "expect": expected}]
    plan, refused = pruned_plan(draft_of(phases=[{"name": "p", "steps": steps}]), catalogue())
    ((_, look),) = plan.steps()
    assert [each.subject.value for each in look.expect] == ["exit"]
    assert {each.problem.path for each in refused} == {"phases/0/steps/0/expect"}


def test_what_is_empty_without_it_is_told() -> None:
    """That a plan has no rollback any more is what its author must read."""
    plan, refused = pruned_plan(draft_of(rollback={"steps": [{"run": ""}]}), catalogue())
    assert plan.rollback is None
    assert [each.problem.path for each in refused] == ["rollback"]


def test_any_number_of_parts_may_be_refused() -> None:
    """Parts of one line have problems of the same words at the same place."""
    steps = [{"name": f"s{number}", "run": "true", "limit": "a while"} for number in range(200)]
    plan, refused = pruned_plan(draft_of(phases=[{"name": "p", "steps": steps}]), catalogue())
    assert len(list(plan.steps())) == len(refused) == 200
