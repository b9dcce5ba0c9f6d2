"""Writes the reference of faults from their classes: `python -m wetrun.faults.reference [FILE]`."""

import inspect
import re
import sys
from pathlib import Path

from wetrun.faults.registry import fault_class, kinds, parameters_of
from wetrun.plan.faults import FaultParameter

__all__ = ["reference"]

_OURS = "wetrun.faults."
_HEAD = """\
<!-- Written by `python -m wetrun.faults.reference`; do not edit. -->
# Faults

Each fault disturbs the double for real, measures that it did, and measures that it is gone when it was cleared. A
fault that took no effect makes its scenario inconclusive. *Synthetic* faults are scripted failures, and every report
labels them.

```yaml
scenarios:
  slow-database:
    fault: {network-delay: {port: 5432, delay: 300ms}}
    from: Verify
```
"""


def reference() -> str:
    """Every fault of wetrun itself as one Markdown page, in alphabetical order."""
    own = [kind for kind in kinds() if getattr(fault_class(kind), "__module__", "").startswith(_OURS)]
    return "\n".join([_HEAD, *(_section(kind) for kind in own)])


def _section(kind: str) -> str:
    chosen = fault_class(kind)
    summary, _, rest = (inspect.getdoc(chosen) or "").partition("\n\n")
    parts = dict(re.findall(r"^(Does|Needs|Measured): (.*(?:\n(?!\w+:).+)*)", rest, re.MULTILINE))
    lines = [f"## `{kind}`", "", " ".join(summary.split())]
    if chosen.synthetic and "Synthetic" not in summary:
        lines.append("Synthetic.")
    lines += ["", *(f"- **{name}** {_flat(text)}" for name, text in parts.items())]
    lines += ["", "| parameter | type | | meaning |", "|---|---|---|---|"]
    lines += [_row(parameter) for parameter in parameters_of(kind)]
    return "\n".join(lines) + "\n"


def _row(parameter: FaultParameter) -> str:
    kind = parameter.type.value
    if parameter.choices:
        kind = ", ".join(f"`{choice}`" for choice in parameter.choices)
    return f"| `{parameter.name}` | {kind} | {'required' if parameter.required else ''} | {parameter.doc} |"


def _flat(text: str) -> str:
    flat = " ".join(text.split())
    return flat[:1].upper() + flat[1:] if not flat.startswith("`") else flat


def main() -> None:
    """Write the page."""
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
    else:
        sys.stdout.write(reference())


if __name__ == "__main__":
    main()
