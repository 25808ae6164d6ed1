"""What accents are made of when it is not the material of their style."""

from core.stylize.materials import Material

METAL = Material(diffuse=0.34, mirror=0.2, gloss=0.75, sharpness=24.0)
CLOTH = Material(diffuse=0.3)
STONE = Material(diffuse=0.36, gloss=0.35, sharpness=24.0)
HORN = Material(diffuse=0.34, gloss=0.4, sharpness=12.0)
GLOWING = Material(diffuse=0.1)
ENAMEL = Material(diffuse=0.34, gloss=0.7, sharpness=20.0)
