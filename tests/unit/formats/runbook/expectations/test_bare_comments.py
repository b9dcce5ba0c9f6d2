"""Comments that show what a command prints, without saying so: as explanations they are looked at by nobody."""

from typing import Any

import pytest

from wetrun.formats.runbook.expectations.bare import shown_by
from wetrun.formats.runbook.reading import Runbook, read_runbook


def _read(commands: str) -> Runbook:
    return read_runbook(f"# R\n```bash\n{commands}\n```\n", "R.md")


def _expected(commands: str) -> dict[str, Any]:
    step = _read(commands).plan.phases[0].steps[0]
    return {wanted.subject.value: wanted.matcher for wanted in step.expect}


@pytest.mark.parametrize(
    ("commands", "subject"),
    [
        ("redis-cli ping\n# PONG", "output"),
        ("systemctl is-active shop\n# active", "output"),
        ("systemctl is-active shop  # active", "output"),
        ("curl -s -o /dev/null -w '%{http_code}' https://x.test\n# 200", "stdout"),
        ("ls | wc -l\n# 12", "stdout"),
        ("ls | wc -l\n# at least 3", "stdout"),
        ("node -v\n# v18 or higher", "output"),
        ("kubectl get pods\n# NAME   READY   STATUS\n# shop   1/1     Running", "output"),
        ('curl -s https://x.test\n# {"status": "ok"}', "json"),
    ],
)
def test_what_clearly_shows_the_output_is_expected(commands: str, subject: str) -> None:
    """Whoever writes `# PONG` below `redis-cli ping` says what must come."""
    assert subject in _expected(commands)


@pytest.mark.parametrize(
    ("command", "comment"),
    [
        ("make a", "2"),
        ("make a", "at least 2"),
        ("wc -l x", "at least 2 people look"),
        ("make a", "Restart the service"),
        ("make a", "running the migration"),
        ("make a", "Node 18"),
        ("make a", "STOP the old one"),
        ("make a", "[optional]"),
        ("make a", "{see below}"),
    ],
)
def test_explanations_stay_explanations(command: str, comment: str) -> None:
    """An explanation that became an expectation would fail every run."""
    assert shown_by(command, comment) is None


def test_a_state_behind_what_brings_it_about_is_for_a_person() -> None:
    """`systemctl start` prints nothing: `# active` below it can never be found, but must not be lost."""
    found = _read("systemctl start shop\n# active")
    assert [each.text for each in found.facts.unverified] == ["active"]


def test_expectations_inside_a_loop_are_counted() -> None:
    """Nothing tells the output of one command in a loop from that of the others: it is unverified, and not silent."""
    found = _read("if true; then\n  make x # Expected: 5\n  # just a word\nfi")
    assert [(each.text, each.place.line) for each in found.facts.unverified] == [("5", 4)]
