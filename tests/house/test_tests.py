"""What holds for every test."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_test_says_why_it_matters() -> None:
    """Whoever breaks a test must see what is lost with it; otherwise the test gets bent until it passes."""
    silent = [
        f"{path.relative_to(TESTS)}:{node.lineno} {node.name}"
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []
