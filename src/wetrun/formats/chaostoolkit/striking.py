"""Actions of an experiment that are faults: what wetrun brings about and measures itself becomes a scenario.

Only what a command says for certain is taken: a service that is stopped, processes that are killed. Every other action
stays a step, since nothing would measure that it took effect.
"""

import re
from collections.abc import Sequence
from typing import Any

from wetrun.errors import Place
from wetrun.formats.writing.names import slug
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted
from wetrun.lean import dataclass

__all__ = ["Strike", "scenario_of", "service_of", "strike_of"]

_WORD = r"[\w@.-]+"
_STOPS = (
    re.compile(rf"^(?:sudo )?(?P<start>systemctl) (?:--now )?(?:stop|kill) (?P<name>{_WORD})$"),
    re.compile(rf"^(?:sudo )?(?P<start>service) (?P<name>{_WORD}) stop$"),
    re.compile(rf"^(?:sudo )?(?P<start>pm2|supervisorctl|docker|podman) stop (?P<name>{_WORD})$"),
)
_KILLS = re.compile(rf"^(?:sudo )?(?:pkill|killall)(?: -(?:9|KILL|SIGKILL))(?P<whole> -f)? (?P<name>{_WORD})$")
_STARTS = {"service": "service {name} start"}


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that an action means.

    Attributes:
        name: The action's name.
        command: The action's command.
        service: The service that is stopped, or None.
        match: What is found in the command lines of the processes that are killed, or None.
        start: What starts the service again; empty when nothing is stopped.
    """

    name: str
    command: str
    place: Place
    service: str | None = None
    match: str | None = None
    start: str = ""


def strike_of(name: str, command: str, place: Place) -> Strike | None:
    """The fault that a command means, or None when it is no certain one."""
    for pattern in _STOPS:
        if (stopped := pattern.match(command)) is not None:
            unit = stopped["name"].removesuffix(".service")
            start = _STARTS.get(stopped["start"], f"{stopped['start']} start {{name}}").format(name=stopped["name"])
            lead = "sudo " if command.startswith("sudo ") else ""
            return Strike(name, command, place, service=slug(unit), start=lead + start)
    if (killed := _KILLS.match(command)) is not None:
        return Strike(name, command, place, match=re.escape(killed["name"]))
    return None


def service_of(strike: Strike) -> Draft:
    """The service that a strike stops, as a plan describes it."""
    guess = "how its processes are found: a regular expression in their command lines"
    return Branch(
        {
            "process": Leaf(re.escape(strike.service or ""), strike.place, guess),
            "stop": Leaf(strike.command, strike.place),
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
    fault: dict[str, Any] = (
        {"process-kill": {"match": strike.match}}
        if strike.service is None
        else {"service-stop": {"service": strike.service}}
    )
    entries: dict[str, Draft] = {
        "fault": drafted(fault, strike.place),
        "from": Leaf("/".join(where), strike.place),
        "expect": drafted({"outcome": "deployed"}, strike.place, "the experiment expects that its steady state holds"),
    }
    return Branch(entries, strike.place)
