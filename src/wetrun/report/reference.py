"""Writes the reference of the report as JSON from its keys: `python -m wetrun.report.reference [FILE]`."""

import sys
from collections.abc import Mapping
from pathlib import Path

from wetrun.report.data import FORMAT, KEYS, RUN_KEYS
from wetrun.report.results.in_json import KEYS as RESULT_KEYS
from wetrun.report.results.in_json import ROW_KEYS
from wetrun.report.results.risk import RULES
from wetrun.report.results.wording import MEANINGS

__all__ = ["reference"]

_HEAD = f"""\
<!-- Written by `python -m wetrun.report.reference`; do not edit. -->
# The report as JSON

`wetrun report --format json` and `wetrun rehearse --json` print one object (`rehearse` adds `page`, the path of the
HTML page). This is format {FORMAT}: within it keys are only ever added. A null is what does not apply or was not
measured, never a pass. Times are seconds.
"""


def reference() -> str:
    """The keys of the report, of its runs and of its results, as one Markdown page."""
    return "\n".join(
        [
            _HEAD,
            _keys("The report", KEYS),
            _keys("`runs`", RUN_KEYS),
            _keys("`results`", RESULT_KEYS),
            _keys("`results.statements[].rows`", ROW_KEYS),
            _keys("What `stands` says", {stands.value: meaning for stands, meaning in MEANINGS.items()}),
            _keys(
                "What `risk.level` says, in the order in which it is decided", {k.value: v for k, v in RULES.items()}
            ),
        ]
    )


def _keys(title: str, keys: Mapping[str, str]) -> str:
    rows = "".join(f"| `{key}` | {meaning} |\n" for key, meaning in keys.items())
    return f"## {title}\n\n| key | holds |\n|---|---|\n{rows}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
    else:
        sys.stdout.write(reference())
