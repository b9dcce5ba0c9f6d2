"""Wetrun rehearses a production deployment for real, in a double that cannot reach production."""

__all__ = ["__version__"]

__version__ = "0.1.0"
