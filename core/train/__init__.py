"""Training of the networks shipped in ``checkpoints/``; nothing at run time needs it."""
