"""The shell is shared: whatever a user's command does to it, ours goes on unseen, and failures stay failures."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from wetrun.course.results import Ending, Observed
from wetrun.targets.local import LocalTarget
from wetrun.units import Seconds

LIMIT = Seconds(60.0)


def run(folder: Path, *commands: str, variables: Sequence[tuple[str, str]] = ()) -> list[Observed]:
    """Run commands one after the other in one shell; the last one gets the variables."""

    async def scene() -> list[Observed]:
        target = LocalTarget("here", str(folder), folder / "session")
        await target.open({}, {})
        try:
            given: list[dict[str, str]] = [{} for _ in commands[1:]] + [dict(variables)]
            return [
                await target.run(f"k{i}", command, limit=LIMIT, variables=given[i])
                for i, command in enumerate(commands)
            ]
        finally:
            await target.close()

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("commands", "traces"),
    [
        (["set -x\necho one\nfalse\necho two"], ["+++ echo one\n+++ false\n"]),
        (["set -x", "echo b", "false"], ["", "+++ echo b\n", "+++ false\n"]),
        (["set -x; fails() { false; }\nfails", "fails"], ["+++ fails\n+++ false\n"] * 2),
        (["set -x; (exit 3)", "exit 4"], ["+++ exit 3\n", "+++ exit 4\n"]),
        (["set -ex; false", "echo b; false"], ["+++ false\n", "+++ echo b\n+++ false\n"]),
        (["set -x; value=$(false; echo no)", "echo b"], ["++++ false\n+++ value=\n", "+++ echo b\n"]),
        (["set -x; set +x", "echo b"], ["+++ set +x\n", ""]),
        (["set -x; PS4='> '", "echo b"], ["+++ PS4='> '\n", ">>> echo b\n"]),
        (["set -v", "echo b\necho c"], ["", "echo b\necho c\n"]),
        (["set -xv", "echo b"], ["", "+++ echo b\n"]),
        (["set -x", "# nothing\nfor i in 1 2; do\n  true\ndone"], ["", "+++ for i in 1 2\n+++ true\n" * 2]),
    ],
)
def test_a_trace_shows_the_users_commands_alone(tmp_path: Path, commands: list[str], traces: list[str]) -> None:
    """`set -x` is how people look why a step fails: a page of the tool's own shell code hides just that."""
    seen = run(tmp_path, *commands)
    assert [observed.stderr.text for observed in seen] == traces


def test_a_trace_leaves_the_line_of_the_failure(tmp_path: Path) -> None:
    """Tracing goes on from step to step; the report still names the line that failed."""
    seen = run(tmp_path, "set -x", "echo one\n\ntest -e /nowhere\necho two")
    assert (seen[1].exit_code, seen[1].stdout.text) == (1, "one\n")
    assert seen[1].failed_at == (3, "test -e /nowhere")


ALIASES = "alias cd=x echo=x exit=x read=x builtin=x trap=x set=x local=x printf=x eval=x source=x export=x return=x"
FUNCTIONS = (
    "cd exit read builtin trap set local printf eval source export return command declare shopt mapfile alias umask"
)


@pytest.mark.parametrize(
    "habit",
    [
        "set -e",
        "set -u",
        "set -f",
        "set -o noglob",
        "set -o posix",
        "export POSIXLY_CORRECT=1",
        "set -a",
        "set -C",
        "set -k",
        "set -m",
        "set -T",
        "set -x",
        "set -v",
        "set -euxo pipefail",
        "trap 'echo debug' DEBUG",
        "set -T; trap 'echo debug' DEBUG",
        "trap 'echo failed' ERR",
        "trap 'echo bye' EXIT",
        "trap 'echo back' RETURN",
        "shopt -s nullglob failglob nocasematch dotglob lastpipe xpg_echo inherit_errexit extdebug",
        "shopt -s localvar_inherit; declare -i __file size line name",
        "shopt -u extglob expand_aliases sourcepath",
        f"{ALIASES} if=x for=x case=x while=x umask=x alias=x declare=x",
        "\n".join(f"{name}() {{ :; }}" for name in FUNCTIONS.split()),
        "IFS=",
        "IFS=0123456789abcdef.",
        "unset IFS",
        "PS4=",
        "PATH=/nowhere",
        "exec >elsewhere",
        "exec 2>elsewhere",
        "exec </etc/passwd",
        "exec 3>elsewhere",
        "exec 210>&- 211>&- 212>&-",
        "readonly IFS",
        "readonly IFS=.",
        "readonly IFS=$'\\n\\t' PATH LC_ALL REPLY WETRUN_STEP",
        "readonly name file secret line text fields kept size now ticks since children result out option",
        "declare -i REPLY=4; declare -u name",
        "declare -A REPLY; declare -a text",
        "set -- a b c",
        "umask 777",
    ],
)
def test_no_habit_of_a_command_gets_between(tmp_path: Path, habit: str) -> None:
    """Options, traps, aliases, functions, descriptors and readonly variables of a step are its own business."""
    first, plain, failing, moved, binary, where = run(
        tmp_path,
        f"{habit}\nmark=kept",
        "\\echo a; \\echo b 'c  d' \"$mark\"",
        "false; \\echo swallowed",
        "\\builtin cd /",
        "\\echo; \\builtin echo -e 'a\\0b\\tc '",
        "\\builtin pwd",
    )
    assert (first.ending, first.exit_code) == (Ending.DONE, 0), first
    lines = [line for line in plain.stdout.text.splitlines() if line not in {"debug", "back"}]
    assert (plain.ending, plain.exit_code, lines) == (Ending.DONE, 0, ["a", "b c  d kept"]), plain
    assert (failing.ending, failing.exit_code) == (Ending.DONE, 1), failing
    assert "swallowed" not in failing.stdout.text
    assert (moved.exit_code, where.exit_code) == (0, 0)
    assert where.stdout.text.splitlines()[-1] == "/"
    assert binary.stdout.text.endswith("a\0b\tc \n")


