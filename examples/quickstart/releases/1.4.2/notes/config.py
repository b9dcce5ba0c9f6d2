"""The configuration: a `.env` file in the service's folder, and nothing else has a default."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Config", "ConfigError", "load"]

REQUIRED = ("NOTES_DATABASE", "NOTES_LISTEN", "NOTES_LOG", "NOTES_SIGNING_KEY")


class ConfigError(Exception):
    """The configuration cannot be used."""


@dataclass(frozen=True)
class Config:
    """Where the service listens, and what it works with."""

    database: Path
    host: str
    port: int
    log: Path
    signing_key: bytes


def read(path: Path) -> dict[str, str]:
    """Read `NAME=value` lines; empty lines and comments do not count."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def load(folder: Path) -> Config:
    """Load the configuration of the service in `folder`.

    Raises:
        ConfigError: The file is missing, or a value that the service needs is.
    """
    values = read(folder / ".env")
    missing = [name for name in REQUIRED if not values.get(name)]
    if missing:
        raise ConfigError(f"not set in {folder / '.env'}: {', '.join(missing)}")
    host, _, port = values["NOTES_LISTEN"].rpartition(":")
    if not port.isdigit():
        raise ConfigError(f"NOTES_LISTEN is not HOST:PORT: {values['NOTES_LISTEN']}")
    return Config(
        database=folder / values["NOTES_DATABASE"],
        host=host,
        port=int(port),
        log=folder / values["NOTES_LOG"],
        signing_key=values["NOTES_SIGNING_KEY"].encode(),
    )
