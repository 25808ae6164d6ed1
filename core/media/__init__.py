"""Moving pictures of an avatar, made to be shared."""
