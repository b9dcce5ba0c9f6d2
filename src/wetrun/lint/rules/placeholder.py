"""Places that a person has to fill in before a command can run."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity
from wetrun.shell.placeholders import find_placeholders

__all__ = ["RULE"]


def _look(subject: Subject) -> Iterator[Doubt]:
    for command in subject.commands():
        for found in find_placeholders(command.text):
            before = command.text[: found.start]
            place = command.inside(before.count("\n"), len(before) - before.rfind("\n") - 1)
            name = "".join(letter if letter.isalnum() else "_" for letter in found.text).strip("_").lower()
            instead = f"capture the value in an earlier step and write `${{{name}}}`, or name it under `environment`"
            yield Doubt(f"`{found.text}` has to be filled in before this can run", place, instead)
    for target in subject.plan.targets.values():
        address = target.ssh or ""
        if "$" in address or next(find_placeholders(address), None) is not None:
            yield Doubt(
                f"the address `{address}` has to be filled in before anything can run there",
                target.place or subject.start,
                "write the name of the user and of the machine; no shell puts variables into an address",
            )


RULE = Rule(
    name="placeholder",
    severity=Severity.ERROR,
    title="A place that has to be filled in",
    why="A shell takes `<sha>` for a redirection and `{NAME}` for a word. Whoever forgets to fill it in "
    "runs something else than "
    "what was meant, at the worst moment: placeholders are most frequent in rollbacks.",
    bad="git reset --hard <sha>",
    good='release_before=$(git rev-parse HEAD)   # before the first change\ngit reset --hard "$release_before"',
    look=_look,
)
