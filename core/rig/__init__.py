"""The cartoon head: fit to a face, coloured from the photo, and turned into Gaussians that follow it."""
