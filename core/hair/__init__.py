"""Hair: read from the photo or chosen by name, grown as guide curves, drawn as locks."""
