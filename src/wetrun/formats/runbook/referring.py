"""Steps that a scenario refers to by number and title, as `Phase 2.3: Database verification`, and that do not exist."""

import re
from collections.abc import Iterator, Sequence

from wetrun.errors import Place
from wetrun.formats.runbook.contents.material import Part, Told
from wetrun.formats.runbook.drafts.mentions import stems

__all__ = ["unknown_steps"]

_STEP = re.compile(
    r"^(?:phase|step|stage|part) (?P<phase>\d{1,4})\.(?P<step>\d{1,4})\s*[:–—-]\s*(?P<title>\S.*)$", re.IGNORECASE
)


def unknown_steps(told: Sequence[Told], phases: Sequence[Part], file: str) -> Iterator[tuple[Place, str]]:
    """Every step that is referred to and is none, with words for each.

    Args:
        told: The scenarios.
        phases: The happy path.
        file: The runbook's name.
    """
    numbered: dict[str, list[Part]] = {}
    for part in phases:
        if part.section.number is not None:
            numbered.setdefault(part.section.number, []).append(part)
    for scenario in told if numbered else ():
        for words in (above for listed in scenario.shown for above in listed.above):
            match = _STEP.match(words.text)
            why = None if match is None else _unknown(match, numbered)
            if why is not None:
                yield Place(file, words.line + 1, 1), f"`{words.text[:60].strip()}` is no step of the runbook: {why}"


def _unknown(match: re.Match[str], numbered: dict[str, list[Part]]) -> str | None:
    phase, step = match["phase"], int(match["step"])
    if f"{phase}.{step}" in numbered:
        return None
    if phase not in numbered:
        return f"there is no phase {phase}"
    commands = [listed.text for part in numbered[phase] for listed in part.commands]
    wanted = set(stems(match["title"]))
    titles = " ".join(part.section.title for part in numbered[phase])
    if not wanted or wanted & set(stems(" ".join((titles, *commands)))):
        return None if 0 < step <= len(commands) else f"phase {phase} has {len(commands)} commands"
    if not 0 < step <= len(commands):
        return f"phase {phase} has {len(commands)} commands, and none of that kind"
    return f"command {step} of phase {phase} is `{commands[step - 1][:40]}`"
