"""What can be asked of a model: what-ifs, sweeps, goals, and the answers in words."""
