"""The reference of commands in Markdown; printed by `python -m wetrun.cli.reference`."""

import sys

import click

from wetrun.cli import wetrun

__all__ = ["markdown"]

_HEAD = """# Commands

Generated from the commands themselves; do not edit. Data goes to stdout, everything else to stderr.

| exit code | means |
|---|---|
| 0 | GO, with or without conditions; done |
| 1 | NO-GO |
| 2 | the plan or the call is wrong, or this machine cannot do it |
| 3 | interrupted |
| 4 | inconclusive: something could not be measured |
| 70 | a bug in wetrun |
"""


def markdown() -> str:
    """Describe every command with its arguments and options, as `--help` does."""
    context = click.Context(wetrun, info_name="wetrun")
    sections = [_HEAD]
    for name in wetrun.list_commands(context):
        command = wetrun.get_command(context, name)
        if command is None:
            raise LookupError(name)
        inner = click.Context(command, info_name=name, parent=context, max_content_width=100, terminal_width=100)
        sections.append(f"\n## `wetrun {name}`\n\n```\n{command.get_help(inner)}\n```\n")
    return "".join(sections)


if __name__ == "__main__":
    sys.stdout.write(markdown())
