"""Write a file that the user named."""

from pathlib import Path

from wetrun.errors import WetrunError

__all__ = ["UnwritableFileError", "write"]


class UnwritableFileError(WetrunError):
    """A file that the user named cannot be written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"cannot write `{path}`: {why}", hint="name a file in a folder that is there and writable")
        self.path = path


def write(path: Path, text: str) -> None:
    """Write a whole file.

    Raises:
        UnwritableFileError: It cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnwritableFileError(path, (error.strerror or str(error)).lower()) from None
