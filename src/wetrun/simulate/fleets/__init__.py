"""A plan rolled out over many hosts, in waves."""
