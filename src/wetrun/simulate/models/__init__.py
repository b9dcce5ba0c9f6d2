"""The model that everything is computed from: a graph of states, and the laws of the times spent in them."""
