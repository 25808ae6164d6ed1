"""The styles, by theme."""
