"""The signs and tones of the words of results, for every form; a word always stands beside its tone."""

from collections.abc import Mapping
from enum import Enum

from wetrun.report.results.model import AdviceWord, ConclusionKind, RiskLevel, Shown, Stands

__all__ = ["SHOWN_SIGNS", "TONES"]

TONES: Mapping[Enum, str] = {
    Stands.HOLDS: "good",
    Stands.DOES_NOT_FOLLOW: "bad",
    Stands.NOT_SUPPORTED: "fair",
    Stands.NOT_MEASURED: "unclear",
    Stands.NOT_CLAIMED: "nobody",
    ConclusionKind.PROVEN: "good",
    ConclusionKind.FAILED: "bad",
    ConclusionKind.ESCAPED: "bad",
    ConclusionKind.ASSUMED: "unclear",
    ConclusionKind.FOUND: "nobody",
    RiskLevel.LOW: "good",
    RiskLevel.MODERATE: "fair",
    RiskLevel.HIGH: "bad",
    RiskLevel.NOT_KNOWN: "unclear",
    AdviceWord.DEPLOY: "good",
    AdviceWord.WITH_CONDITIONS: "fair",
    AdviceWord.NOT_YET: "unclear",
    AdviceWord.DO_NOT: "bad",
    Shown.YES: "good",
    Shown.NO: "bad",
    Shown.NOT_SHOWN: "unclear",
}
SHOWN_SIGNS: Mapping[Shown, str] = {Shown.YES: "✓", Shown.NO: "✗", Shown.NOT_SHOWN: "·"}
