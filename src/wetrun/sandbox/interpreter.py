"""The Python that runs wetrun, as far as it has to be visible inside."""

import shutil
import sys
from pathlib import Path

import wetrun

__all__ = ["PYTHON", "folders", "import_path", "package_parent", "python_script", "ssh_script"]

PYTHON = (sys.executable, "-I", "-S", "-c")
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")


def package_parent() -> Path:
    """The folder from which wetrun is imported."""
    return Path(wetrun.__file__).resolve().parent.parent


def _package_folders() -> list[str]:
    return [entry for entry in sys.path if Path(entry).name in _PACKAGE_FOLDERS and Path(entry).is_dir()]


def folders() -> list[str]:
    """Every folder that the interpreter, wetrun and its dependencies are loaded from."""
    return [sys.prefix, sys.base_prefix, str(package_parent() / "wetrun"), *_package_folders()]


def import_path() -> str:
    """A program text that makes wetrun and its dependencies importable in an isolated interpreter."""
    return f"import sys; sys.path[:0] = [{str(package_parent())!r}]; sys.path += {_package_folders()!r}; "


def python_script() -> dict[str, str]:
    """A `python3` for sandboxes of a machine whose own is elsewhere than in its standard folders."""
    if any(Path(folder, "python3").exists() for folder in ("/usr/bin", "/bin")):
        return {}
    return {"bin/python3": f'#!/bin/sh\nexec {sys.executable} "$@"\n'}


def ssh_script() -> dict[str, str]:
    """An `ssh` for sandboxes of a machine that has none."""
    if shutil.which("ssh", path="/usr/local/bin:/usr/bin:/bin") is not None:
        return {}
    program = import_path() + "from wetrun.sandbox.inside.ssh_client import main; main()"
    return {"bin/ssh": f"#!{sys.executable} -IS\n{program.replace('; ', chr(10))}\n"}
