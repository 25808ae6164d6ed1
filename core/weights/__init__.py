"""Files of weights that others made: which there are, where each comes from, and how to fetch and check them."""
