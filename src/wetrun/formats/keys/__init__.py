"""The keys of a plan: one table per object, from which reading, the JSON Schema and the reference all come."""
