"""Pictures of Gaussians and of meshes, drawn on the CPU."""
