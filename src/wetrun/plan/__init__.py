"""The domain: what a plan consists of. Frozen types without input or output."""
