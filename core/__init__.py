"""Snapmoji's core: everything but the page and the command line."""
