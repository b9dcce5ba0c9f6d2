#!/usr/bin/env python3
"""Tell, in a lock file of npm, from where each package comes: say-addresses.py LOCK

The locks of the two releases leave that out, as a lock should that many registries serve. Those of the double say it,
since npm keeps a copy of everything that it has no address for, whatever the registry asks.
"""

import json
import sys
from pathlib import Path

REGISTRY = "http://npm.shop.test:4873"


def say_addresses(path: Path) -> None:
    """Give each package of the lock its address in the double's registry; all else stays as npm writes it."""
    lock = json.loads(path.read_text())
    for place, package in lock["packages"].items():
        if not place:  # the project itself
            continue
        name = place.rpartition("node_modules/")[2]
        file = f"{name.rpartition('/')[2]}-{package['version']}.tgz"
        package.pop("resolved", None)
        entries = [*package.items()]
        package.clear()
        package.update([*entries[:1], ("resolved", f"{REGISTRY}/{name}/-/{file}"), *entries[1:]])
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    say_addresses(Path(sys.argv[1]))
