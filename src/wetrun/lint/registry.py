"""All rules, in the order of their names; a module of `lint.rules` is a rule when it has a `RULE`."""

import importlib
import pkgutil
from dataclasses import replace
from functools import lru_cache

from wetrun.lint import rules as package
from wetrun.lint.rule import Rule
from wetrun.lint.secrets import without_secrets
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Finding

__all__ = ["lint", "rules"]


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule."""
    modules = [
        importlib.import_module(f"{package.__name__}.{each.name}") for each in pkgutil.iter_modules(package.__path__)
    ]
    found: list[Rule] = [module.RULE for module in modules]
    return tuple(sorted(found, key=lambda rule: rule.name))


def lint(subject: Subject) -> tuple[Finding, ...]:
    """Hold a subject against every rule.

    Returns:
        What was found, in the order of the text; the same thing at the same place once.
    """
    hidden = (
        replace(each, message=without_secrets(each.message)) for rule in rules() for each in rule.findings(subject)
    )
    found = {(each.rule, each.place, each.message): each for each in hidden}
    return tuple(sorted(found.values(), key=lambda each: (each.place, each.rule)))
