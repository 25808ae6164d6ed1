"""The paper's second stylizer: a diffusion network repaints the front picture, and the avatar takes its colours on."""
