"""What a plan means: the pure core. No input or output, no clock, no randomness."""
