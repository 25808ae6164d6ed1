"""Measurements: how well avatars do what they promise, and how long it takes."""
