"""Commands that go on until somebody stops them."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from wetrun.errors import Place
from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject, moved
from wetrun.plan.findings import Severity
from wetrun.shell.commands import Call, calls_of

__all__ = ["RULE"]

_WATCHERS = frozenset({"htop", "top", "watch", "nodemon", "iftop", "iotop", "nethogs", "glances"})


def _first(call: Call, *words: str) -> bool:
    return call.operands[:1] != () and call.operands[0] in words


def _once(call: Call) -> bool:
    """Whether a `top` shows itself so many times; for `watch` the same letter is the time between two looks."""
    return call.program == "top" and call.has("-n", "-b")


def _compose(call: Call) -> tuple[str, ...]:
    """The words behind `docker compose` or `docker-compose`; empty when it is neither."""
    if call.program == "docker-compose":
        return call.operands
    return call.operands[1:] if call.program == "docker" and _first(call, "compose") else ()


def _starts(call: Call) -> bool:
    """Whether it starts a server and stays with it."""
    if call.program in {"npm", "yarn", "pnpm"}:
        words = call.operands[1:] if _first(call, "run", "run-script") else call.operands
        return bool(words) and (words[0] == "start" or words[0].startswith("start:"))
    if call.program == "node":
        return bool(call.operands) and _SERVER.search(call.operands[0]) is not None
    if call.program in {"rails", "bin/rails"}:
        return _first(call, "server", "s") and not call.has("-d", "--daemon")
    return (call.program == "flask" and _first(call, "run")) or call.program == "uvicorn"


_SERVER = pattern(r"(?:^|/)(?:server|app)\.[cm]?js$")
_FOREVER = pattern(
    r"\bwhile\s+(?:true|:|\[\s+(?:1|true)\s+\])\s*[;\n]\s*do\b|\buntil\s+false\s*[;\n]\s*do\b|\bfor\s*\(\(\s*;\s*;\s*\)\)"
)
_LEAVES = pattern(r"\b(?:break|exit|return)\b")
_KINDS: tuple[tuple[Callable[[Call], bool], str], ...] = (
    (lambda c: c.program in _WATCHERS and not _once(c), "sample it with a monitor, or show it once"),
    (
        lambda c: c.program == "pm2" and _first(c, "monit", "dash"),
        "sample the memory with a monitor; `pm2 jlist` shows it once",
    ),
    (lambda c: c.program == "pm2" and _first(c, "logs") and not c.has("--nostream"), "add `--nostream`"),
    (
        lambda c: c.program == "tail" and c.has("-f", "-F", "--follow"),
        "read the lines with `tail -n 50`, or watch the file with a monitor",
    ),
    (lambda c: c.program == "journalctl" and c.has("-f", "--follow"), "use `--since`, or watch the log with a monitor"),
    (
        lambda c: (
            c.program in {"docker", "kubectl", "heroku"}
            and "logs" in c.operands[:2]
            and c.has("-f", "--follow", "--tail-f")
        ),
        "leave out `-f`",
    ),
    (lambda c: _compose(c)[:1] == ("logs",) and c.has("-f", "--follow"), "leave out `-f`"),
    (
        lambda c: _compose(c)[:1] == ("up",) and not c.has("-d", "--detach", "--no-start", "--abort-on-container-exit"),
        "add `--detach`",
    ),
    (lambda c: c.program == "docker" and _first(c, "stats") and not c.has("--no-stream"), "add `--no-stream`"),
    (
        lambda c: c.program == "kubectl" and _first(c, "get") and c.has("-w", "--watch"),
        "use `kubectl wait` or `kubectl rollout status`",
    ),
    (
        lambda c: c.program == "kubectl" and _first(c, "port-forward", "proxy"),
        "start it with `&` and end it in a later step",
    ),
    (lambda c: c.program == "ping" and not c.has("-c"), "add `-c 3`"),
    (
        lambda c: c.program in {"npm", "yarn", "pnpm"} and bool({"dev", "watch", "serve"} & set(c.operands)),
        "start it with your process manager",
    ),
    (
        lambda c: c.program == "sleep" and bool({"infinity", "inf"} & set(c.operands)),
        "wait for what is meant with a time limit",
    ),
    (
        lambda c: c.program in {"nc", "ncat", "netcat"} and c.has("-l", "--listen") and not c.has("-w", "-z"),
        "put `timeout 30` before it",
    ),
    (
        lambda c: c.program == "tcpdump" and not c.has("-c", "-r", "-D", "--version", "--list-interfaces"),
        "add `-c 100`, or put `timeout 30` before it",
    ),
    (_starts, "start it with your process manager, or with `&` and end it in a later step"),
    (
        lambda c: c.program in {"python", "python3"} and "http.server" in c.arguments,
        "start it with your process manager",
    ),
)


def _look(subject: Subject) -> Iterator[Doubt]:
    for command in subject.commands():
        yield from _endless(command.text, command.inside)
    for shown in subject.facts.shown:
        yield from _endless(shown.command, partial(moved, shown.place))


def _endless(text: str, place: Callable[[int, int], Place]) -> Iterator[Doubt]:
    if re.search(r"(?<![\w-])timeout\s", text) or text.rstrip().endswith("&"):
        return
    loop = _FOREVER.search(text)
    if loop is not None and not _LEAVES.search(text, loop.end()):
        before = text[: loop.start()]
        at = place(before.count("\n"), len(before) - before.rfind("\n") - 1)
        yield Doubt(
            f"`{' '.join(loop[0].split())}` never ends by itself", at, "count the tries: `for try in {1..30}; do`"
        )
    for call in calls_of(text):
        if call.background:
            continue
        instead = next((instead for kind, instead in _KINDS if kind(call)), None)
        if instead is not None:
            yield Doubt(f"`{call.text[:60]}` never ends by itself", place(call.line, call.column), instead)


RULE = Rule(
    name="endless-command",
    severity=Severity.ERROR,
    title="A command that never ends by itself",
    why="A person presses Ctrl-C; a plan waits until the step's time limit, and then counts it as failed.",
    bad="pm2 logs shop\ntail -f /var/log/shop.log",
    good="pm2 logs shop --lines 50 --nostream\ntail -n 50 /var/log/shop.log",
    look=_look,
)
