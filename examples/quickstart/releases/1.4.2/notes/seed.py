"""Notes to begin with: the same ones every time."""

import random
import sqlite3

__all__ = ["seed"]

AUTHORS = ("ada", "bela", "carl", "dora", "emil", "fay", "gus")
TAGS = ("draft", "idea", "important", "meeting", "reading", "travel")
SUBJECTS = (
    "harbour", "lantern", "orchard", "compass", "meadow", "kettle", "violin", "glacier", "market", "ferry",
    "library", "anchor", "bicycle", "garden", "tunnel", "window", "workshop", "bakery", "station", "island",
)  # fmt: skip
VERBS = ("Visit", "Paint", "Repair", "Describe", "Measure", "Remember", "Photograph", "Sketch")
PHRASES = (
    "ask about the opening hours", "bring the long rope", "nobody has the key", "compare with last year",
    "the light is best before nine", "two of them need new paint", "call back on Thursday",
    "there is a shorter way round", "keep the receipt", "write it up for the newsletter",
)  # fmt: skip


def seed(database: sqlite3.Connection, count: int) -> None:
    """Fill an empty database with `count` notes and their tags, in one transaction."""
    dice = random.Random(20240607)  # the same notes every time
    database.execute("begin immediate")
    for number in range(1, count + 1):
        subject, other = dice.sample(SUBJECTS, 2)
        phrases = ", ".join(dice.sample(PHRASES, 3))
        database.execute(
            "insert into notes (id, title, body, author, created, views) values (?, ?, ?, ?, ?, ?)",
            [
                number,
                f"{dice.choice(VERBS)} the {subject}",
                f"Near the {other}: {phrases}.",
                dice.choice(AUTHORS),
                f"2024-{1 + number * 12 // (count + 1):02d}-{1 + number % 28:02d} {number % 24:02d}:{number % 60:02d}:00",
                dice.randrange(500),
            ],
        )
        for tag in dice.sample(TAGS, dice.randrange(3)):
            database.execute("insert into tags (note, tag) values (?, ?)", [number, tag])
    database.execute("commit")
