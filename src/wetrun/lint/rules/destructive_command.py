"""Commands that destroy what no earlier step has put aside."""

import re
from collections.abc import Iterator

from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Command, Part, Subject
from wetrun.plan.findings import Severity
from wetrun.shell.commands import Call

__all__ = ["RULE"]

_SQL = pattern(
    r"\b(?:drop\s+(?:table|database|schema|column|index)|truncate\s+(?:table\s+)?\w|delete\s+from\s+[\w.\"]+\s*(?:;|$|\"))",
    re.IGNORECASE,
)
_ANYTHING = r"\b(?:back-?up|snapshot)"
_PUT_ASIDE = {
    "data": pattern(rf"{_ANYTHING}|\b(?:pg_dump\w*|mysqldump|mongodump|dump)\b|\.backup\b", re.IGNORECASE),
    "files": pattern(rf"{_ANYTHING}|\b(?:rsync|tar\s+-?-?c\w*|cp\s+\S|mv\s+\S)", re.IGNORECASE),
    "commits": pattern(rf"{_ANYTHING}|\bgit\s+(?:tag|branch|stash|rev-parse)\b", re.IGNORECASE),
}
"""What an earlier step has to have done, by what is destroyed; a tag of the code brings no table back."""

_CACHES = pattern(
    r"(?:^|/)(?:\.next/cache|node_modules/\.cache|__pycache__|\.cache|tmp|dist|build|target|coverage)/?$|^/tmp/"
)
_SQL_PROGRAMS = frozenset({"psql", "mysql", "sqlite3", "mariadb", "clickhouse-client"})
_AWAY: dict[str, tuple[tuple[str, ...], str]] = {
    "terraform": (("destroy",), "plan the destruction, keep the state file aside"),
    "kubectl": (("delete",), "export the object first: `kubectl get … -o yaml`"),
    "helm": (("uninstall", "delete"), "keep the history: `--keep-history`"),
    "dropdb": ((), "dump it first"),
    "mkfs": ((), "make sure of the device by its label"),
    "redis-cli": (("FLUSHALL", "FLUSHDB", "flushall", "flushdb"), "save it first: `redis-cli SAVE`"),
}


def _look(subject: Subject) -> Iterator[Doubt]:
    aside: set[str] = set()
    part: Part | None = None
    for command in subject.commands():
        if command.part is not part:
            aside, part = set(), command.part
        for call in command.calls():
            what = _destroys(call, command)
            if what is not None and what[0] not in aside:
                yield Doubt(
                    f"`{call.text[:60]}` {what[1]}, and no earlier step has put it aside", command.at(call), what[2]
                )
        aside |= {kind for kind, pattern in _PUT_ASIDE.items() if pattern.search(command.text)}


def _destroys(call: Call, command: Command) -> tuple[str, str, str] | None:
    """What a call destroys (as in `_PUT_ASIDE`), in words, and what to write instead."""
    back = command.part.leads_back
    if (
        call.program == "rm"
        and call.has("-r", "-R", "--recursive")
        and not all(_CACHES.search(word) for word in call.operands)
    ):
        return (
            None
            if back
            else (
                "files",
                "deletes files",
                "move them away: `mv NAME NAME.before`; delete them when the deployment is over",
            )
        )
    if call.program == "find" and "-delete" in call.arguments and not back:
        return "files", "deletes files", "look at what it finds first, without `-delete`"
    if call.program == "git" and not back:
        return _git(call)
    if call.program in _SQL_PROGRAMS and _SQL.search(call.text):
        return "data", "destroys data", "dump it first, and say in the rollback how to bring it back"
    if call.program == "docker" and call.operands[:2] in {("volume", "rm"), ("system", "prune"), ("volume", "prune")}:
        return "data", "deletes volumes or images", "name what is meant, and save it first"
    words, instead = _AWAY.get(call.program.split(".")[0], (("-",), ""))
    if not words or set(words) & set(call.operands):
        return "data", "destroys what it names", instead
    if re.search(r"\bmigrate\s+reset\b|\bdb:(?:drop|reset)\b", call.text):
        return "data", "empties the database", "migrate forwards only"
    return None


def _git(call: Call) -> tuple[str, str, str] | None:
    first = call.operands[:1]
    if first == ("reset",) and "--hard" in call.arguments:
        return (
            "commits",
            "throws away what is not committed",
            "capture `git rev-parse HEAD` and check `git status --porcelain` before",
        )
    if first == ("clean",) and call.has("-f", "--force"):
        return "files", "deletes files that git does not know", "look at `git clean --dry-run` first"
    if first == ("push",) and call.has("-f", "--force"):
        return "commits", "overwrites what others have pushed", "use `--force-with-lease`"
    return None


RULE = Rule(
    name="destructive-command",
    severity=Severity.WARNING,
    title="A command that destroys what no earlier step has put aside",
    why="A rollback can only bring back what still exists. In the rollback and the recoveries themselves "
    "only the loss of data counts.",
    bad="rm -rf node_modules package-lock.json\nnpm install",
    good="mv node_modules node_modules.before\ncp package-lock.json package-lock.json.before\nnpm install",
    look=_look,
)
