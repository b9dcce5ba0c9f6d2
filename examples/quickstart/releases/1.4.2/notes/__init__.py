"""The notes service."""

VERSION = "1.4.2"
NEEDS_SCHEMA = 2
