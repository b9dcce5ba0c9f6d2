"""What `wetrun check` prints."""

from pathlib import Path

from click.testing import CliRunner

from wetrun.cli.check import command

PLAN = """\
name: tiny
targets: {here: {directory: /srv/app}}
phases:
- name: all
  steps: [{name: one, run: echo there}]
rollback:
  steps: [echo back]
"""


def test_counts_agree_with_their_nouns(tmp_path: Path) -> None:
    """The last line sums up, in words that people write."""
    plan = tmp_path / "wetrun.yaml"
    plan.write_text(PLAN)
    printed = CliRunner().invoke(command, [str(plan)], standalone_mode=False).output
    assert printed.splitlines()[-1].endswith("reads well: 1 phase, 1 step, 0 monitors, 0 probes, 0 scenarios")
    plan.write_text(PLAN.replace("echo back", "git checkout HEAD~1"))
    printed = CliRunner().invoke(command, [str(plan)], standalone_mode=False).output
    assert "; 1 warning" in printed.splitlines()[-1]
