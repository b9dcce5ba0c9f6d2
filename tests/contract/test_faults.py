"""The contract of faults, held by every kind that is registered, in a real sandbox with real services."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import fault_cases
from fault_cases import CASES, Case, baseline_of, exercise, fresh_world, lay_plan, spec_of, state_of
from ordinary_user import OrdinaryUser, remove_tree
from wetrun.faults import registry
from wetrun.sandbox import Baseline, SandboxSpec


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Baseline, SandboxSpec]]:
    folder = tmp_path_factory.mktemp("faults")
    spec = spec_of(lay_plan(folder / "plan"))
    yield asyncio.run(baseline_of(spec, folder / "cache")), spec
    remove_tree(folder)


def test_every_kind_has_a_case() -> None:
    """A fault that nobody held to the contract may strike without effect, or never go away."""
    assert {case.kind for case in CASES} == set(registry.kinds())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_fault_is_felt_while_it_lasts_and_only_then(case: Case, double: tuple[Baseline, SandboxSpec]) -> None:
    """Not there, injected, measured, felt by its victim, cleared, measured, felt no more, and nothing is left of it."""
    asyncio.run(exercise(case, *double))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_clearing_what_never_struck_changes_nothing(case: Case, double: tuple[Baseline, SandboxSpec]) -> None:
    """An injection may fail at its first command; the clearing that follows must not break what was whole."""

    async def run() -> None:
        async with fresh_world(*double) as world:
            fault = case.build()
            await fault.prepare(world)
            await world.start()
            before = await state_of(world)
            await fault.clear(world)
            assert not (await fault.gone(world)).present
            assert await state_of(world) == before
            assert not await case.harmed(world)

    asyncio.run(run())


def test_an_ordinary_user_gets_the_same_faults(ordinary_user: OrdinaryUser) -> None:
    """Rehearsals need no root: every fault must take effect for a user without any privilege."""
    program = ordinary_user.folder / "fault_cases.py"
    shutil.copy(Path(fault_cases.__file__), program)
    ran = ordinary_user.run(ordinary_user.python, program, ordinary_user.folder, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert [line.split(":")[0] for line in ran.stdout.splitlines()] == [case.title for case in CASES]
