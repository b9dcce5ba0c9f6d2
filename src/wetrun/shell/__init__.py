"""Bash as text: where its statements begin and end, and which commands stand in them. Nothing here runs anything."""
