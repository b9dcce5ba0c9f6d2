"""The quickstart's whole rehearsal, as `make demo` does it: with and without the baseline that the first one builds."""

from pathlib import Path

from measuring import BIN, ROOT, Measured, Shown, seconds_of

__all__ = ["measure"]

_LIMIT = 60.0


def measure(scratch: Path) -> list[Measured | Shown]:
    """Rehearse it twice with a state folder of its own."""
    command = [BIN / "wetrun", "rehearse", "--state", scratch / "demo"]
    first, second = (seconds_of(command, ROOT / "examples/quickstart") for _ in range(2))
    return [Measured("the quickstart's rehearsal, the first on a machine", first, _LIMIT, "s", f"again {second:.1f} s")]
