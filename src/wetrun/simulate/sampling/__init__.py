"""Random walks through a graph: what has no exact form, and what holds the exact answers."""
