"""Steps in sentences and tables, and what of a runbook only a person can do: none of it may be lost."""

import pytest

from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.plan.expectations import Regex, Subject
from wetrun.plan.steps import Run

FIRST = "# Deploy\n\n## Phase 1: Build\n\n```bash\nmake build\n```\n\n"


def _read(rest: str) -> Runbook:
    return read_runbook(FIRST + rest, "a.md")


def _commands(found: Runbook) -> list[str]:
    return [step.action.command for _, step in found.plan.steps() if isinstance(step.action, Run)][1:]


def _by_hand(found: Runbook) -> list[str]:
    return [each.text for each in found.facts.unverified if each.by_hand]


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] Run `systemctl restart shop`",
        "1. Run `systemctl restart shop`.",
        "* Restart the shop with `systemctl restart shop`",
        "Run `systemctl restart shop`:",
        "Then execute `systemctl restart shop`.",
        "| Step | Command |\n|---|---|\n| 1 | `systemctl restart shop` |",
        "| Command | Expected |\n|---|---|\n| systemctl restart shop | - |",
        "<pre><code>systemctl restart shop</code></pre>",
        '<pre>\n<code class="language-sh">\nsystemctl <b>restart</b> shop\n</code></pre>',
    ],
)
def test_a_step_outside_a_block_is_a_step(text: str) -> None:
    """Its phase was left out without a word, and a rehearsal of the rest said GO."""
    found = _read(f"## Phase 2: Restart\n\n{text}\n")
    assert _commands(found) == ["systemctl restart shop"]
    assert [phase.name for phase in found.plan.phases] == ["Build", "Restart"]
    assert not _by_hand(found)
    assert not found.facts.checklist


@pytest.mark.parametrize(
    "text",
    [
        "- Run `systemctl restart shop` if the port changed.",
        "- Run `systemctl stop shop` or `systemctl restart shop`",
        "- Restart `shop`",
        "- Run the migrations",
        "1. Log in to the registrar and change the A record.",
        "Run `systemctl restart shop` only when it hangs.",
        "Ask Bob.",
        "| Step | Command |\n|---|---|\n| 1 | Change the record by hand |",
    ],
)
def test_what_is_no_certain_command_is_told(text: str) -> None:
    """A condition dropped, or a step dropped: both are another deployment."""
    found = _read(f"## Phase 2: Restart\n\n{text}\n")
    assert not _commands(found)
    assert len(_by_hand(found)) == 1


@pytest.mark.parametrize("heading", ["## Phase 2: DNS", "## Rollback", "## Recovery", "## 3. Switch"])
def test_a_section_that_is_followed_and_has_no_command_is_told(heading: str) -> None:
    """Nothing of it is rehearsed, and nothing said so."""
    assert len(_by_hand(_read(f"{heading}\n\nThe network team does this.\n"))) == 1
    assert not _by_hand(_read(f"{heading}\n\n```bash\nmake it\n```\n"))
    assert not _by_hand(_read(f"{heading}\n\nIn short:\n\n### More\n\n```bash\nmake it\n```\n"))


def test_conditions_in_prose_are_unverified() -> None:
    """A person looks at them during a deployment; a rehearsal never did."""
    found = _read(
        "Make sure the backup is at least 2 GB.\n\n- Verify that the page shows prices\n\nAll is well then.\n"
    )
    assert [(each.text, each.by_hand) for each in found.facts.unverified] == [
        ("Make sure the backup is at least 2 GB.", False),
        ("Verify that the page shows prices", False),
    ]


def test_what_should_be_printed_is_expected_of_the_command_before() -> None:
    """It stands below the block as often as in it."""
    found = _read("It should print `ok`.\n")
    ((_, step),) = found.plan.steps()
    (expected,) = (each for each in step.expect if each.subject is Subject.OUTPUT)
    assert isinstance(expected.matcher, Regex)
    assert not found.facts.unverified


def test_what_a_table_expects_is_expected() -> None:
    """The column is there to be looked at."""
    found = _read("## Phase 2: Check\n\n| # | Command | Expected |\n|---|---|---|\n| 1 | `make check` | `ready` |\n")
    (_, (_, step)) = found.plan.steps()
    assert Subject.OUTPUT in {each.subject for each in step.expect}


def test_a_cell_of_blanks_is_no_command() -> None:
    """Backquotes that lost what stood between them: nothing can be run, and the rest of the table still can."""
    head = "## Phase 2: Check\n\n| # | Command | Expected |\n|---|---|---|\n"
    found = _read(f"{head}| 1 | `make a` ` ` | `ready` |\n| 2 | ` ` look at it | |\n")
    assert _commands(found) == ["make a"]
    assert len(_by_hand(found)) == 1
    (_, (_, step)) = _read(f"{head}| 1 | `make c` | ` ` |\n").plan.steps()
    assert Subject.OUTPUT not in {each.subject for each in step.expect}


def test_what_a_block_of_the_section_runs_is_not_run_twice() -> None:
    """A sentence or a table may speak of the command that stands beside it."""
    for text in ("- Run `make build`", "Run `make build`:", "| # | Command |\n|---|---|\n| 1 | `make build` |"):
        assert not _commands(_read(text))
        assert not _by_hand(_read(text))


