"""The pipeline's stages in plain words."""

_STAGE_WORDS = {
    "start": "Starting",
    "decode": "Reading the photo",
    "face": "Finding the face",
    "parts": "Telling hair, skin and eyes apart",
    "character": "Measuring the head",
    "avatar": "Building the avatar",
    "adapt": "Keeping what only the photo shows",
    "picture": "Drawing it",
    "style": "Applying the style",
    "styled picture": "Drawing the styled avatar",
    "done": "Done",
}


def stage_words(stage: str) -> str:
    """The name of one of the pipeline's stages in plain words."""
    return _STAGE_WORDS.get(stage) or stage[:1].upper() + stage[1:].replace("_", " ")
