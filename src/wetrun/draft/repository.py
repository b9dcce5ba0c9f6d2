"""Git: where the code comes from, and how to get back to what was there."""

import os
import shlex
import subprocess
from pathlib import Path

from wetrun.draft.contribution import Contribution, Stage, StepDraft
from wetrun.draft.files import yaml_text

__all__ = ["recognise_git"]


def recognise_git(folder: Path) -> Contribution | None:
    """Recognise a git work tree: its remote and branch."""
    if _git(folder, "rev-parse", "--is-inside-work-tree") != "true":
        return None
    branch = _git(folder, "symbolic-ref", "--short", "HEAD")
    remotes = (_git(folder, "remote") or "").split()
    remote = "origin" if "origin" in remotes else remotes[0] if remotes else None
    saw = "git" + (f", branch `{branch}`" if branch else "") + (f", remote `{remote}`" if remote else "")
    clean = StepDraft(
        name="nothing uncommitted",
        run="git status --porcelain --untracked-files=no",
        keys=(("expect", '{stdout: ""}'), ("changes", "false")),
    )
    before = StepDraft(
        name="release before",
        run="git rev-parse HEAD",
        keys=(("capture", "{release_before: stdout}"), ("changes", "false")),
    )
    steps = [(Stage.BEFORE, clean), (Stage.BEFORE, before)]
    undo: tuple[tuple[Stage, StepDraft], ...] = ()
    if remote is not None and branch:
        steps.append((Stage.CODE, StepDraft(run=f"git pull --ff-only {shlex.quote(remote)} {shlex.quote(branch)}")))
        undo = ((Stage.CODE, StepDraft(run='git reset --hard "$release_before"')),)
    return Contribution(
        saw=saw,
        name=folder.resolve().name or None,
        steps=tuple(steps),
        undo=undo,
        state=(("commit", yaml_text("git rev-parse HEAD")),),
        ignore=(".git",),
    )


def _git(folder: Path, *arguments: str) -> str | None:
    """Ask git; None when there is no git, no repository or no answer."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        ran = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
            env={**environment, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None
