"""What a second style adds to an avatar: ears, horns, hats, wings, bound to the avatar's own splats."""
