"""Commands whose effect goes beyond the application that is deployed."""

from collections.abc import Callable, Iterator

from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity
from wetrun.shell.commands import Call

__all__ = ["RULE"]

_SHARED = frozenset(
    {"docker", "network", "networking", "NetworkManager", "sshd", "ssh", "systemd-resolved", "cron", "firewalld"}
)
_EVERYWHERE = pattern(r"^(?:/|/\*|~/?|\$HOME/?|/(?:etc|var|usr|home|opt|srv|bin|lib)/?\*?)$")

_KINDS: tuple[tuple[Callable[[Call], bool], str, str], ...] = (
    (
        lambda c: c.program == "pm2" and "all" in c.operands[1:2],
        "every application of this process manager",
        "name your application",
    ),
    (
        lambda c: c.program == "pm2" and c.operands[:1] == ("kill",),
        "every application of this process manager",
        "name your application: `pm2 stop NAME`",
    ),
    (
        lambda c: c.program == "supervisorctl" and "all" in c.operands[1:2],
        "every program of this supervisor",
        "name your program",
    ),
    (
        lambda c: c.program in {"killall", "pkill"} and not c.has("-0", "-u", "--pidfile", "-F"),
        "every process of that name",
        "stop your service by its manager, or by its pid file",
    ),
    (
        lambda c: c.program == "kill" and "-1" in c.operands + c.arguments[1:],
        "every process of this user",
        "name the process",
    ),
    (
        lambda c: c.program == "docker" and "prune" in c.operands[:2],
        "what other applications keep",
        "remove your own images by name",
    ),
    (
        lambda c: c.program == "docker" and c.operands[:1] in {("stop",), ("rm",), ("kill",)} and "docker ps" in c.text,
        "every container of this machine",
        "name your containers, or use a label",
    ),
    (lambda c: c.program in {"reboot", "shutdown", "poweroff", "halt"}, "the whole machine", "restart your service"),
    (
        lambda c: (
            c.program in {"systemctl", "service"}
            and bool(_SHARED & {word.removesuffix(".service") for word in c.operands})
            and not c.has("status")
            and "status" not in c.operands
        ),
        "everything that needs this service",
        "reload it, or restart only yours",
    ),
    (
        lambda c: (
            c.program in {"rm", "chmod", "chown"}
            and c.has("-r", "-R", "--recursive")
            and any(_EVERYWHERE.match(word) for word in c.operands)
        ),
        "far more than the application's folder",
        "name the folder",
    ),
    (
        lambda c: c.program in {"iptables", "ip6tables", "nft"} and (c.has("-F", "--flush") or "flush" in c.operands),
        "every rule of the firewall",
        "remove your own rule",
    ),
    (
        lambda c: c.program == "ufw" and bool({"disable", "reset"} & set(c.operands[:1])),
        "every rule of the firewall",
        "remove your own rule: `ufw delete …`",
    ),
    (
        lambda c: c.program in {"kubectl", "oc"} and "drain" in c.operands[:2],
        "every application on that node",
        "restart your own pods: `kubectl rollout restart`",
    ),
    (
        lambda c: (
            c.program in {"apt", "apt-get", "yum", "dnf"}
            and bool({"upgrade", "dist-upgrade", "full-upgrade"} & set(c.operands[:1]))
        ),
        "every package of this machine",
        "install the package that you need, with its version",
    ),
    (
        lambda c: c.program == "git" and c.operands[:1] == ("config",) and c.has("--global", "--system"),
        "every repository of this user",
        "use `git -c` or `git config --local`",
    ),
    (
        lambda c: (
            c.program == "npm" and c.has("-g", "--global") and bool({"install", "i", "update"} & set(c.operands[:1]))
        ),
        "every application that uses this Node",
        "install it in the project",
    ),
    (
        lambda c: c.program == "kubectl" and c.operands[:1] == ("delete",) and c.has("--all", "--all-namespaces"),
        "everything of that kind",
        "name the object, or use a label",
    ),
)


def _look(subject: Subject) -> Iterator[Doubt]:
    for command in subject.commands():
        for call in command.calls():
            found = next(((reach, instead) for kind, reach, instead in _KINDS if kind(call)), None)
            if found is not None:
                yield Doubt(f"`{call.text[:60]}` reaches {found[0]}", command.at(call), found[1])


RULE = Rule(
    name="reaches-too-far",
    severity=Severity.WARNING,
    title="A command that reaches beyond the application",
    why="What else runs on the machine goes down with it, and nobody watches that. Put a neighbour into "
    "the double to see it.",
    bad="pm2 stop all",
    good="pm2 stop shop",
    look=_look,
)
