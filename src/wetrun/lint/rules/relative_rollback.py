"""Commits that are counted from where a branch stands, instead of named."""

from collections.abc import Iterator

from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_COUNTED = pattern(r"^(?:HEAD|@|ORIG_HEAD|[\w./-]+)(?:~\d*|\^+\d*|@\{-?\d+\})$")
_MOVES = frozenset({"reset", "checkout", "switch", "revert", "branch", "tag"})

_INSTEAD = "capture `git rev-parse HEAD` before the first change, and write `git reset --hard ${release_before}`"


def _look(subject: Subject) -> Iterator[Doubt]:
    for command in subject.commands():
        for call in command.calls():
            if call.program != "git" or not call.operands or call.operands[0] not in _MOVES:
                continue
            counted = next((word for word in call.operands[1:] if any(map(_COUNTED.match, word.split("..")))), None)
            if counted is None and call.operands[:2] == ("revert", "HEAD"):
                counted = "HEAD"  # the newest commit alone, whatever the release consists of
            if call.operands[0] in {"checkout", "switch"} and "-" in call.arguments[1:]:
                yield Doubt(
                    "`-` is where this folder was before, whoever was there last: not the release before",
                    command.at(call),
                    _INSTEAD,
                )
            if counted is not None:
                message = (
                    f"`{counted}` counts commits: a release of two, a merge or a second try makes it "
                    "another one than is meant"
                )
                yield Doubt(message, command.at(call), _INSTEAD)


RULE = Rule(
    name="relative-rollback",
    severity=Severity.WARNING,
    title="A commit that is counted instead of named",
    why="`HEAD~1` is the release before only when the pull brought exactly one commit and nothing has moved since.",
    bad="git reset --hard HEAD~1",
    good='git reset --hard "${release_before}"   # captured before the first change',
    look=_look,
)
