"""What every page is made with: templates that clean whatever they print, assets, and a policy that lets nothing in."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from wetrun.report.cleaning import clean, clean_line

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["asset", "environment", "pieces", "policy"]


def environment(filters: Mapping[str, Callable[..., object]]) -> "Environment":
    """An environment for templates: all that is printed is cleaned and escaped; `pieces` is known to all."""
    # Jinja costs more to import than `wetrun --help` may take altogether.
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update({"pieces": pieces, **filters})
    # Whatever is printed is cleaned first, so that no template can forget to.
    made.finalize = _finalize
    return made


def _finalize(value: object) -> object:
    # What a macro wrote is markup already, and was cleaned when the macro printed it.
    return value if hasattr(value, "__html__") else clean(str(value))


def pieces(text: str) -> tuple[tuple[bool, str], ...]:
    """Split words on one line at literals in backticks: whether a piece is a literal, and its text."""
    split = re.split("`([^`]+)`", clean_line(text, 1500))
    return tuple((bool(index % 2), piece) for index, piece in enumerate(split) if piece)


def asset(name: str) -> str:
    """The text of a file beside the templates."""
    return files("wetrun.report").joinpath("templates", name).read_text(encoding="utf-8")


def policy(style: str, script: str = "") -> str:
    """A content security policy that allows this style, this script (if any), and nothing else."""
    scripts = f"'{_hash(script)}'" if script else "'none'"
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src {scripts}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
