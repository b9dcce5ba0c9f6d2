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
    r"\b(?:drop\s+(?:table|database|schema|column|index)|truncate\s+(?:table\s+)?\w|delete\s+from\s+[\w.\"]+\s*(?:;|$|[\"']))",
    re.IGNORECASE,
)
_ANYTHING = r"\b(?:back-?up|snapshot)"
_PUT_ASIDE = {
    "data": pattern(rf"{_ANYTHING}|\b(?:pg_dump\w*|mysqldump|mongodump|dump)\b|\.backup\b", re.IGNORECASE),
    "files": pattern(rf"{_ANYTHING}|\b(?:rsync|tar\s+-?-?c\w*|cp\s+\S|mv\s+\S)", re.IGNORECASE),
    "commits": pattern(rf"{_ANYTHING}|\bgit\s+(?:tag|branch|stash|rev-parse)\b", re.IGNORECASE),
    "work": pattern(
        rf"{_ANYTHING}|\bgit\s+(?:stash\b|status\s[^|;&\n]*--porcelain|diff\s[^|;&\n]*(?:--quiet|--exit-code)|rev-parse\b)",
        re.IGNORECASE,
    ),
}
"""What an earlier step has to have done, by what is destroyed; a tag of the code brings no table back."""

_CACHES = pattern(
    r"(?:^|/)(?:\.next/cache|node_modules/\.cache|__pycache__|\.cache|tmp|dist|build|target|coverage)/?$|^/tmp/"
)
_NAMED = pattern(r"\bgit\s+(?:tag|branch)\b[^;&|\n]*+")
_DEVICE = pattern(r"of=/dev/(?!null\b|zero\b|std|fd\b|shm\b|tty)")
_EMPTIES = pattern(r"\s(?:-s|--size)[ =]?0\b")
_LOG = pattern(r"\.(?:log|out|err|tmp)$|^/tmp/")
_EMPTIED = pattern(
    r"(?:^|[;&|\n])[ \t]*+(?:sudo[ ]|:[ ]?|true[ ]|cat /dev/null[ ])?[ \t]*+>[ \t]*+"
    r"(?P<file>[\w./~-]+\.(?:db|sqlite3?|rdb|aof|sql|csv|json|dump|bak|dat))(?![\w.])"
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
    before: set[str] = set()  # what the phases have put aside
    place: tuple[Part, str] | None = None
    for command in subject.commands():
        # Each procedure may run by itself; the phases run one after the other, and before the way back.
        here = (command.part, "" if command.part is Part.PHASE else command.where)
        if here != place:
            before |= aside if place is not None and place[0] is Part.PHASE else set()
            aside, place = before & {"work"} if command.part.leads_back else set(), here
        for call in command.calls():
            what = _destroys(call, command)
            if what is not None and what[0] not in aside:
                yield Doubt(
                    f"`{call.text[:60]}` {what[1]}, and no earlier step has put it aside", command.at(call), what[2]
                )
        if "data" not in aside:
            yield from _emptied(command)
        aside |= _put_aside(command.text)


def _put_aside(text: str) -> set[str]:
    """The kinds that a command puts aside; a tag may be called a backup, and keeps only what is committed."""
    untagged = _NAMED.sub("", text)
    return {kind for kind, wanted in _PUT_ASIDE.items() if wanted.search(text if kind == "commits" else untagged)}


def _emptied(command: Command) -> Iterator[Doubt]:
    """Files of data that `> data.db` empties."""
    for match in _EMPTIED.finditer(command.text):
        before = command.text[: match.start("file")]
        place = command.inside(before.count("\n"), len(before) - before.rfind("\n") - 1)
        yield Doubt(
            f"`> {match['file']}` empties the file, and no earlier step has put it aside", place, "copy it first"
        )


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
    if call.program == "git":
        found = _git(call)
        return None if back and found is not None and found[0] != "work" else found
    if call.program in _SQL_PROGRAMS and _SQL.search(call.text):
        return "data", "destroys data", "dump it first, and say in the rollback how to bring it back"
    if call.program == "docker" and call.operands[:2] in {("volume", "rm"), ("system", "prune"), ("volume", "prune")}:
        return "data", "deletes volumes or images", "name what is meant, and save it first"
    if (found := _overwrites(call)) is not None:
        return found
    words, instead = _AWAY.get(call.program.split(".")[0], (("-",), ""))
    if not words or set(words) & set(call.operands):
        return "data", "destroys what it names", instead
    if re.search(r"\bmigrate\s+reset\b|\bdb:(?:drop|reset)\b|\s--(?:accept-data-loss|force-reset)\b", call.text):
        return "data", "empties the database", "migrate forwards only"
    return None


def _overwrites(call: Call) -> tuple[str, str, str] | None:
    """A device, a bucket or a file that is emptied or written over."""
    if call.program == "dd" and any(_DEVICE.match(word) for word in call.arguments):
        return "data", "writes over a whole device", "make sure of the device by its label, and keep an image of it"
    if call.program == "aws" and call.operands[:2] == ("s3", "rm") and "--recursive" in call.arguments:
        return "data", "deletes everything below it", "look with `--dryrun` first, and keep versions in the bucket"
    if call.program == "gsutil" and "rm" in call.operands[:1] and call.has("-r", "-R"):
        return "data", "deletes everything below it", "look with `gsutil ls` first, and keep versions in the bucket"
    if call.program == "truncate" and _EMPTIES.search(call.text) and not all(map(_LOG.search, call.operands[-1:])):
        return "data", "empties the file", "copy the file first"
    return None


def _git(call: Call) -> tuple[str, str, str] | None:
    first = call.operands[:1]
    if first == ("reset",) and "--hard" in call.arguments:
        return (
            "work",
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
    "only the loss of data, and of work that is not committed, counts.",
    bad="rm -rf node_modules package-lock.json\nnpm install",
    good="mv node_modules node_modules.before\ncp package-lock.json package-lock.json.before\nnpm install",
    look=_look,
)
