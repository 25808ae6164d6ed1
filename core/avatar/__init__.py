"""The animatable avatar: Gaussians at rest, sparse offset sets, and their blend (paper Eq. 7)."""
