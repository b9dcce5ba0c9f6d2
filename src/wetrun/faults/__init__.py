"""Real disturbances of a double, one file each; found by the entry points `wetrun.faults`, ours as well as others'."""
