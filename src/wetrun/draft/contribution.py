"""What a recogniser adds to the draft of a plan."""

from enum import Enum

from wetrun.lean import dataclass

__all__ = ["Contribution", "ServiceDraft", "Stage", "StepDraft"]


class Stage(Enum):
    """The phases of a drafted plan, in their order."""

    BEFORE = "Before"
    CODE = "Code"
    PACKAGES = "Packages"
    SCHEMA = "Schema"
    BUILD = "Build"
    RESTART = "Restart"
    VERIFY = "Verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """A command.

    Attributes:
        keys: Further keys of the step with their values as YAML.
        comment: What the reader has to know or decide, or None.
    """

    run: str
    name: str | None = None
    keys: tuple[tuple[str, str], ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDraft:
    """A long-running program; `process` is found in its command line."""

    name: str
    process: str
    stop: str | None = None
    start: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What was recognised, and what it means for the plan.

    Attributes:
        saw: What was recognised, in words.
        name: A name for the application, or None.
        steps: Steps of the happy path, each in its stage.
        undo: Steps of the rollback, each in its stage.
        state: Probes by name, as YAML.
        ignore: Globs of files that every deployment changes.
        warnings: What the reader has to do about the rollback.
    """

    saw: str
    name: str | None = None
    services: tuple[ServiceDraft, ...] = ()
    steps: tuple[tuple[Stage, StepDraft], ...] = ()
    undo: tuple[tuple[Stage, StepDraft], ...] = ()
    state: tuple[tuple[str, str], ...] = ()
    ignore: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
