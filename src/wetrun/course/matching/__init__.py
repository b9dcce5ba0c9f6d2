"""How a text, a JSON value or a number is held against what a plan wants of it; one kind of matching per module."""
