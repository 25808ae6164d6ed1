"""Second styles: a prompt and three sliders change how an avatar looks."""
