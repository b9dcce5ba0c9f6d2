"""The service's log: one JSON object a line."""

import json
import threading
from datetime import datetime, timezone
from pathlib import Path

__all__ = ["Log"]


class Log:
    """Appends lines to a file that others may move away or empty at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, level: str, event: str, **details: object) -> None:
        """Append one line."""
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "level": level, "event": event, **details})
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
