"""Which of MediaPipe's face landmarks is what. Left and right are the subject's."""

LANDMARKS = 478
"""468 points of the face mesh and twice five of the irises."""

LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
"""Rims of the eyes, from the outer corner along the upper lid; left is the subject's."""
LEFT_IRIS, RIGHT_IRIS = (473, 474, 475, 476, 477), (468, 469, 470, 471, 472)
"""Centre first, then the rim."""
MOUTH_CORNERS = (61, 291)
OUTER_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
LEFT_BROW = ((276, 283, 282, 295, 285), (300, 293, 334, 296, 336))
RIGHT_BROW = ((46, 53, 52, 65, 55), (70, 63, 105, 66, 107))
"""Lower and upper edge of each brow, from the temple inwards."""
