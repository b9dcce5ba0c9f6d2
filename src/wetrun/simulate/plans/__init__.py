"""From a plan to its graph: what can strike, what notices it, and what the plan does then."""
