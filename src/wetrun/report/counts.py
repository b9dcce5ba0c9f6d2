"""Numbers of hosts, users and the like in words."""

__all__ = ["count"]


def count(number: float) -> str:
    """A number of hosts, or of whatever else is many: `98.27`, `1079`, `97 030`."""
    if number < 1000:
        return f"{number:.4g}"
    return f"{number:,.0f}".replace(",", " ") if number >= 9999.5 else f"{number:.0f}"
