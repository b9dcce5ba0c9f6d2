"""Where the scenarios of a runbook strike: what they say, show and name, and what they only seem to say."""

import pytest

from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.drafts.mentions import commands_in, keys_of, stems, verbs_of
from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.formats.writing.tree import Branch, Leaf

HAPPY = """\
# Release
## Phase 1: Prepare
```bash
git fetch origin
```
## Phase 2: Migrate
```bash
npx prisma migrate deploy
```
## Phase 3: Build
```bash
npm ci
npm run build
```
## Phase 4: Restart & Warm-up
```bash
sudo systemctl restart shop
```
## Phase 5: Verify
```bash
curl -sf https://shop.test/health
```
## Failures
### Scenario 1: """


def _read(scenario: str) -> Runbook:
    return read_runbook(HAPPY + scenario, "R.md", catalogue())


def _strikes(scenario: str) -> tuple[str, str | None, int]:
    """Where the only scenario strikes, why that is a guess, and how many lines below its heading that is known."""
    (found,) = _read(scenario).plan.scenarios
    scenarios = _read(scenario).draft.entries["scenarios"]
    assert isinstance(scenarios, Branch)
    (branch,) = scenarios.entries.values()
    assert isinstance(branch, Branch)
    leaf = branch.entries["from"]
    assert isinstance(leaf, Leaf)
    assert leaf.value == found.strikes
    return found.strikes, leaf.guess, leaf.place.line - HAPPY.count("\n") - 1


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("It fills up during phase 3, and nobody sees it.", "Build"),
        ("It fills up in step 2.1.", "Migrate"),
        ("It fills up before the restart & warm-up.", "Restart & Warm-up"),
        ("It fills up while the Build phase runs.", "Build"),
        ("It fills up in the Verify phase.", "Verify"),
        ("It fills up after phase 2.", "Build"),
        ("It fills up after phase 5.", "Verify"),
        ("- When: phase 4", "Restart & Warm-up"),
        ("- Trigger: the migrate step", "Migrate"),
    ],
)
def test_a_place_that_is_stated_is_no_guess(said: str, where: str) -> None:
    """The author has said it; to mark it as a guess would make a person check what needs no check."""
    assert _strikes(f"Disk full (1% probability)\n{said}\n") == (where, None, 1)


@pytest.mark.parametrize(
    "said",
    [
        "Detection: immediate (during phase 5 verification)",
        "It is noticed during phase 4.",
        "We roll back in phase 2.",
        "It happens in production.",
        "It is seen during phase 9.",
    ],
)
def test_what_says_something_else_is_no_place(said: str) -> None:
    """A place of noticing that is taken for the place of striking rehearses another failure."""
    assert _strikes(f"Disk full (1% probability)\n{said}\n")[1] is not None


def test_a_rollback_does_not_hide_the_place() -> None:
    """Most scenarios that are worth rehearsing have a rollback; its own `Phase 1` is not the deployment's."""
    rollback = "#### Rollback\n```bash\n# Phase 1: back\ngit checkout - # in phase 1\n```\n"
    assert _strikes(f"Disk full (1% probability)\nDuring phase 3.\n{rollback}")[0] == "Build"


def test_the_step_whose_command_is_shown() -> None:
    """Nothing says better where something breaks than the command that is shown to break."""
    shown = "#### Expected behaviour\n```bash\nnpm ci\n# Error: no answer\n```\n"
    runbook = _read(f"Packages (1% probability)\n{shown}")
    (scenario,) = runbook.plan.scenarios
    assert _strikes(f"Packages (1% probability)\n{shown}")[:2] == (
        "Build/npm-ci",
        "before the step that runs what the scenario shows",
    )
    assert scenario.expect.detected_by == "npm-ci"
    assert (scenario.fault.kind, scenario.fault.parameters) == (
        "command-fails",
        {"command": "npm", "matching": "ci", "exit": 1, "stderr": "Error: no answer"},
    )


