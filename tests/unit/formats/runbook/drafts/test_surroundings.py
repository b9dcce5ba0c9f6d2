"""On which machine the commands of a runbook run: on another one they do harm, or tell nothing."""

import pytest

from wetrun.formats.runbook.reading import Runbook, read_runbook

LOGIN = "ssh deploy@203.0.113.10\n"


def _read(commands: str) -> Runbook:
    return read_runbook(f"# R\n## Code\n```bash\n{commands}\n```\n## Rollback\n```bash\ngit revert HEAD\n```\n", "R.md")


def _where(commands: str) -> list[tuple[str, str]]:
    return [(step.name, step.target) for _, step in _read(commands).plan.steps()]


def test_exit_leaves_the_machine() -> None:
    """What stands behind `exit` is typed at the desk, though nothing was typed there before."""
    assert _where(f"{LOGIN}git pull\nexit\ncurl x.test") == [("git pull", "production"), ("curl x.test", "local")]


def test_a_login_that_is_left_at_the_end_is_the_only_machine() -> None:
    """No machine is made up where nothing runs."""
    assert list(_read(f"{LOGIN}git pull\nexit").plan.targets) == ["production"]


def test_the_rollback_is_where_something_was_changed() -> None:
    """A look from the desk at the end does not move the release there; state and rollback are the server's."""
    plan = _read(f"{LOGIN}git pull\nexit\ncurl x.test").plan
    assert plan.rollback is not None
    assert [step.target for step in plan.rollback.steps] == ["production"]
    assert {probe.target for probe in plan.state} == {"production"}


def test_a_server_that_is_only_looked_at_is_the_one_of_the_rollback() -> None:
    """The desk is no machine of the plan while nothing runs there, whatever was left with `exit`."""
    plan = _read(f"{LOGIN}cd /var/www/shop\nuptime\nexit").plan
    assert list(plan.targets) == ["production"]
    assert plan.rollback is not None
    assert [step.target for step in plan.rollback.steps] == ["production"]


@pytest.mark.parametrize(
    "login",
    ["deploy@<server-ip>", "root@YOUR_SERVER", "$USER@$HOST", "deploy@${HOST}", "{user}@shop.test", "deploy@[host]"],
)
def test_a_login_whose_address_is_filled_in_later_is_one(login: str) -> None:
    """What follows it would run at the desk, which is what nobody who wrote `ssh` wanted."""
    plan = _read(f"ls\nssh {login}\ngit pull").plan
    assert [(step.name, step.target) for _, step in plan.steps()] == [("ls", "local"), ("git pull", "production")]
    assert plan.targets["production"].ssh == login
