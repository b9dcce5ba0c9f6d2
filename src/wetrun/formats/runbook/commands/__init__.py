"""Blocks and sentences → commands, each with the comments and the output that belong to it."""
