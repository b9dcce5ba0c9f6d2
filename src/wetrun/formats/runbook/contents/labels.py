"""What the label above a block says that its commands do to a scenario: show it, mitigate it, take it back."""

import re

from wetrun.formats.runbook.document.outline import Kind, cleaned

__all__ = ["CONDITION", "MITIGATION", "done_below"]

MITIGATION = re.compile(
    r"^(?:(?:how )?to )?(?:mitigat(?:ion|e)|fix|resol(?:ution|ve)|work-?around|remedy|solution)\b", re.IGNORECASE
)
_TAKEN_BACK = re.compile(r"^(?:(?:how )?to )?roll(?:ing)?[ -]?back\b", re.IGNORECASE)
_SHOWS = re.compile(
    r"^(?:symptoms?|detect\w*|expected|observed|behaviou?r|signals?|simulation|example)\b", re.IGNORECASE
)
_LABEL = re.compile(r"^[^:\n]{2,80}:")
_DONE = ((_TAKEN_BACK, Kind.ROLLBACK), (MITIGATION, Kind.MITIGATION), (_SHOWS, Kind.SHOWN))
CONDITION = re.compile(r"(?:if|when)\b", re.IGNORECASE)  # below such a heading stands what is done then


def done_below(text: str, before: Kind) -> Kind:
    """What the commands below a paragraph do to a scenario: what its last label says, else what was said before.

    Args:
        text: The paragraph.
        before: What was said before.

    Returns:
        `MITIGATION`, `ROLLBACK` or `SHOWN`.
    """
    doing = before
    for line in text.split("\n"):
        plain = f"{cleaned(line)}:" if line.rstrip(" *_").endswith(":") else cleaned(line)
        if _LABEL.match(plain) is not None:
            leads = plain.endswith(":") and CONDITION.match(plain) is not None  # `If it hangs: …` may say it in words
            doing = Kind.MITIGATION if leads else next((kind for label, kind in _DONE if label.match(plain)), doing)
    return doing