def test_what_a_command_reads_into_stays(tmp_path: Path) -> None:
    """`read` without a name sets `REPLY`, as in a terminal; it is not ours to lose."""
    seen = run(tmp_path, "read <<<word", "echo $REPLY", "exit 1", "echo $REPLY")
    assert [observed.stdout.text for observed in seen] == ["", "word\n", "", "word\n"]


def test_exporting_everything_exports_nothing_of_ours(tmp_path: Path) -> None:
    """With `set -a` whatever is assigned reaches every program that a step starts."""
    seen = run(tmp_path, "set -a", "false", "true", "env | grep -c '^__wetrun' || true")
    assert seen[-1].stdout.text == "0\n"


def test_a_value_that_cannot_be_given_fails_the_step(tmp_path: Path) -> None:
    """A variable that an earlier command made readonly keeps its old value: a step must not run with that."""
    seen = run(tmp_path, "readonly VERSION=1", "echo $VERSION", variables=[("VERSION", "2")])
    assert (seen[1].exit_code, seen[1].stdout.text) == (1, "")
    assert seen[1].stderr.text == "wetrun cannot set VERSION: it is readonly\n"


def test_a_umask_holds_for_what_follows_and_for_that_alone(tmp_path: Path) -> None:
    """As in a terminal: it is the next command's, also in a shell that goes on with it; our own files stay ours."""
    first, kept, made = run(tmp_path, "umask 0207", "umask", "umask 0027; : > made; stat -c %a made")
    assert (first.exit_code, kept.stdout.text.strip(), made.stdout.text.strip()) == (0, "0207", "640")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("set -n", "its shell runs nothing any more"),
        ("set -o noexec; echo never", "its shell runs nothing any more"),
        ("enable -n printf", "its shell runs nothing any more"),
        ("set -r", "a restricted one (`set -r`)"),
    ],
)
def test_a_shell_that_cannot_go_on_is_told_in_words(tmp_path: Path, command: str, why: str) -> None:
    """Nothing ends such a command: it took its whole time limit, or the next one was told that it still runs."""
    broken, after = run(tmp_path, command, "echo $((1 + 1))")
    assert broken.ending is Ending.ERROR
    assert broken.error is not None
    assert why in broken.error
    assert (after.ending, after.stdout.text) == (Ending.DONE, "2\n")


@pytest.mark.parametrize("builtin", ["set", "unset", "umask", "mapfile"])
def test_a_builtin_that_a_command_disables_costs_nobody_its_end(tmp_path: Path, builtin: str) -> None:
    """Its end came without an exit code, which nobody could read: the connection was said to be lost."""
    assert run(tmp_path, f"enable -n {builtin}")[0].exit_code == 0


def test_a_session_folder_that_a_command_removed_is_told_in_words(tmp_path: Path) -> None:
    """Who clears temporary files takes the supervisor's, too: the next command was told that this one still runs."""
    broken, after = run(tmp_path, "rm -rf session", "echo b")
    assert "its end could not be written down" in (broken.error or "")
    assert after.ending is Ending.ERROR
    assert "still running" not in (after.error or "")


def test_a_signal_of_a_command_to_the_supervisor_is_no_other_wetrun(tmp_path: Path) -> None:
    """`pkill bash` in a step must not look as if somebody else had taken over; the step is attached to, and ends."""
    [seen] = run(tmp_path, "kill -TERM $PPID; while kill -0 $PPID; do sleep 0.01; done 2>/dev/null; echo done")
    assert (seen.ending, seen.stdout.text) == (Ending.DONE, "done\n")


@pytest.mark.parametrize(("signal", "code"), [("TERM", 143), ("HUP", 129), ("USR1", 138), ("ALRM", 142), ("KILL", 137)])
def test_a_command_whose_shell_a_signal_ends_has_failed(tmp_path: Path, signal: str, code: int) -> None:
    """`pkill` that meets the deployment itself: the shell wrote down the last exit code, 0, and the step passed."""
    ended, after = run(tmp_path, f"sleep 603 & echo $! > child; true; kill -{signal} $$; sleep 604", "echo b")
    assert (ended.ending, ended.exit_code) == (Ending.DONE, code)
    stat = Path("/proc", (tmp_path / "child").read_text().strip(), "stat")
    assert not stat.exists() or stat.read_text().rpartition(") ")[2].startswith("Z")
    assert after.stdout.text == "b\n"
