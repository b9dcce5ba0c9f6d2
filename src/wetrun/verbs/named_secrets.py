"""Secrets that stand in a runbook or an experiment: the plan names them, and has their values from nowhere else."""

import re

from wetrun.course.masking import MASK
from wetrun.errors import Place
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing, drafted
from wetrun.lint.secrets import Named
from wetrun.shell.expanding import expanded

__all__ = ["name_in_draft"]

_UNCLEAR = "a secret stood in it, and not all of it was understood: see to it that the shell puts the value there"


def name_in_draft(draft: Branch, named: Named, file: str) -> None:
    """Let a draft name the secrets that stood in its source; what they are stays there, and goes into no draft.

    Args:
        draft: What was read from the text that names them; changed.
        named: The secrets.
        file: The source.
    """
    if not named.names:
        return
    _expand(draft, named)
    guess = "it stood in the text, so change it; then set this variable"
    entries: dict[str, Draft] = {
        name: drafted({"env": name}, Place(file, line, 1), guess) for name, line in named.names.items()
    }
    rest = draft.entries
    stated = rest.pop("secrets", None)
    if isinstance(stated, Branch):
        entries |= stated.entries
    secrets = Branch(entries, Place(file, min(named.names.values()), 1))
    draft.entries = {"name": rest.pop("name"), "secrets": secrets, **rest}


def _expand(draft: Branch, named: Named) -> None:
    """Let the shell put the secrets where they stood, and expect their mask where output shows them."""
    waiting: list[tuple[Draft, bool, str]] = [(draft, False, "")]
    while waiting:
        one, expected, key = waiting.pop()
        match one:
            case Listing(items=items):
                waiting += [(item, expected, key) for item in items]
            case Branch(entries=entries):
                waiting += [(below, expected or name == "expect", name) for name, below in entries.items()]
                if isinstance(run := entries.get("run"), Leaf) and isinstance(run.value, str):
                    run.value, unclear = expanded(run.value, named.names)
                    run.guess = _UNCLEAR if unclear else run.guess
            case Leaf(value=str(text)) if expected:
                mask = re.escape(MASK) if key == "matches" else MASK
                for name in named.names:
                    text = text.replace(f"${{{name}}}", mask)
                one.value = text
            case Leaf():
                pass
