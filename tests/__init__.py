"""The tests mirror the tree."""

import os

# As launch.py does, and before anything imports numpy or torch: else their threads spin against each other.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
