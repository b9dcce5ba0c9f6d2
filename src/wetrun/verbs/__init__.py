"""The public Python API: one module per verb; each wires the parts together."""
