"""Numbers, times and versions as people write them."""
