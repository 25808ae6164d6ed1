"""From a photo file to an aligned face: decode, find, align, landmarks, expression scores, part labels."""