@pytest.mark.parametrize(
    "text",
    [
        "Restarting takes a second. The copy should be reachable all the time.",
        "- Configuration lives in `/etc/a.conf`.",
        "1. Restart it:\n\n   ```bash\n   make restart\n   ```",
        "## Prerequisites\n\n- Install Docker.",
        "## 2. Overview\n\nIt runs on one machine.",
        "## Results\n\n- Rollback success rate: 99%",
        "## Appendix\n\n- Run `make help`",
    ],
)
def test_explanations_are_no_instructions(text: str) -> None:
    """Alarms about ordinary sentences would teach people to read none of them."""
    assert not _by_hand(_read(text))


def test_a_bold_step_with_a_number_is_a_phase() -> None:
    """Many wikis have no headings below the first."""
    found = read_runbook("# D\n\n**Step 2 – Migrate (takes 2-3 min):**\n\n```bash\nmake migrate\n```\n", "a.md")
    (phase,) = found.plan.phases
    assert phase.name.startswith("Migrate")
    assert phase.expected is not None


def test_each_sentence_of_a_line_may_state_a_number() -> None:
    """The second was lost, and with it the claim that it makes."""
    found = _read("Total time: 30 minutes. Success rate: 98%.\n")
    assert [fact.text for fact in found.facts.numbers] == ["30 minutes", "98%"]


def test_a_checklist_is_no_phase_that_nobody_does() -> None:
    """Its items are the plan's readiness; a warning for the whole section would say that they are lost."""
    found = _read("## 0. Before\n\n- [x] Flags are off\n- [ ] The backup is there\n")
    assert not _by_hand(found)
    assert [item.text for item in found.facts.checklist] == ["Flags are off", "The backup is there"]


@pytest.mark.parametrize(
    "text",
    [
        "Expected: `done`",
        "**Expected output:** `done`",
        "\u2705 Expected result: `done`",
        "\u2192 should print `done`",
        "- Expected: `done`",
        "Output: done",
    ],
)
@pytest.mark.parametrize("after", ["", "\n```bash\nmake clean\n```\n"])
def test_what_a_paragraph_expects_is_expected_of_the_command_before(text: str, after: str) -> None:
    """Before another block it was lost without a word, as if it led to that block."""
    found = _read(f"{text}\n{after}")
    (step, *others) = (step for _, step in found.plan.steps())
    assert [each.subject for each in step.expect if each.subject is not Subject.EXIT] == [Subject.OUTPUT]
    assert not any(each.subject is Subject.OUTPUT for other in others for each in other.expect)
    assert not found.facts.remaining


@pytest.mark.parametrize("text", ["Expected time: 5 minutes", "Expected downtime: none", "Expectations differ here."])
def test_what_else_is_expected_is_no_output(text: str) -> None:
    """A duration is a claim, and never printed."""
    ((_, step),) = _read(f"{text}\n").plan.steps()
    assert [each.subject for each in step.expect] == [Subject.EXIT]


@pytest.mark.parametrize("lead", ["Expected:", "**Verification:**", "Success indicators:", "Watch for:"])
def test_a_list_of_what_is_expected_is_unverified(lead: str) -> None:
    """Each of them is a check that somebody wanted; they were told as lines of which nothing is used."""
    found = _read(f"{lead}\n\n- the shop is `online`\n- no 5xx in the log\n- Run `make smoke`\n\nThat is all.\n\n- a\n")
    assert [each.text for each in found.facts.unverified] == ["the shop is online", "no 5xx in the log"]
    assert _commands(found) == ["make smoke"]


@pytest.mark.parametrize(
    "text",
    [
        "- Copy the contents of `/srv/data/summary.txt` to the safe.",
        "- Delete something from `/var/lib/notes` first.",
        "- Open `/srv/notes/.env`",
    ],
)
def test_a_file_that_a_sentence_names_is_no_command(text: str) -> None:
    """It was a step that runs the file."""
    assert not _commands(_read(text + "\n"))


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("- Re-run `make smoke`", ["make smoke"]),
        ("- Install what it needs:\n  - `npm ci`\n  - `npm run build`.", ["npm ci", "npm run build"]),
        ("1. `curl -fsS https://shop.test/health` \u2192 `ok`", ["curl -fsS https://shop.test/health"]),
        ("- `npm run build`: builds it", []),
        ("- `docker ps` shows what runs", []),
        ("- `shop`", []),
        ("- Run `/srv/notes/deploy.sh`", ["/srv/notes/deploy.sh"]),
    ],
)
def test_an_item_that_is_nothing_but_a_command_is_a_step(text: str, commands: list[str]) -> None:
    """Of a numbered phase whose items are commands nothing was run, and nothing told."""
    found = _read(f"## Phase 2: Go on\n\n{text}\n")
    assert _commands(found) == commands
    assert not any("nothing" in each.text for each in found.facts.unverified)


def test_a_list_of_commands_elsewhere_is_no_step() -> None:
    """A page lists commands that one may use."""
    assert not _commands(_read("## Scripts\n\n- `npm test`\n- `npm run lint`\n"))


@pytest.mark.parametrize(
    "text",
    [
        "## Machine\n\n- **Type:** small\n- Start period: 40 seconds\n- SSH key: mine",
        "## Why this was changed\n\n- Remove the old way of doing it.",
        "## Best practices\n\n- Monitor the disk.",
    ],
)
def test_a_label_is_no_order(text: str) -> None:
    """What nobody has to do must not be a condition of the verdict."""
    assert not _by_hand(_read(text + "\n"))
