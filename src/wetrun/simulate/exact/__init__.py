"""Exact answers for a graph: probabilities, moments, distributions, gradients, paths."""
