"""Networks: those of the paper, and those that judge pictures."""
