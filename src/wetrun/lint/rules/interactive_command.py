"""Commands that wait for a person at a keyboard."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity
from wetrun.shell.commands import Call

__all__ = ["RULE"]

_EDITORS = frozenset({"vi", "vim", "nvim", "nano", "emacs", "pico", "visudo", "less", "more", "man", "passwd"})
_CLIENTS = frozenset({"psql", "mysql", "mongo", "mongosh", "sqlite3", "cqlsh"})
_SSH_VALUES = "BbcDEeFIiJLlmOoPpQRSWw"  # ssh(1): the options that take a value
_LANGUAGES = frozenset({"python", "python3", "node", "irb", "php", "ruby"})


def _fed(call: Call) -> bool:
    """Whether its input comes from somewhere else."""
    return call.reads is not None or any(redirect.lstrip("0").startswith("<") for redirect in call.redirects)


def _words(call: Call) -> tuple[str, ...]:
    """The host and the command of an `ssh`, without its options and what belongs to them."""
    words: list[str] = []
    skipped = False
    for word in call.arguments:
        if words:
            words.append(word)
        elif skipped:
            skipped = False
        elif word.startswith("-"):
            skipped = len(word) == 2 and word[1] in _SSH_VALUES
        else:
            words.append(word)
    return tuple(words)


def _asks_client(call: Call) -> bool:
    given = call.has("-c", "--command", "-f", "--file", "-e", "--execute", "--eval", "-l", "--list", "--version", "-V")
    statement = call.program == "sqlite3" and len(call.operands) > 1
    script = call.program in {"mongo", "mongosh"} and any(word.endswith(".js") for word in call.operands)
    return not (given or statement or script)


def _own_options(call: Call) -> Call:
    """The call without what it runs inside a container, which has options of its own."""
    words = call.arguments
    if "--" in words:
        words = words[: words.index("--")]
    elif call.program in {"docker", "podman"}:
        first = next((at for at, word in enumerate(words) if at and not word.startswith("-")), len(words))
        words = words[: first + 1]
    return replace(call, arguments=words)


_KINDS: tuple[tuple[Callable[[Call], bool], str], ...] = (
    (lambda c: c.program in _EDITORS and c.piped_into is None, "write the change as a command (`sed`, `cp`, `tee`)"),
    (
        lambda c: c.program in _CLIENTS and _asks_client(c),
        "give the statement with the command, or write the step as `sql:`",
    ),
    (lambda c: c.program in _LANGUAGES and not c.arguments, "give the program with `-c` or `-e`, or as a file"),
    (
        lambda c: c.program == "ssh" and len(_words(c)) == 1 and not c.has("-N", "-f", "-T", "-V"),
        "name it under `targets`, or give the command behind the host",
    ),
    (lambda c: c.program == "su" and not c.has("-c", "--command"), "use `su -c`, or a target with that user"),
    (
        lambda c: (
            c.program in {"docker", "podman", "kubectl", "oc"}
            and c.operands[:1] in {("exec",), ("run",), ("attach",)}
            and _own_options(c).has("-t", "--tty")
            and not _own_options(c).has("-d", "--detach")
        ),
        "leave out `-t`, and give the command",
    ),
    (
        lambda c: c.program in {"kubectl", "oc"} and c.operands[:1] == ("edit",),
        "use `kubectl patch`, or `kubectl apply -f` with a file",
    ),
    (
        lambda c: c.program in {"npm", "yarn"} and c.operands[:1] == ("init",) and not c.has("-y", "--yes"),
        "add `--yes`",
    ),
    (lambda c: c.program == "read" and c.has("-p", "-s", "-r") and not c.condition, "ask with a step `approve:`"),
    (
        lambda c: (
            c.program in {"apt", "apt-get", "yum", "dnf"}
            and bool({"install", "upgrade", "remove"} & set(c.operands[:1]))
            and not c.has("-y", "-yq", "--yes", "--assume-yes", "-q")
        ),
        "add `-y`",
    ),
    (
        lambda c: c.program == "git" and c.operands[:1] == ("rebase",) and c.has("-i", "--interactive"),
        "give the commits by name",
    ),
    (
        lambda c: (
            c.program == "git"
            and c.operands[:1] == ("commit",)
            and not c.has("-m", "--message", "-F", "--file", "-C", "--no-edit")
        ),
        "give the message with `-m`",
    ),
    (
        lambda c: c.program == "git" and c.operands[:1] == ("revert",) and c.has("-e", "--edit"),
        "write `--no-edit` instead",  # without either it asks only on a terminal
    ),
    (lambda c: c.program == "crontab" and c.has("-e"), "install a file: `crontab FILE`"),
    (
        lambda c: c.program in {"rails", "bin/rails"} and bool({"console", "c", "dbconsole"} & set(c.operands[:1])),
        "use `rails runner`",
    ),
    (lambda c: c.program == "redis-cli" and not c.operands, "give the command"),
)


def _look(subject: Subject) -> Iterator[Doubt]:
    for command in subject.commands():
        for call in command.calls():
            instead = None if _fed(call) else next((instead for kind, instead in _KINDS if kind(call)), None)
            if instead is not None:
                yield Doubt(f"`{call.text[:60]}` waits for somebody at a keyboard", command.at(call), instead)


RULE = Rule(
    name="interactive-command",
    severity=Severity.ERROR,
    title="A command that waits for somebody at a keyboard",
    why="Nobody sits there when a plan runs: it gets no input, fails or hangs until its time limit. What "
    "a person typed there is "
    "not written down either.",
    bad="psql shop\nvim .env",
    good='psql shop -c "select count(*) from users"\nsed -i "s/^LOG=.*/LOG=info/" .env',
    look=_look,
)