def test_the_step_that_runs_nearly_what_is_shown() -> None:
    """`curl … | jq` shows the step that has only `curl …`; what notices is then named, and is a guess."""
    shown = "#### Expected failure\n```bash\ncurl -s https://shop.test/health | jq .status\n# 500\n```\n"
    (scenario,) = _read(
        f"Disk full (1% probability)\n{shown}#### Rollback\n```bash\ngit checkout -\n```\n"
    ).plan.scenarios
    assert scenario.strikes == "Verify/curl-sf-https"
    assert scenario.expect.detected_by == "curl-sf-https"


@pytest.mark.parametrize(
    ("scenario", "where", "why"),
    [
        ("Disk full (1%)\nThen `npm run build` stops.", "Build/npm-run-build", "whose command the scenario names"),
        ("Disk full while migrating (1%)", "Migrate", "shares a word"),
        ("Disk full (1%)\nSeen post-deployment.", "Verify", "after the deployment"),
        ("Disk full (1%)\nIt is so before the deployment.", "Prepare", "before the deployment"),
        ("Database down (1%)\nIt is unreachable.", "Migrate/npx-prisma-migrate", "needs the database"),
        ("The process crashes (1%)", "Verify/curl-sf-https", "after the service is started"),
        ("Memory leak (1%)", "Verify", "after the deployment"),
        ("Disk full (1%)", "Prepare", "nothing says"),
        ("A bug during phase 3 (1%)", "Prepare", "before it is fetched"),
    ],
)
def test_what_is_only_guessed(scenario: str, where: str, why: str) -> None:
    """Each guess says why, so that a person can judge it without reading the runbook again."""
    strikes, guess, _ = _strikes(scenario.replace("(1%)", "(1% probability)") + "\n")
    assert strikes == where
    assert guess is not None
    assert why in guess


def test_a_label_above_what_is_shown_counts_for_all_scenarios() -> None:
    """`# Phase 2.1: …` above a command says where it belongs; 1, 2, 3 in one scenario are its own steps."""
    shown = "#### Expected failure\n```bash\n{}node check.js\n# Error\n```\n"
    labelled = f"Disk full (1% probability)\n{shown.format('# Phase 2.1: look' + chr(10))}"
    assert _strikes(labelled)[0] == "Migrate"
    both = f"{labelled}### Scenario 2: No space (1% probability)\n{shown.format('')}"
    assert [one.strikes for one in _read(both).plan.scenarios] == ["Migrate", "Migrate"]
    own = shown.format("# Phase 1: look\nls\n# Phase 2: look again\n")
    assert "nothing says" in (_strikes(f"Disk full (1% probability)\n{own}")[1] or "")


def test_a_bad_release_is_kept_where_only_a_check_is_named() -> None:
    """A stand-in for a check would test the stand-in."""
    (scenario,) = _read("It misbehaves (1% probability)\nhttps://shop.test/health says so.\n").plan.scenarios
    assert scenario.fault.kind == "bad-release"


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("sudo systemctl restart shop", ["systemctl restart shop", "systemctl restart"]),
        ("A=1 npm run build -- --x", ["npm run build"]),
        ("cd /srv && ./bin/Preflight.sh --all", ["preflight.sh"]),
        ("curl -s 'https://a.test/x' | jq .", ["https://a.test/x"]),
        ("make", []),
        ("", []),
    ],
)
def test_by_what_a_command_is_known(command: str, keys: list[str]) -> None:
    """Too few keys find no step; too many find the wrong one."""
    assert list(keys_of(command)) == keys


def test_words() -> None:
    """`migration` and `migrate` are one word, `config` and `confirm` two; what every runbook says is none."""
    assert set(stems("Migrations migrating")) == set(stems("migrate"))
    assert not set(stems("confirm")) & set(stems("config"))
    assert list(stems("The deployment fails with an error")) == []
    assert list(verbs_of("pm2 restart shop")) == ["restart"]
    assert "npm run build" in list(commands_in("Then (`npm run build`) stops."))
