"""The loop that turns effects into events, and the ports through which it reaches the world."""
