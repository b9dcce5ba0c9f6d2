"""Text ↔ plan: what people write, read into the domain with a place for every mistake."""
