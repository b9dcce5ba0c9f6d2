"""Entry points, read from the metadata of installed packages.

The standard library's `importlib.metadata` does the same and slows the start of `wetrun check`, since it brings the
parsers of e-mail, CSV and archives along. It is asked only where packages lie in archives.
Source: the entry points specification of the Python Packaging Authority.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Found", "installed"]


class Found(NamedTuple):
    """An entry point: its name, and the object that it leads to as `module:attribute`."""

    name: str
    value: str

    def load(self) -> Any:
        """Import the object.

        Raises:
            ImportError: There is no such module.
            AttributeError: The module has no such object.
        """
        module, _colon, attributes = self.value.partition("[")[0].partition(":")
        found: Any = import_module(module.strip())
        for attribute in filter(None, attributes.strip().split(".")):
            found = getattr(found, attribute)
        return found


def installed(group: str) -> tuple[Found, ...]:
    """Every entry point of a group; of a package that is installed twice, those of the one that is found first."""
    folders = [Path(path) for path in sys.path]
    if any(folder.is_file() for folder in folders):
        return _asked(group)
    seen: set[str] = set()
    found: list[Found] = []
    for folder in folders:
        for metadata in _listed(folder):
            package = _package(metadata)
            if package not in seen:
                seen.add(package)
                found += _declared(metadata / "entry_points.txt", group)
    return tuple(found)


def _asked(group: str) -> tuple[Found, ...]:
    from importlib.metadata import entry_points

    return tuple(Found(point.name, point.value) for point in entry_points(group=group))


def _listed(folder: Path) -> list[Path]:
    """The metadata folders in a folder of packages."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in {".dist-info", ".egg-info"})
    except OSError:
        return []


def _package(metadata: Path) -> str:
    """The package whose metadata this is: `My.Package-1.2.dist-info` is of `my_package`."""
    return metadata.stem.partition("-")[0].lower().replace(".", "_")


def _declared(path: Path, group: str) -> Iterator[Found]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    inside = False
    for line in map(str.strip, lines):
        if line.startswith("["):
            inside = line == f"[{group}]"
        elif inside and line and not line.startswith(("#", ";")):
            name, _equals, value = line.partition("=")
            yield Found(name.strip(), value.strip())
