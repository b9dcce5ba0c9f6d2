"""What was observed and what it was judged to be; the words are defined here, once."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue

__all__ = ["Ending", "Finding", "Judgement", "Observed", "Output", "Verdict"]


class Verdict(Enum):
    """The result of an expectation, a step or a rule.

    `INCONCLUSIVE` means that it could not be measured; it never counts as passed.
    """

    PASSED = "passed"
    ACCEPTABLE = "acceptable"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


class Ending(Enum):
    """How an action ended.

    `UNKNOWN`: it started and nobody saw its end. `ERROR`: it could not be carried out at all (no shell, no database
    client).
    """

    DONE = "done"
    TIME_LIMIT = "time-limit"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Output:
    """A stream, bounded: the whole text when it is short, else its head and tail.

    Attributes:
        text: What was kept, decoded as UTF-8 with replacement; a line in it says how much was left out.
        size: Bytes that the command really wrote.
        cut: Whether something was left out.
    """

    text: str = ""
    size: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Everything that was measured of one action; None where it does not apply.

    Attributes:
        seconds: Wall time of the action itself, unscaled.
        error: Why there is no (whole) observation, in words.
        refused: A request found nobody listening or was cut off (a real observation, unlike `Ending.ERROR`).
        failed_at: Line number (from 1) and text of the command that failed in a step of many lines.
    """

    ending: Ending = Ending.DONE
    seconds: float = 0.0
    exit_code: int | None = None
    stdout: Output = Output()
    stderr: Output = Output()
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Output | None = None
    rows: JsonValue = None
    error: str | None = None
    refused: bool = False
    failed_at: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation, judged.

    Attributes:
        wanted: What was expected, in words.
        got: What was observed, in words, bounded.
    """

    verdict: Verdict
    wanted: str
    got: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A step, judged: the worst of its findings (`failed` over `inconclusive` over `acceptable` over `passed`)."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    captured: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def reason(self) -> str:
        """The first finding that is not passed, in words; empty when all passed."""
        for verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ACCEPTABLE):
            for finding in self.findings:
                if finding.verdict is verdict:
                    return f"wanted {finding.wanted}, got {finding.got}"
        return ""
