"""The happy path of a runbook while it is drafted: its phases, and which command became which step."""

from dataclasses import field

from wetrun.formats.writing.names import Names, slug
from wetrun.formats.writing.tree import Branch, Leaf, Listing
from wetrun.lean import dataclass

__all__ = ["Happy"]


@dataclass(slots=True)
class Happy:
    """The drafted phases, and which command is which step.

    Attributes:
        numbers: Names of phases by their number in the runbook.
        steps: Phase name and step by command.
        changing: The first phase that changes something.
    """

    phases: Listing
    numbers: dict[str, str] = field(default_factory=dict[str, str])
    steps: dict[str, tuple[str, Branch]] = field(default_factory=dict[str, tuple[str, Branch]])
    taken: set[str] = field(default_factory=set[str])
    by_name: dict[str, Branch] = field(default_factory=dict[str, Branch])
    names: Names = field(default_factory=Names)
    changing: str = ""

    @property
    def first(self) -> str:
        """The name of the first phase."""
        phase = self.phases.items[0]
        name = phase.entries["name"] if isinstance(phase, Branch) else None
        return str(name.value) if isinstance(name, Leaf) else ""

    def order(self) -> list[str]:
        """The names of the phases, in order."""
        names = [phase.entries["name"] for phase in self.phases.items if isinstance(phase, Branch)]
        return [str(name.value) for name in names if isinstance(name, Leaf)]

    def named(self, command: str) -> tuple[str, str] | None:
        """The phase and the name of the step that runs this command; the step gets a name if it has none."""
        if command not in self.steps:
            return None
        phase, step = self.steps[command]
        if "name" not in step.entries:
            place = step.place
            base = "-".join(slug(command).split("-")[:3])
            name = self.names.free(base, self.taken)
            step.entries = {"name": Leaf(name, place), **step.entries}
            self.taken.add(name)
            self.by_name[name] = step
        name_leaf = step.entries["name"]
        return phase, str(name_leaf.value) if isinstance(name_leaf, Leaf) else ""

    def changes_by(self, where: str) -> str | None:
        """The command of a step (`Phase/step`) that changes something; None for a phase, and for a step that looks."""
        step = self.by_name.get(where.rpartition("/")[2]) if "/" in where else None
        run = None if step is None or "changes" in step.entries else step.entries.get("run")
        return str(run.value) if isinstance(run, Leaf) else None
