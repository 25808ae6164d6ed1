"""Picture files of strangers: told apart by their first bytes, relieved of all but pixels, decoded within limits."""
