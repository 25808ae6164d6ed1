"""Stickers: an avatar in expressive poses with drawn accents, cut out along a white outline."""
