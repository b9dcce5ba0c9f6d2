"""The rules' pages in Markdown; `python -m wetrun.lint.reference FOLDER` writes them."""

import sys
from pathlib import Path

from wetrun.lint.registry import rules
from wetrun.lint.rule import Rule

__all__ = ["pages"]

_HEAD = """# Rules

Generated from the rules themselves; do not edit. `wetrun check` holds plans and runbooks against them. An *error* makes
it exit with 1, a *warning* only with `--strict`; a *note* never does.

| rule | | finds |
|---|---|---|
"""


def pages() -> dict[str, str]:
    """Every page by its file's name: one per rule, and the list of them."""
    found = {f"{rule.name}.md": _page(rule) for rule in rules()}
    rows = "".join(f"| [`{rule.name}`]({rule.name}.md) | {rule.severity.value} | {rule.title} |\n" for rule in rules())
    return {"README.md": _HEAD + rows, **found}


def _page(rule: Rule) -> str:
    return (
        f"<!-- Written by `python -m wetrun.lint.reference`; do not edit. -->\n# `{rule.name}`\n\n"
        f"{rule.title}. Severity: {rule.severity.value}.\n\n{rule.why}\n\nFound:\n\n````\n{rule.bad}\n````\n\n"
        f"Instead:\n\n````\n{rule.good}\n````\n"
    )


def main() -> None:
    """Write the pages into a folder, and remove those of rules that are gone."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
