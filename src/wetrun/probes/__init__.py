"""Looks at a system: requests, queries, files, processes, logs; through a target's shell or a network."""
