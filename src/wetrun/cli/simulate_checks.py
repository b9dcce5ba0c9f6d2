"""What `wetrun simulate` refuses before it reads anything, and options of which it says that they do nothing."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

__all__ = ["check_options"]

_OF_THE_EXACT = {"exact": "exact", "plot": "plot", "page": "page", "sweep": "sweeps", "goal": "goals"}
_OF_WALKS = dict.fromkeys(("threads", "seed"), "the exact answer takes no random walks (`--sample`)")
_OF_RECORDS = {
    **dict.fromkeys(("state", "evidence", "pool_changed"), "a graph has no record of runs"),
    "double": "a graph has none",
}
_ENDINGS = {"plot": ("SVG", (".svg",)), "page": ("HTML", (".html", ".htm"))}


def check_options(given: dict[str, Any]) -> None:
    """Refuse what makes no sense together, and say on stderr which options do nothing.

    Args:
        given: The options of `wetrun simulate`, by the names of its parameters.

    Raises:
        click.UsageError: Some make no sense together, or a file would hold what its name does not say.
    """
    is_graph, is_sampled = given["graph"] is not None, given["trials"] is not None
    if is_graph and given["plan"] is not None:
        raise click.UsageError("name a plan or a `--graph`, not both")
    if not is_sampled and given["error"] is not None:
        raise click.UsageError("`--error` needs `--sample`: the exact answer has no sampling error")
    answered = [f"`--{name}`" for name, given_as in _OF_THE_EXACT.items() if given[given_as]]
    if is_sampled and answered:
        raise click.UsageError(f"{answered[0]} is made of the exact answer, and does not go with `--sample`")
    if is_graph and given["page"] is not None:
        raise click.UsageError("`--page` is for plans; `--plot` draws any model")
    for name, (kind, endings) in _ENDINGS.items():
        _check_ending(name, given[name], kind, endings)
    if given["plot"] is not None and given["page"] is not None and given["plot"].resolve() == given["page"].resolve():
        raise click.UsageError("`--plot` and `--page` name the same file: one would overwrite the other; name two")
    _say_what_does_nothing(given, is_graph=is_graph, is_sampled=is_sampled)


def _check_ending(name: str, path: Path | None, kind: str, endings: tuple[str, ...]) -> None:
    if path is not None and path.suffix and path.suffix.lower() not in endings:
        way_out = f"name a file that ends in `{endings[0]}`"
        raise click.UsageError(f"`--{name}` writes {kind}, and `{path.name}` says something else: {way_out}")


def _say_what_does_nothing(given: dict[str, Any], *, is_graph: bool, is_sampled: bool) -> None:
    useless = {**(_OF_WALKS if not is_sampled else {}), **(_OF_RECORDS if is_graph else {})}
    if is_sampled or not is_graph:
        useless.pop("seed", None)  # of a plan it is also that of the draws behind the intervals
    for name, why in useless.items():
        if click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE:
            click.echo(f"note: `--{name.replace('_', '-')}` does nothing here: {why}", err=True)
    if not is_graph and given["state"] is not None and not given["state"].is_dir():
        click.echo(f"note: there is no folder `{given['state']}`, so that no run is counted", err=True)
