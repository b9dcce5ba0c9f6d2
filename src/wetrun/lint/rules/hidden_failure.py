"""Checks whose failure cannot be seen."""

import re
from collections.abc import Iterator

from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Command, Subject
from wetrun.plan.expectations import Subject as Seen
from wetrun.plan.findings import Severity
from wetrun.shell.commands import Call

__all__ = ["RULE"]

_FILTERS = frozenset(
    {"awk", "cut", "grep", "egrep", "head", "jq", "sed", "sort", "tail", "tee", "tr", "uniq", "wc", "xargs", "python3"}
)
_TIDYING = frozenset({"kill", "killall", "mkdir", "pkill", "rm", "rmdir", "umount", "unlink"})
_TIDYING_WORDS = frozenset({"delete", "down", "rm", "stop"})
_BAD_WORDS = pattern(r"error|fail|exception|fatal|panic|warn|heap|oom", re.IGNORECASE)
_CHECKS = pattern(r"\b(?:tests?|checks?|verify|smoke|lint|build|migrate|install|pytest|deploy)\b", re.IGNORECASE)
_WAITS = pattern(r"\bwait\s+[-\w\"$%]")
_ASKS = frozenset({"curl", "http", "kubectl", "mongosh", "mysql", "pg_isready", "psql", "redis-cli", "wget"})
_SWALLOWED = pattern(r"\.catch\(\s*(?:console\.\w+|\(?\w*\)?\s*=>\s*(?:console\.\w+\([^)]*\)|\{\s*\}))\s*\)")


def _look(subject: Subject) -> Iterator[Doubt]:
    commands = list(subject.commands())
    waiting = {(command.part, command.where) for command in commands if _WAITS.search(command.text)}
    for command in commands:
        calls = command.calls()
        last = max((call.line for call in calls), default=0)
        for call in calls:
            yield from _one(command, call, last=call.line == last)
            if call.background and _CHECKS.search(call.text) and (command.part, command.where) not in waiting:
                yield Doubt(
                    f"nobody sees how `{call.text[:60]}` ends: `&` lets it run beside what follows",
                    command.at(call),
                    "leave out the `&`, or `wait` for it by its number",
                )


def _one(command: Command, call: Call, *, last: bool) -> Iterator[Doubt]:
    place = command.at(call)
    looked_at = _output_is_checked(command)
    if call.ignored and last and not looked_at and not _tidies(call):
        yield Doubt(
            f"`{call.ignored}` makes every failure of `{call.program}` a success",
            place,
            "leave it out, or expect the output",
        )
    if (
        call.program == "grep"
        and call.reads is not None
        and _BAD_WORDS.search(call.text)
        and not call.has("-v", "-c")
        and not looked_at
    ):
        message = (
            "`grep` succeeds when it finds errors and fails when there are none: good and bad look the wrong way round"
        )
        yield Doubt(
            message, place, "expect `fails: true`, or watch the log with a monitor and a rule `any line matches …`"
        )
    elif (
        call.program in _FILTERS
        and call.reads not in {None, "echo", "printf", "cat"}
        and call.piped_into is None
        and not looked_at
        and not call.inside
    ):
        message = f"a shell without `pipefail` sees only the end of `{call.program}`, not that of `{call.reads}`"
        yield Doubt(
            message,
            place,
            "say what the output must be; `set -o pipefail` in scripts (wetrun itself sets it)",
            severity=Severity.NOTE,
        )
    if call.holder in {"echo", "printf"} and call.program in _ASKS and call.reads is None and not looked_at:
        message = f"`{call.holder}` succeeds whatever becomes of `{call.program}` inside it"
        yield Doubt(message, place, "take its output first: `value=$(…)` fails when it does")
    if call.program == "curl" and not call.inside and not _status_is_checked(command, call):
        message = "`curl` exits with 0 when the answer is an error (404, 500)"
        yield Doubt(message, place, "add `--fail`, expect something of the answer, or write the step as `http:`")
    if call.program == "node" and (match := _SWALLOWED.search(call.text)):
        before = call.text[: match.start()]
        inner = command.inside(call.line + before.count("\n"), len(before) - before.rfind("\n") - 1)
        yield Doubt(
            "the error is only printed: the program exits with 0 all the same",
            inner,
            "`.catch(error => { console.error(error); process.exit(1) })`",
        )


def _tidies(call: Call) -> bool:
    """Whether it removes or stops something, which may be gone already: no check, and no harm."""
    return call.program in _TIDYING or bool(_TIDYING_WORDS & set(call.operands[:2]))


def _output_is_checked(command: Command) -> bool:
    return any(wanted.subject in {Seen.STDOUT, Seen.OUTPUT, Seen.JSON, Seen.STDERR} for wanted in command.step.expect)


def _status_is_checked(command: Command, call: Call) -> bool:
    return call.has("-f", "--fail", "--fail-with-body") or _output_is_checked(command)


RULE = Rule(
    name="hidden-failure",
    severity=Severity.WARNING,
    title="A check whose failure cannot be seen",
    why="A check that cannot fail is worse than none: it is counted as evidence. `wetrun rehearse` shows "
    "such checks as dead.",
    bad="curl -s https://shop.test/health > /dev/null\npm2 logs shop --nostream | grep -i error\nmake "
    "smoke-test || true",
    good="curl --fail --silent https://shop.test/health\nmake smoke-test",
    look=_look,
)
