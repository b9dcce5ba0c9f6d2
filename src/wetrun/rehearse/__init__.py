"""Rehearsals: the plan in its double, once clean and once per scenario."""
