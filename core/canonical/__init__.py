"""The canonical front view, in which a selfie, the template avatar and the networks' Gaussians lie pixel on pixel."""
