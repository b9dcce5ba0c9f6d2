"""Actions of an experiment that are faults: what wetrun brings about and measures itself becomes a scenario.

Only what a command says for certain is taken: a service that is stopped, killed or frozen, processes that are killed, a
port that is closed. Every other action stays a step, since nothing would measure that it took effect.
"""

import re
from collections.abc import Mapping, Sequence

from wetrun.errors import Place
from wetrun.formats.writing.names import slug
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted
from wetrun.lean import dataclass, pattern

__all__ = ["Strike", "scenario_of", "service_of", "strike_of"]

_WORD = r"[\w@.-]+"
_SERVICES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("service-stop", pattern(rf"^(?P<manager>systemctl) (?:--now )?(?:stop|kill) (?P<name>{_WORD})$")),
    ("service-stop", pattern(rf"^(?P<manager>service) (?P<name>{_WORD}) stop$")),
    ("service-stop", pattern(rf"^(?P<manager>pm2|supervisorctl|docker|podman) stop (?P<name>{_WORD})$")),
    ("service-kill", pattern(rf"^(?P<manager>docker|podman) kill (?P<name>{_WORD})$")),
    ("service-freeze", pattern(rf"^(?P<manager>docker|podman) pause (?P<name>{_WORD})$")),
)
_KILLS = pattern(rf"^(?:pkill|killall)(?: -(?:9|KILL|SIGKILL))(?P<whole> -f)? (?P<name>{_WORD})$")
_CLOSES = pattern(
    r"^ip6?tables (?:-w )?(?:-[AI]|--append|--insert) (?:INPUT|OUTPUT)(?: \d+)? (?:-p|--protocol) tcp(?: -m tcp)?"
    r" --(?:dport|destination-port) (?P<port>\d{1,5}) (?:-j|--jump) (?P<how>DROP|REJECT)$"
)
_CLOSED = {"DROP": "network-blackhole", "REJECT": "network-refuse"}


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that an action means.

    Attributes:
        name: The action's name.
        kind: The kind of fault; `parameters` are what a plan says of it.
        guess: What a person has to see to, or None.
        service: The service in the plan that is struck, with what stops and starts it; empty when it is none.
    """

    name: str
    kind: str
    parameters: Mapping[str, str | int]
    place: Place
    guess: str | None = None
    service: str = ""
    stop: str = ""
    start: str = ""


def strike_of(name: str, command: str, place: Place) -> Strike | None:
    """The fault that a command means, or None when it is no certain one."""
    lead = "sudo " if command.startswith("sudo ") else ""
    bare = command.removeprefix("sudo ")
    for kind, control in _SERVICES:
        if (struck := control.match(bare)) is not None:
            stop, start = (lead + _told(struck["manager"], struck["name"], word) for word in ("stop", "start"))
            service = slug(struck["name"].removesuffix(".service"))
            stop = command if kind == "service-stop" else stop
            return Strike(name, kind, {"service": service}, place, service=service, stop=stop, start=start)
    if (killed := _KILLS.match(bare)) is not None:
        return Strike(name, "process-kill", {"match": re.escape(killed["name"])}, place)
    if (closed := _CLOSES.match(bare)) is not None and 0 < int(closed["port"]) < 65536:
        guess = "the port must stand under `double.ports`"
        return Strike(name, _CLOSED[closed["how"]], {"port": int(closed["port"])}, place, guess)
    return None


def service_of(strike: Strike) -> Draft:
    """The service that a strike meets, as a plan describes it."""
    guess = "how its processes are found: a regular expression in their command lines"
    return Branch(
        {
            "process": Leaf(re.escape(strike.service), strike.place, guess),
            "stop": Leaf(strike.stop, strike.place),
            "start": Leaf(strike.start, strike.place, "the counterpart of what stops it"),
        },
        strike.place,
    )


def scenario_of(strike: Strike, where: Sequence[str]) -> Draft:
    """The scenario: the steady state is expected to hold.

    Args:
        strike: The fault.
        where: The phase, or the phase and the step, before which it strikes.
    """
    entries: dict[str, Draft] = {
        "fault": drafted({strike.kind: strike.parameters}, strike.place, strike.guess),
        "from": Leaf("/".join(where), strike.place),
        "expect": drafted({"outcome": "deployed"}, strike.place, "the experiment expects that its steady state holds"),
    }
    return Branch(entries, strike.place)


def _told(manager: str, name: str, word: str) -> str:
    return f"service {name} {word}" if manager == "service" else f"{manager} {word} {name}"
