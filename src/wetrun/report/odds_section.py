"""What the report of a rehearsal tells of the plan's odds: the claims, and how likely each outcome is."""

from markupsafe import Markup

from wetrun.lean import dataclass

__all__ = ["OddsSection"]


@dataclass(frozen=True, slots=True)
class OddsSection:
    """A forecast in brief.

    Attributes:
        headline: One sentence.
        claims: Claim, standing, why, tone.
        wide: The picture of the outcomes, as SVG for a wide page; empty when nobody states how likely they are.
        narrow: The same for a phone.
    """

    headline: str
    claims: tuple[tuple[str, str, str, str], ...]
    wide: Markup
    narrow: Markup
