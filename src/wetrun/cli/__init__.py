"""The command line: one module per verb, loaded only when it is called."""

import gc
import importlib
import os
import signal
import sys
from types import FrameType
from typing import Any

import click

from wetrun import __version__
from wetrun.cli.complaints import complain
from wetrun.cli.output import stop_writing
from wetrun.errors import WetrunError

__all__ = ["main"]

_VERBS = {
    "check": "Read the plan or runbook; report mistakes and risky habits.",
    "init": "Draft a first plan for this folder.",
    "import": "Draft a plan from a Markdown runbook or an experiment.",
    "rehearse": "Run the plan for real in a double: clean, then once per failure.",
    "simulate": "Compute how likely every outcome of a model is, and how long it takes.",
    "report": "Render a rehearsal's report again.",
    "status": "List rehearsals and how they ended.",
    "shell": "Look inside a sandbox that was kept.",
    "discard": "End a sandbox that was kept, and remove it.",
}

_INTERRUPTED = 3
_BUG = 70
_RARELY = 20_000
"""Objects between two looks for unreachable cycles: loading modules makes many objects, and nearly all of them stay."""


class _Verbs(click.Group):
    """A group that loads a verb's module when it is used; `--help` needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order in which people meet them."""
        del ctx
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        del ctx
        if cmd_name not in _VERBS:
            return None
        module = "import_" if cmd_name == "import" else cmd_name  # the one verb that Python keeps for itself
        command: click.Command = importlib.import_module(f"wetrun.cli.{module}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Call the verb; when nobody reads on, click would exit with 1, which is our NO-GO."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            stop_writing()
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wetrun")
def wetrun() -> None:
    """Dry runs lie; wet runs tell.

    Rehearse a production deployment for real, with its failures and its rollback, in a double that cannot reach
    production.
    """


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM and SIGHUP end a verb as Ctrl-C does: what it has open is closed on the way."""
    raise KeyboardInterrupt


def _heed_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with wetrun's exit codes (0 to 5, 70)."""
    gc.set_threshold(_RARELY)
    _heed_signals()
    try:
        code: Any = wetrun.main(arguments, prog_name="wetrun", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        code = _INTERRUPTED
    except WetrunError as error:
        complain(error)
        code = error.exit_code
    except OSError as error:  # the disk is full, a folder may not be written: the machine's word, and no bug
        name = error.filename2 or error.filename  # of a copy, the one that could not be written
        where = f" `{name}`" if name else ""
        click.echo(f"error: {(error.strerror or str(error)).lower()}{where}", err=True)
        code = 2
    except Exception as error:
        if os.environ.get("WETRUN_DEBUG"):
            raise
        click.echo(f"error: a bug in wetrun: {type(error).__name__}: {error}", err=True)
        click.echo("hint: run it again with WETRUN_DEBUG=1 for the traceback, and report that, please", err=True)
        code = _BUG
    try:
        sys.stdout.flush()
    except OSError as error:
        stop_writing()
        click.echo(f"error: the output could not be written: {error.strerror}", err=True)
        code = code or 2
    sys.exit(code if isinstance(code, int) else 0)
